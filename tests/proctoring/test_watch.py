"""One candidate's watch: keys that survive replay, time that is accounted for, gaps that are nobody's fault."""

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.baseline import Baseline
from proctoring.incidents import Change, Incident, IncidentChange
from proctoring.observations import Observation, Reason
from proctoring.policy import STANDARD, Kind, Tier
from proctoring.watch import Watch
from tests.proctoring.sightings import closed, empty, kinds, present, unseen, watched, with_thing

LEARNT = Baseline(seconds=30)


@st.composite
def sittings(draw: st.DrawFn) -> list[Observation]:
    """A sitting of stretches: at work, away, with company, covered, with a phone, somebody else, looking aside."""
    makers = (
        present,
        empty,
        lambda at: present(at, faces=2),
        lambda at: unseen(at, Reason.COVERED),
        lambda at: empty(at, people=1),
        with_thing,
        lambda at: present(at, identity=0.8),
        lambda at: present(at, yaw=40),
    )
    frames: list[Observation] = []
    for maker, seconds in draw(st.lists(st.tuples(st.sampled_from(makers), st.integers(1, 15)), min_size=1, max_size=8)):
        frames += [maker(float(len(frames) + i)) for i in range(seconds)]
    return frames


def through_the_database(incident: Incident) -> Incident:
    return Incident.from_json(json.loads(json.dumps(incident.as_json())))


def opened(changes: list[IncidentChange]) -> list[tuple[Kind, int]]:
    return [change.incident.key for change in changes if change.change is Change.OPENED]


def told(frames: list[Observation]) -> list[IncidentChange]:
    """What a worker hears that asks after every frame."""
    watch = Watch(baseline=LEARNT)
    return [change for frame in frames for change in watched([frame], watch).incidents()]


def test_a_break_is_neither_watched_nor_lost_and_no_finding_reaches_across_it() -> None:
    watch = watched([*[present(i) for i in range(10)], *[empty(i) for i in range(10, 15)]], Watch(baseline=LEARNT))

    for at in range(15, 600):
        watch.rest(at)
    watched([empty(600), *[present(i) for i in range(601, 610)]], watch)

    assert watch.incidents() == []
    assert (watch.totals().observable_s, watch.totals().unobservable_s) == (24, {})
    assert opened(watched([empty(i) for i in range(610, 625)], watch).incidents()) == [(Kind.NOBODY, 610)]


def test_a_candidate_who_leaves_and_returns_is_one_incident() -> None:
    frames = [*[present(i) for i in range(10)], *[empty(i) for i in range(10, 25)], *[present(i) for i in range(25, 40)]]

    (incident,) = closed(frames)

    assert (incident.kind, incident.tier, incident.start_s, incident.raised_s, incident.end_s) == (Kind.NOBODY, Tier.ALERT, 10, 18, 24)


def test_evidence_has_frames_before_at_and_after() -> None:
    frames = [*[present(i) for i in range(10)], *[empty(i) for i in range(10, 25)], *[present(i) for i in range(25, 40)]]

    (incident,) = closed(frames)

    assert 6 <= len(incident.evidence) <= 9
    assert min(incident.evidence) < incident.raised_s <= max(incident.evidence)
    assert incident.raised_s in incident.evidence


def test_an_incident_is_told_with_the_frames_that_raised_it() -> None:
    watch = watched([*[present(i) for i in range(10)], *[empty(i) for i in range(10, 19)]])

    (change,) = watch.incidents()

    assert change.change is Change.OPENED
    assert change.incident.evidence[-1] == change.incident.raised_s == 18


def test_unwatched_time_is_kept_apart_from_conduct() -> None:
    frames = [present(0), *[unseen(i, Reason.COVERED) for i in range(1, 10)], *[present(i, faces=2) for i in range(10, 20)]]

    incidents = closed(frames)

    assert [(i.kind, i.tier, i.severity is None) for i in incidents] == [
        (Kind.SEVERAL_PEOPLE, Tier.ALERT, False),
        (Kind.COVERED, Tier.COULD_NOT_WATCH, True),
    ]


@given(sittings())
def test_the_same_observations_give_the_same_incidents(frames: list[Observation]) -> None:
    assert told(frames) == told(frames)


@given(sittings(), st.randoms(use_true_random=False))
def test_repeated_and_late_frames_change_nothing(frames: list[Observation], chance: Random) -> None:
    disturbed: list[Observation] = []
    for i, frame in enumerate(frames):
        disturbed += [frame] if chance.random() < 0.6 else [frame, chance.choice(frames[: i + 1])]

    plain, noisy = watched(frames), watched(disturbed)

    assert noisy.incidents() == plain.incidents()
    assert noisy.totals().frames == plain.totals().frames == len(frames)
    assert noisy.totals().ignored == len(disturbed) - len(frames)


