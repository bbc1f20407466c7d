from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.form_sections import section_document
from item_bank.forms import Branch, FormSection, Navigation, Order, ShareRule, check_sections, document_of, form_digest, section_of
from tests.delivery.parts import a_form_of, branch, items_of, part, rule

# What `document_of` wrote for this form before parts had any settings, and its hash then.
OLD = {
    "sections": [
        {"id": "A", "title": "Part A", "title_hi": "भाग A", "items": ["a1", "a2", "a3"], "sha256": ["1", "2", "3"]},
        {"id": "B", "title": "Part B", "title_hi": "भाग B", "items": ["b1", "b2", "b3"], "sha256": ["4", "5", "6"]},
    ]
}
OLD_SHA256 = "dece50e265851ebe0968432740ba19e18d3a3fd99a60665bfe388e7a3bda032c"
DIGESTS = dict(zip((*items_of("A"), *items_of("B")), "123456", strict=True))


def test_the_hash_of_a_form_without_settings_is_what_it_always_was() -> None:
    document = document_of((part("A"), part("B")), DIGESTS)

    assert document == OLD
    assert form_digest(document) == OLD_SHA256


def test_an_old_document_reads_with_defaults() -> None:
    assert [section_of(section) for section in OLD["sections"]] == [part("A"), part("B")]


@pytest.mark.parametrize(
    "settings",
    [
        {"navigation": Navigation.LINEAR},
        {"time_limit_s": 60},
        {"locked": True},
        {"order": Order.RANDOM},
        {"precondition": ShareRule(section="A", share_at_least=Decimal("0.50"))},
        {"branches": (Branch(rule=ShareRule(section="A", share_at_least=Decimal("0.5")), to="C"),)},
        {"navigation": Navigation.LINEAR, "item_limits": {ItemVersionId("b1"): 30}},
    ],
)
def test_every_setting_is_in_the_hash_and_reads_back(settings: dict[str, Any]) -> None:
    section = part("B", **settings)
    document = section_document(section, ["4", "5", "6"])

    assert section_of(document) == section
    assert form_digest(document) != form_digest(section_document(part("B"), ["4", "5", "6"]))


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ((part("A", item_limits={ItemVersionId("a1"): 5}),), "need the linear way"),
        ((part("A", navigation=Navigation.LINEAR, item_limits={ItemVersionId("b1"): 5}),), "which is not in it"),
        ((part("A", navigation=Navigation.LINEAR, item_limits={ItemVersionId("a1"): 0}),), "at least one second"),
        ((part("A", time_limit_s=0),), "at least one second"),
        ((part("A", time_limit_s=24 * 3600 + 1),), "at most a day"),
        ((part("A", order=Order.ADAPTIVE),), "choose fixed or random"),
        ((part("A", locked=True), part("B", precondition=rule("X", "0.5"))), "names part X"),
        ((part("A", locked=True), part("B", locked=True, precondition=rule("B", "0.5"))), "name an earlier part"),
        ((part("A", locked=True, precondition=rule("B", "0.5")), part("B", locked=True)), "name an earlier part"),
        ((part("A"), part("B", precondition=rule("A", "0.5"))), "lock that part"),
        ((part("A", locked=True), part("B", precondition=rule("A", "1.01"))), "between 0 and 1"),
        ((part("A", locked=True), part("B", precondition=rule("A", "NaN"))), "between 0 and 1"),
        ((part("A", locked=True, branches=(branch("A", "0.5", "X"),)), part("B")), "leads to part X"),
        ((part("A", locked=True, branches=(branch("A", "0.5", "A"),)), part("B")), "in a circle"),
        ((part("A", locked=True), part("B", branches=(branch("A", "0.5", "A"),))), "in a circle"),
        ((part("A", locked=True), part("B", branches=(branch("C", "0.5", "C"),)), part("C", locked=True)), "name an earlier part"),
    ],
)
def test_settings_that_could_lead_nobody_are_refused_with_what_to_do(sections: tuple[FormSection, ...], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        check_sections(sections)


def test_a_form_knows_whether_it_guides_and_which_parts_decide() -> None:
    assert not a_form_of(part("A", order=Order.RANDOM)).guided
    assert a_form_of(part("A", time_limit_s=5)).guided
    assert a_form_of(part("A", locked=True), part("B", precondition=rule("A", "0.1"))).deciding == {"A"}


shares = st.decimals(0, 1, places=3).map(lambda share: ShareRule(section="A", share_at_least=share))
sections = st.builds(
    FormSection,
    id=st.just("B"),
    title=st.text(max_size=5),
    title_hi=st.text(max_size=5),
    items=st.just(items_of("B")),
    navigation=st.sampled_from(Navigation),
    time_limit_s=st.none() | st.integers(1, 9999),
    item_limits=st.dictionaries(st.sampled_from(items_of("B")), st.integers(1, 999)),
    locked=st.booleans(),
    order=st.sampled_from((Order.FIXED, Order.RANDOM)),
    precondition=st.none() | shares,
    branches=st.lists(st.builds(Branch, rule=shares, to=st.sampled_from("CD")), max_size=3).map(tuple),
)


@given(section=sections)
def test_a_part_reads_back_as_it_was_written(section: FormSection) -> None:
    assert section_of(section_document(section, ["4", "5", "6"])) == section
