"""Drawing papers: every one keeps to its blueprint, none is favoured, the same seed gives the same paper; what cannot be is refused."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import BlueprintCannotBeMet
from item_bank.blueprints import Blueprint, BlueprintSection, Drawing, DrawnSection, Passages, Pool, Span, Stratum, Wanted
from item_bank.blueprints.strata import Strata
from tests.item_bank.blueprints.pools import a_blueprint, a_large_pool, a_pool, an_item, every_filling, meet, rows

ANY: dict[str, Any] = {}


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[Blueprint, Pool]:
    items = [
        an_item(
            f"v{number}",
            competency=draw(st.sampled_from("XY")),
            level=draw(st.integers(1, 2)),
            enemies=draw(st.frozensets(st.sampled_from(("e1", "e2", "e3")), max_size=2)),
        )
        for number in range(draw(st.integers(1, 8)))
    ]
    kinds: list[dict[str, Any]] = [ANY, {"competency": "X"}, {"competency": "Y"}, {"level": 1}, {"competency": "X", "level": 2}]
    row = st.tuples(st.integers(1, 2), st.sampled_from(kinds))
    sections = draw(st.lists(st.lists(row, min_size=1, max_size=2), min_size=1, max_size=2))
    return a_blueprint(*(rows(*section) for section in sections)), a_pool(*items)


def filling_of(blueprint: Blueprint, pool: Pool, paper: tuple[DrawnSection, ...]) -> list[tuple[frozenset[str], ...]]:
    """The fillings that a paper can be."""
    sections = [{item.id for item in part.items} for part in paper]
    owners = [number for number, section in enumerate(blueprint.sections) for _ in section.strata]
    return [
        filling
        for filling in every_filling(blueprint, pool)
        if all(set().union(*(ids for ids, its in zip(filling, owners, strict=True) if its == n)) == ids_ for n, ids_ in enumerate(sections))
    ]


@settings(deadline=None, max_examples=150)
@given(small_cases(), st.integers(0, 1000))
def test_every_paper_keeps_to_its_blueprint_and_only_what_cannot_be_is_refused(case: tuple[Blueprint, Pool], seed: int) -> None:
    blueprint, pool = case
    possible = every_filling(blueprint, pool)

    try:
        paper = Drawing(blueprint, pool).draw(str(seed))
    except BlueprintCannotBeMet as refusal:
        assert possible == []
        assert isinstance(missing := refusal.details["missing"], int)
        assert missing > 0
    else:
        assert filling_of(blueprint, pool, paper)


@settings(deadline=None, max_examples=150)
@given(small_cases())
def test_all_ways_to_fill_strata_are_counted(case: tuple[Blueprint, Pool]) -> None:
    blueprint, pool = case
    strata = Strata(blueprint, pool)
    if len(strata.groups) > 1:  # what ties groups together is not counted
        pool = a_pool(*(an_item(item.id, competency=item.competency, level=item.level) for item in pool.items))
        strata = Strata(blueprint, pool)
    product = 1
    for group in strata.groups:
        product *= group.ways.count

    assert product == len(every_filling(blueprint, pool))


TANGLED = a_pool(
    an_item("a", competency="X", enemies={"1"}),
    an_item("b", competency="X", enemies={"1"}),
    an_item("c", competency="X", level=1),
    an_item("d", competency="Y", level=1, enemies={"2"}),
    an_item("e", competency="X", level=1, enemies={"2"}),
    an_item("f", competency="X"),
)


def test_every_paper_is_as_likely_as_the_next() -> None:
    blueprint = a_blueprint(rows((2, {"competency": "X"})), rows((1, {"level": 1})))
    possible, tries = set(every_filling(blueprint, TANGLED)), 6000
    drawing = Drawing(blueprint, TANGLED)

    drawn = Counter(tuple(frozenset(item.id for item in part.items) for part in drawing.draw(f"s{n}")) for n in range(tries))

    expected = tries / len(possible)
    unevenness = sum((count - expected) ** 2 / expected for count in drawn.values())
    assert set(drawn) == possible
    assert unevenness < 2 * len(possible)  # chi-square with one degree less than papers; its mean is that, its spread the root of twice it


def test_items_that_are_alike_are_drawn_equally_often_though_papers_must_be_mended() -> None:
    alike = [an_item(f"{place}{n}", competency=place, enemies={f"e{n}"}) for place in "XYZ" for n in range(6)]
    blueprint = a_blueprint(*(rows((2, {"competency": place})) for place in "XYZ"))
    drawing, tries = Drawing(blueprint, a_pool(*alike)), 3000

    drawn = Counter(item.id for n in range(tries) for part in drawing.draw(f"s{n}") for item in part.items)

    assert drawing._tries in (1, 40)
    assert all(abs(drawn[item.id] - tries / 3) < 5 * (tries * 2 / 9) ** 0.5 for item in alike)


def test_hundreds_of_papers_of_a_hundred_keep_to_the_blueprint_and_use_the_pool_evenly() -> None:
    pool, tries = a_large_pool(3000), 300
    counts = {1: 7, 2: 7, 3: 6}
    blueprint = a_blueprint(rows(*((counts[level], {"competency": f"C{c}", "level": level}) for c in range(5) for level in counts)))
    drawing, drawn = Drawing(blueprint, pool), Counter[str]()

    for number in range(tries):
        (section,) = drawing.draw(f"s{number}")
        held = Counter((item.competency, item.level) for item in section.items)
        assert held == {(f"C{c}", level): counts[level] for c in range(5) for level in counts}
        assert len({item.item for item in section.items}) == 100
        assert not meet([item for item in section.items if item.enemies])
        drawn.update(item.id for item in section.items if not item.enemies)

    share = {item.id: counts[item.level or 1] / 200 for item in pool.items if not item.enemies}
    assert max(abs(drawn[name] - tries * part) / (tries * part) ** 0.5 for name, part in share.items()) < 5


def test_the_same_seed_and_pool_give_the_same_paper_in_every_year() -> None:
    pool = a_large_pool(60)
    blueprint = a_blueprint(rows((3, {"competency": "C1"}), (2, {"level": 2})))

    drawn = [[item.id for item in part.items] for part in Drawing(blueprint, pool).draw("pinned")]

    assert drawn == [PINNED]
    assert drawn != [[item.id for item in part.items] for part in Drawing(blueprint, pool).draw("another")]


PINNED = ["v00051", "v00020", "v00009", "v00001", "v00046"]


def test_too_few_items_are_named_with_the_row_and_how_many_are_missing() -> None:
    pool = a_pool(*(an_item(f"v{n}", competency="X") for n in range(3)))

    with pytest.raises(BlueprintCannotBeMet) as refused:
        Drawing(a_blueprint(rows((1, ANY)), rows((1, {"competency": "X"}), (2, {"competency": "Y"}))), pool)

    assert refused.value.details == {"problem": "too_few", "section": "B", "row": 2, "row_missing": 2, "missing": 2}


def test_rows_that_need_the_same_items_are_refused_though_each_alone_could_be_filled() -> None:
    pool = a_pool(*(an_item(f"v{n}", competency="X", level=1) for n in range(3)))

    with pytest.raises(BlueprintCannotBeMet) as refused:
        Drawing(a_blueprint(rows((2, {"competency": "X"}), (2, {"level": 1}))), pool)

    assert (refused.value.details["problem"], refused.value.details["missing"]) == ("shared", 1)


def test_a_row_takes_from_another_what_that_one_can_spare() -> None:
    pool = a_pool(an_item("a", competency="X"), an_item("b", competency="X", level=1), an_item("c", level=1))

    drawing = Drawing(a_blueprint(rows((2, {"competency": "X"})), rows((1, {"level": 1}))), pool)

    assert {item.id for seed in "abcdef" for item in drawing.draw(seed)[1].items} == {"c"}


def test_enemies_that_leave_too_few_are_named() -> None:
    pool = a_pool(*(an_item(f"v{n}", enemies={"one"}) for n in range(4)), an_item("free"))

    with pytest.raises(BlueprintCannotBeMet) as refused:
        Drawing(a_blueprint(rows((3, ANY))), pool)

    assert (refused.value.details["problem"], refused.value.details["missing"]) == ("enemies", 1)


def test_enemies_across_sections_never_meet_even_where_nearly_all_are() -> None:
    pool = a_pool(*(an_item(f"{c}{n}", competency=c, enemies={f"e{n}"}) for c in "XY" for n in range(20)))
    drawing = Drawing(a_blueprint(rows((10, {"competency": "X"})), rows((10, {"competency": "Y"}))), pool)

    for seed in range(10):
        numbers = [item.id[1:] for part in drawing.draw(str(seed)) for item in part.items]
        assert len(set(numbers)) == 20


@pytest.mark.parametrize("bound", ["seconds", "words"])
def test_the_whole_keeps_within_its_seconds_and_words(bound: str) -> None:
    pool = a_pool(*(an_item(f"v{n}", seconds=n, words=n) for n in range(60)))
    drawing = Drawing(a_blueprint(rows((10, ANY)), **{bound: Span(least=120, most=130)}), pool)

    sums = {sum(item.seconds or 0 for item in drawing.draw(str(seed))[0].items) for seed in range(20)}

    assert min(sums) >= 120
    assert max(sums) <= 130
    assert len(sums) > 3


def test_bounds_that_nothing_reaches_say_by_how_much() -> None:
    pool = a_pool(*(an_item(f"v{n}", seconds=10) for n in range(20)))

    with pytest.raises(BlueprintCannotBeMet) as refused:
        Drawing(a_blueprint(rows((10, ANY)), seconds=Span(most=93)), pool).draw("seed")

    assert refused.value.details == {"problem": "seconds", "missing": 7}


PASSAGES = [an_item(f"p{p}q{q}", stimulus=f"p{p}") for p in range(4) for q in range(3)]


def together(section: DrawnSection) -> bool:
    """Whether the questions of every passage stand one after another."""
    named = [item.stimulus or item.id for item in section.items]
    return len([1 for one, other in pairwise(["", *named]) if one != other]) == len(set(named))


def test_questions_of_a_passage_stand_together_in_their_order() -> None:
    pool = a_pool(*PASSAGES, *(an_item(f"v{n}") for n in range(10)))
    drawing = Drawing(a_blueprint(rows((8, ANY), (8, ANY))), pool)

    papers = [drawing.draw(str(seed))[0] for seed in range(30)]

    assert all(together(paper) for paper in papers)
    assert any(not together(Drawing(a_blueprint(rows((12, ANY)), passages=Passages.FREE), pool).draw(str(s))[0]) for s in range(5))
    assert all(
        [i.id for i in paper.items if i.stimulus == "p1"] == sorted(i.id for i in paper.items if i.stimulus == "p1") for paper in papers
    )


def test_a_whole_passage_comes_with_all_its_questions_or_with_none() -> None:
    pool = a_pool(*PASSAGES, *(an_item(f"v{n}") for n in range(10)))
    drawing = Drawing(a_blueprint(rows((8, ANY)), passages=Passages.WHOLE), pool)

    held = [Counter(item.stimulus for item in drawing.draw(str(seed))[0].items if item.stimulus) for seed in range(60)]

    assert all(count == 3 for counts in held for count in counts.values())
    assert {len(counts) for counts in held} == {0, 1, 2}


def test_a_row_of_whole_passages_alone_cannot_have_a_number_between() -> None:
    with pytest.raises(BlueprintCannotBeMet) as refused:
        Drawing(a_blueprint(rows((7, ANY)), passages=Passages.WHOLE), a_pool(*PASSAGES))

    assert refused.value.details["missing"] == 1


def test_an_unmixed_section_keeps_the_order_of_its_rows() -> None:
    pool = a_pool(*(an_item(f"v{n:02}", level=1 + n % 2) for n in range(20)))
    section = BlueprintSection(
        id="A", title="A", title_hi="A", mixed=False, strata=tuple(Stratum(wanted=Wanted(level=level), count=4) for level in (2, 1))
    )
    drawing = Drawing(Blueprint(title="T", title_hi="T", sections=(section,)), pool)

    assert [item.level for item in drawing.draw("s")[0].items] == [2] * 4 + [1] * 4
