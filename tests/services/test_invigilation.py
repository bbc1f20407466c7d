"""The human side driven through services: two people, what holds, and whose business it is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from assessment_engine.delivery.sealing import Closing, seal_ledger
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState, Judgement, Outcome, Reason, Verdict
from assessment_engine.invigilation.hearing import NotHeardYet
from assessment_engine.kernel.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound, NotYet, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId, OrganisationId, SittingId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.services import eyes, invigilation, review
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import IncidentRecord, WatchRecord
from assessment_engine.storage.outbox import outbox
from tests.builders import World, a_person, a_world, add_row, an_organisation, heard, steer, told

UPHOLD = Judgement(verdict=Verdict.UPHOLD, reason_code=Reason.LEFT_THE_SEAT, reason="The chair is empty in five frames.")
DISMISS = Judgement(verdict=Verdict.DISMISS, reason_code=Reason.ORDINARY, reason="")


@pytest.fixture
def world(engine: Engine) -> World:
    return a_world(engine, state=SittingState.SUBMITTED)


def finished(engine: Engine, world: World, *, observable_s: float = 1000, lost_s: float = 0, drained: bool = True) -> None:
    """The sitting was sealed after 1000 s and watched for some of it."""
    now = engine.clock.now()
    ended = now + timedelta(seconds=1000)
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), submitted_at=ended))
        tx.sittings.add_seal(seal_ledger(Closing(sitting_id=world.sitting_id, form_sha256="0" * 64, at=ended), [], engine.signer.receipts))
        unobservable = {"feed_gap": lost_s} if lost_s else {}
        watch = WatchRecord(
            sitting_id=world.sitting_id, observable_s=observable_s, unobservable=unobservable, drained_at=ended if drained else None
        )
        tx.incidents.save_watch(watch)


def a_flag(engine: Engine, world: World, first_seq: int = 1) -> IncidentId:
    """A flag that was raised 100 s into the sitting and set before people."""
    now = engine.clock.now()
    incident_id = IncidentId(new_id("inc", now))
    with engine.store.begin() as tx:
        tx.incidents.add(
            IncidentRecord(
                id=incident_id,
                sitting_id=world.sitting_id,
                organisation_id=world.organisation_id,
                rule="nobody",
                first_seq=first_seq,
                kind="nobody",
                tier="alert",
                severity="high",
                confidence=0.9,
                opened_at=now + timedelta(seconds=92),
                raised_at=now + timedelta(seconds=100 + first_seq),
                ended_at=now + timedelta(seconds=120),
                start_s=92,
                end_s=120,
                item_id=None,
                trace={},
                models={},
            )
        )
        tx.invigilation.open_case(incident_id, world.sitting_id, world.organisation_id, now)
        tx.invigilation.open_case(incident_id, world.sitting_id, world.organisation_id, now)  # said twice is once
    return incident_id


def judges(engine: Engine, world: World) -> tuple[Actor, Actor]:
    return (
        a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das"),
        a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Meera Nair"),
    )


def outcome(engine: Engine, sitting_id: SittingId) -> Outcome | None:
    with engine.store.read() as tx:
        decision = tx.invigilation.decision_of(sitting_id)
    return None if decision is None else decision.outcome


def test_a_clean_sitting_is_settled_by_the_system_and_only_once(engine: Engine, world: World) -> None:
    finished(engine, world)

    first = invigilation.settle(engine, world.sitting_id)
    second = invigilation.settle(engine, world.sitting_id)

    assert first is not None and first == second
    assert (first.outcome, first.decided_by) == (Outcome.UNFLAGGED, None)


def test_a_decision_says_in_the_log_what_was_not_looked_for(engine: Engine, world: World) -> None:
    eyes.watched_without(engine, world.sitting_id, ["objects", "iris"])
    finished(engine, world)

    invigilation.settle(engine, world.sitting_id)

    with engine.store.read() as tx:
        (entry,) = [one for one in tx.audit.about(world.sitting_id) if one.kind == "proctoring_decided"]
    assert isinstance(entry.payload, dict) and entry.payload["watched_without"] == "iris objects"


@pytest.mark.parametrize("given", [{"drained": False}, {"observable_s": 700.0}, {"observable_s": 1000.0, "lost_s": 400.0}])
def test_the_system_stays_silent_while_something_is_missing(engine: Engine, world: World, given: dict[str, float]) -> None:
    finished(engine, world, **given)  # type: ignore[arg-type]

    assert invigilation.settle(engine, world.sitting_id) is None


def test_a_sitting_that_nobody_watched_is_not_unflagged(engine: Engine, world: World) -> None:
    assert invigilation.settle(engine, world.sitting_id) is None


def test_an_undecided_case_holds_for_ever(engine: Engine, world: World) -> None:
    finished(engine, world)
    a_flag(engine, world)

    steer(engine).advance(3650 * 86400)

    assert invigilation.settle(engine, world.sitting_id) is None


def test_two_people_who_agree_make_an_adverse_decision(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)

    assert invigilation.judge(engine, ravi, incident, UPHOLD).state is CaseState.AWAITING_SECOND
    assert invigilation.settle(engine, world.sitting_id) is None
    heard(engine, world.candidate, incident)
    assert invigilation.judge(engine, meera, incident, UPHOLD).state is CaseState.UPHELD

    decision = invigilation.settle(engine, world.sitting_id)
    assert decision is not None
    assert (decision.outcome, decision.decided_by) == (Outcome.ADVERSE, meera.person_id)


def test_a_second_person_who_disagrees_clears_the_sitting(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)

    invigilation.judge(engine, ravi, incident, UPHOLD)
    invigilation.judge(engine, meera, incident, DISMISS)
    invigilation.settle(engine, world.sitting_id)

    assert outcome(engine, world.sitting_id) is Outcome.CLEARED


@pytest.mark.parametrize("again", [UPHOLD, DISMISS])
def test_the_same_person_is_refused_the_second_time(engine: Engine, world: World, again: Judgement) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    invigilation.judge(engine, ravi, incident, UPHOLD)

    with pytest.raises(SecondPersonNeeded):
        invigilation.judge(engine, ravi, incident, again)


def test_the_database_refuses_a_second_judgement_by_the_same_person(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    invigilation.judge(engine, ravi, incident, UPHOLD)
    with engine.store.read() as tx:
        adjudications = tx.invigilation.adjudications_of(incident)

    row = {"incident_id": incident, "sitting_id": world.sitting_id, "person_id": ravi.person_id, "verdict": "uphold"}
    with pytest.raises(IntegrityError):
        add_row(engine, "adjudications", id="adj_2", **row, reason_code="other", reason="", at=adjudications[0].at, ordinal=2)


def still_going_on(engine: Engine, incident: IncidentId, organisation_id: OrganisationId) -> None:
    with engine.store.begin() as tx:
        tx.incidents.save(replace(tx.incidents.get(incident, organisation_id), ended_at=None, end_s=None))


def test_what_is_still_going_on_is_not_judged_yet(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    still_going_on(engine, incident, world.organisation_id)

    shown = review.case(engine, ravi, incident)

    assert shown.going_on and not shown.may_judge
    with pytest.raises(NotYet):
        invigilation.judge(engine, ravi, incident, DISMISS)


def test_what_a_drained_watch_left_open_can_be_judged(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    still_going_on(engine, incident, world.organisation_id)

    assert invigilation.judge(engine, ravi, incident, DISMISS).state is CaseState.DISMISSED


def test_nobody_judges_their_own_sitting(engine: Engine, world: World) -> None:
    incident = a_flag(engine, world)
    own = Actor(
        person_id=world.candidate.person_id, organisation_id=world.organisation_id, name="Asha", roles=frozenset({Role.INVIGILATOR})
    )

    assert review.review_queue(engine, own).entries == ()
    with pytest.raises(NotAllowed):
        invigilation.judge(engine, own, incident, DISMISS)


def test_a_candidate_sees_no_queue(engine: Engine, world: World) -> None:
    with pytest.raises(NotAllowed):
        review.review_queue(engine, world.candidate)


def test_another_organisation_sees_and_does_nothing(engine: Engine, world: World) -> None:
    finished(engine, world, observable_s=100)
    incident = a_flag(engine, world)
    stranger = a_person(engine, an_organisation(engine, "Other"), Role.INVIGILATOR)

    assert review.review_queue(engine, stranger).entries == ()
    assert review.seen_too_little(engine, stranger) == []
    with pytest.raises(NotFound):
        review.case(engine, stranger, incident)
    with pytest.raises(NotFound):
        invigilation.judge(engine, stranger, incident, DISMISS)
    with pytest.raises(NotFound):
        invigilation.enough_seen(engine, stranger, world.sitting_id, "Seen enough of it.")


def test_the_queue_shows_a_case_to_the_second_person_without_the_first_ones_words(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    invigilation.judge(engine, ravi, incident, UPHOLD)

    assert review.review_queue(engine, ravi).entries == ()
    [waiting] = review.review_queue(engine, meera).entries
    seen = review.case(engine, meera, incident)

    assert waiting.second and seen.second and seen.may_judge
    assert seen.adjudications == [] and not seen.shows_the_machine and seen.incident.confidence == 0.0
    heard(engine, world.candidate, incident)
    invigilation.judge(engine, meera, incident, UPHOLD)
    assert [one.ordinal for one in review.case(engine, meera, incident).adjudications] == [1, 2]


def test_the_graver_case_comes_first(engine: Engine, world: World) -> None:
    mild, grave = a_flag(engine, world, 1), a_flag(engine, world, 2)
    with engine.store.begin() as tx:
        tx.incidents.save(replace(tx.incidents.get(mild, world.organisation_id), severity="low"))
    ravi, _ = judges(engine, world)

    assert [one.case.incident_id for one in review.review_queue(engine, ravi).entries] == [grave, mild]


def test_a_person_says_that_enough_was_seen(engine: Engine, world: World) -> None:
    finished(engine, world, observable_s=300, lost_s=700)
    ravi, _ = judges(engine, world)
    [waiting] = review.seen_too_little(engine, ravi)

    decision = invigilation.enough_seen(engine, ravi, world.sitting_id, "The power cut was announced.")

    assert (waiting.observable_share, waiting.min_observable_share) == (0.3, 0.8)
    assert (decision.outcome, decision.decided_by) == (Outcome.ENOUGH_SEEN, ravi.person_id)
    assert review.seen_too_little(engine, ravi) == []
    assert invigilation.settle(engine, world.sitting_id) is None
    assert outcome(engine, world.sitting_id) is Outcome.ENOUGH_SEEN
    with pytest.raises(Conflict):
        invigilation.enough_seen(engine, ravi, world.sitting_id, "The power cut was announced.")


def test_a_break_is_nobodys_time_to_be_seen_in(engine: Engine, world: World) -> None:
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), stopped_s=600))
    finished(engine, world, observable_s=400)  # of 1000 s, 600 stood still

    decision = invigilation.settle(engine, world.sitting_id)

    assert decision is not None
    assert (decision.outcome, decision.observable_share) == (Outcome.UNFLAGGED, 1.0)


def test_enough_seen_waits_for_the_flags_and_for_the_stream(engine: Engine, world: World) -> None:
    finished(engine, world, observable_s=300)
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)

    with pytest.raises(NotYet):
        invigilation.enough_seen(engine, ravi, world.sitting_id, "Seen enough of it.")
    with pytest.raises(Invalid):
        invigilation.enough_seen(engine, ravi, world.sitting_id, "ok")
    invigilation.judge(engine, ravi, incident, DISMISS)
    assert invigilation.settle(engine, world.sitting_id) is None
    assert invigilation.enough_seen(engine, ravi, world.sitting_id, "Seen enough of it.").outcome is Outcome.ENOUGH_SEEN


def test_a_later_flag_needs_a_newer_decision(engine: Engine, world: World) -> None:
    finished(engine, world)
    (ravi, _), first = judges(engine, world), a_flag(engine, world, 1)
    invigilation.judge(engine, ravi, first, DISMISS)
    before = invigilation.settle(engine, world.sitting_id)

    later = a_flag(engine, world, 50)
    assert invigilation.settle(engine, world.sitting_id) is None
    invigilation.judge(engine, ravi, later, DISMISS)
    after = invigilation.settle(engine, world.sitting_id)

    assert before is not None and after is not None
    assert after.incidents_until > before.incidents_until


def test_every_judgement_and_decision_asks_for_certificates(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)

    invigilation.judge(engine, ravi, incident, DISMISS)
    invigilation.settle(engine, world.sitting_id)

    with engine.store.read() as tx:
        names = list(tx.connection.execute(select(outbox.c.name).order_by(outbox.c.id)).scalars())
    assert sorted(names) == ["issue_certificates", "issue_certificates", "settle_sitting"]
    assert len(told(engine)) == 3


def test_the_system_cannot_clear_and_a_person_cannot_unflag(engine: Engine, world: World) -> None:
    ravi, _ = judges(engine, world)
    now = engine.clock.now()
    row = {"sitting_id": world.sitting_id, "decided_at": now, "reason": "", "observable_share": 1.0, "incidents_until": now}

    for result, by in [("cleared", None), ("adverse", None), ("unflagged", ravi.person_id)]:
        with pytest.raises(IntegrityError):
            add_row(engine, "proctoring_decisions", id=f"dec_{result}", outcome=result, decided_by=by, **row)


def test_of_two_people_at_the_same_moment_one_is_the_first_and_the_other_waits_for_the_candidate(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    incident, (ravi, meera) = a_flag(any_engine, world), judges(any_engine, world)

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(invigilation.judge, any_engine, who, incident, UPHOLD) for who in (ravi, meera)]
        refused = [one.exception() for one in done]

    assert [type(one) for one in refused if one is not None] == [NotHeardYet]
    assert [one.result().state for one in done if one.exception() is None] == [CaseState.AWAITING_SECOND]


def test_of_two_second_people_at_the_same_moment_one_upholds(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    incident, (ravi, meera) = a_flag(any_engine, world), judges(any_engine, world)
    zoya = a_person(any_engine, world.organisation_id, Role.INVIGILATOR, name="Zoya Khan")
    invigilation.judge(any_engine, zoya, incident, UPHOLD)
    heard(any_engine, world.candidate, incident)

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(invigilation.judge, any_engine, who, incident, UPHOLD) for who in (ravi, meera)]
        refused = [one.exception() for one in done]

    assert [type(one) for one in refused if one is not None] == [IllegalTransition]
    assert [one.result().state for one in done if one.exception() is None] == [CaseState.UPHELD]


def test_one_person_in_two_windows_judges_once(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    incident, (ravi, _) = a_flag(any_engine, world), judges(any_engine, world)

    with ThreadPoolExecutor(2) as windows:
        tries = [windows.submit(invigilation.judge, any_engine, ravi, incident, UPHOLD) for _ in range(2)]
        refused = [one.exception() for one in tries if one.exception() is not None]

    assert [type(one) for one in refused] == [SecondPersonNeeded]
    with any_engine.store.read() as tx:
        assert tx.invigilation.case(incident, world.organisation_id).state is CaseState.AWAITING_SECOND
        assert tx.invigilation.undecided_sittings(world.organisation_id) == [world.sitting_id]
