"""The words of languages that cues.py looks for: absolute ones, those about other choices, and those that say nothing by themselves."""

import re
from collections.abc import Mapping

_ANY = re.IGNORECASE


def _whole(words: str) -> re.Pattern[str]:
    r"""Find one of several words; `\b` knows nothing of matras, so that the neighbours are looked at."""
    return re.compile(rf"(?<![\w\u0900-\u097F])(?:{'|'.join(words.split())})(?![\w\u0900-\u097F])", _ANY)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ABSOLUTE: Mapping[str, re.Pattern[str]] = {
    "en": _whole("always never only entirely completely absolutely impossible nobody everybody solely"),
    "hi": _whole(r"हमेशा सदैव सदा केवल सिर्फ सिर्फ़ मात्र असंभव पूर्णतः पूर्णतया बिल्कुल बिलकुल कदापि (?<!कभी[-\s])कभी(?![-\s]कभी)(?=.*नहीं)"),
}

_OTHERS = r"(?: of)?(?: the)?(?: above| these| those| options| choices| answers| statements)+(?: (?:is|are) (?:correct|right|true))?\W*\Z"
_IN_HINDI = r"(?:उपर्युक्त|उपरोक्त|इनमें से|इन में से|ऊपर के|दिए गए|ये|दोनों)"

ABOVE: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(rf"\A(?:all|both|any){_OTHERS}|\Aboth (?:[a-d]|\d) and (?:[a-d]|\d)\W*\Z", _ANY),
    "hi": re.compile(rf"\A{_IN_HINDI}\s*(?:में से\s*|विकल्प\s*)?(?:सभी|सब|दोनों)|\A(?:सभी|दोनों)\s*(?:उपर्युक्त|उपरोक्त)"),
}

NONE_OF: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(rf"\A(?:none|neither|no one){_OTHERS}", _ANY),
    "hi": re.compile(rf"\A{_IN_HINDI}\s*(?:में से\s*)?कोई (?:भी )?न(?:हीं|ही)"),
}

LONG_WORD: Mapping[str, int] = {"en": 5, "hi": 4}
"""Letters that a shared word must have; a matra is one."""

COMMON: Mapping[str, frozenset[str]] = {
    "en": _set(
        "about above after again against because before being below between could during every following given having other "
        "should their there these thing things those through under until what when where which while whose within without would "
        "correct statement statements option answer called known means number india"
    ),
    "hi": _set(
        "निम्नलिखित निम्न इनमें उनमें किसी किसका किसकी किसके किसने कौनसा कौनसी कौनसे क्या क्यों कैसे कितने कितनी कितना होता होती होते "
        "जाता जाती जाते करता करती करते किया गया लिए द्वारा अनुसार संबंध संबंधित अंतर्गत बारे कथन विकल्प उत्तर प्रश्न सही गलत भारत तथा अथवा "
        "जिसमें जिसका जिसकी जिसके उसका उसकी उसके इसका इसकी इसके अपना अपनी अपने बाद पहले साथ यदि जाने करने होने"
    ),
}
