"""Every page is valid, accessible HTML that no parser changes."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AssessmentError
from assessment_engine.services.samples import KINDS
from item_bank.qti.model import QtiItem
from item_bank.qti.reader import read_item
from item_bank.qti.render import Page, modal_feedbacks, render, sanitised
from item_bank.qti.render.blocks import write
from item_bank.qti.render.plain import words
from item_bank.qti.render.sheet import Sheet
from tests.item_bank.items import demo_items
from tests.item_bank.qti.render.html import events, item, problems, sample, sample_stimuli, served, shown

ROOT = Path(__file__).resolve().parents[4]
TESTDATA = Path(os.environ.get("ASSESSMENT_TESTDATA", ROOT.parent / "shared" / "testdata")) / "qti"
DEMO = demo_items()
LANGUAGES = ("en", "hi")


def foreign_items() -> dict[str, QtiItem]:
    """Every item of the test data that can be read."""
    found: dict[str, QtiItem] = {}
    for path in sorted(TESTDATA.rglob("*.xml")):
        try:
            found[str(path.relative_to(TESTDATA))] = read_item(path.read_bytes())
        except AssessmentError:
            continue  # a result or a test
    return found


FOREIGN = foreign_items()


def as_written(one: QtiItem, page: Page) -> str:
    """The body before the second fence."""
    return Sheet(one, page, write, words).blocks(one.body)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_sample_is_valid_html(kind: str, lang: str) -> None:
    one = sample(kind, lang)

    assert problems(shown(one, lang, stimuli=sample_stimuli(kind, lang))) == []
    assert problems(shown(one, lang, address=lambda _: None)) == []
    assert problems(shown(one, lang, locked=True)) == []


@pytest.mark.parametrize("identifier", DEMO)
def test_every_item_of_the_demonstration_is_valid_html(identifier: str) -> None:
    for lang, one in DEMO[identifier].items():
        assert problems(shown(one, lang)) == []


@pytest.mark.skipif(not FOREIGN, reason="the test data of other systems is not here")
@pytest.mark.parametrize("name", FOREIGN)
def test_every_item_of_other_systems_is_valid(name: str) -> None:
    assert problems(shown(FOREIGN[name])) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_fence_changes_nothing_of_ours(kind: str) -> None:
    page = Page(lang="hi", prefix="q-", address=served, order_seed="s")
    written = as_written(sample(kind, "hi"), page)

    assert events(sanitised(written)) == events(written)


@pytest.mark.skipif(not FOREIGN, reason="the test data of other systems is not here")
@pytest.mark.parametrize("name", FOREIGN)
def test_the_second_fence_changes_nothing_of_others(name: str) -> None:
    page = Page(lang="en", prefix="q-", address=served)
    written = as_written(FOREIGN[name], page)

    assert events(sanitised(written)) == events(written)


def test_two_items_on_one_page_share_no_id() -> None:
    one, other = (render(sample("hotspot"), Page(lang="en", prefix=prefix, address=served)) for prefix in ("a-", "b-"))

    assert problems(one + other) == []


def test_two_interactions_for_one_response_share_no_id() -> None:
    entry = '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>'

    assert problems(shown(item(entry + entry))) == []


def test_a_response_that_nobody_declared_takes_nothing() -> None:
    page = shown(item('<p><qti-text-entry-interaction response-identifier="OTHER"/></p>'))

    assert "disabled" in page
    assert "data-response" not in page
    assert problems(page) == []


INLINE = '<qti-text-entry-interaction response-identifier="RESPONSE"/>'
CHOICE = (
    '<qti-choice-interaction response-identifier="RESPONSE"><qti-prompt>{}</qti-prompt>'
    '<qti-simple-choice identifier="A">{}</qti-simple-choice></qti-choice-interaction>'
)
FRAGMENTS = st.recursive(
    st.sampled_from(
        ["word", " ", "a &lt; b", INLINE, "<br/>", "<hr/>", '<img src="a.png" alt="A"/>', "<em>e</em>", CHOICE.format("p", "c")]
    ),
    lambda inner: st.tuples(
        st.sampled_from(["p", "div", "span", "h2", "ul", "blockquote", "strong", "pre", "section", "details", "figure", "table", "li"]),
        st.lists(inner, max_size=3),
    ).map(lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS, max_size=4).map("".join))
@example("<li><table><li></li></table></li>")
@example("<li><table><tbody><tr><td>cell</td><li></li></tr></tbody></table></li>")
def test_whatever_a_body_holds_the_result_stands_still(body: str) -> None:
    """Bodies here may break any content model: what comes out is what a parser makes of it, and stays that."""
    page = shown(item(body))

    assert sanitised(page) == page


@settings(max_examples=100, deadline=None)
@given(prompt=FRAGMENTS, choice=FRAGMENTS)
def test_whatever_a_prompt_or_a_choice_holds_every_control_has_a_name(prompt: str, choice: str) -> None:
    page = shown(item(CHOICE.format(prompt, choice)))

    assert [each for each in problems(page) if "name" in each or "legend" in each] == []


def test_modal_feedback_is_valid() -> None:
    one = item(
        "<p>x</p>",
        tail='<qti-modal-feedback outcome-identifier="SCORE" identifier="1" show-hide="hide" title="Done"><p>y</p></qti-modal-feedback>',
    )

    pages = modal_feedbacks(one, Page(lang="en", prefix="q-", values={"SCORE": None}))

    assert len(pages) == 1
    assert problems(pages[0]) == []