@given(sittings(), st.integers(0, 100))
def test_a_new_owner_opens_nothing_twice(frames: list[Observation], dies_at: int) -> None:
    dies_at = min(dies_at, len(frames))
    first = watched(frames[:dies_at], Watch(baseline=LEARNT))
    stored = {change.incident.key: through_the_database(change.incident) for change in first.incidents()}

    heir = watched(frames[max(0, dies_at - 20) :], Watch(baseline=first.baseline, known=tuple(stored.values())))
    again = [key for key in opened(heir.incidents()) if key in stored]

    assert again == []


@given(sittings(), st.integers(0, 100), st.randoms(use_true_random=False))
def test_an_owner_who_looked_at_other_frames_opens_nothing_twice_and_keeps_what_began(
    frames: list[Observation], dies_at: int, chance: Random
) -> None:
    """A worker that lags looks at few frames; its heir may have time for all of them, and see earlier when something began."""
    dies_at = min(dies_at, len(frames))
    first = watched([frame for frame in frames[:dies_at] if chance.random() < 0.7], Watch(baseline=LEARNT))
    stored = {change.incident.key: through_the_database(change.incident) for change in first.incidents()}

    heir = watched(frames[max(0, dies_at - 20) :], Watch(baseline=first.baseline, known=tuple(stored.values())))
    changes = heir.incidents()

    for change in changes:
        incident = change.incident
        if incident.key in stored:
            assert change.change is not Change.OPENED
            known = stored[incident.key]
            new = [one for one in incident.findings if one.kind not in kinds([known]) or one.last_s < known.start_s]  # that nobody had seen
            assert incident.start_s == min([known.start_s, *[one.start_s for one in new]])
        else:
            assert not any(same_again(incident, known) for known in stored.values())


def same_again(incident: Incident, known: Incident) -> bool:
    """Whether the finding that opened an incident was told of before: the same kind at the same time."""
    opener, told = incident.findings[0], [one for one in known.findings if one.kind is incident.rule]
    return any(one.start_s <= opener.last_s and opener.start_s <= one.last_s for one in told)


def test_what_a_former_owner_closed_is_not_told_again_within_what_is_open_now() -> None:
    away, back = [empty(i) for i in range(10, 20)], [present(i) for i in range(20, 27)]
    frames = [*[present(i) for i in range(10)], *away, *back, *[present(i, faces=2) for i in range(27, 40)]]
    first = watched(frames[:32], Watch(baseline=LEARNT))
    stored = {change.incident.key: through_the_database(change.incident) for change in first.incidents()}

    heir = watched(frames[8:], Watch(baseline=first.baseline, known=tuple(stored.values())))
    heir.end()

    assert {(change.incident.kind, change.incident.start_s) for change in heir.incidents()} == {(Kind.SEVERAL_PEOPLE, 27)}


@pytest.mark.parametrize("dies_at", range(16, 60, 5))
def test_an_absence_outlives_its_watcher(dies_at: int) -> None:
    frames = [*[present(i) for i in range(5)], *[empty(i) for i in range(5, 60)], *[present(i) for i in range(60, 90)]]
    first = watched(frames[:dies_at])
    stored = {change.incident.key: through_the_database(change.incident) for change in first.incidents()}

    heir = watched(frames[max(0, dies_at - 20) :], Watch(known=tuple(stored.values())))
    changes = heir.incidents()

    assert {change.incident.key for change in changes} == {(Kind.NOBODY, 5)}
    assert Change.OPENED not in {change.change for change in changes}
    assert (changes[-1].incident.start_s, changes[-1].incident.end_s) == (5, 59)


@given(sittings(), st.integers(0, 100))
def test_the_ring_replayed_from_the_start_gives_the_same_keys(frames: list[Observation], dies_at: int) -> None:
    assert told(frames)[: len(told(frames[:dies_at]))] == told(frames[:dies_at])


@given(sittings())
def test_no_time_is_lost_from_the_account(frames: list[Observation]) -> None:
    totals = watched(frames).totals()

    assert totals.observable_s + sum(totals.unobservable_s.values()) == pytest.approx(frames[-1].at - frames[0].at)


@given(sittings())
def test_unobservable_never_has_a_severity_and_looking_away_alone_is_never_high(frames: list[Observation]) -> None:
    for incident in closed(frames, Watch(baseline=LEARNT)):
        alone = set(kinds([incident]))
        assert (incident.severity is None) == (incident.tier is Tier.COULD_NOT_WATCH)
        assert alone != {Kind.LOOKING_AWAY} or (incident.severity is not None and incident.severity.word != "high")


