"""Words that give a key away are found in both languages, and sound questions are left alone."""

import pytest

from item_bank.checks import check_item
from item_bank.checks.findings import Finding
from item_bank.qti.reader import read_item
from tests.item_bank.items import qti, response

SOUND = ("A sum that a house votes", "A tax that a state levies", "A loan that a bank gives", "A fee that a court asks")


def found(*texts: str, stem: str = "What is a grant?", key: str = "A", lang: str = "en", extra: str = "") -> list[Finding]:
    options = "".join(
        f'<qti-simple-choice identifier="{name}">{text}</qti-simple-choice>' for name, text in zip("ABCDE", texts, strict=False)
    )
    body = f'<p>{stem}</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="1" {extra}>{options}</qti-choice-interaction>'
    outcome = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/>'
    item = read_item(qti(responses=response("identifier", key), body=body, lang=lang, outcomes=outcome))
    return list(check_item({lang: item}))


def seen(*texts: str, stem: str = "What is a grant?", key: str = "A", lang: str = "en", extra: str = "") -> list[tuple[str, str]]:
    return [(each.code, each.where) for each in found(*texts, stem=stem, key=key, lang=lang, extra=extra)]


def test_a_sound_question_has_nothing_to_look_at() -> None:
    assert found(*SOUND) == []
    assert found("सदन की स्वीकृत राशि", "राज्य का लगाया कर", "बैंक का दिया ऋण", stem="अनुदान किसे कहते हैं?", lang="hi") == []


def test_a_key_that_is_much_longer_than_the_others_is_seen() -> None:
    long = "A sum that a house of the legislature votes for a service of the executive in a year"

    assert seen(long, *SOUND[1:]) == [("longest_is_key", "A")]
    assert seen(long, *SOUND[1:], key="B") == []


@pytest.mark.parametrize(
    ("texts", "lang", "where", "word"),
    [
        (("It may be refused", "It is always granted", "It may be delayed"), "en", "B", "always"),
        (("It is never given", "It may be delayed", "It may be refused"), "en", "A", "never"),
        (("आवेदन अस्वीकार हो सकता है", "आवेदन हमेशा स्वीकार होता है", "आवेदन में देर हो सकती है"), "hi", "B", "हमेशा"),
    ],
)
def test_an_absolute_word_in_some_choices_is_seen(texts: tuple[str, ...], lang: str, where: str, word: str) -> None:
    (finding,) = [each for each in found(*texts, stem="…", lang=lang) if each.code == "absolute_word"]

    assert (finding.where, finding.said) == (where, word)


def test_an_absolute_word_is_a_word_of_its_own() -> None:
    assert seen("It may go", "In hallways, neverending", "It may stay") == []
    assert seen("वह जा सकता है", "मात्रा बढ़ सकती है", "वह रुक सकता है", stem="…", lang="hi") == []
    assert seen("वह जा सकता है", "वह कभी-कभी नहीं आता", "वह रुक सकता है", stem="…", lang="hi") == []
    assert seen("वह जा सकता है", "वह कभी नहीं आता", "वह रुक सकता है", stem="…", lang="hi") == [("absolute_word", "B")]


def test_an_absolute_word_in_key_and_distractor_alike_is_no_hint() -> None:
    assert seen("It is always given", "It is never given", "It may be given") == []


@pytest.mark.parametrize(
    ("last", "code", "lang"),
    [
        ("All of the above", "all_of_the_above", "en"),
        ("Both A and B", "all_of_the_above", "en"),
        ("None of these", "none_of_the_above", "en"),
        ("उपर्युक्त सभी", "all_of_the_above", "hi"),
        ("इनमें से सभी", "all_of_the_above", "hi"),
        ("उपरोक्त में से कोई नहीं", "none_of_the_above", "hi"),
        ("इनमें से कोई भी नहीं", "none_of_the_above", "hi"),
    ],
)
def test_a_choice_about_the_others_is_seen_and_must_not_be_shuffled(last: str, code: str, lang: str) -> None:
    texts = ("One", "Two", "Three") if lang == "en" else ("एक", "दो", "तीन")

    assert (code, "D") in seen(*texts, last, lang=lang, stem="…")
    assert ("above_is_shuffled", "D") not in seen(*texts, last, lang=lang, stem="…")
    assert ("above_is_shuffled", "D") in seen(*texts, last, lang=lang, stem="…", extra='shuffle="true"')


@pytest.mark.parametrize("text", ["All citizens of India", "Both houses", "None but a citizen", "सभी नागरिक", "दोनों सदन"])
def test_all_both_and_none_by_themselves_are_plain_words(text: str) -> None:
    lang = "en" if text.isascii() else "hi"
    codes = {code for code, _ in seen("x", text, "y", lang=lang, stem="…")}

    assert codes & {"all_of_the_above", "none_of_the_above"} == set()


def test_grammar_that_only_some_choices_fit_is_seen() -> None:
    assert seen("ordinance", "resolution", "bill", stem="The President may issue an") == [("grammar_fits_key", "A")]
    assert seen("ordinance", "order", "instruction", stem="The President may issue an") == []
    assert seen("परीक्षा", "चुनौती", "नियमावली", stem="यह काम किसका है — आयोग का", lang="hi") == [("grammar_fits_key", "A")]
    assert seen("परीक्षा", "अनुमति", "सूचना", stem="यह काम किसका है — आयोग का", lang="hi") == []


def test_a_word_that_only_question_and_key_share_is_seen() -> None:
    stem = "Which commission reviews the devolution of taxes?"

    assert ("word_shared_with_key", "A") in seen("The body for devolution", "The court of audit", "The board of trade", stem=stem)
    assert seen("Devolution of powers", "Devolution of funds", "Devolution of duties", stem=stem) == []
    hindi = seen("वित्त आयोग की सिफ़ारिश", "सदन का प्रस्ताव", "राज्य की माँग", stem="सिफ़ारिश किस आधार पर होती है?", lang="hi")
    assert ("word_shared_with_key", "A") in hindi


def test_two_choices_that_say_the_same_are_seen() -> None:
    assert seen("Delhi", "Patna", "Delhi") == [("same_choice_twice", "C")]


def test_a_text_in_another_script_than_its_language_is_seen() -> None:
    english = "Which of these bodies reviews how taxes are shared?"

    assert ("not_translated", "") in seen("एक", "दो", "तीन", stem=english, lang="hi")
    assert seen("एक", "दो", "तीन", stem="GST का पूरा नाम क्या है?", lang="hi") == []
    assert ("not_translated", "") in seen("One", "Two", stem="इनमें से कौन-सा निकाय करों के बँटवारे की समीक्षा करता है?")


def test_another_language_has_the_rules_that_need_no_words() -> None:
    long = "Une somme que la chambre accorde pour un service du gouvernement"

    assert seen(long, "Un impôt", "Un prêt", lang="fr") == [("longest_is_key", "A")]
