"""What a variable starts with, and what it takes: a value as it is, or changed to the variable's own type where nothing is lost by it.

The specification wants equal types (QTI 3.0, "setOutcomeValue"); items of many systems give an integer outcome a float. A whole float
becomes an integer; a fraction stays a float, for a half mark is a half mark. What cannot be changed is NULL.
"""

from item_bank.qti.model.declarations import Declaration, OutcomeDeclaration
from item_bank.qti.processing.operands import TEXTS
from item_bank.qti.values import NUMERIC, Atom, BaseType, Cardinality, Value, container, integer, number, parse_atom


def initial(declared: Declaration, default: Value | None) -> Value | None:
    """Return what a variable starts with: a single number among outcomes without a default at 0 (QTI 3.0, "outcomeDeclaration")."""
    zero = isinstance(declared, OutcomeDeclaration) and declared.cardinality is Cardinality.SINGLE and declared.base_type in NUMERIC
    if default is not None or not zero:
        return default
    return integer(0) if declared.base_type is BaseType.INTEGER else number(0.0)


def fitted(declared: Declaration | None, value: Value | None) -> Value | None:
    """Return what a variable of this declaration takes of a value; an undeclared variable takes anything."""
    if value is None or declared is None or (value.base_type is declared.base_type and value.cardinality is declared.cardinality):
        return value
    if Cardinality.RECORD in (value.cardinality, declared.cardinality) or declared.base_type is None:
        return None
    if declared.cardinality is Cardinality.SINGLE and len(value.atoms) != 1:
        return None
    base_type = _type_kept(declared.base_type, value)
    atoms = [_atom(base_type, value.base_type, atom) for atom in value.atoms]
    return None if None in atoms else container(declared.cardinality, base_type, (atom for atom in atoms if atom is not None))


def _type_kept(wanted: BaseType, value: Value) -> BaseType:
    """An integer variable that is given a fraction keeps it."""
    if wanted is BaseType.INTEGER and value.base_type is BaseType.FLOAT and not all(_is_whole(atom) for atom in value.atoms):
        return BaseType.FLOAT
    return wanted


def _is_whole(atom: Atom) -> bool:
    return isinstance(atom, int) or (isinstance(atom, float) and atom.is_integer() and abs(atom) < 2**63)


def _atom(wanted: BaseType, given: BaseType | None, atom: Atom) -> Atom | None:
    if wanted is given:
        return atom
    if given in NUMERIC and wanted in NUMERIC and isinstance(atom, int | float):
        return int(atom) if wanted is BaseType.INTEGER else float(atom)
    if given in TEXTS and isinstance(atom, str):
        return _read(wanted, atom)
    if {wanted, given} == {BaseType.PAIR, BaseType.DIRECTED_PAIR}:
        return atom
    if wanted is BaseType.STRING and isinstance(atom, bool):
        return "true" if atom else "false"
    if wanted is BaseType.STRING and isinstance(atom, int | float):
        return repr(atom)
    return float(atom) if wanted is BaseType.DURATION and given in NUMERIC and isinstance(atom, int | float) else None


def _read(wanted: BaseType, word: str) -> Atom | None:
    try:
        return parse_atom(wanted, word)
    except ValueError:
        return None
