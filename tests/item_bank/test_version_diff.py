"""What differs between two versions: every change is there, also what a candidate never reads."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.ids import ItemId, ItemVersionId, OrganisationId
from item_bank.facts import Difficulty, ItemFacts
from item_bank.items import ItemPart, ItemState, ItemVersion, PartKind
from item_bank.version_diff import Change, Line, Piece, diff, source_diff, words_diff
from tests.builders import a_choice_item


def a_version(**changes: object) -> ItemVersion:
    plain = ItemVersion(
        id=ItemVersionId("itv_1"),
        item_id=ItemId("itm_1"),
        organisation_id=OrganisationId("org_1"),
        version=1,
        state=ItemState.DRAFT,
        title="Item 1",
        competency_id=None,
        level=1,
        variants={"en": a_choice_item(1)},
        sha256="",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields by name


def test_the_same_version_differs_in_nothing() -> None:
    assert diff(a_version(), a_version()).is_empty


def test_words_that_a_candidate_reads_are_marked() -> None:
    changed = a_version(variants={"en": a_choice_item(1).replace("Question 1", "Which one")})

    (text,) = diff(a_version(), changed).texts

    assert "".join(piece.text for piece in text.words if piece.change is not Change.REMOVED) == "Which one Yes No"
    assert Piece(change=Change.REMOVED, text="Question") in text.words


def test_another_key_shows_though_the_words_are_the_same() -> None:
    changed = a_version(variants={"en": a_choice_item(1).replace("<qti-value>A<", "<qti-value>B<")})

    (text,) = diff(a_version(), changed).texts

    assert {piece.change for piece in text.words} == {Change.SAME}
    assert [said(line) for line in text.source if line.change in (Change.ADDED, Change.REMOVED)] == [
        "<qti-value>A</qti-value>",
        "<qti-value>B</qti-value>",
    ]


def said(line: Line) -> str:
    return "".join(piece.text for piece in line.pieces)


def test_facts_and_files_that_changed_are_named() -> None:
    part = ItemPart(lang="en", path="a.png", kind=PartKind.MEDIA, sha256="1", media_type="image/png", size=1)
    before = a_version(facts=ItemFacts(subject="Law", difficulty=Difficulty.EASY), parts=(part,))
    after = a_version(level=2, facts=ItemFacts(subject="Law", licence_ends=date(2027, 3, 31)), parts=(replace(part, sha256="2"),))

    found = diff(before, after)

    assert [(each.name, each.before, each.after) for each in found.facts] == [
        ("level", "1", "2"),
        ("difficulty", "easy", ""),
        ("licence_ends", "", "2027-03-31"),
    ]
    assert [(each.change, each.text) for each in found.files] == [(Change.REMOVED, "a.png (en)"), (Change.ADDED, "a.png (en)")]


def test_a_title_that_changed_is_said_by_itself() -> None:
    (text,) = diff(a_version(), a_version(variants={"en": a_choice_item(1).replace('title="', 'title="New ', 1)})).texts

    assert [piece.text for piece in text.title if piece.change is Change.ADDED] == ["New "]
    assert {piece.change for piece in text.words} == {Change.SAME}


def test_a_language_that_came_is_all_new() -> None:
    (text,) = diff(a_version(), a_version(variants={"en": a_choice_item(1), "hi": a_choice_item(1)})).texts

    assert (text.lang, {line.change for line in text.source}) == ("hi", {Change.ADDED})


TEXTS = st.lists(st.sampled_from(["<a>", "<b/>", "one", "two", "<c x='1'>", "\n"]), max_size=30).map(" ".join)


@given(TEXTS, TEXTS)
def test_nothing_is_lost_between_two_texts(before: str, after: str) -> None:
    pieces = words_diff(before, after)

    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == after


@given(TEXTS, TEXTS)
def test_a_source_without_marks_is_the_same_but_for_how_it_is_laid_out(before: str, after: str) -> None:
    marked = any(line.change in (Change.ADDED, Change.REMOVED) for line in source_diff(before, after))

    assert marked or "".join(before.split()) == "".join(after.split())
