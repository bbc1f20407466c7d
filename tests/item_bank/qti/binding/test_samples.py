"""The sample questions, one of every kind: their keys are bound and win every mark, and what their pages offer is bound."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from assessment_engine.services.samples import LANGUAGES, Sample, samples
from item_bank.qti.binding import bind, shortcomings, typed
from item_bank.qti.model import QtiItem
from item_bank.qti.processing import copy_of, score
from item_bank.qti.reader import read_item
from item_bank.qti.render import Page, render
from item_bank.qti.values import value_json

KEYLESS = {"drawing", "extended-text", "upload"}  # a person scores these
EVERY = [(sample, lang) for sample in samples().values() for lang in LANGUAGES]
NAMES = [f"{sample.kind}-{lang}" for sample, lang in EVERY]


@pytest.mark.parametrize(("sample", "lang"), EVERY, ids=NAMES)
def test_the_key_is_a_response_that_the_page_could_send(sample: Sample, lang: str) -> None:
    item = read_item(sample.variants[lang])
    copy = copy_of(item, seed=7)
    key: dict[str, Json] = {name: value_json(value) for name, value in copy.corrects.items() if value is not None}

    bound = bind(item, key)
    outcomes = score(item, bound, seed=7)

    assert {name: value_json(bound[name]) for name in key} == key
    assert set(shortcomings(item, bound)) <= {"PLAYS"}
    assert outcomes.score == (0 if sample.kind in KEYLESS else outcomes.max_score)
    assert set(typed(item, key)) >= set(key)


def offers(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield what each control of a page can say, one thing at a time: the response, its cardinality, the value."""
    for control in html.fromstring(page).xpath("//*[@data-response]"):
        values = [control.get("value")] if control.get("data-kind") == "box" else control.xpath("./option/@value")
        for value in values:
            said = control.get("data-order") if value and control.get("data-order") else value
            whole = " ".join(part for part in (control.get("data-first"), said, control.get("data-second")) if part)
            if said and not control.get("data-part"):
                yield control.get("data-response"), control.get("data-cardinality"), whole


OFFERING = {
    "choice",
    "choice-multiple",
    "inline-choice",
    "order",
    "match",
    "gap-match",
    "hottext",
    "hotspot",
    "graphic-order",
    "graphic-gap-match",
}


@pytest.mark.parametrize(("sample", "lang"), EVERY, ids=NAMES)
def test_whatever_the_page_offers_is_bound(sample: Sample, lang: str) -> None:
    item = read_item(sample.variants[lang])
    page = render(item, Page(lang=lang, values=copy_of(item).templates, address=lambda source: source))

    offered = list(offers(page))

    assert offered or sample.kind not in OFFERING
    for response, cardinality, value in offered:
        bound = bind(item, {response: value if cardinality == "single" else [value]})
        assert bound[response] is not None, (response, value)


ITEMS = [read_item(sample.variants["en"]) for sample in samples().values()]
WORDS = [
    "A",
    "B",
    "C",
    "GANGA",
    "VARANASI",
    "G1",
    "PAC",
    "V1",
    "P",
    "SEC",
    "TOP",
    "CAG",
    "A148",
    "Q4",
    "A A",
    "GANGA GANGA",
    "PAC G1",
    "10 20",
    "-1 0",
    "1e9 1",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5)
FILES = st.fixed_dictionaries(
    {"name": st.text(max_size=3), "media_type": st.sampled_from(["image/png", "", "x"]), "data": st.sampled_from(["AAAA", "?"])}
)
RAW = st.recursive(
    SCALARS | FILES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["base", "list", "record", "x"]), inner)
)


@given(st.sampled_from(ITEMS), RAW)
@settings(max_examples=300)
def test_whatever_comes_is_bound_or_refused_with_a_code(item: QtiItem, raw: Json) -> None:
    told: Json = dict.fromkeys(item.responses, raw)
    for lenient in (True, False):
        try:
            bound = bind(item, told, lenient=lenient)
        except WrongResponse as refusal:
            assert not lenient
            assert refusal.details["problem"]
        else:
            assert set(bound) == set(item.responses)
            assert set(shortcomings(item, bound)) <= set(item.responses)
            score(item, bound)
    assert set(typed(item, told)) <= set(item.responses)
