"""A score is no probability until findings like it were labelled; the map is solved back where it is known, and few labels say little."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.calibration import CalibrationAltered, CalibrationRecord, NotACalibration
from proctoring.evaluation import labels
from proctoring.incidents import Bundler, Incident
from proctoring.observations import Picture
from proctoring.policy import STANDARD, Kind
from proctoring.probability import FEWEST, Label, Step, Table, solved, sure
from tests.proctoring.test_evaluation import a_finding, a_segment, a_session

RECORD = CalibrationRecord(
    budget=0.1, threshold=9.0, windows_s=(12.0, 40.0), false_alarms=20, fresh_hours=200, false_alarms_low=0.06, false_alarms_high=0.15,
    hours=200, seed=1, generator="signal-test",
)  # fmt: skip


def drawn(count: int, seed: int = 1, kind: str = "phone", picture: str = "clear") -> list[Label]:
    """Labels whose true probability is known: .2 below a score of .7, .6 below .95, .9 from there on."""
    rng = np.random.default_rng(seed)
    scores = rng.choice([0.6, 0.8, 0.9, 1.0], count)
    chance = np.select([scores < 0.7, scores < 0.95], [0.2, 0.6], 0.9)
    return [
        Label(kind=kind, picture=picture, score=float(score), true=bool(true))
        for score, true in zip(scores, rng.random(count) < chance, strict=True)
    ]


def test_a_known_map_comes_back() -> None:
    (table,) = solved(drawn(8000))

    assert table.labels == 8000
    for score, true in ((0.6, 0.2), (0.8, 0.6), (0.9, 0.6), (1.0, 0.9)):
        low, high = table.at(score).between
        assert table.at(score).probability == pytest.approx(true, abs=0.03)
        assert low < true < high


def test_few_labels_stay_near_one_half() -> None:
    assert Step(above=0, true=1, total=1).probability == 0.75
    assert Step(above=0, true=0, total=1).probability == 0.25
    assert Step(above=0, true=3, total=3).probability == 0.875
    assert Step(above=0, true=300, total=300).probability > 0.99


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_a_higher_score_is_never_less_likely(given_labels: list[tuple[float, bool]]) -> None:
    (table,) = solved(Label(kind="book", picture="poor", score=score, true=true) for score, true in given_labels)

    likely = [table.at(score / 100).probability for score in range(101)]

    assert likely == sorted(likely)
    assert table.labels == len(given_labels)
    assert sum(step.true for step in table.steps) == sum(true for _, true in given_labels)
    assert Table.from_json(table.as_json()) == table


def test_with_too_few_labels_the_score_stays_and_says_so() -> None:
    few = solved([Label(kind="phone", picture="clear", score=0.9, true=False)] * 3)

    assert (sure(few, "phone", "clear", 0.9).value, sure(few, "phone", "clear", 0.9).labels) == (0.9, 3)
    assert not sure(few, "phone", "clear", 0.9).calibrated
    assert (sure(few, "phone", "poor", 0.9).value, sure(few, "phone", "poor", 0.9).labels) == (0.9, 0)
    assert sure((), "phone", "clear", 0.7).labels == 0


def test_kinds_and_pictures_are_counted_apart() -> None:
    bad = [Label(kind="phone", picture="poor", score=1.0, true=False)] * FEWEST
    tables = solved([*drawn(2000), *bad])

    assert sure(tables, "phone", "clear", 1.0).value > 0.8
    assert sure(tables, "phone", "poor", 1.0).value < 0.05
    assert [(one.kind, one.picture) for one in tables] == [("phone", "clear"), ("phone", "poor")]


def test_an_incident_carries_the_probability_and_what_it_rests_on() -> None:
    record = replace(RECORD, probabilities=solved(drawn(2000)))
    phone = a_finding(Kind.PHONE, 10, 14)

    told = []
    for policy in (STANDARD, STANDARD.calibrated(record), STANDARD.calibrated(replace(record, probabilities=solved(drawn(3))))):
        bundler = Bundler(policy)
        bundler.receive(14, [phone], None)
        told.append(bundler.changes()[0].incident)

    score, probable, few = told
    assert (score.confidence, score.labels) == (1.0, 0)
    assert probable.confidence == pytest.approx(0.9, abs=0.05)
    assert probable.labels == 2000
    assert (few.confidence, few.labels) == (1.0, 3)
    assert Incident.from_json(probable.as_json()) == probable
    old = {name: value for name, value in score.as_json().items() if name != "labels"}
    assert Incident.from_json(old) == score


def test_a_record_with_probabilities_is_named_by_them_and_read_again() -> None:
    record = replace(RECORD, probabilities=solved(drawn(50)))
    written = record.as_json()

    assert CalibrationRecord.from_json(written) == record
    assert record.sha256 != RECORD.sha256
    assert "probabilities" not in RECORD.as_json()
    for broken in ([{"kind": "phone"}], [{**written["probabilities"][0], "steps": []}], "words"):  # type: ignore[index, dict-item]
        with pytest.raises((NotACalibration, CalibrationAltered)):
            CalibrationRecord.from_json({**written, "probabilities": broken})
    falling = {"kind": "phone", "picture": "clear", "steps": [{"above": 0, "true": 9, "total": 9}, {"above": 0.9, "true": 0, "total": 9}]}
    with pytest.raises(NotACalibration):
        CalibrationRecord.from_json({**written, "probabilities": [falling]})


def test_findings_are_labelled_by_what_was_true() -> None:
    true = replace(a_finding(Kind.PHONE, 100, 108), confidence=0.8)
    false = replace(a_finding(Kind.PHONE, 500, 505), confidence=0.6, picture=Picture.POOR)
    follows = a_finding(Kind.NOBODY, 205, 215)
    unwatched = a_finding(Kind.COVERED, 201, 219)
    session = a_session(
        a_segment(0, 100), a_segment(100, 110, "phone"), a_segment(110, 200), a_segment(200, 220, "camera_covered"), a_segment(220, 900),
        findings=[true, false, follows, unwatched],
    )  # fmt: skip

    assert labels([session]) == [
        Label(kind="phone", picture="clear", score=0.8, true=True),
        Label(kind="phone", picture="poor", score=0.6, true=False),
    ]
