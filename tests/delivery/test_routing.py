from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.routing import Branching, Footing, Linear, foreseeable, route_of
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import SittingId
from item_bank.forms import Form, FormSection, Order
from tests.delivery.parts import a_form_of, branch, items_of, part, rule

ONE, TWO = SittingId("sit_1"), SittingId("sit_2")


def test_the_plain_way_is_the_forms_own_order() -> None:
    form = a_form_of(part("A"), part("B"))
    route = route_of(form, ONE)

    assert isinstance(route, Linear)
    assert [route.items(section.id) for section in form.sections] == [section.items for section in form.sections]
    assert route.next_part(Footing(path=())).to == "A"
    assert route.next_part(Footing(path=("A", "B"))).to is None


def a_long_form() -> Form:
    names = items_of("A", 20)
    return a_form_of(FormSection(id="A", title="A", title_hi="A", items=names, order=Order.RANDOM), part("B"))


def test_each_candidate_has_an_own_order_and_always_the_same() -> None:
    form = a_long_form()

    mine, again, theirs = (route_of(form, sitting).items("A") for sitting in (ONE, ONE, TWO))

    assert mine == again != theirs
    assert sorted(mine) == sorted(theirs) == sorted(form.sections[0].items)
    assert route_of(form, ONE).items("B") == form.sections[1].items


def test_the_order_that_a_seed_means_is_pinned() -> None:
    assert [str(name) for name in route_of(a_long_form(), ONE).items("A")][:6] == PINNED


PINNED = ["a13", "a16", "a18", "a5", "a1", "a12"]


def test_the_next_question_follows_the_candidates_own_order() -> None:
    route, footing = route_of(a_long_form(), ONE), Footing(path=("A",))
    order, seen, item = route.items("A"), [], None
    while (item := route.next_item("A", item, footing).item) is not None:
        seen.append(item)

    assert tuple(seen) == order


def test_an_adaptive_form_is_refused_until_its_engine_is_there() -> None:
    with pytest.raises(Invalid, match="adaptive order is not there yet"):
        a_form_of(part("A", order=Order.ADAPTIVE))


def test_what_a_route_remembers_is_handed_through() -> None:
    route = route_of(a_form_of(part("A")), ONE)

    assert route.next_item("A", None, Footing(path=(), state={"theta": 0.5})).state == {"theta": 0.5}


@pytest.mark.parametrize(
    ("sections", "seen"),
    [
        ((part("A"), part("B")), "AB"),
        ((part("A", locked=True), part("B", precondition=rule("A", "0.5")), part("C")), "AC"),
        ((part("A", locked=True, branches=(branch("A", "0.5", "C"),)), part("B"), part("C")), "AC"),
        (
            (
                part("A", locked=True, branches=(branch("A", "0.5", "C"),)),
                part("B", branches=(branch("A", "0", "D"),)),
                part("C"),
                part("D"),
            ),
            "AD",
        ),
        ((part("A", locked=True, branches=(branch("A", "0.5", "C"),)), part("B"), part("C", precondition=rule("A", "0.7"))), "A"),
    ],
)
def test_a_part_is_foreseeable_when_every_candidate_comes_to_it(sections: tuple[FormSection, ...], seen: str) -> None:
    assert foreseeable(a_form_of(*sections)) == frozenset(seen)


shares = st.sampled_from(["0", "0.3", "0.5", "0.8", "1"])


@st.composite
def branching_forms(draw: st.DrawFn) -> Form:
    names = "ABCDE"[: draw(st.integers(2, 5))]
    made = []
    for place, name in enumerate(names):
        earlier, later = names[: place + 1], names[place + 1 :]
        pre = rule(draw(st.sampled_from(earlier[:-1])), draw(shares)) if place and draw(st.booleans()) else None
        lead = draw(st.lists(st.builds(branch, st.sampled_from(earlier), shares, st.sampled_from(later)), max_size=2)) if later else []
        made.append(part(name, locked=True, precondition=pre, branches=tuple(lead)))
    return a_form_of(*made)


@given(form=branching_forms(), marks=st.dictionaries(st.sampled_from("ABCDE"), shares))
def test_every_way_ends_leads_forward_and_holds_what_was_foreseeable(form: Form, marks: dict[str, str]) -> None:
    route = route_of(form, ONE)
    path: tuple[str, ...] = ()
    while (turn := route.next_part(Footing(path=path, share=lambda each: Decimal(marks.get(each, "0"))))).to is not None:
        path = (*path, turn.to)

    assert list(path) == sorted(set(path))
    assert foreseeable(form) <= set(path)
    assert isinstance(route, Branching) == bool(form.deciding)
