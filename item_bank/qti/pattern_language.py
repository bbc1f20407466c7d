"""Reads XML Schema's regular expressions (XML Schema Part 2, appendix F) into parts; patterns.py makes automata of them.

What the language lacks but authors write is understood where it means the same: `^` at the beginning, `$` at the end, `(?:`, a lazy
quantifier.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MAX_NESTING = 40
MAX_REPEAT = 1_000

Sign = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Signs:
    """One sign of a kind."""

    fits: Sign


@dataclass(frozen=True, slots=True)
class Row:
    """One part after another."""

    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Branches:
    """One of the branches."""

    branches: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times; `most` None is any number."""

    part: "Part"
    least: int
    most: int | None


Part = Signs | Row | Branches | Repeat


class NotUnderstood(Exception):
    """The pattern is not one of XML Schema's, or is too large."""


_BLOCKS: Mapping[str, tuple[int, int]] = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "Greek": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Arabic": (0x0600, 0x06FF),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Gurmukhi": (0x0A00, 0x0A7F),
    "Gujarati": (0x0A80, 0x0AFF),
    "Oriya": (0x0B00, 0x0B7F),
    "Tamil": (0x0B80, 0x0BFF),
    "Telugu": (0x0C00, 0x0C7F),
    "Kannada": (0x0C80, 0x0CFF),
    "Malayalam": (0x0D00, 0x0D7F),
    "GeneralPunctuation": (0x2000, 0x206F),
}
_GENERAL: Mapping[str, str] = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
_CATEGORIES = frozenset(_GENERAL) | {kind + detail for kind, details in _GENERAL.items() for detail in details}
_CONTROLS: Mapping[str, str] = {"n": "\n", "r": "\r", "t": "\t"}


def _any(sign: str) -> bool:
    return sign not in "\n\r"


def _space(sign: str) -> bool:
    return sign in " \t\n\r"


def _digit(sign: str) -> bool:
    return sign.isdecimal()


