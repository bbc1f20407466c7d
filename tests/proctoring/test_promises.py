"""What holds of every sitting, whatever was seen: one bundle at a time, what rises never falls, and a limit that can be named."""

from collections.abc import Sequence

from hypothesis import given

from proctoring.baseline import Baseline
from proctoring.incidents import Change, IncidentChange, could_not_watch
from proctoring.observations import Observation
from proctoring.policy import STANDARD, TIER_ORDER, Kind, Tier
from proctoring.watch import Watch
from tests.proctoring.sightings import closed, empty, kinds, present, watched, with_thing
from tests.proctoring.test_simulation import a_calibration
from tests.proctoring.test_watch import sittings

LEARNT = Baseline(seconds=30)


def all_told(frames: Sequence[Observation], watch: Watch) -> list[IncidentChange]:
    """What a worker hears that asks after every frame, and at the end."""
    told = [change for frame in frames for change in watched([frame], watch).incidents()]
    watch.end()
    return told + watch.incidents()


@given(sittings())
def test_of_conduct_and_of_unwatched_time_one_incident_is_open_at_a_time(frames: list[Observation]) -> None:
    told = all_told(frames, Watch(baseline=LEARNT))

    for unwatched in (False, True):
        track = [change for change in told if could_not_watch(change.incident.lead) is unwatched]
        steps = [(change.change, change.incident.key) for change in track if change.change is not Change.UPGRADED]
        assert [step for step, _ in steps] == [Change.OPENED, Change.CLOSED] * (len(steps) // 2)
        assert all(opened == ended for (_, opened), (_, ended) in zip(steps[::2], steps[1::2], strict=True))


@given(sittings())
def test_tier_and_severity_of_an_incident_only_rise(frames: list[Observation]) -> None:
    weights: dict[tuple[Kind, int], tuple[int, int]] = {}

    for change in all_told(frames, Watch(baseline=LEARNT)):
        incident = change.incident
        weight = (TIER_ORDER.index(incident.tier), incident.severity or 0)
        assert weight >= weights.get(incident.key, weight)
        weights[incident.key] = weight


@given(sittings())
def test_every_incident_names_the_policy_and_the_calibration_that_raised_it(frames: list[Observation]) -> None:
    record = a_calibration()
    policy = STANDARD.calibrated(record)

    incidents = closed(frames, Watch(policy, baseline=LEARNT))

    assert {incident.policy_version for incident in incidents} <= {f"standard-3+{record.sha256[:16]}"}


def test_signals_that_come_together_are_one_incident_with_the_gravest_name_and_all_their_findings() -> None:
    frames = [*[present(i, yaw=40) for i in range(12)], *[with_thing(i) for i in range(12, 22)], *[empty(i) for i in range(22, 36)]]

    (incident,) = closed([*frames, *[present(i) for i in range(36, 60)]], Watch(baseline=LEARNT))

    assert set(kinds([incident])) == {Kind.LOOKING_AWAY, Kind.PHONE, Kind.NOBODY}
    assert incident.rule is Kind.LOOKING_AWAY
    assert incident.tier is Tier.ALERT
    assert incident.kind in {Kind.PHONE, Kind.NOBODY}


def test_a_second_person_who_is_allowed_is_no_finding_and_hides_nothing_else() -> None:
    frames = [*[present(i, faces=2) for i in range(20)], *[empty(i) for i in range(20, 40)], *[present(i, faces=2) for i in range(40, 50)]]

    incidents = closed(frames, Watch(STANDARD.without(Kind.SEVERAL_PEOPLE), baseline=LEARNT))

    assert kinds(incidents) == [Kind.NOBODY]
