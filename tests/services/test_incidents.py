"""What the watch found, kept: on both databases, whatever is said twice."""

from dataclasses import replace
from typing import Any

import pytest

from assessment_engine.delivery.sitting import PauseReason
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import Conflict, HashMismatch, NotAllowed, NotFound
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Role
from assessment_engine.services import incidents, review, watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from proctoring.evidence import Segment, Shot
from proctoring.incidents import Change, Incident, IncidentChange
from proctoring.observations import Observation
from proctoring.policy import Kind, Severity, Tier
from proctoring.signals import Finding
from tests.builders import a_person, a_world, an_organisation, listen_for_voices, steer, told

MODELS = {"face_mesh": "aa"}


def a_finding(**changes: object) -> Finding:
    plain = Finding(
        kind=Kind.NOBODY, first_seq=7, start_s=10.0, raised_s=18.0, last_s=18.0, peak=1.0, peak_s=12.0, threshold=1.0, confidence=0.9
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_change(change: Change = Change.OPENED, **changes: object) -> IncidentChange:
    plain = Incident(
        rule=Kind.NOBODY, first_seq=7, kind=Kind.NOBODY, start_s=10.0, raised_s=18.0, tier=Tier.ALERT, severity=Severity.MEDIUM,
        confidence=0.9, findings=(a_finding(),),
    )  # fmt: skip
    return IncidentChange(change=change, incident=replace(plain, **changes))  # type: ignore[arg-type]


def a_segment(*seconds: float) -> Segment:
    shots = tuple(Shot(jpeg=b"\xff\xd8" + str(at).encode(), observation=Observation(at=at, seq=int(at * 2))) for at in seconds)
    return Segment(key=(Kind.NOBODY, 7), shots=shots, chosen=tuple(shot.seq for shot in shots))


def rows(engine: Engine, table: str) -> int:
    with engine.store.read() as tx:
        return int(tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608  (a name of ours)


def test_an_alert_is_kept_with_its_frames_and_set_before_people(any_engine: Engine) -> None:
    world = a_world(any_engine)
    incident_id = incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0, 12.0, 18.0), MODELS)

    actor = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    (shown,) = incidents.of_sitting(any_engine, actor, world.sitting_id)
    kept = shown.incident
    assert (kept.id, kept.kind, kept.tier, kept.severity) == (incident_id, "nobody", "alert", "medium")
    assert [(one.seq, one.role) for one in shown.evidence] == [(18, "before"), (24, "peak"), (36, "before")]
    assert incidents.frame(any_engine, actor, shown.evidence[0].id) == b"\xff\xd89.0"
    with any_engine.store.read() as tx:
        assert [case.incident_id for case in tx.invigilation.cases_of(world.sitting_id)] == [incident_id]
        kinds = [event.kind for event in tx.events.of_sitting(world.sitting_id)]
    assert kinds.count("incident_raised") == 1


def test_a_reviewer_finds_the_pictures_of_every_case_by_its_case_and_number_so_that_none_tells_what_it_is_for(engine: Engine) -> None:
    world = a_world(engine)
    incident_id = incidents.record(engine, world.sitting_id, a_change(), a_segment(9.0, 12.0), MODELS)
    actor = a_person(engine, world.organisation_id, Role.INVIGILATOR)

    named = [one.id for one in review.case(engine, actor, incident_id).evidence]

    assert named == [f"{incident_id}.18", f"{incident_id}.24"]  # as those of a stretch of the random audit are
    assert [review.picture(engine, actor, one) for one in named] == [b"\xff\xd89.0", b"\xff\xd812.0"]
    for who in (world.candidate, a_person(engine, an_organisation(engine, "Elsewhere"), Role.INVIGILATOR)):
        with pytest.raises((NotAllowed, NotFound)):
            review.picture(engine, who, named[0])


def test_the_question_on_the_screen_is_kept_with_the_incident(any_engine: Engine) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), current_item=world.items[2]))

    incidents.record(any_engine, world.sitting_id, a_change(), a_segment(), MODELS)

    with any_engine.store.read() as tx:
        assert [one.item_id for one in tx.incidents.of_sitting(world.sitting_id)] == [world.items[2]]


