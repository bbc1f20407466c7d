"""What two people made of one question: a unit that one changed is as they left it, one that both changed is for a person to choose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.authoring.merging import Change, Sides, compared, merged, taken

BEFORE = {
    "kind": "choice",
    "langs": "en hi",
    "points": "1",
    "stem-en": "Which house?",
    "stem-hi": "कौन सा सदन?",
    **{f"option-{n}-en": text for n, text in ((1, "House of the People"), (2, "Council of States"), (3, "Both"))},
    **{f"name-{n}": name for n, name in ((1, "A"), (2, "B"), (3, "C"))},
    "right": "1",
}
TEXTS = {"kind": "text", "langs": "en hi", "points": "1", "stem-en": "Who?", "answer-1": "one", "answer-2": "two", "answer-3": "three"}


def but(values: dict[str, str], **changed: str) -> dict[str, str]:
    """A form with some fields changed; `_` stands for `-`."""
    return {**values, **{name.replace("_", "-"): value for name, value in changed.items()}}


def options(*lines: tuple[str, str], right: str = "1", **changed: str) -> dict[str, str]:
    """A form with these choices, each an identifier and its words."""
    rest = {name: value for name, value in BEFORE.items() if not name.startswith(("option-", "name-"))}
    said = {f"option-{n}-en": text for n, (_, text) in enumerate(lines, start=1)}
    names = {f"name-{n}": name for n, (name, _) in enumerate(lines, start=1) if name}
    return but({**rest, **said, **names, "right": right}, **changed)


def lines_of(values: dict[str, str]) -> list[tuple[str, str]]:
    return [(values.get(f"name-{n}", ""), values[f"option-{n}-en"]) for n in range(1, 9) if f"option-{n}-en" in values]


def units(found: tuple[Change, ...]) -> list[str]:
    return [each.unit for each in found]


def test_what_one_changed_stays_and_what_both_changed_is_mine_until_it_is_chosen() -> None:
    theirs = but(BEFORE, points="2", stem_hi="कौन-सा सदन?", option_2_en="The Council", subject="Law")
    mine = but(BEFORE, stem_en="Which house is\r\ndissolved?", option_2_en="States", bloom="apply")

    form = merged(Sides(before=BEFORE, theirs=theirs, mine=mine))
    found = compared(Sides(before=BEFORE, theirs=theirs, mine=mine), form)

    assert form == but(theirs, stem_en="Which house is\ndissolved?", option_2_en="States", bloom="apply")
    assert units(found.theirs_alone) == ["points", "stem-hi", "subject"]
    assert found.both == (
        Change(
            unit="option-2-en",
            field="option-2-en",
            before="Council of States",
            theirs="The Council",
            yours="States",
            stands="yours",
        ),
    )


def test_the_same_change_by_both_is_no_question() -> None:
    both = but(BEFORE, points="2")

    found = compared(Sides(before=BEFORE, theirs=both, mine=both), both)

    assert (merged(Sides(before=BEFORE, theirs=both, mine=both)), found.theirs_alone, found.both) == (both, (), ())


def test_what_was_chosen_can_be_chosen_back() -> None:
    theirs, mine = but(BEFORE, right="2", points="2"), but(BEFORE, right="3", points="3")
    sides = Sides(before=BEFORE, theirs=theirs, mine=mine)

    once = taken(sides, mine, "right", theirs=True)
    back = taken(sides, once, "right", theirs=False)

    assert (once["right"], once["points"], back) == ("2", "3", mine)
    assert [
        (each.unit, each.theirs, each.yours, each.stands) for each in compared(Sides(before=BEFORE, theirs=theirs, mine=mine), once).both
    ] == [
        ("points", "2", "3", "yours"),
        ("right", "Council of States", "Both", "theirs"),
    ]
    assert [each.stands for each in compared(Sides(before=BEFORE, theirs=theirs, mine=mine), but(mine, right="1")).both] == ["yours", ""]


def test_a_line_more_and_a_word_mended_in_another_are_both_kept() -> None:
    theirs = but(BEFORE, option_2_en="The Council of States")
    mine = options(("", "Neither"), ("A", "House of the People"), ("B", "Council of States"), ("C", "Both"), right="2")

    form = merged(Sides(before=BEFORE, theirs=theirs, mine=mine))

    assert lines_of(form) == [("", "Neither"), ("A", "House of the People"), ("B", "The Council of States"), ("C", "Both")]
    assert form["right"] == "2"


def test_lines_that_both_wrote_stand_beside_each_other() -> None:
    theirs = options(("A", "House of the People"), ("D", "Theirs"), ("B", "Council of States"), ("C", "Both"))
    mine = options(("A", "House of the People"), ("B", "Council of States"), ("C", "Both"), ("", "Mine"), right="4")

    form = merged(Sides(before=BEFORE, theirs=theirs, mine=mine))

    assert [text for _, text in lines_of(form)] == ["House of the People", "Theirs", "Council of States", "Both", "Mine"]
    assert form["right"] == "5"
    assert [
        (each.unit, each.field, each.theirs) for each in compared(Sides(before=BEFORE, theirs=theirs, mine=mine), form).theirs_alone
    ] == [("line-option-41", "option-2", "Theirs")]


def test_a_line_that_they_wrote_can_be_the_key_that_is_taken() -> None:
    theirs = options(("A", "House of the People"), ("B", "Council of States"), ("C", "Both"), ("D", "Neither"), right="4")
    sides = Sides(before=BEFORE, theirs=theirs, mine=but(BEFORE, right="2"))

    form = taken(sides, merged(sides), "right", theirs=True)

    assert (form["right"], form["option-4-en"], [each.stands for each in compared(sides, form).both]) == ("4", "Neither", ["theirs"])


def test_a_line_that_one_took_out_and_the_other_left_alone_is_gone() -> None:
    theirs = options(("A", "House of the People"), ("C", "Both"))
    mine = but(BEFORE, option_3_en="Each of them", right="3")

    form = merged(Sides(before=BEFORE, theirs=theirs, mine=mine))

    assert (lines_of(form), form["right"]) == ([("A", "House of the People"), ("C", "Each of them")], "2")


def test_a_line_that_one_took_out_and_the_other_changed_is_for_a_person() -> None:
    without, changed = options(("A", "House of the People"), ("C", "Both")), but(BEFORE, option_2_en="States")

    theirs_out = compared(
        Sides(before=BEFORE, theirs=without, mine=changed), merged(Sides(before=BEFORE, theirs=without, mine=changed))
    ).both
    mine_out = compared(Sides(before=BEFORE, theirs=changed, mine=without), merged(Sides(before=BEFORE, theirs=changed, mine=without))).both

    assert [(each.unit, each.theirs, each.yours, each.stands) for each in theirs_out] == [("line-option-2", "", "States", "yours")]
    assert [(each.unit, each.theirs, each.yours, each.stands) for each in mine_out] == [("line-option-2", "States", "", "yours")]
    assert lines_of(taken(Sides(before=BEFORE, theirs=without, mine=changed), changed, "line-option-2", theirs=True)) == lines_of(without)
    assert lines_of(taken(Sides(before=BEFORE, theirs=changed, mine=without), without, "line-option-2", theirs=True)) == lines_of(changed)


def test_an_order_comes_over_with_the_key_and_two_orders_are_for_a_person() -> None:
    theirs = options(("C", "Both"), ("A", "House of the People"), ("B", "Council of States"), right="2")
    mine = but(BEFORE, option_1_en="Lok Sabha")
    other = options(("A", "House of the People"), ("C", "Both"), ("B", "Council of States"))

    form = merged(Sides(before=BEFORE, theirs=theirs, mine=mine))
    [question] = compared(Sides(before=BEFORE, theirs=theirs, mine=other), merged(Sides(before=BEFORE, theirs=theirs, mine=other))).both

    assert lines_of(form) == [("C", "Both"), ("A", "Lok Sabha"), ("B", "Council of States")]
    assert form["right"] == "2"
    assert (question.unit, question.theirs.split("\n")[0], question.stands) == ("order-option", "Both", "yours")
    assert lines_of(taken(Sides(before=BEFORE, theirs=theirs, mine=other), other, "order-option", theirs=True)) == lines_of(theirs)


def test_lines_without_identifiers_are_known_by_what_stands_around_them() -> None:
    theirs = but(TEXTS, answer_2="second", told_3_en="Well done")
    mine = {**but(TEXTS, answer_1="zero", answer_2="one", answer_3="two", answer_4="three"), "worth-4": "0.5"}

    form = merged(Sides(before=TEXTS, theirs=theirs, mine=mine))

    assert [form[f"answer-{n}"] for n in (1, 2, 3, 4)] == ["zero", "one", "second", "three"]
    assert (form["worth-4"], form["told-4-en"]) == ("0.5", "Well done")


def test_pairs_follow_their_matches() -> None:
    before = {"kind": "match", "langs": "en", "source-1-en": "a", "source-2-en": "b", "target-1-en": "x", "target-2-en": "y", "pair-1": "1"}
    theirs = {**before, "target-1-en": "new", "target-2-en": "x", "target-3-en": "y", "pair-1": "2", "pair-2": "3"}
    mine = {**before, "source-1-en": "A"}

    form = merged(Sides(before=before, theirs=theirs, mine=mine))

    assert (form["source-1-en"], form["pair-1"], form["pair-2"], form["target-1-en"]) == ("A", "2", "3", "new")


FORMS = st.fixed_dictionaries(
    {"kind": st.just("choice"), "langs": st.just("en hi"), "points": st.sampled_from("123"), "stem-en": st.sampled_from("xyz")}
)
CHOICES = st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("pqr")), min_size=1, max_size=4, unique_by=lambda each: each[0])


@st.composite
def forms(draw: st.DrawFn) -> dict[str, str]:
    values, lines = draw(FORMS), draw(CHOICES)
    said = {f"option-{n}-en": text for n, (_, text) in enumerate(lines, start=1)}
    return {
        **values,
        **said,
        **{f"name-{n}": name for n, (name, _) in enumerate(lines, start=1)},
        "right": f"{draw(st.integers(1, len(lines)))}",
    }


@settings(max_examples=25)
@given(forms(), forms())
def test_who_changed_nothing_gets_all_and_who_is_alone_loses_nothing(before: dict[str, str], changed: dict[str, str]) -> None:
    assert merged(Sides(before=before, theirs=changed, mine=before)) == changed
    assert merged(Sides(before=before, theirs=before, mine=changed)) == changed


@settings(max_examples=25)
@given(forms(), forms(), forms())
def test_what_both_changed_can_all_be_taken_and_all_be_taken_back(
    before: dict[str, str], theirs: dict[str, str], mine: dict[str, str]
) -> None:
    sides = Sides(before=before, theirs=theirs, mine=mine)
    first = form = merged(sides)
    questions = units(compared(sides, form).both)

    for unit in questions:
        form = taken(sides, form, unit, theirs=True)
    fields = ("points", "stem-en")  # a key may name a line that both took out
    theirs_stand = [each.stands for each in compared(sides, form).both if each.unit in fields]
    for unit in questions:
        form = taken(sides, form, unit, theirs=False)

    assert set(theirs_stand) <= {"theirs"}
    assert {name: form.get(name) for name in fields} == {name: first.get(name) for name in fields}
    assert sorted(lines_of(form)) == sorted(lines_of(first))


@pytest.mark.parametrize("unit", ["", "line-option-", "line-x-1", "order-", "option-9-en", "nothing"])
def test_a_unit_that_there_is_not_changes_nothing(unit: str) -> None:
    assert taken(Sides(before=BEFORE, theirs=BEFORE, mine=BEFORE), BEFORE, unit, theirs=True) == BEFORE


@pytest.mark.parametrize("kind", ["choice", "multiple", "list", "text", "number", "order", "match", "essay", "nothing"])
def test_what_no_form_sends_is_no_reason_to_fail(kind: str) -> None:
    junk = {"right": "x ٣ 99 1e9", "pair-1": "y", "langs": "en", "option-100-en": "z", "name-1": "", "option-1-en": "a", "source-1-en": "b"}
    sides = Sides(before={"kind": kind}, theirs={"kind": kind, **junk, "right": "-1", "pair-1": "1 2"}, mine={"kind": kind, **junk})

    form = merged(sides)

    kept = [taken(sides, form, change.unit, theirs=True)["kind"] for change in compared(sides, form).both]

    assert [form["kind"], *kept] == [kind] * (len(kept) + 1)
