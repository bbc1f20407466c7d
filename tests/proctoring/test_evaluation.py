"""How recordings are scored: what is found, late, false or neither. Lists of findings only; no pictures."""

import pytest

from proctoring.evaluation import Session, evaluate, p95
from proctoring.policy import Kind
from proctoring.signals import Finding
from proctoring.truth import Timeline


def a_finding(kind: Kind, start_s: float, end_s: float, *, raised_s: float | None = None) -> Finding:
    return Finding(
        kind=kind,
        first_seq=round(start_s),
        start_s=start_s,
        raised_s=start_s if raised_s is None else raised_s,
        end_s=end_s,
        last_s=end_s,
        peak=1,
        peak_s=start_s,
        threshold=1,
        confidence=1,
    )


def a_segment(start_s: float, end_s: float, event: str = "normal", **more: object) -> dict[str, object]:
    return {"start_s": start_s, "end_s": end_s, "event": event, **more}


def a_session(*segments: dict[str, object], findings: list[Finding], name: str = "one") -> Session:
    return Session(name=name, truth=Timeline.from_json({"candidate": "A", "segments": list(segments)}), findings=findings)


LONG = (a_segment(0, 100), a_segment(100, 110, "no_face"), a_segment(110, 3600))


@pytest.mark.parametrize(
    ("begins", "ends", "found"), [(100, 110, True), (119, 130, True), (121, 130, False), (80, 99, False), (90, 101, True)]
)
def test_an_event_is_found_from_its_start_to_ten_seconds_after_its_end(begins: float, ends: float, found: bool) -> None:
    evaluation = evaluate([a_session(*LONG, findings=[a_finding(Kind.NOBODY, begins, ends)])])

    assert [one.found for one in evaluation.events] == [found]


def test_the_delay_counts_from_the_completed_duration() -> None:
    evaluation = evaluate([a_session(*LONG, findings=[a_finding(Kind.NOBODY, 101, 110, raised_s=110.5)])])

    assert evaluation.delays() == [2.5]


def test_an_incident_of_another_kind_finds_nothing_and_is_false() -> None:
    evaluation = evaluate([a_session(*LONG, findings=[a_finding(Kind.PHONE, 100, 110)])])

    assert evaluation.recall() == {Kind.NOBODY: (0, 1)}
    assert [(alert.kind, alert.start_s) for alert in evaluation.false_alerts] == [(Kind.PHONE, 100)]


def test_false_alerts_less_than_thirty_seconds_apart_are_one() -> None:
    phones = [a_finding(Kind.PHONE, start, start + 5) for start in (200, 230, 264.9, 300)]

    evaluation = evaluate([a_session(*LONG, findings=phones)])

    assert [(alert.start_s, alert.end_s) for alert in evaluation.false_alerts] == [(200, 269.9), (300, 305)]
    value, low, high = evaluation.false_rate()
    assert value == pytest.approx(2 / (3590 / 3600))
    assert high is not None and low < 2 < high


def test_an_incident_that_goes_on_for_ever_finds_one_event_only() -> None:
    segments = (a_segment(0, 20, "phone"), a_segment(20, 60), a_segment(60, 80, "phone"), a_segment(80, 100))

    evaluation = evaluate([a_session(*segments, findings=[a_finding(Kind.PHONE, 0, 100)])])

    assert evaluation.recall() == {Kind.PHONE: (1, 2)}


def test_events_close_together_are_each_found_by_what_lay_in_them() -> None:
    segments = (a_segment(0, 10), a_segment(10, 16, "looking_away"), a_segment(16, 24), a_segment(24, 30, "looking_away"))

    second_only = evaluate([a_session(*segments, findings=[a_finding(Kind.LOOKING_AWAY, 25, 30)])])
    both = evaluate([a_session(*segments, findings=[a_finding(Kind.LOOKING_AWAY, 11, 16), a_finding(Kind.LOOKING_AWAY, 25, 30)])])

    assert [one.found for one in second_only.events] == [False, True]
    assert [one.found for one in both.events] == [True, True]