def test_the_same_change_again_changes_nothing(any_engine: Engine) -> None:
    world = a_world(any_engine)

    ids = {incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0, 12.0), MODELS) for _ in range(3)}

    assert len(ids) == 1
    assert (rows(any_engine, "incidents"), rows(any_engine, "evidence"), rows(any_engine, "cases")) == (1, 2, 1)
    assert rows(any_engine, "exam_events") == 1


def test_an_incident_is_closed_once_and_its_later_frames_are_added(any_engine: Engine) -> None:
    world = a_world(any_engine)
    incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0, 12.0, 18.0), MODELS)
    incidents.add_evidence(any_engine, world.sitting_id, a_segment(9.0, 12.0, 18.0, 20.0, 23.0))
    for _ in range(2):
        incidents.record(any_engine, world.sitting_id, a_change(Change.CLOSED, end_s=30.0), a_segment(), MODELS)

    actor = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    (shown,) = incidents.of_sitting(any_engine, actor, world.sitting_id)
    assert shown.incident.end_s == 30.0
    assert [one.role for one in shown.evidence] == ["before", "peak", "before", "after", "after"]
    assert rows(any_engine, "exam_events") == 2


def test_what_could_not_be_watched_is_never_set_before_people(any_engine: Engine) -> None:
    world = a_world(any_engine)
    finding = a_finding(kind=Kind.TOO_DARK)
    dark = a_change(rule=Kind.TOO_DARK, kind=Kind.TOO_DARK, tier=Tier.COULD_NOT_WATCH, severity=None, findings=(finding,))

    incidents.record(any_engine, world.sitting_id, dark, a_segment(), MODELS)

    assert (rows(any_engine, "incidents"), rows(any_engine, "cases")) == (1, 0)


def test_evidence_without_its_incident_is_refused(any_engine: Engine) -> None:
    world = a_world(any_engine)

    with pytest.raises(Conflict):
        incidents.add_evidence(any_engine, world.sitting_id, a_segment(9.0))


def test_a_sitting_that_never_started_has_no_incidents(any_engine: Engine) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), started_at=None))

    with pytest.raises(Conflict):
        incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0), MODELS)
    assert rows(any_engine, "incidents") == 0


def test_evidence_is_seen_by_staff_of_its_organisation_only(any_engine: Engine) -> None:
    world = a_world(any_engine)
    incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0), MODELS)
    (shown,) = incidents.of_sitting(any_engine, a_person(any_engine, world.organisation_id, Role.INVIGILATOR), world.sitting_id)
    stranger = a_person(any_engine, an_organisation(any_engine, "Elsewhere"), Role.INVIGILATOR)

    for actor, refusal in ((stranger, NotFound), (world.candidate, NotAllowed)):
        with pytest.raises(refusal):
            incidents.frame(any_engine, actor, shown.evidence[0].id)
        with pytest.raises(refusal):
            incidents.of_sitting(any_engine, actor, world.sitting_id)


def test_a_frame_that_was_changed_or_moved_is_never_shown(any_engine: Engine) -> None:
    world = a_world(any_engine)
    actor = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0, 12.0), MODELS)
    (shown,) = incidents.of_sitting(any_engine, actor, world.sitting_id)
    first, second = shown.evidence

    sealed = any_engine.blobs.get(second.blob)
    any_engine.blobs.put(first.blob, sealed)
    any_engine.blobs.put(second.blob, sealed[:-1] + bytes([sealed[-1] ^ 1]))

    for one in (first, second):
        with pytest.raises(HashMismatch):
            incidents.frame(any_engine, actor, one.id)


def test_erasing_the_key_erases_the_frames_and_leaves_their_hashes(any_engine: Engine) -> None:
    world = a_world(any_engine)
    actor = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0), MODELS)
    with any_engine.store.begin() as tx:
        tx.incidents.erase_key(world.sitting_id, any_engine.clock.now())

    (shown,) = incidents.of_sitting(any_engine, actor, world.sitting_id)
    assert shown.evidence[0].sha256 == sha256_hex(b"\xff\xd89.0")
    with pytest.raises(NotFound, match="erased"):
        incidents.frame(any_engine, actor, shown.evidence[0].id)


