"""A response that is a record: what was typed into a text field, taken apart (QTI 3.0, "textEntryInteraction"); or its fields as they came.

stringValue, floatValue, integerValue (NULL with a point or an exponent), leftDigits and rightDigits (of the point), ndp (decimal places
once the exponent is applied), nsf (significant figures: leading zeros do not count), exponent (NULL where none was typed).
"""

import re
from collections.abc import Mapping

from item_bank.qti.binding.atoms import LENIENT, Manner, read_atom
from item_bank.qti.binding.given import Entry, Given, Misfit
from item_bank.qti.text import latin_number
from item_bank.qti.values import BaseType, Cardinality, Value, container, integer, number, record, single

STRING_VALUE = "stringValue"

_NUMBER = re.compile(r"[+-]?([0-9]{0,40})(?:(\.)([0-9]{0,40}))?(?:[eE]([+-]?[0-9]{1,3}))?")


def typed_record(entry: Entry, manner: Manner) -> Value | None:
    """Take apart what was typed: a number in ten fields, any other text as its string. Raises Misfit."""
    text = read_atom(BaseType.STRING, entry, manner)
    if not isinstance(text, str):
        return None
    return record({STRING_VALUE: single(BaseType.STRING, text), **_numeric(text.strip(), manner.base)})


def _numeric(text: str, base: int) -> Mapping[str, Value | None]:
    word = latin_number(text)
    parts = _NUMBER.fullmatch(word)
    if parts is None or not (parts[1] or parts[3]):
        return _in_base(text, base) if base != 10 else {}
    left, point, right, exponent = parts[1], parts[2] or "", parts[3] or "", parts[4]
    float_value = float(word)
    if float_value in (float("inf"), float("-inf")):
        return {}
    whole = not point and exponent is None
    return {
        "floatValue": number(float_value),
        "integerValue": _integer(text, left, word, base) if whole else None,
        "leftDigits": integer(len(left)),
        "rightDigits": integer(len(right)),
        "ndp": integer(max(0, len(right) - int(exponent or 0))),
        "nsf": integer(len((left + right).lstrip("0")) or 1),
        "exponent": None if exponent is None else integer(int(exponent)),
    }


def _integer(text: str, digits: str, word: str, base: int) -> Value | None:
    if base != 10:
        return _in_base(text, base).get("integerValue")
    return integer(int(word)) if len(digits) <= 18 else None


def _in_base(text: str, base: int) -> Mapping[str, Value | None]:
    try:
        whole = read_atom(BaseType.INTEGER, text, Manner(base=base))
    except Misfit:
        return {}
    return {"integerValue": integer(whole)} if isinstance(whole, int) else {}


def given_record(given: Given) -> Value | None:
    """Type a record's fields as they came: by the base type that each names, else by its JSON; a field that does not fit is NULL."""
    return record({name: _field(inner, named) for name, inner, named in given.fields})


def _field(given: Given, named: str) -> Value | None:
    atoms = []
    base_type = BaseType(named) if named in list(BaseType) else None
    for entry in given.entries:
        try:
            atom = read_atom(base_type or _guess(entry), entry, LENIENT)
        except Misfit:
            continue
        if atom is not None:
            atoms.append(atom)
    if not atoms:
        return None
    kind = base_type or _guess(given.entries[0])
    return container(Cardinality.SINGLE if len(atoms) == 1 else Cardinality.ORDERED, kind, atoms)


def _guess(entry: Entry) -> BaseType:
    if isinstance(entry, bool):
        return BaseType.BOOLEAN
    if isinstance(entry, int):
        return BaseType.INTEGER
    if isinstance(entry, float):
        return BaseType.FLOAT
    return BaseType.FILE if isinstance(entry, Mapping) else BaseType.STRING