def _word(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "PZC"


def _name_start(sign: str) -> bool:
    return sign.isalpha() or sign in "_:"


def _name(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN" or sign in "_:.-·"


_KINDS: Mapping[str, Sign] = {"s": _space, "d": _digit, "w": _word, "i": _name_start, "c": _name}


def _not(sign: Sign) -> Sign:
    return lambda each: not sign(each)


def _one(sign: str) -> Sign:
    return lambda each: each == sign


class Reader:
    """Reads one pattern into parts, from the left."""

    def __init__(self, pattern: str) -> None:
        self.rest = unicodedata.normalize("NFC", pattern)
        self.at = 0
        self.depth = 0

    def read(self) -> Part:
        """Read the whole pattern; raises NotUnderstood."""
        part = self._branches()
        if self.at < len(self.rest):
            raise NotUnderstood(f"at {self.at}")
        return part

    def _peek(self) -> str:
        return self.rest[self.at : self.at + 1]

    def _take(self) -> str:
        sign = self._peek()
        if not sign:
            raise NotUnderstood("the pattern breaks off")
        self.at += 1
        return sign

    def _took(self, words: str) -> bool:
        found = self.rest.startswith(words, self.at)
        self.at += len(words) if found else 0
        return found

    def _branches(self) -> Part:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise NotUnderstood("too deep")
        branches = [self._branch()]
        while self._took("|"):
            branches.append(self._branch())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Branches(tuple(branches))

    def _branch(self) -> Part:
        self._took("^")  # anchors are not in the language; a mask is anchored by itself
        parts: list[Part] = []
        while (sign := self._peek()) and sign not in "|)":
            if sign == "$" and self.rest[self.at + 1 : self.at + 2] in ("", "|", ")"):
                self.at += 1
                break
            parts.append(self._quantified(self._atom()))
        return Row(tuple(parts))

    def _quantified(self, part: Part) -> Part:
        least, most = self._quantity()
        if (least, most) == (1, 1):
            return part
        self._took("?")  # lazy or not, the texts are the same
        return Repeat(part, least, most)

    def _quantity(self) -> tuple[int, int | None]:
        for sign, quantity in (("?", (0, 1)), ("*", (0, None)), ("+", (1, None))):
            if self._took(sign):
                return quantity
        return self._counts() if self._took("{") else (1, 1)

    def _counts(self) -> tuple[int, int | None]:
        words = []
        while (sign := self._take()) != "}":
            words.append(sign)
        least, comma, most = "".join(words).partition(",")
        numbers = [word for word in (least, most) if word]
        if not least or not all(word.isascii() and word.isdigit() and int(word[:9]) <= MAX_REPEAT for word in numbers):
            raise NotUnderstood("a quantity")
        upper = int(least) if not comma else int(most) if most else None
        if upper is not None and upper < int(least):
            raise NotUnderstood("a quantity")
        return int(least), upper

    def _atom(self) -> Part:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return Signs(self._class())
        if sign == ".":
            return Signs(_any)
        if sign == "\\":
            return Signs(self._escape())
        if sign in "?*+{":
            raise NotUnderstood("a quantity without anything")
        return Signs(_one(sign))

    def _group(self) -> Part:
        if self._peek() == "?" and not self._took("?:"):
            raise NotUnderstood("a group of a kind that XML Schema has not")
        part = self._branches()
        if self._take() != ")":
            raise NotUnderstood("a group is not closed")
        return part

    def _escape(self) -> Sign:
        sign = self._take()
        if sign in "pP":
            return self._property(negated=sign == "P")
        if sign.lower() in _KINDS:
            kind = _KINDS[sign.lower()]
            return kind if sign.islower() else _not(kind)
        if sign.isalnum() and sign not in _CONTROLS:
            raise NotUnderstood(f"\\{sign}")
        return _one(_CONTROLS.get(sign, sign))

    def _property(self, *, negated: bool) -> Sign:
        if self._take() != "{":
            raise NotUnderstood("a property")
        words = []
        while (sign := self._take()) != "}":
            words.append(sign)
        found = _property_named("".join(words))
        return _not(found) if negated else found

    def _class(self) -> Sign:
        negated = self._took("^")
        signs: list[Sign] = []
        minus: Sign | None = None
        while (sign := self._take()) != "]" or not (signs or negated):
            if sign == "-" and self._took("["):
                minus = self._class()
                if self._take() != "]":
                    raise NotUnderstood("a subtraction ends its class")
                break
            signs.append(self._range(sign))
        return _set(tuple(signs), negated, minus)

    def _range(self, sign: str) -> Sign:
        if sign == "[":
            raise NotUnderstood("a bracket in a class")
        if sign == "\\":
            escaped = self._peek()
            kind = self._escape()
            if escaped.isalpha() and escaped not in _CONTROLS:
                return kind
            sign = _CONTROLS.get(escaped, escaped)
        if self._peek() != "-" or self.rest[self.at + 1 : self.at + 2] in ("]", "["):
            return _one(sign)
        self._take()
        last = self._take()
        if last == "\\":
            last = self._take()
            last = _CONTROLS.get(last, last)
        if last < sign:
            raise NotUnderstood("a range goes upwards")
        return lambda each: sign <= each <= last


def _property_named(name: str) -> Sign:
    if name in _CATEGORIES:
        return lambda each: unicodedata.category(each).startswith(name)
    if name.startswith("Is") and name[2:] in _BLOCKS:
        first, last = _BLOCKS[name[2:]]
        return lambda each: first <= ord(each) <= last
    raise NotUnderstood(name)


def _set(signs: tuple[Sign, ...], negated: bool, minus: Sign | None) -> Sign:
    def fits_set(each: str) -> bool:
        return any(sign(each) for sign in signs) is not negated and not (minus is not None and minus(each))

    return fits_set
