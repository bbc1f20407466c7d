"""Printed variables: values as text (QTI 3.0, "printedVariable"; its number formatting is printf's, with %i for integers in any base)."""

import math
import re
from collections.abc import Mapping

from item_bank.qti.model import PrintedVariable
from item_bank.qti.values import Atom, FileValue, Pair, Point, RecordField, Value

_FORMAT = re.compile(r"%(?P<flags>[-+ 0#]*)(?P<width>[0-9]{1,2})?(?:\.(?P<precision>[0-9]{1,2}))?(?P<kind>[diuoxXeEfFgGrRsc%])")
_POWER = re.compile(r"[eE]([+-]?)0*([0-9]+)")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def printed(variable: PrintedVariable, values: Mapping[str, Value | None]) -> str:
    """Return a variable's value as text; NULL prints nothing."""
    value = values.get(variable.identifier)
    if value is None:
        return ""
    if variable.field:
        value = value.fields.get(variable.field)
        return "" if value is None else _joined(variable, value, value.atoms)
    atoms = value.atoms
    if variable.index:
        place = _index(variable.index, values)
        atoms = atoms[place - 1 : place] if place > 0 else ()
    return _joined(variable, value, atoms)


def value_text(value: Value | None, delimiter: str = ";") -> str:
    """Write a value as a printed variable without any format does; NULL is nothing."""
    return "" if value is None else _joined(PrintedVariable(identifier="", delimiter=delimiter), value, value.atoms)


def _index(written: str, values: Mapping[str, Value | None]) -> int:
    """An index is a number from 1, or the name of a variable that holds one."""
    value = values.get(written)
    atom: Atom = written if value is None else value.atom
    return int(atom) if isinstance(atom, int) or (isinstance(atom, str) and atom.isascii() and atom.isdigit()) else 0


def _joined(variable: PrintedVariable, value: Value, atoms: tuple[Atom, ...]) -> str:
    return variable.delimiter.join(_atom(variable, atom) for atom in atoms)


def _atom(variable: PrintedVariable, atom: Atom) -> str:
    if isinstance(atom, RecordField):
        inner = "" if atom.value is None else _joined(variable, atom.value, atom.value.atoms)
        return f"{atom.name}{variable.mapping_indicator}{inner}"
    if isinstance(atom, bool):
        return "true" if atom else "false"
    if isinstance(atom, int | float):
        return _number(variable, atom)
    if isinstance(atom, FileValue):
        return atom.name
    if isinstance(atom, Point):
        return f"{_plain(atom.x)} {_plain(atom.y)}"
    return " ".join(atom) if isinstance(atom, Pair) else atom


def _number(variable: PrintedVariable, number: float) -> str:
    found = _FORMAT.search(variable.format)
    if found is None:
        words = _plain(number)
    else:
        words = f"{variable.format[: found.start()]}{_formatted(found, number, variable.base)}{variable.format[found.end() :]}"
    return _POWER.sub(_as_power, words) if variable.power_form else words


def _as_power(found: re.Match[str]) -> str:
    sign = "-" if found.group(1) == "-" else ""
    return f" × 10{(sign + found.group(2)).translate(_SUPERSCRIPTS)}"


def _plain(number: float) -> str:
    """The shortest text that reads as the same number; a whole one has no point."""
    whole = isinstance(number, float) and number.is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else repr(number)


def _formatted(found: re.Match[str], number: float, base: int) -> str:
    kind, flags, precision = found["kind"], found["flags"], found["precision"]
    if kind == "%":
        return "%"
    if kind in "sc" or not math.isfinite(number):
        words = _plain(number)
    elif kind in "diuoxX":
        words = _whole(kind, flags, precision, number, base)
    else:
        words = _real(kind, flags, precision, number)
    return _padded(words, flags, int(found["width"] or 0))


def _whole(kind: str, flags: str, precision: str | None, number: float, base: int) -> str:
    rounded = number if isinstance(number, int) else math.floor(number + 0.5)
    digits = {"o": f"{abs(rounded):o}", "x": f"{abs(rounded):x}", "X": f"{abs(rounded):X}"}.get(kind)
    if digits is None:
        digits = _in_base(abs(rounded), base) if kind == "i" and 2 <= base <= 36 else str(abs(rounded))
    digits = digits.zfill(int(precision or 1))
    mark = {"o": "0", "x": "0x", "X": "0X"}.get(kind, "") if "#" in flags and rounded else ""
    return _sign(rounded < 0, flags) + mark + digits


def _in_base(number: int, base: int) -> str:
    digits = ""
    while number and len(digits) < 200:
        number, last = divmod(number, base)
        digits = _DIGITS[last] + digits
    return digits or "0"


def _real(kind: str, flags: str, precision: str | None, number: float) -> str:
    places = 6 if precision is None else int(precision)
    alternative = "#" if "#" in flags else ""
    if kind in "rR":  # so many significant figures, its noughts kept
        words = f"{abs(number):#.{max(places, 1)}{'g' if kind == 'r' else 'G'}}".rstrip(".")
    else:
        words = f"{abs(number):{alternative}.{places}{kind}}"
    return _sign(number < 0, flags) + words


def _sign(negative: bool, flags: str) -> str:
    return "-" if negative else "+" if "+" in flags else " " if " " in flags else ""


def _padded(words: str, flags: str, width: int) -> str:
    if "-" in flags:
        return words.ljust(width)
    return words.zfill(width) if "0" in flags else words.rjust(width)
