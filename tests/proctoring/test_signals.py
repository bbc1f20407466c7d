"""From single frames to findings: each rule's patience, and what it must not take for evidence."""

from dataclasses import replace

import pytest

from proctoring.baseline import Baseline
from proctoring.observations import Box, Observation, Reason
from proctoring.policy import STANDARD, Kind
from proctoring.signals import Detector, Finding, LookingAway, detectors
from tests.proctoring.sightings import empty, present, unseen, with_thing, without_things

CENTRE = Baseline(seconds=30)


def a_detector(kind: Kind) -> Detector:
    return detectors(STANDARD, lambda: CENTRE)[kind]


def findings(kind: Kind, observations: list[Observation]) -> list[Finding]:
    """Every finding of one kind in its last state."""
    detector, found = a_detector(kind), dict[int, Finding]()
    for observation in observations:
        detector.receive(observation)
        if detector.finding is not None:
            found[detector.finding.first_seq] = detector.finding
    return list(found.values())


@pytest.mark.parametrize("fps", [1, 2, 5])
def test_nobody_is_raised_when_eight_seconds_are_complete(fps: int) -> None:
    frames = [present(0, fps=fps)] + [empty(5 + i / fps, fps=fps) for i in range(12 * fps)]

    (finding,) = findings(Kind.NOBODY, frames)

    assert (finding.start_s, finding.raised_s) == (5, 13)


def test_an_absence_shorter_than_eight_seconds_is_nothing() -> None:
    frames = [present(0), *[empty(i) for i in range(1, 8)], *[present(i) for i in range(8, 20)]]

    assert findings(Kind.NOBODY, frames) == []


@pytest.mark.parametrize("people", [1, None])
def test_a_face_that_is_not_seen_is_not_nobody(people: int | None) -> None:
    assert findings(Kind.NOBODY, [empty(i, people=people) for i in range(60)]) == []


@pytest.mark.parametrize("reason", sorted(Reason))
def test_a_picture_that_cannot_be_seen_into_is_not_nobody(reason: Reason) -> None:
    assert findings(Kind.NOBODY, [unseen(i, reason) for i in range(60)]) == []


def test_time_that_was_not_watched_does_not_count_towards_nobody() -> None:
    frames = [empty(0), empty(1), empty(2), empty(20), empty(21), empty(22)]

    assert findings(Kind.NOBODY, frames) == []


def test_one_missed_frame_does_not_interrupt_an_absence() -> None:
    frames = [empty(i) if i != 5 else empty(i, people=1) for i in range(12)]

    assert [finding.start_s for finding in findings(Kind.NOBODY, frames)] == [0]


def test_a_second_face_is_raised_after_two_seconds() -> None:
    frames = [present(i, faces=2 if 10 <= i < 20 else 1) for i in range(30)]

    (finding,) = findings(Kind.SEVERAL_PEOPLE, frames)

    assert (finding.start_s, finding.raised_s, finding.end_s) == (10, 12, 19)


def test_a_second_face_in_one_frame_is_nothing() -> None:
    assert findings(Kind.SEVERAL_PEOPLE, [present(i, faces=2 if i == 10 else 1) for i in range(30)]) == []


def test_somebody_else_needs_three_good_frames() -> None:
    two = [present(i, identity=0.8 if i in (10, 11) else 0.3) for i in range(20)]
    three = [present(i, identity=0.8 if i >= 10 else 0.3) for i in range(20)]

    assert findings(Kind.DIFFERENT_PERSON, two) == []
    assert [(f.start_s, f.raised_s) for f in findings(Kind.DIFFERENT_PERSON, three)] == [(10, 12)]


@pytest.mark.parametrize("identity", [None, 0.56])
def test_a_face_not_looked_at_or_between_the_limits_accuses_nobody(identity: float | None) -> None:
    assert findings(Kind.DIFFERENT_PERSON, [present(i, identity=identity) for i in range(60)]) == []


@pytest.mark.parametrize(("looks", "raised_s"), [("1011", 6), ("10011", 8), ("110001", None), ("100011", None), ("1010", None)])
def test_three_of_five_looks_are_enough_in_whatever_order_on_a_poor_line_too(looks: str, raised_s: int | None) -> None:
    seen = [with_thing(2 * at) if look == "1" else without_things(2 * at) for at, look in enumerate(looks)]

    assert [finding.raised_s for finding in findings(Kind.PHONE, seen)] == ([] if raised_s is None else [raised_s])


def test_a_phone_is_raised_when_it_is_in_most_of_five_looks() -> None:
    frames = [with_thing(i) if i in (10, 11, 13, 14) else without_things(i) for i in range(30)]

    assert [(f.start_s, f.raised_s) for f in findings(Kind.PHONE, frames)] == [(10, 13)]


