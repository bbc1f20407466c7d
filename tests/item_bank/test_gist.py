"""What lists and searches know of a question's text, and the facts beside it."""

from dataclasses import replace
from datetime import date

import pytest

from assessment_engine.kernel.errors import Invalid
from item_bank.facts import Bloom, ItemFacts, tidy
from item_bank.gist import body_text, gist_of, kind_of, searched
from tests.builders import a_choice_item


def test_a_gist_counts_words_of_the_first_language_and_knows_every_title() -> None:
    hindi = a_choice_item(7).replace('title="Item 7"', 'title="सातवाँ प्रश्न"').replace("Question 7", "कौन-सा अनुच्छेद?")

    gist = gist_of("item-7", {"hi": hindi, "en": a_choice_item(7)})

    assert (gist.titles, gist.words, gist.kind) == ({"en": "Item 7", "hi": "सातवाँ प्रश्न"}, 4, "choice")
    assert {"item-7", "question", "7", "yes", "अनुच्छेद"} <= set(gist.search.split())


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("<qti-item-body><p>One<b>two</b> &amp; three</p></qti-item-body>", "One two & three"),
        ("<q:qti-item-body xmlns:q='x'>Here<!-- not this --></q:qti-item-body>", "Here"),
        ("<qti-assessment-item>outside</qti-assessment-item>", ""),
    ],
)
def test_the_words_of_a_body_are_what_stands_in_it(xml: str, words: str) -> None:
    assert body_text(xml) == words


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        ("<qti-text-entry-interaction/>", "text-entry"),
        ("<qti-choice-interaction></qti-choice-interaction><qti-choice-interaction/>", "choice"),
        ("<qti-choice-interaction/><qti-order-interaction/>", "several"),
        ("<p/>", ""),
    ],
)
def test_the_kind_of_an_item_is_its_interactions(xml: str, kind: str) -> None:
    assert kind_of(xml) == kind


def test_a_search_does_not_mind_case_marks_and_unseen_signs() -> None:
    assert searched("  The\u200b “STATE”, (सभा)। ") == "the state सभा"


def test_facts_are_tidied_and_bounded() -> None:
    assert tidy(ItemFacts(subject="  Public   law ", bloom=Bloom.APPLY)).subject == "Public law"
    for wrong in (ItemFacts(subject="x" * 121), ItemFacts(contract="x" * 201), ItemFacts(seconds=0), ItemFacts(seconds=10**6)):
        with pytest.raises(Invalid):
            tidy(wrong)


def test_a_licence_is_good_on_its_last_day() -> None:
    facts = ItemFacts(licence_ends=date(2026, 11, 23))

    assert [facts.is_lapsed(date(2026, 11, day)) for day in (22, 23, 24)] == [False, False, True]
    assert not replace(facts, licence_ends=None).is_lapsed(date(2099, 1, 1))


def test_what_is_not_said_is_not_in_the_document() -> None:
    assert ItemFacts(subject="Law", seconds=60, words=12, kind="choice").document == {"subject": "Law", "seconds": 60}