def test_what_follows_from_a_true_event_is_neither_found_nor_false() -> None:
    segments = (a_segment(0, 50), a_segment(50, 70, "camera_covered"), a_segment(70, 90))

    evaluation = evaluate([a_session(*segments, findings=[a_finding(Kind.NOBODY, 55, 70)])])

    assert evaluation.false_alerts == ()
    assert evaluation.recall() == {Kind.COVERED: (0, 1)}


def test_a_face_that_somebody_does_not_show_is_found_as_time_that_could_not_be_watched() -> None:
    segments = (a_segment(0, 50), a_segment(50, 70, "no_face", person_id="A"), a_segment(70, 90))

    evaluation = evaluate([a_session(*segments, findings=[a_finding(Kind.COVERED, 52, 60), a_finding(Kind.NOBODY, 60, 70)])])

    assert evaluation.recall() == {Kind.FACE_NOT_SEEN: (1, 1)}
    assert evaluation.false_alerts == ()


def test_what_the_picture_shows_besides_is_no_false_alert_and_no_clean_time() -> None:
    segments = (a_segment(0, 50), a_segment(50, 70, phone_visible=1), a_segment(70, 90, person_id="B"), a_segment(90, 95, n_faces=2))

    findings = [a_finding(Kind.PHONE, 55, 60), a_finding(Kind.DIFFERENT_PERSON, 72, 80), a_finding(Kind.SEVERAL_PEOPLE, 91, 94)]
    evaluation = evaluate([a_session(*segments, findings=findings)])

    assert (evaluation.events, evaluation.false_alerts) == ((), ())
    assert evaluation.clean_hours == pytest.approx(50 / 3600)


def test_an_event_shorter_than_its_rule_is_not_counted_and_what_is_on_the_timeline_only_is_never_false() -> None:
    segments = (a_segment(0, 50), a_segment(50, 54, "no_face"), a_segment(54, 90))

    evaluation = evaluate([a_session(*segments, findings=[a_finding(Kind.LOOKING_AWAY, 10, 20), a_finding(Kind.BOOK, 20, 30)])])

    assert (len(evaluation.events), len(evaluation.too_short), evaluation.false_alerts) == (0, 1, ())


def test_the_report_says_what_so_few_can_say() -> None:
    report = evaluate([a_session(*LONG, findings=[a_finding(Kind.NOBODY, 100, 110)])]).as_json()

    assert report["recall"] == {"nobody": {"found": 1, "total": 1, "lower95": 0.05}}
    assert report["false_alerts_per_hour"] == {"value": 0.0, "low": 0.0, "high": pytest.approx(3.689 / (3590 / 3600), abs=1e-3)}
    assert report["false_alert_budget"] == "not yet shown"
    assert report["worst_5_percent_share"] is None


def test_sixty_clean_hours_show_a_budget_and_twenty_candidates_a_worst_one() -> None:
    phones = {0: [a_finding(Kind.PHONE, 500, 510), a_finding(Kind.PHONE, 1500, 1510)], 1: [a_finding(Kind.PHONE, 500, 510)]}

    evaluation = evaluate([a_session(a_segment(0, 3 * 3600), findings=phones.get(i, []), name=str(i)) for i in range(20)])

    assert evaluation.is_shown
    assert evaluation.worst_share() == pytest.approx(2 / 3)


def test_of_few_delays_the_largest_is_the_p95() -> None:
    assert p95([1.0, 2.0, 9.0]) == 9.0
    assert p95([]) is None


@pytest.mark.parametrize(
    "broken",
    [
        [],
        {},
        {"segments": []},
        {"segments": ["normal"]},
        {"segments": [a_segment(0, 5, "dancing")]},
        {"segments": [a_segment(0, 5, also=["dancing"])]},
        {"segments": [a_segment(5, 5)]},
        {"segments": [a_segment(float("nan"), 5)]},
        {"segments": [a_segment(-1, 5)]},
        {"segments": [{"event": "normal"}]},
        {"segments": [a_segment(0, 5, n_faces="two")]},
        {"segments": [a_segment(0, 5)], "enrol_from_s": [4]},
    ],
)
def test_a_timeline_that_cannot_be_true_is_refused(broken: object) -> None:
    with pytest.raises(ValueError):
        Timeline.from_json(broken)