def test_a_phone_that_jumps_about_is_noise() -> None:
    places = [Box(x=0.1 * (i % 9), y=0.8 * (i % 2), width=0.05, height=0.1) for i in range(30)]

    assert findings(Kind.PHONE, [with_thing(i, box=places[i]) for i in range(30)]) == []


@pytest.mark.parametrize(("score", "box"), [(0.75, None), (0.9, Box(x=0.5, y=0.5, width=0.02, height=0.02))])
def test_a_phone_too_unsure_or_too_small_is_nothing(score: float, box: Box | None) -> None:
    frames = [with_thing(i, score=score, box=box or Box(x=0.6, y=0.6, width=0.1, height=0.15)) for i in range(20)]

    assert findings(Kind.PHONE, frames) == []


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (Reason.COVERED, Kind.COVERED),
        (Reason.TOO_DARK, Kind.TOO_DARK),
        (Reason.FACE_NOT_SEEN, Kind.FACE_NOT_SEEN),
        *((reason, Kind.FACE_NOT_SEEN) for reason in (Reason.BLURRED, Reason.BACK_LIT, Reason.CROPPED, Reason.TOO_FAR)),
    ],
)
def test_each_reason_has_its_word(reason: Reason, kind: Kind) -> None:
    frames = [present(0), *[unseen(i, reason) for i in range(1, 10)], *[present(i) for i in range(10, 20)]]

    raised = {k for k in detectors(STANDARD, lambda: CENTRE) if k is not Kind.LOOKING_AWAY and findings(k, frames)}

    assert raised == {kind}


@pytest.mark.parametrize("fps", [1, 2, 5])
def test_a_long_look_away_is_raised_after_about_three_seconds(fps: int) -> None:
    frames = [present(i / fps, fps=fps, yaw=35 if 10 <= i / fps < 18 else 0) for i in range(30 * fps)]

    (finding,) = findings(Kind.LOOKING_AWAY, frames)

    assert finding.start_s == 10
    assert 2 <= finding.raised_s - 10 <= 4
    assert finding.end_s is not None
    assert 16 <= finding.end_s <= 20


def test_many_short_looks_away_add_up() -> None:
    frames = [present(i / 2, fps=2, yaw=35 if i % 8 < 3 else 0) for i in range(240)]

    assert findings(Kind.LOOKING_AWAY, frames) != []


def test_looking_about_the_screen_is_work() -> None:
    frames = [present(i / 2, fps=2, yaw=10 if i % 2 else -10) for i in range(600)]

    assert findings(Kind.LOOKING_AWAY, frames) == []


def test_nobody_looks_away_before_their_own_centre_is_known() -> None:
    detector = LookingAway(STANDARD, lambda: None)
    for second in range(60):
        detector.receive(present(second, yaw=60))

    assert detector.finding is None


def test_a_candidate_is_measured_from_their_own_centre() -> None:
    detector = LookingAway(STANDARD, lambda: Baseline(across=22, yaw=22, seconds=30))
    for second in range(60):
        detector.receive(present(second, yaw=25))

    assert detector.finding is None


def a_calibrated(surprise: float) -> LookingAway:
    limits = replace(STANDARD.gaze, windows_s=(15.0, 30.0, 60.0, 120.0), surprise=surprise)
    return LookingAway(replace(STANDARD, gaze=limits), lambda: CENTRE)


def looked(detector: LookingAway, seconds: int, away: set[int]) -> list[Finding]:
    found = dict[float, Finding]()
    for i in range(2 * seconds):
        detector.receive(present(i / 2, fps=2, yaw=35 if i // 2 in away else 0))
        if detector.finding is not None:
            found[detector.finding.raised_s] = detector.finding
    return list(found.values())


def test_a_calibrated_limit_lets_a_few_seconds_pass_and_not_twelve() -> None:
    assert looked(a_calibrated(3.7), 500, {400, 401, 402, 403}) == []

    (finding,) = looked(a_calibrated(3.7), 500, set(range(400, 412)))

    assert (finding.start_s, finding.end_s) == (400, 411.5)
    assert finding.away is not None
    assert finding.away[0] > 10 * finding.away[2]


def test_repeated_looks_are_one_finding_that_ends_when_they_end() -> None:
    repeated = {second for second in range(400, 520) if second % 8 < 2}

    (finding,) = looked(a_calibrated(3.7), 600, repeated)

    assert 400 <= finding.start_s < finding.raised_s < 500
    assert finding.end_s is not None
    assert 513 <= finding.end_s <= 520


def test_a_gap_ends_a_look_away_and_is_no_time_away() -> None:
    detector = a_calibrated(3.7)
    looked(detector, 60, set(range(54, 60)))
    for second in range(90, 94):
        detector.receive(present(second, fps=2, yaw=35))

    assert detector.finding is None