def test_a_new_owner_is_told_what_an_earlier_one_left(any_engine: Engine) -> None:
    world = a_world(any_engine)
    incidents.record(any_engine, world.sitting_id, a_change(), a_segment(9.0), MODELS)
    watches.count(any_engine, [WatchRecord(sitting_id=world.sitting_id, frames_received=40, chain_head="00" * 32, last_seq=39)])

    orders = watches.orders(any_engine, world.sitting_id)

    assert [one.key for one in orders.incidents] == [(Kind.NOBODY, 7)]
    assert orders.incomplete == orders.incidents
    assert orders.before.frames_received == 40
    position = watches.chain_position(any_engine, world.sitting_id)
    assert position is not None
    assert position.next_seq == 40 + watches.SEQ_MARGIN


def test_a_watch_is_drained_once_and_asks_for_the_decision(any_engine: Engine) -> None:
    world = a_world(any_engine)
    submitted_at = steer(any_engine).advance(600)
    with any_engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get(world.sitting_id).submit(submitted_at))
    watch = WatchRecord(sitting_id=world.sitting_id, observable_s=590.0, unobservable={"too_dark": 4.0})

    watches.drain(any_engine, watch)
    watches.drain(any_engine, watch)
    watches.count(any_engine, [WatchRecord(sitting_id=world.sitting_id)])

    with any_engine.store.read() as tx:
        stored = tx.incidents.watch(world.sitting_id)
    assert stored is not None
    assert stored.unobservable == {"too_dark": 4.0, "feed_gap": 6.0}
    assert len(told(any_engine)) == 1


def test_signals_that_an_arrangement_switches_off_are_not_watched(any_engine: Engine) -> None:
    world = a_world(any_engine)
    listen_for_voices(any_engine, world)
    assert Kind.TALKING not in watches.orders(any_engine, world.sitting_id).policy.off

    with any_engine.store.begin() as tx:
        statement = 'UPDATE registrations SET arrangements = \'{"signals_off": ["talking"]}\''
        tx.connection.exec_driver_sql(statement)

    assert Kind.TALKING in watches.orders(any_engine, world.sitting_id).policy.off


def test_a_scribe_is_expected_in_the_picture_and_spoken_to(any_engine: Engine) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        registration_id = tx.sittings.get(world.sitting_id).registration_id
        tx.exams.arrange(registration_id, {"second_person": True, "scribe": {"name": "Meena"}})

    assert watches.orders(any_engine, world.sitting_id).policy.off >= {Kind.SEVERAL_PEOPLE, Kind.TALKING}


def test_a_break_is_no_time_in_which_somebody_should_have_been_seen(any_engine: Engine) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        sitting = tx.sittings.get(world.sitting_id).pause(any_engine.clock.now(), PauseReason.BREAK)
        back = sitting.resume(steer(any_engine).advance(300))
        tx.sittings.save(back.submit(steer(any_engine).advance(300)))

    watches.drain(any_engine, WatchRecord(sitting_id=world.sitting_id, observable_s=300.0))

    with any_engine.store.read() as tx:
        stored = tx.incidents.watch(world.sitting_id)
    assert stored is not None
    assert stored.unobservable == {}


def test_a_played_sitting_says_so_for_ever(any_engine: Engine) -> None:
    world = a_world(any_engine)

    watches.mark_simulated(any_engine, world.sitting_id)

    assert watches.standing(any_engine, [SittingId(world.sitting_id)])[world.sitting_id].simulated


def test_a_gap_in_the_feed_is_told_as_a_connection_lost_and_back(any_engine: Engine) -> None:
    world = a_world(any_engine)
    finding = a_finding(kind=Kind.FEED_GAP)
    gap: dict[str, Any] = {"rule": Kind.FEED_GAP, "kind": Kind.FEED_GAP, "tier": Tier.COULD_NOT_WATCH, "severity": None}
    gap |= {"findings": (finding,)}

    incidents.record(any_engine, world.sitting_id, a_change(**gap), a_segment(), MODELS)
    incidents.record(any_engine, world.sitting_id, a_change(Change.CLOSED, end_s=30.0, **gap), a_segment(), MODELS)

    with any_engine.store.read() as tx:
        kinds = [event.kind for event in tx.events.of_sitting(world.sitting_id)]
    assert kinds == ["incident_raised", "connection_lost", "incident_closed", "connection_back"]
