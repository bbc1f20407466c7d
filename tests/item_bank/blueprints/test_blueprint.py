"""Blueprints and pools: their JSON, shares by weight, which items may be used, what is missing."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import Invalid, UnreadableFile
from item_bank.blueprints import (
    Blueprint,
    BlueprintSection,
    LeftOut,
    Passages,
    Span,
    Stratum,
    Wanted,
    blueprint_of,
    counts_of,
    pool_of,
    survey,
)
from item_bank.form_sections import Navigation
from tests.item_bank.blueprints.pools import EXAM_DAY, a_blueprint, a_pool, an_item, rows


def by_weight(count: int, *weights: int) -> BlueprintSection:
    strata = tuple(Stratum(wanted=Wanted(level=1), weight=Decimal(weight)) for weight in weights)
    return BlueprintSection(id="A", title="A", title_hi="A", strata=strata, count=count)


@given(st.integers(0, 200), st.lists(st.integers(1, 50), min_size=1, max_size=9))
def test_shares_by_weight_are_whole_and_never_a_question_away_from_exact(count: int, weights: list[int]) -> None:
    counts = by_weight(count, *weights).counts

    assert sum(counts) == count
    assert all(abs(share - Decimal(count * weight) / sum(weights)) < 1 for share, weight in zip(counts, weights, strict=True))


def test_weights_share_what_the_counted_rows_leave() -> None:
    section = by_weight(10, 1, 2)

    assert replace(section, strata=(*section.strata, *rows((4, {})))).counts == (2, 4, 4)


FULL = Blueprint(
    title="Paper",
    title_hi="प्रश्नपत्र",
    passages=Passages.WHOLE,
    languages=("en", "hi"),
    seconds=Span(least=60, most=90),
    sections=(
        BlueprintSection(
            id="A",
            title="First",
            title_hi="पहला",
            strata=(
                Stratum(wanted=Wanted(competency="RTI", level=2, kind="choice", difficulty="easy", words=Span(most=40)), count=3),
                Stratum(wanted=Wanted(subject="law", topic="appeal", bloom="apply", seconds=Span(least=30)), weight=Decimal("1.5")),
            ),
            count=9,
            mixed=False,
            navigation=Navigation.LINEAR,
            time_limit_s=600,
            locked=True,
        ),
    ),
)


def test_a_blueprint_is_read_back_as_it_was_written() -> None:
    assert blueprint_of(FULL.document) == FULL
    assert blueprint_of(FULL.document).sha256 == FULL.sha256


SECTION: dict[str, Any] = {"id": "A", "strata": [{"count": 2}]}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "not_a_blueprint"),
        ({}, "not_a_blueprint"),
        ({"sections": []}, "no_section"),
        ({"sections": [SECTION, SECTION]}, "same_section"),
        ({"sections": [{"id": "A", "strata": []}]}, "no_strata"),
        ({"sections": [{"id": "A", "strata": [{}]}]}, "count_or_weight"),
        ({"sections": [{"id": "A", "strata": [{"count": 0}]}]}, "count_or_weight"),
        ({"sections": [{"id": "A", "strata": [{"weight": "2"}]}]}, "count_for_weights"),
        ({"sections": [{"id": "A", "strata": [{"weight": "NaN"}], "count": 3}]}, "count_or_weight"),
        ({"sections": [{**SECTION, "count": 3}]}, "count_differs"),
        ({"sections": [{"id": "A", "strata": [{"count": 501}]}]}, "too_many"),
        ({"sections": [{"id": "A", "strata": [{"count": 1, "colour": "red"}]}]}, "not_a_blueprint"),
        ({"sections": [{**SECTION, "time_limit_s": 0}]}, "limit_out_of_range"),
        ({"sections": [SECTION], "seconds": {"least": 9, "most": 8}}, "span"),
        ({"sections": [SECTION], "passages": "perhaps"}, "not_a_blueprint"),
    ],
)
def test_what_is_no_blueprint_is_refused_with_a_reason(document: object, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        blueprint_of(document)

    assert refused.value.details["problem"] == problem


def test_only_approved_versions_with_rights_on_the_day_in_all_languages_are_used() -> None:
    pool = a_pool(
        an_item("good", languages=frozenset({"en", "hi"}), licence_ends=EXAM_DAY),
        an_item("lapsed", languages=frozenset({"en", "hi"}), licence_ends=date(2026, 11, 30)),
        an_item("english", languages=frozenset({"en"})),
        an_item("draft", approved=False),
        replace(an_item("old"), item="question-new", languages=frozenset({"en", "hi"})),
        replace(an_item("new"), version=2, languages=frozenset({"en", "hi"})),
        replace(an_item("newer-draft"), item="question-new", version=3, approved=False),
    )

    usable, left_out = pool.usable(("en", "hi"), EXAM_DAY)

    assert [item.id for item in usable.items] == ["good", "new"]
    assert left_out == {LeftOut.LAPSED: 1, LeftOut.LANGUAGE: 1, LeftOut.NOT_APPROVED: 2, LeftOut.OLDER_VERSION: 1}


def test_a_survey_tells_what_there_is_and_what_is_missing_before_anything_is_made() -> None:
    pool = a_pool(*(an_item(f"v{n}", level=1 + n % 2) for n in range(6)), an_item("lapsed", level=2, licence_ends=date(2020, 1, 1)))

    found = survey(a_blueprint(rows((2, {"level": 1}), (5, {"level": 2}))), pool, EXAM_DAY)

    assert [(row.asked, row.available, row.missing, row.problem) for row in found.rows] == [(2, 3, 0, ""), (5, 3, 2, "too_few")]
    assert (found.asked, found.missing, found.is_met, found.left_out) == (7, 2, False, {LeftOut.LAPSED: 1})


def test_difficulties_are_counted_from_easy_to_hard() -> None:
    held = counts_of(an_item(difficulty, difficulty=difficulty) for difficulty in ("hard", "medium", "easy"))

    assert list(held.by["difficulty"]) == ["easy", "medium", "hard"]


def test_a_paper_is_counted_by_all_that_a_blueprint_asks() -> None:
    held = counts_of([an_item("a", level=1, topic="T", seconds=30, words=9, marks=Decimal(2)), an_item("b", level=1, competency="X")])

    assert held.document == {
        "questions": 2,
        "marks": "3",
        "seconds": 30,
        "words": 9,
        "without_time": 1,
        "by": {"competency": {"": 1, "X": 1}, "level": {"1": 2}, "topic": {"": 1, "T": 1}, "kind": {"": 2}, "difficulty": {"": 2}},
    }


def test_a_pool_is_read_from_a_spreadsheet() -> None:
    text = "\ufeffid, level,enemies,languages,licence_ends,marks,approved\na,2,x;y,en;hi,2026-12-01,0.5,yes\nb,,,,,,no\n"

    pool = pool_of(text)

    first, second = pool.items
    assert (first.level, sorted(first.enemies), sorted(first.languages)) == (2, ["x", "y"], ["en", "hi"])
    assert (first.licence_ends, first.marks, first.approved) == (EXAM_DAY, Decimal("0.5"), True)
    assert (second.item, second.level, second.approved) == ("b", None, False)
    assert pool_of([item.document for item in pool.items]) == pool
    assert Counter(len(pool.sha256) for _ in pool.items) == {64: 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("level\n2\n", "column id"),
        ("id,colour\na,red\n", "no such column: colour"),
        ("id,level\na,two\n", "row 2"),
        ("id,licence_ends\na,soon\n", "row 2"),
        ("id,level\n,1\n", "row 2 of the pool has no id"),
    ],
)
def test_a_pool_that_cannot_be_read_says_where(text: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        pool_of(text)


def test_an_id_or_version_twice_is_refused() -> None:
    with pytest.raises(Invalid, match="same id"):
        pool_of("id\na\na\n")
    with pytest.raises(Invalid, match="same question and version"):
        pool_of("id,item\na,q\nb,q\n")