@given(sittings(), st.sampled_from(sorted(Kind)))
def test_a_signal_that_is_switched_off_never_speaks(frames: list[Observation], kind: Kind) -> None:
    assert kind not in kinds(closed(frames, Watch(STANDARD.without(kind), baseline=LEARNT)))


def test_a_gap_that_is_told_while_it_lasts_is_one_incident() -> None:
    watch = watched([present(i) for i in range(10)])
    for now in (12.0, 14.0, 18.0, 25.0):
        watch.gap(9.0, now, seq=10)
    watched([replace(present(i), seq=i + 5) for i in range(25, 40)], watch)
    watch.end()

    changes = watch.incidents()

    assert [(c.change, c.incident.kind, c.incident.tier) for c in changes] == [
        (Change.OPENED, Kind.FEED_GAP, Tier.COULD_NOT_WATCH),
        (Change.CLOSED, Kind.FEED_GAP, Tier.COULD_NOT_WATCH),
    ]
    assert (changes[-1].incident.start_s, changes[-1].incident.end_s) == (9, 25)


def test_a_gap_that_nobody_tells_of_is_noticed() -> None:
    frames = [*[present(i) for i in range(10)], *[present(i) for i in range(30, 50)]]

    watch = watched(frames)

    assert kinds(closed([], watch)) == [Kind.FEED_GAP]
    assert watch.totals().unobservable_s == {"feed_gap": 21}


def test_how_often_the_face_was_recognised_is_counted() -> None:
    totals = watched([present(i, identity=0.3 if i % 10 == 0 else None) for i in range(30)]).totals()

    assert (totals.recognised, totals.recognised_s) == (3, 20)


def test_a_face_that_cannot_be_compared_for_long_is_said_and_accuses_nobody() -> None:
    compared = {20: 0.3, 400: 0.2, 500: 0.25}
    frames = [present(i, identity=compared.get(i)) for i in range(900)]

    early, middle, late = (watched(frames[:end]).totals() for end in (319, 330, 450))
    watch = watched(frames)

    assert (early.unrecognised_s, early.unrecognised_since_s) == (0, None)
    assert (middle.unrecognised_s, middle.unrecognised_since_s) == (0, 20)
    assert (late.unrecognised_s, late.unrecognised_since_s) == (380, None)
    assert (watch.totals().unrecognised_s, watch.totals().unrecognised_since_s) == (380, 500)
    assert closed([], watch) == []


def test_a_candidate_who_is_never_compared_is_said_to_be_since_the_beginning() -> None:
    assert watched([present(i) for i in range(301)]).totals().unrecognised_since_s == 0


def test_a_face_that_is_neither_alike_nor_anybody_elses_is_not_taken_for_compared() -> None:
    masked = [present(i, identity=0.2 if i < 10 else 0.56 if i % 5 == 0 else None) for i in range(400)]

    watch = watched(masked)

    assert (watch.totals().recognised_s, watch.totals().unrecognised_since_s) == (9, 9)
    assert closed([], watch) == []


def test_who_is_not_to_be_compared_is_not_missed() -> None:
    watch = Watch(STANDARD.without(Kind.DIFFERENT_PERSON))

    assert watched([present(i) for i in range(900)], watch).totals().unrecognised_since_s is None


def test_a_new_owner_goes_on_from_when_the_face_was_last_compared() -> None:
    watch = watched([present(i) for i in range(1000, 1250)], Watch(recognised_s=950))

    assert watch.totals().unrecognised_since_s is None
    watch.receive(present(1250))
    assert watch.totals().unrecognised_since_s == 950


def test_an_absence_is_never_made_of_a_gap() -> None:
    frames = [*[present(i) for i in range(10)], empty(10), empty(11), empty(40), empty(41), *[present(i) for i in range(42, 50)]]

    assert kinds(closed(frames)) == [Kind.FEED_GAP]


@pytest.mark.parametrize("kind", [Kind.CAMERA_SWITCHED, Kind.CHAIN_BROKEN, Kind.CHALLENGE_FAILED])
def test_what_others_established_becomes_an_incident_at_once(kind: Kind) -> None:
    watch = watched([present(i) for i in range(5)])
    watch.report(kind, 4.5, 4)

    assert opened(watch.incidents()) == [(kind, 4)]


def test_open_incidents_can_be_asked_for() -> None:
    watch = watched([*[present(i) for i in range(5)], *[empty(i) for i in range(5, 20)]])

    assert [incident.kind for incident in watch.open_incidents()] == [Kind.NOBODY]
