"""How operators read their operands and attributes, and what they share: NULL in, NULL out.

An attribute may hold a number or the name of a variable (QTI 3.0, "integerOrVariableRef"); some systems put that name in braces.
"""

from collections.abc import Callable, Iterable

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.scope import Compile, Expression, Maker, Scope
from item_bank.qti.reader.attributes import text
from item_bank.qti.text import latin_number
from item_bank.qti.values import NUMERIC, BaseType, Cardinality, Value, integer, number, parse_atom

TEXTS = frozenset({BaseType.STRING, BaseType.IDENTIFIER, BaseType.URI})

_MAX_INTEGER = 2**63


def null(_: Scope) -> Value | None:
    """Run to NULL."""
    return None


def number_of(value: Value | None) -> float | None:
    """Return a single number, an int where it is an integer; the seconds of a duration, the number that a text says; else None."""
    if value is None or value.cardinality is not Cardinality.SINGLE:
        return None
    atom = value.atoms[0]
    if value.base_type in NUMERIC or value.base_type is BaseType.DURATION:
        return atom if isinstance(atom, int | float) else None
    return number_said(atom) if value.base_type is BaseType.STRING and isinstance(atom, str) else None


def number_said(word: str) -> float | None:
    """Read a number from text: what was typed into a field whose response is declared a string, as many systems have it."""
    return _float(latin_number(word))


def _float(word: str) -> float | None:
    try:
        atom = parse_atom(BaseType.FLOAT, word)
    except ValueError:
        return None
    return atom if isinstance(atom, float) else None


def whole_of(value: Value | None) -> int | None:
    """Return a single number that is whole, whatever its base type."""
    found = number_of(value)
    if found is None or isinstance(found, int):
        return found
    return int(found) if found.is_integer() else None


def text_of(value: Value | None) -> str | None:
    """Return a single text, identifier or address."""
    if value is None or value.base_type not in TEXTS or value.cardinality is not Cardinality.SINGLE:
        return None
    atom = value.atoms[0]
    return atom if isinstance(atom, str) else None


def numbers_of(values: Iterable[Value]) -> list[float] | None:
    """Return the numbers of singles and containers, one after the other; None when there is anything else among them."""
    found: list[float] = []
    for value in values:
        if value.base_type in NUMERIC:
            found.extend(atom for atom in value.atoms if isinstance(atom, int | float))
        elif (said := number_of(value)) is not None:
            found.append(said)
        else:
            return None
    return found


def bounded(whole: int) -> Value | None:
    """Wrap an integer; NULL when 64 bits do not hold it."""
    return integer(whole) if -_MAX_INTEGER <= whole < _MAX_INTEGER else None


def as_number(found: float) -> Value | None:
    """Wrap a number as what it is."""
    return bounded(found) if isinstance(found, int) else number(found)


def strict(decide: Callable[[list[Value]], Value | None], least: int, most: int | None = None) -> Maker:
    """Make an operator that is NULL when any operand is, or when their number is wrong."""

    def make(node: Node, compiling: Compile) -> Expression:
        operands = compiling.operands(node)
        if len(operands) < least or (most is not None and len(operands) > most):
            return null

        def run(scope: Scope) -> Value | None:
            values = [value for operand in operands if (value := operand(scope)) is not None]
            return decide(values) if len(values) == len(operands) else None

        return run

    return make


def of_two_numbers(decide: Callable[[float, float], Value | None]) -> Maker:
    """Make an operator of two single numbers."""

    def make(node: Node, compiling: Compile) -> Expression:
        operands = compiling.operands(node)
        if len(operands) != 2:
            return null
        first, second = operands

        def run(scope: Scope) -> Value | None:
            left, right = number_of(first(scope)), number_of(second(scope))
            return None if left is None or right is None else decide(left, right)

        return run

    return make


def of_one_number(decide: Callable[[float], Value | None]) -> Maker:
    """Make an operator of one single number."""

    def make(node: Node, compiling: Compile) -> Expression:
        operands = compiling.operands(node)
        if len(operands) != 1:
            return null
        operand = operands[0]

        def run(scope: Scope) -> Value | None:
            found = number_of(operand(scope))
            return None if found is None else decide(found)

        return run

    return make


def reference(node: Node, name: str) -> str:
    """Return an attribute's word: a literal, or the name of a variable without the braces that some systems write."""
    return text(node, name).removeprefix("{").removesuffix("}").strip()


def number_reference(word: str) -> Callable[[Scope], float | None]:
    """Read a number, or the variable that holds it when the program runs; None where there is neither."""
    literal = _float(word)
    return (lambda scope: number_of(scope.values.get(word))) if literal is None else (lambda _: literal)


def whole_reference(node: Node, name: str) -> Callable[[Scope], int | None]:
    """Read a whole number, or the variable that holds it when the program runs; None where there is neither."""
    read = number_reference(reference(node, name))

    def run(scope: Scope) -> int | None:
        found = read(scope)
        return int(found) if found is not None and float(found).is_integer() else None

    return run
