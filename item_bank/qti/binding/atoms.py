"""One entry of a response → one atom of the declared base type.

`Manner` says how text is treated. Strict, for a candidate's page: one line has single spaces and none outside, several lines keep theirs.
Lenient, for responses that another system recorded: text stays as it is.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from item_bank.qti.binding.files import read_file
from item_bank.qti.binding.given import Entry, Misfit
from item_bank.qti.text import latin_digits, latin_number, whole_part
from item_bank.qti.values import NUMERIC, Atom, BaseType, parse_atom

MAX_TEXT = 10_000
MAX_LONG_TEXT = 50_000
MAX_RECORDED_TEXT = 5_000_000

_RADIX = re.compile(r"[+-]?[0-9a-z]{1,60}")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_WORDS: Mapping[BaseType, str] = {BaseType.INTEGER: "a whole number", BaseType.FLOAT: "a number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How entries are read: `base` is a text field's number base (QTI 3.0, "textEntryInteraction"), `lines` keeps line breaks."""

    lenient: bool = False
    base: int = 10
    lines: bool = False


LENIENT = Manner(lenient=True)


def read_atom(base_type: BaseType, entry: Entry, manner: Manner) -> Atom | None:
    """Type one entry; None for blank text. Raises Misfit."""
    if isinstance(entry, Mapping):
        if base_type is not BaseType.FILE:
            raise Misfit("wrong_type", "no file is expected here")
        return read_file(entry)
    if isinstance(entry, bool):
        return _from_truth(base_type, entry, manner)
    if isinstance(entry, int | float):
        return _from_number(base_type, entry)
    if base_type is BaseType.FILE and not manner.lenient:
        raise Misfit("not_a_file", "a file is expected here")
    text = _text(entry, manner)
    return _from_text(base_type, text, manner) if text.strip() else None


def _from_truth(base_type: BaseType, truth: bool, manner: Manner) -> Atom:
    if base_type is BaseType.BOOLEAN:
        return truth
    if not manner.lenient or base_type in NUMERIC:
        raise _wrong(base_type)
    return _parsed(base_type, "true" if truth else "false")


def _from_number(base_type: BaseType, number: float) -> Atom:
    if not abs(number) < 1e300:  # NaN is not either
        raise Misfit("wrong_type", "a number must be finite")
    if (
        isinstance(number, float)
        and number.is_integer()
        and base_type in (BaseType.INTEGER, BaseType.INT_OR_IDENTIFIER, BaseType.IDENTIFIER)
    ):
        number = int(number)  # JSON has one kind of number; some programs write 2 as 2.0
    return _parsed(base_type, f"{number}")


def _text(entry: str, manner: Manner) -> str:
    most = MAX_RECORDED_TEXT if manner.lenient else MAX_LONG_TEXT if manner.lines else MAX_TEXT
    if len(entry) > most:
        raise Misfit("too_long", f"a response may have {most} characters")
    if _NO_TEXT.search(entry):
        raise Misfit("not_text", "a response has a character that is none")
    text = unicodedata.normalize("NFC", entry)
    if manner.lenient:
        return text
    return text.replace("\r\n", "\n").strip() if manner.lines else " ".join(text.split())


def _from_text(base_type: BaseType, text: str, manner: Manner) -> Atom:
    if base_type is BaseType.INTEGER and manner.base != 10:
        return _in_base(text.strip(), manner.base)
    if base_type in NUMERIC or base_type is BaseType.DURATION:
        word = latin_number(text)
        number = _parsed(base_type, whole_part(word) if manner.lenient and base_type is BaseType.INTEGER else word)
        if not manner.lenient and not math.isfinite(float(str(number))):
            raise _wrong(base_type)
        return number
    if base_type is BaseType.POINT:
        return _parsed(base_type, latin_digits(text).replace(",", " "))
    return _parsed(base_type, text.lower() if manner.lenient and base_type is BaseType.BOOLEAN else text)


def _in_base(text: str, base: int) -> int:
    """Read a whole number in another base (QTI 3.0, "textEntryInteraction", base)."""
    word = latin_number(text).lower()
    try:
        return int(word, base) if 2 <= base <= 36 and _RADIX.fullmatch(word) else int("")
    except ValueError:
        raise Misfit("wrong_type", f"the answer must be a whole number in base {base}") from None


def _parsed(base_type: BaseType, word: str) -> Atom:
    try:
        return parse_atom(base_type, word)
    except ValueError:
        raise _wrong(base_type) from None


def _wrong(base_type: BaseType) -> Misfit:
    return Misfit("wrong_type", f"the answer must be {_WORDS.get(base_type, f'of type {base_type}')}")
