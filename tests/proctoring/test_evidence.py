"""The frames that are kept: around an incident, few, and nothing else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from proctoring.evidence import AFTER_S, BEFORE_S, EvidenceRing, Shot, choose
from proctoring.incidents import Incident
from tests.proctoring.sightings import closed, empty, present


def an_incident() -> Incident:
    (incident,) = closed([*[present(i) for i in range(20)], *[empty(i) for i in range(20, 40)]])
    return incident


def a_shot(at: float, *, fps: float = 1, size: int = 10) -> Shot:
    return Shot(jpeg=bytes(size), observation=present(at, fps=fps))


def test_a_segment_holds_ten_seconds_before_and_five_after() -> None:
    ring, incident = EvidenceRing(), an_incident()
    for second in range(60):
        ring.receive(a_shot(second))
        if second == incident.raised_s:
            ring.keep(incident)

    (segment,) = ring.segments()

    assert segment.key == incident.key
    assert [shot.at for shot in segment.shots] == list(range(18, 34))
    assert 6 <= len(segment.chosen) <= 9
    assert ring.segments() == []


def test_an_incident_at_the_end_of_a_sitting_keeps_what_there_is() -> None:
    ring, incident = EvidenceRing(), an_incident()
    for second in range(29):
        ring.receive(a_shot(second))
    ring.keep(incident)
    assert ring.segments() == []

    ring.end()

    assert [shot.at for shot in ring.segments()[0].shots] == list(range(18, 29))


def test_a_segment_is_complete_when_its_time_is_over_though_no_frame_comes_any_more() -> None:
    ring, incident = EvidenceRing(), an_incident()
    for second in range(29):
        ring.receive(a_shot(second))
    ring.keep(incident)
    ring.reach(incident.raised_s + AFTER_S - 0.1)
    assert ring.segments() == []

    ring.reach(incident.raised_s + AFTER_S)

    assert [shot.at for shot in ring.segments()[0].shots] == list(range(18, 29))


def test_repeated_and_late_frames_are_not_kept_twice() -> None:
    ring = EvidenceRing()
    for second in [1, 2, 2, 1, 3]:
        ring.receive(a_shot(second))
    ring.keep(replace(an_incident(), raised_s=3.0))
    ring.end()

    assert [shot.seq for shot in ring.segments()[0].shots] == [1, 2, 3]


def test_memory_is_bounded_by_bytes_as_well() -> None:
    ring = EvidenceRing(most_bytes=1000)
    for i in range(50):
        ring.receive(a_shot(i / 5, fps=5, size=100))
    ring.keep(replace(an_incident(), raised_s=9.8))
    ring.end()

    assert len(ring.segments()[0].shots) <= 10


@given(st.floats(0.5, 5), st.integers(0, 30), st.floats(0, 1))
def test_few_frames_tell_the_whole(fps: float, raised: int, share: float) -> None:
    frames = [(i, i / fps) for i in range(int(60 * fps))]
    peak = max(0.0, raised - BEFORE_S * share)

    chosen = choose(frames, raised_s=raised, peak_s=peak)

    assert len(chosen) <= 9
    assert list(chosen) == sorted(set(chosen))
    assert all(raised - BEFORE_S <= frames[i][1] <= raised + AFTER_S for i in chosen)
    assert len(chosen) >= min(6, sum(raised - BEFORE_S <= at <= raised + AFTER_S for _, at in frames))
