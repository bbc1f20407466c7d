"""What follows from an item's text for lists and searches: its titles, its words, and what kind of question it is.

Quick rather than exact: it looks at the body as text, for ten thousand items of an import. What a candidate sees is qti/render's matter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from item_bank.qti.reader import title_of
from item_bank.qti.text import comparable

SEVERAL_KINDS = "several"
LONGEST_SEARCHED = 2000

_ENDS = ".,;:?!()[]{}\"'“”‘’।…"
_BODY = re.compile(r"<(?:\w+:)?qti-item-body\b[^>]*>(.*)</(?:\w+:)?qti-item-body>", re.DOTALL)
_UNSHOWN = re.compile(r"<!--.*?-->|<(annotation|annotation-xml)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_INTERACTION = re.compile(r"<(?:\w+:)?qti-([a-z-]+?)-interaction\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What lists and searches know of a version's text."""

    titles: Mapping[str, str]
    words: int
    kind: str
    search: str


def gist_of(identifier: str, variants: Mapping[str, str]) -> Gist:
    """Return the gist of an item in all its languages; words are counted in the first one."""
    titles = {lang: title_of(xml) for lang, xml in sorted(variants.items())}
    texts = {lang: body_text(xml) for lang, xml in sorted(variants.items())}
    first = min(variants)
    return Gist(
        titles=titles,
        words=len(texts[first].split()),
        kind=kind_of(variants[first]),
        search=_looked_through(identifier, *titles.values(), *texts.values()),
    )


def _looked_through(*texts: str) -> str:
    """Return every word of the texts once: what a search looks through is half as long, and a search is for words, not for phrases."""
    return " ".join(dict.fromkeys(word for text in texts for word in searched(text).split()))[:LONGEST_SEARCHED]


def body_text(xml: str) -> str:
    """Return the words of an item's body in one line, with those of its choices."""
    body = _BODY.search(xml)
    return " ".join(unescape(_TAG.sub(" ", _UNSHOWN.sub(" ", body.group(1)))).split()) if body else ""


def kind_of(xml: str) -> str:
    """Return the kind of an item's interaction as QTI names it (`choice`, `text-entry`), SEVERAL_KINDS, or "" where there is none."""
    kinds = set(_INTERACTION.findall(xml))
    return kinds.pop() if len(kinds) == 1 else SEVERAL_KINDS if kinds else ""


def searched(text: str) -> str:
    """Return a text as searches compare it: case, punctuation at a word's ends and unseen signs do not count."""
    return " ".join(word.strip(_ENDS) for word in comparable(text).casefold().split())
