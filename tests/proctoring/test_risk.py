"""A sitting's risk is capped for each family, explained, and never made of what could not be watched."""

from hypothesis import given
from hypothesis import strategies as st

from proctoring.policy import COULD_NOT_WATCH, RULES, SOFT, Kind, Severity, Tier
from proctoring.risk import CAPS, KINDS, Family, Weighed, risk_of

CONDUCT = [kind for kind in Kind if kind not in COULD_NOT_WATCH]
confidences = st.floats(0, 1)


def weighed(kinds: list[Kind]) -> st.SearchStrategy[list[Weighed]]:
    severities = st.sampled_from(Severity)
    one = st.builds(
        lambda kind, severity, confidence, tier: Weighed(
            kind=kind, tier=tier, severity=min(severity, RULES[kind].cap or Severity.HIGH), confidence=confidence
        ),
        st.sampled_from(kinds), severities, confidences, st.sampled_from((Tier.DETECTION, Tier.ALERT)),
    )  # fmt: skip
    return st.lists(one, max_size=40)


def test_every_kind_of_conduct_is_in_one_family() -> None:
    assert sorted(kind for kinds in KINDS.values() for kind in kinds) == sorted(CONDUCT)


@given(weighed(sorted(SOFT)))
def test_soft_signals_alone_never_exceed_medium(incidents: list[Weighed]) -> None:
    assert risk_of(incidents).level in (None, Severity.LOW, Severity.MEDIUM)


@given(weighed(CONDUCT))
def test_without_a_flag_nothing_is_more_than_medium(incidents: list[Weighed]) -> None:
    unflagged = [one for one in incidents if one.tier is not Tier.ALERT]

    assert risk_of(unflagged).level is not Severity.HIGH


@given(weighed(CONDUCT))
def test_no_family_exceeds_its_cap_and_more_never_makes_less(incidents: list[Weighed]) -> None:
    risk = risk_of(incidents)

    assert all(part.share <= CAPS[part.family] for part in risk.parts)
    assert 0 <= risk_of(incidents[:-1]).value <= risk.value <= 1
    assert sum(sum(part.incidents.values()) for part in risk.parts) == len(incidents)


@given(weighed(CONDUCT))
def test_time_that_could_not_be_watched_adds_nothing(incidents: list[Weighed]) -> None:
    unseen = [Weighed(kind=kind, tier=Tier.COULD_NOT_WATCH, severity=None, confidence=1.0) for kind in sorted(COULD_NOT_WATCH)]

    assert risk_of([*incidents, *unseen]) == risk_of(incidents)


def test_a_sure_stranger_is_high_and_a_cap_is_said() -> None:
    stranger = Weighed(kind=Kind.DIFFERENT_PERSON, tier=Tier.ALERT, severity=Severity.HIGH, confidence=0.95)
    glances = [Weighed(kind=Kind.LOOKING_AWAY, tier=Tier.DETECTION, severity=Severity.MEDIUM, confidence=1.0)] * 9
    risk = risk_of([stranger, *glances])

    assert risk.level is Severity.HIGH
    assert [(part.family, part.capped) for part in risk.parts] == [(Family.PEOPLE, False), (Family.ATTENTION, True)]
    assert risk.parts[1].incidents == {Kind.LOOKING_AWAY: 9}
