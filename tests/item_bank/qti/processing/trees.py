"""Runs single expressions over Python values.

1 is an integer, 1.0 a float, True a boolean, "a" a string, [..] a multiple, (..) an ordered container, {..} a record, None NULL.
"""

from collections.abc import Mapping, Sequence

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing import OPERATORS
from item_bank.qti.processing.program import compile_expression
from item_bank.qti.processing.scope import Compile, Scope
from item_bank.qti.values import Atom, BaseType, Cardinality, Pair, Point, Value, container, record, single

Plain = Atom | Value | Sequence["Plain"] | Mapping[str, "Plain"] | None


def identifier(word: str) -> Value:
    return single(BaseType.IDENTIFIER, word)


def identifiers(words: str, cardinality: Cardinality = Cardinality.MULTIPLE) -> Value | None:
    return container(cardinality, BaseType.IDENTIFIER, words.split())


def pair(first: str, second: str) -> Value:
    return single(BaseType.PAIR, Pair(first, second))


def directed(first: str, second: str) -> Value:
    return single(BaseType.DIRECTED_PAIR, Pair(first, second))


def duration(seconds: float) -> Value:
    return single(BaseType.DURATION, seconds)


_TYPES: tuple[tuple[type, BaseType], ...] = (
    (bool, BaseType.BOOLEAN),
    (int, BaseType.INTEGER),
    (float, BaseType.FLOAT),
    (str, BaseType.STRING),
    (Point, BaseType.POINT),
)


def value(plain: Plain) -> Value | None:
    """The typed value of a Python one."""
    if plain is None or isinstance(plain, Value):
        return plain
    for kind, base_type in _TYPES:
        if isinstance(plain, kind):
            return container(Cardinality.SINGLE, base_type, (plain,))  # type: ignore[arg-type]
    if isinstance(plain, Mapping):
        return record({name: value(each) for name, each in plain.items()})
    atoms = [each for one in plain if (each := value(one)) is not None]  # type: ignore[union-attr]
    cardinality = Cardinality.ORDERED if isinstance(plain, tuple) else Cardinality.MULTIPLE
    return container(cardinality, atoms[0].base_type if atoms else None, (each.atom for each in atoms))


def plain(typed: Value | None) -> Plain:
    """The Python value of a typed one."""
    if typed is None:
        return None
    if typed.cardinality is Cardinality.SINGLE:
        return typed.atom
    if typed.cardinality is Cardinality.RECORD:
        return {name: plain(each) for name, each in typed.fields.items()}
    return tuple(typed.atoms) if typed.cardinality is Cardinality.ORDERED else list(typed.atoms)


def scope(values: Mapping[str, Plain] | None = None, seed: int = 1) -> Scope:
    """A run over these variables."""
    return Scope(declarations={}, values={name: value(each) for name, each in (values or {}).items()}, seed=seed)


def run(node: Node, running: Scope) -> Value | None:
    """Compile and run one expression."""
    compiling = Compile(declarations={}, expression=lambda child: compile_expression(child, compiling), operators=OPERATORS)
    return compile_expression(node, compiling)(running)


def node(node_name: str, *children: Node | str, **attributes: str) -> Node:
    """A node in QTI 3.0's names, which are written with underscores here."""
    named = {name.replace("_", "-"): word for name, word in attributes.items()}
    return Node(name=f"qti-{node_name}", attributes=named, children=children)


def variable(name: str) -> Node:
    """A node that fetches a variable."""
    return node("variable", identifier=name)


def apply(operator: str, *operands: Plain, **attributes: str) -> Plain:
    """Run an operator over operands; attributes may name the variables operand0 …, TWO, HALF and NOTHING."""
    return plain(typed(operator, *operands, **attributes))


def typed(operator: str, *operands: Plain, **attributes: str) -> Value | None:
    """As apply, but the typed value."""
    names = [f"operand{index}" for index in range(len(operands))]
    tree = node(operator, *(variable(name) for name in names), **attributes)
    return run(tree, scope(dict(zip(names, operands, strict=True)) | {"TWO": 2, "HALF": 0.5, "NOTHING": None}))


def alike(got: Plain, expected: Plain) -> bool:
    """The same value of the same type; NaN is like NaN."""
    return type(got) is type(expected) and (got == expected or (got != got and expected != expected))
