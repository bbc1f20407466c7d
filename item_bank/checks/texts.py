"""What an item asks and offers, as plain words: the stem, and of each question with choices what they say and which is right."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from item_bank.qti.model import Choice, ChoiceInteraction, InlineChoiceInteraction, Markup, QtiItem, nested, plain_text
from item_bank.qti.text import comparable, latin_digits

_SIGNS = re.compile(r"[^\w\s]|_", re.UNICODE)
_BODY = re.compile(r"<(?:\w+:)?qti-item-body\b[^>]*>(.*)</(?:\w+:)?qti-item-body>", re.DOTALL)
_UNSHOWN = re.compile(r"<!--.*?-->|<(annotation|annotation-xml|(?:\w+:)?qti-rubric-block)\b.*?</\1>", re.DOTALL)
_PIECE = re.compile(r"</?(?:\w+:)?qti-(?:simple-choice|inline-choice|simple-associable-choice|gap-text|prompt|hottext)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One choice: its words, and whether it shows something that is no word."""

    identifier: str
    text: str
    right: bool
    fixed: bool
    pictured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with choices in a text; `stem` is all that stands before and in it."""

    response: str
    stem: str
    offered: tuple[Offered, ...]
    shuffled: bool

    @property
    def key(self) -> Offered | None:
        """Return the right choice, where there is exactly one."""
        right = [each for each in self.offered if each.right]
        return right[0] if len(right) == 1 else None

    @property
    def wrong(self) -> tuple[Offered, ...]:
        """Return the choices that are not right."""
        return tuple(each for each in self.offered if not each.right)


def asked(item: QtiItem) -> Iterator[Asked]:
    """Yield the questions of an item that offer choices."""
    for interaction in item.interactions:
        if isinstance(interaction, ChoiceInteraction | InlineChoiceInteraction):
            declared = item.responses.get(interaction.response)
            key = {str(atom) for atom in declared.correct.atoms} if declared is not None and declared.correct is not None else set()
            yield Asked(
                response=interaction.response,
                stem=" ".join(filter(None, (plain_text(item.body), plain_text(interaction.prompt)))),
                offered=tuple(_offered(choice, key) for choice in interaction.choices),
                shuffled=interaction.shuffle,
            )


def _offered(choice: Choice, key: set[str]) -> Offered:
    return Offered(
        identifier=choice.identifier,
        text=plain_text(choice.content),
        right=choice.identifier in key,
        fixed=choice.fixed,
        pictured=any(isinstance(block, Markup) and (block.namespace or block.tag in _PICTURES) for block in nested(choice.content)),
    )


_PICTURES = frozenset({"img", "picture", "object", "audio", "video", "svg", "math"})


def segments(xml: str) -> tuple[str, ...]:
    """Return all words of an item's body, normalised, piece by piece: what each choice says is one, wherever it stands among the others.

    Quick rather than exact, for ten thousand items of an import: it looks at the body as text.
    """
    body = _BODY.search(xml)
    if body is None:
        return ()
    pieces = (normalised(unescape(_TAG.sub(" ", piece))) for piece in _PIECE.split(_UNSHOWN.sub(" ", body[1])))
    return tuple(sorted(filter(None, pieces)))


def normalised(text: str) -> str:
    """Return words without case, signs and the script of their digits, each after one space."""
    plain = latin_digits(comparable(text)).casefold()
    return " ".join(_without_signs(plain).split())


def _without_signs(text: str) -> str:
    """Blank signs out; what belongs to a letter (a matra, a nukta) stays."""
    return _SIGNS.sub(lambda found: found[0] if unicodedata.category(found[0]).startswith("M") else " ", text)
