import pytest

from assessment_engine.kernel.errors import Invalid
from item_bank.parity import check_parity, differences, language_of
from item_bank.qti.reader import read_item
from tests.item_bank.items import choice, demo_items, qti, response


def variant(lang: str, *, key: str = "A", choices: str = "AB", text: str = "Article 14") -> bytes:
    return qti(responses=response("identifier", key), body=f"<p>{text}</p>" + choice(*choices), lang=lang)


@pytest.mark.parametrize("identifier", demo_items())
def test_the_demo_items_are_the_same_question_in_both_languages(identifier: str) -> None:
    assert list(differences(demo_items()[identifier])) == []


def test_numbers_are_the_same_in_any_digits() -> None:
    assert list(differences({"en": read_item(variant("en")), "hi": read_item(variant("hi", text="अनुच्छेद १४"))})) == []


DIFFERENT = {
    "another key": (variant("hi", key="B"), "response declaration"),
    "another choice": (variant("hi", choices="ABC"), "an interaction"),
    "another number": (variant("hi", text="अनुच्छेद 15"), "a number in the text"),
    "a wrong language": (variant("en"), "xml:lang"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_languages_that_are_not_one_question_are_refused(name: str) -> None:
    other, words = DIFFERENT[name]

    with pytest.raises(Invalid, match=words):
        check_parity({"en": read_item(variant("en")), "hi": read_item(other)})


def of_kind(body: str, *, lang: str = "en", base_type: str = "identifier", cardinality: str = "single") -> bytes:
    declared = f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}"/>'
    return qti(responses=declared, body=body, lang=lang)


GAPS = (
    '<qti-gap-match-interaction response-identifier="RESPONSE" max-associations="{most}">'
    '<qti-gap-text identifier="W1" match-max="1">{word}</qti-gap-text><p>{text} <qti-gap identifier="{gap}"/></p>'
    "</qti-gap-match-interaction>"
)
HOTSPOTS = (
    '<qti-hotspot-interaction response-identifier="RESPONSE" max-choices="1"><img src="{picture}" alt="Map" width="100" height="100"/>'
    '<qti-hotspot-choice identifier="{place}" shape="circle" coords="10,10,5"/></qti-hotspot-interaction>'
)
SLIDER = '<qti-slider-interaction response-identifier="RESPONSE" lower-bound="0" upper-bound="{upper}" step="1"/>'
HOTTEXT = (
    '<qti-hottext-interaction response-identifier="RESPONSE" max-choices="1"><p>The <qti-hottext identifier="{word}">x</qti-hottext></p>'
    "</qti-hottext-interaction>"
)

SAME = {
    "gaps": (GAPS.format(most=1, word="river", text="The longest", gap="G1"), GAPS.format(most=1, word="नदी", text="सबसे लंबी", gap="G1")),
    "hotspots with another picture": (HOTSPOTS.format(picture="en.png", place="A"), HOTSPOTS.format(picture="hi.png", place="A")),
}
UNLIKE = {
    "a limit": (GAPS.format(most=1, word="x", text="x", gap="G1"), GAPS.format(most=2, word="x", text="x", gap="G1")),
    "a gap": (GAPS.format(most=1, word="x", text="x", gap="G1"), GAPS.format(most=1, word="x", text="x", gap="G2")),
    "a number in a gap's text": (GAPS.format(most=1, word="x", text="12", gap="G1"), GAPS.format(most=1, word="x", text="13", gap="G1")),
    "a hotspot": (HOTSPOTS.format(picture="a.png", place="A"), HOTSPOTS.format(picture="a.png", place="B")),
    "a slider's end": (SLIDER.format(upper="10"), SLIDER.format(upper="20")),
    "a hottext": (HOTTEXT.format(word="A"), HOTTEXT.format(word="B")),
    "the kind of interaction": (SLIDER.format(upper="10"), HOTTEXT.format(word="A")),
}


@pytest.mark.parametrize("name", SAME)
def test_words_and_pictures_may_differ(name: str) -> None:
    english, hindi = SAME[name]

    assert list(differences({"en": read_item(of_kind(english)), "hi": read_item(of_kind(hindi, lang="hi"))})) == []


@pytest.mark.parametrize("name", UNLIKE)
def test_what_decides_about_the_response_may_not_differ(name: str) -> None:
    english, hindi = UNLIKE[name]

    found = list(differences({"en": read_item(of_kind(english)), "hi": read_item(of_kind(hindi, lang="hi"))}))

    assert [lang for lang, _ in found] == ["hi"]


def test_a_file_that_does_not_say_its_language_has_the_undetermined_one() -> None:
    assert language_of(read_item(of_kind(SLIDER, lang=""))) == "und"
    assert language_of(read_item(of_kind(SLIDER, lang="en-IN"))) == "en"
