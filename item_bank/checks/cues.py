"""Words that give the key away to who knows nothing of the matter, in English and Hindi.

The rules are those of item-writing guides (Haladyna, Downing and Rodriguez, "A Review of Multiple-Choice Item-Writing Guidelines", 2002):
choices of one length, no absolute words, no grammar that only the key fits, no word that only stem and key share, no "all of the above".
Each is a hint for an author, never more: a true statement may well be the longest.
"""

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from item_bank.checks.findings import Finding
from item_bank.checks.texts import Asked, Offered, asked, normalised
from item_bank.checks.words import ABOVE, ABSOLUTE, COMMON, LONG_WORD, NONE_OF
from item_bank.qti.model import QtiItem

LONGER = 1.5
"""So many times as long as the longest wrong choice is a key that stands out …"""

LONGER_BY = 12
"""… if it is also longer by so many characters."""

_LONG_ABOVE = 60
_ARTICLE = re.compile(r"\b(an?)\b[\s_.…:]*\Z", re.IGNORECASE)
_AGREEING = {"का": "ा", "की": "ी", "के": "े"}  # a Hindi postposition agrees with the noun after it
_HINDI_BLANK = re.compile(r"(का|की|के)[\s_.…:।]*\Z")


def cues(lang: str, item: QtiItem) -> Iterator[Finding]:
    """Yield what gives a key away, question by question."""
    for question in asked(item):
        for rule in _RULES:
            yield from rule(lang, question)


def _same_twice(lang: str, question: Asked) -> Iterator[Finding]:
    worded = [each for each in question.offered if each.text and not each.pictured]
    for one, other in combinations(worded, 2):
        if normalised(one.text) and one.text == other.text:
            message = f"the choices {one.identifier} and {other.identifier} say the same"
            yield Finding(code="same_choice_twice", message=message, lang=lang, where=other.identifier, said=other.text[:80])


def _of_the_above(lang: str, question: Asked) -> Iterator[Finding]:
    for each in question.offered:
        if len(each.text) > _LONG_ABOVE:
            continue
        none, every = (pattern is not None and pattern.search(each.text) for pattern in (NONE_OF.get(lang), ABOVE.get(lang)))
        if none or every:
            code = "none_of_the_above" if none else "all_of_the_above"
            yield Finding(
                code=code, message=f"{each.text}: this choice is about the others", lang=lang, where=each.identifier, said=each.text
            )
            if question.shuffled and not each.fixed:
                message = f"{each.text}: the choices are shuffled, and this one does not stay at the end"
                yield Finding(code="above_is_shuffled", message=message, lang=lang, where=each.identifier, said=each.text)


def _longest(lang: str, question: Asked) -> Iterator[Finding]:
    key = question.key
    if key is None or len(question.wrong) < 2 or any(each.pictured for each in question.offered):
        return
    longest = max(len(each.text) for each in question.wrong)
    if len(key.text) >= LONGER * longest and len(key.text) - longest >= LONGER_BY:
        message = f"the key has {len(key.text)} characters, the longest other choice {longest}"
        yield Finding(code="longest_is_key", message=message, lang=lang, where=key.identifier, said=key.text[:80])


def _absolute(lang: str, question: Asked) -> Iterator[Finding]:
    """A word such as "always" marks a choice as wrong for who knows tests; where only the key has one, it marks the key."""
    pattern, key = ABSOLUTE.get(lang), question.key
    if pattern is None or key is None:
        return
    found = {each.identifier: said[0] for each in question.offered if (said := pattern.search(each.text)) is not None}
    marked = set(found)
    if not marked or len(marked) == len(question.offered):
        return
    if key.identifier not in marked or marked == {key.identifier}:
        for identifier, word in found.items():
            yield Finding(
                code="absolute_word", message=f"“{word}” is in some choices and not in others", lang=lang, where=identifier, said=word
            )


def _article(lang: str, question: Asked) -> Iterator[Finding]:
    """An article at the end of the stem that fits the key, and not every other choice."""
    found, key = _ARTICLE.search(question.stem), question.key
    if lang != "en" or found is None or key is None:
        return
    fits = {each.identifier: (each.text[:1].lower() in "aeiou") == (len(found[1]) == 2) for each in question.offered if each.text}
    if fits.get(key.identifier) and not all(fits.values()):
        yield _grammar(lang, key, found[1])


def _agreement(lang: str, question: Asked) -> Iterator[Finding]:
    """A Hindi postposition at the end of the stem whose ending only the key has, among choices that all have one of the three endings."""
    found, key = _HINDI_BLANK.search(question.stem), question.key
    if lang != "hi" or found is None or key is None:
        return
    ends = {each.identifier: each.text.rstrip(" ।.")[-1:] for each in question.offered}
    agreeing = {identifier for identifier, end in ends.items() if end == _AGREEING[found[1]]}
    if agreeing == {key.identifier} and all(end in _AGREEING.values() for end in ends.values()):
        yield _grammar(lang, key, found[1])


def _grammar(lang: str, key: Offered, word: str) -> Finding:
    message = f"after “{word}”, the key fits the sentence and another choice does not"
    return Finding(code="grammar_fits_key", message=message, lang=lang, where=key.identifier, said=word)


def _shared(lang: str, question: Asked) -> Iterator[Finding]:
    """Words of the stem that only the key takes up."""
    key, common = question.key, COMMON.get(lang)
    if key is None or common is None or len(question.wrong) < 2:
        return
    elsewhere = {word for each in question.wrong for word in _words(each.text)}
    shared = [word for word in _words(key.text) if word in _words(question.stem) and word not in elsewhere and word not in common]
    long = [word for word in dict.fromkeys(shared) if len(word) >= LONG_WORD[lang] and not word.isdecimal()]
    if long:
        said = ", ".join(long)
        message = f"in the question and in the key, and in no other choice: {said}"
        yield Finding(code="word_shared_with_key", message=message, lang=lang, where=key.identifier, said=said)


def _words(text: str) -> list[str]:
    return normalised(text).split()


_RULES: tuple[Callable[[str, Asked], Iterator[Finding]], ...] = (
    _same_twice,
    _of_the_above,
    _longest,
    _absolute,
    _article,
    _agreement,
    _shared,
)
