"""Whether a value is the one that a case or a script, as JSON, expects: what its type makes equal is equal, order counts where it does."""

import math
from collections.abc import Mapping, Sequence

from assessment_engine.kernel.canonical import Json
from item_bank.qti.binding.atoms import LENIENT, read_atom
from item_bank.qti.binding.given import Misfit, read_given
from item_bank.qti.values import Atom, BaseType, Cardinality, Value, key_of, value_json

CLOSE = 1e-9


def is_same(value: Value | None, want: Json) -> bool:
    """Tell whether a value is the expected one: "1" is 1, "A  B" the pair A B, an empty list NULL; numbers may differ by rounding."""
    if value is None or want is None:
        return value is None and want in (None, "", [])
    if value.cardinality is Cardinality.RECORD:
        fields = want if isinstance(want, Mapping) else {}
        return fields.keys() == value.fields.keys() and all(is_same(value.fields[name], each) for name, each in fields.items())
    if not isinstance(want, list) and value.cardinality is Cardinality.SINGLE and value_json(value) == want:
        return not isinstance(want, bool) or value.base_type is BaseType.BOOLEAN
    try:
        wanted = typed_atoms(value.base_type or BaseType.STRING, want)
    except Misfit:
        return False
    return len(wanted) == len(value.atoms) and _same_atoms(value, wanted)


def _same_atoms(value: Value, wanted: Sequence[Atom]) -> bool:
    got, wanted = list(value.atoms), list(wanted)
    if value.cardinality is Cardinality.MULTIPLE:
        got.sort(key=lambda atom: str(key_of(value.base_type, atom)))
        wanted.sort(key=lambda atom: str(key_of(value.base_type, atom)))
    return all(_same_atom(value.base_type, one, other) for one, other in zip(got, wanted, strict=True))


def _same_atom(base_type: BaseType | None, one: Atom, other: Atom) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return is_close(one, other)
    return key_of(base_type, one) == key_of(base_type, other)


def is_close(one: float, other: float) -> bool:
    """Tell whether two numbers are the same but for rounding."""
    return one == other or math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)


def typed_atoms(base_type: BaseType, written: Json) -> list[Atom]:
    """Type JSON by a base type; what does not fit is left out."""
    atoms = []
    for entry in read_given(written).entries:
        try:
            atom = read_atom(base_type, entry, LENIENT)
        except Misfit:
            continue
        if atom is not None:
            atoms.append(atom)
    return atoms
