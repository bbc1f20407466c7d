"""Small items with processing of their own, for the tests of this folder."""

from item_bank.qti.model import QtiItem
from item_bank.qti.processing import score
from item_bank.qti.reader import read_item
from item_bank.qti.values import Value
from tests.item_bank.qti.processing.trees import Plain, plain, value


def item(declarations: str, processing: str = "", *, kind: str = "response", attributes: str = "", more: str = "") -> QtiItem:
    """An item of QTI 2.2, in its names: declarations, and the rules of its processing."""
    rules = f"<{kind}Processing>{processing}</{kind}Processing>" if processing else ""
    return read_item(
        f'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="t" adaptive="false" timeDependent="false" '
        f"{attributes}>{declarations}{rules if kind == 'template' else ''}<itemBody><p>x</p></itemBody>"
        f"{rules if kind != 'template' else ''}{more}</assessmentItem>".encode()
    )


def declared(kind: str, name: str, base_type: str = "float", *values: str, cardinality: str = "single", inside: str = "") -> str:
    """A declaration; `values` are its default, or of a response the correct ones."""
    held = "".join(f"<value>{each}</value>" for each in values)
    around = "correctResponse" if kind == "response" else "defaultValue"
    content = (f"<{around}>{held}</{around}>" if values else "") + inside
    return f'<{kind}Declaration identifier="{name}" cardinality="{cardinality}" baseType="{base_type}">{content}</{kind}Declaration>'


SCORE = declared("outcome", "SCORE")


def literal(base_type: str, text: str) -> str:
    return f'<baseValue baseType="{base_type}">{text}</baseValue>'


def put(name: str, expression: str) -> str:
    return f'<setOutcomeValue identifier="{name}">{expression}</setOutcomeValue>'


def fetch(name: str) -> str:
    return f'<variable identifier="{name}"/>'


def outcomes(of: QtiItem, **responses: Plain) -> dict[str, Plain]:
    """The outcomes for these responses, as Python values."""
    typed: dict[str, Value | None] = {name: value(each) for name, each in responses.items()}
    return {name: plain(each) for name, each in score(of, typed).values.items()}


def wrap(name: str, *inside: str) -> str:
    """An element around others."""
    return f"<{name}>{''.join(inside)}</{name}>"
