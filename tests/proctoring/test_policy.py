"""A policy that would break a promise of the house cannot be made."""

from dataclasses import replace

import pytest

from assessment_engine.kernel.errors import Invalid
from proctoring.policy import COULD_NOT_WATCH, RULES, SOFT, STANDARD, Kind, Policy, Rule, Severity, Tier


def with_rule(kind: Kind, rule: Rule) -> Policy:
    return Policy(rules={**RULES, kind: rule})


@pytest.mark.parametrize("kind", sorted(COULD_NOT_WATCH))
def test_what_could_not_be_watched_can_never_be_an_alert_or_have_a_severity(kind: Kind) -> None:
    with pytest.raises(Invalid):
        with_rule(kind, Rule(tier=Tier.ALERT, least_s=1, severity=Severity.LOW, cap=Severity.HIGH))
    with pytest.raises(Invalid):
        with_rule(kind, replace(RULES[kind], severity=Severity.LOW))


@pytest.mark.parametrize("kind", sorted(SOFT))
def test_a_soft_signal_never_exceeds_medium(kind: Kind) -> None:
    with pytest.raises(Invalid):
        with_rule(kind, replace(RULES[kind], cap=Severity.HIGH))


@pytest.mark.parametrize("kind", sorted(set(Kind) - COULD_NOT_WATCH))
def test_conduct_is_never_hidden_among_what_could_not_be_watched(kind: Kind) -> None:
    with pytest.raises(Invalid):
        with_rule(kind, Rule(tier=Tier.COULD_NOT_WATCH, least_s=1))


def test_a_rule_that_nothing_can_meet_is_refused() -> None:
    with pytest.raises(Invalid):
        with_rule(Kind.NOBODY, replace(RULES[Kind.NOBODY], hits=6, of=5))


def test_a_policy_without_a_rule_for_every_kind_is_refused() -> None:
    with pytest.raises(Invalid):
        Policy(rules={Kind.NOBODY: RULES[Kind.NOBODY]})


@pytest.mark.parametrize(("same", "other"), [(0.7, 0.6), (0.0, 0.6)])
def test_identity_limits_must_be_in_order(same: float, other: float) -> None:
    with pytest.raises(Invalid):
        Policy(same_person=same, other_person=other)


@pytest.mark.parametrize("kind", sorted(Kind))
def test_severity_grows_with_time_and_stops_at_the_cap(kind: Kind) -> None:
    rule = STANDARD.rules[kind]
    path = [rule.severity_after(seconds) for seconds in (0, 5, 10, 20, 30, 3600)]

    assert all(severity is None for severity in path) or path == sorted(s for s in path if s is not None)
    assert rule.cap is None or all(severity is not None and severity <= rule.cap for severity in path)


def test_an_arrangement_switches_signals_off_in_a_copy() -> None:
    arranged = STANDARD.without(Kind.LOOKING_AWAY)

    assert arranged.off == {Kind.LOOKING_AWAY}
    assert STANDARD.off == frozenset()
