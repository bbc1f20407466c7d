"""What an item asks and offers, as plain words: the stem, and of each question with choices what they say and which is right."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields

from item_bank.qti.model import Choice, ChoiceInteraction, Hotspot, InlineChoiceInteraction, Markup, QtiItem, nested, plain_text
from item_bank.qti.text import comparable, latin_digits

_TO_CHOOSE = ("choices", "sources", "targets")
_SIGNS = re.compile(r"[^\w\s]|_", re.UNICODE)


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


def segments(item: QtiItem) -> tuple[str, ...]:
    """Return all words of an item, normalised: the stem first, then what each interaction asks and offers, in an order of its own."""
    offered: list[str] = []
    for interaction in item.interactions:
        offered += [plain_text(interaction.prompt), plain_text(interaction.inside)]
        known = {field.name for field in fields(interaction)}
        for name in _TO_CHOOSE:
            choices: tuple[Choice | Hotspot, ...] = getattr(interaction, name) if name in known else ()
            offered += [plain_text(choice.content) for choice in choices if isinstance(choice, Choice)]
    said = (normalised(plain_text(item.body)), *sorted(map(normalised, offered)))
    return tuple(filter(None, said))


def normalised(text: str) -> str:
    """Return words without case, signs and the script of their digits, each after one space."""
    plain = latin_digits(comparable(text)).casefold()
    return " ".join(_without_signs(plain).split())


def _without_signs(text: str) -> str:
    """Blank signs out; what belongs to a letter (a matra, a nukta) stays."""
    return _SIGNS.sub(lambda found: found[0] if unicodedata.category(found[0]).startswith("M") else " ", text)
