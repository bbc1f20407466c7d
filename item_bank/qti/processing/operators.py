"""customOperator, and the adapters that are registered: code of ours for operators that other systems have defined (QTI 3.0,
"customOperator").

Cito's operators clean what was typed. An operator that is not registered gives NULL. A further adapter is one function and one line in
OPERATORS, under the `class` or the `definition` that items name it by.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import null, text_of
from item_bank.qti.processing.scope import Compile, CustomOperator, Expression, Family, Scope
from item_bank.qti.reader.attributes import text
from item_bank.qti.text import latin_digits
from item_bank.qti.values import BaseType, Cardinality, Value, container, parse_atom, single


def _text(word: str) -> Value | None:
    return container(Cardinality.SINGLE, BaseType.STRING, (word,))


def trim(_: Node, operands: Sequence[Value | None]) -> Value | None:
    """Leave out the spaces around a text."""
    word = text_of(operands[0]) if operands else None
    return None if word is None else _text(word.strip())


def to_ascii(_: Node, operands: Sequence[Value | None]) -> Value | None:
    """Leave out the accents of a text."""
    word = text_of(operands[0]) if operands else None
    if word is None:
        return None
    bare = "".join(sign for sign in unicodedata.normalize("NFD", word) if unicodedata.category(sign) != "Mn")
    return _text(unicodedata.normalize("NFC", bare))


def parse_comma_decimal(_: Node, operands: Sequence[Value | None]) -> Value | None:
    """Read a number that was typed with a decimal comma or point; a number stays what it is."""
    word = text_of(operands[0]) if operands else None
    if word is None:
        return operands[0] if operands and operands[0] is not None and operands[0].base_type in (BaseType.FLOAT, BaseType.INTEGER) else None
    try:
        return single(BaseType.FLOAT, parse_atom(BaseType.FLOAT, latin_digits(word).replace(",", ".")))
    except ValueError:
        return None


OPERATORS: Mapping[str, CustomOperator] = MappingProxyType(
    {
        "depcp:Trim": trim,
        "depcp:ToAscii": to_ascii,
        "depcp:ParseCommaDecimal": parse_comma_decimal,
    }
)


def _custom_operator(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)
    found = compiling.operators.get(text(node, "class")) or compiling.operators.get(text(node, "definition"))
    if found is None:
        return null
    adapter = found

    def run(scope: Scope) -> Value | None:
        return adapter(node, [operand(scope) for operand in operands])

    return run


FAMILY: Family = {"qti-custom-operator": _custom_operator}
