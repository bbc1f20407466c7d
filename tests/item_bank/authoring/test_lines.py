"""Lines come, go and change places as a whole, and the key goes with them."""

from item_bank.authoring.fields import begun
from item_bank.authoring.lines import raised, removed, shown_lines

OPTIONS = {
    "kind": "multiple",
    "langs": "en hi",
    "stem-en": "Which?",
    **{f"option-{n}-{lang}": f"{n}{lang}" for n in (1, 2, 3) for lang in ("en", "hi")},
    "told-3-en": "Well done",
    "name-2": "B",
    "right": "1 3",
}


def test_a_line_that_goes_takes_what_belongs_to_it_and_the_others_close_up() -> None:
    found = removed(OPTIONS, "option", 1)

    assert (found["option-1-en"], found["option-2-hi"], found["told-2-en"], found["name-1"]) == ("2en", "3hi", "Well done", "B")
    assert (found["right"], found["stem-en"]) == ("2", "Which?")
    assert shown_lines(found, "option") == [1, 2]


def test_a_line_changes_places_with_the_one_above_it() -> None:
    found = raised(OPTIONS, "option", 3)

    assert [found[f"option-{n}-en"] for n in (1, 2, 3)] == ["1en", "3en", "2en"]
    assert (found["right"], found["told-2-en"], found["name-3"]) == ("1 2", "Well done", "B")
    assert raised(OPTIONS, "option", 1) == OPTIONS


def test_pairs_follow_what_they_are_matched_with() -> None:
    values = {"kind": "match", "target-1-en": "x", "target-2-en": "y", "target-3-en": "z", "source-1-en": "a", "pair-1": "3", "pair-2": "1"}

    found = removed(values, "target", 1)

    assert (found["target-1-en"], found["target-2-en"], found["pair-1"], found["pair-2"]) == ("y", "z", "2", "")


def test_a_form_shows_the_lines_it_has_and_one_more_when_asked() -> None:
    assert shown_lines(begun("choice", ("en",)), "option") == [1, 2, 3, 4]
    assert shown_lines(begun("truth", ("en",)), "option") == [1, 2]
    assert shown_lines({"kind": "choice", "option-1-en": "", "option-2-en": ""}, "option", 1) == [1, 2, 3]
    assert len(shown_lines({"kind": "choice", "option-40-en": ""}, "option", 1)) == 40
