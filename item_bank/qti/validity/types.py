"""Works out the type of every expression, and says which operands cannot be (QTI information model, "Expressions").

Only what can be told for certain is said: a type that nobody knows fits everywhere, an integer and a float fit each other but for a note.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.problems import Problem
from item_bank.qti.validity.bindings import misfit
from item_bank.qti.validity.codes import finding
from item_bank.qti.validity.references import Variables
from item_bank.qti.validity.signatures import SIGNATURES, Signature
from item_bank.qti.values import BaseType, Cardinality

_LETTERS: Mapping[str, Cardinality] = {
    "S": Cardinality.SINGLE,
    "M": Cardinality.MULTIPLE,
    "O": Cardinality.ORDERED,
    "R": Cardinality.RECORD,
}
_NUMBERS = frozenset({BaseType.INTEGER, BaseType.FLOAT})
_TREES = ("qti-response-processing", "qti-template-processing", "qti-outcome-processing")
_LOOKUPS = frozenset({"qti-variable", "qti-correct", "qti-default"})
_SETTERS = frozenset({"qti-set-outcome-value", "qti-set-template-value", "qti-set-correct-response", "qti-set-default-value"})
_CONDITIONS = frozenset(f"qti-{tree}-{part}" for tree in ("response", "template", "outcome") for part in ("if", "else-if"))


@dataclass(frozen=True, slots=True)
class Type:
    """What is known of a value: None is nothing."""

    cardinality: Cardinality | None = None
    base: BaseType | None = None


_UNKNOWN = Type()


def types(document: Document, known: Variables) -> Iterator[Problem]:
    """Yield what expressions ask of operands that cannot give it."""
    checking = _Checking(document.version, known)
    for node in document.root.elements:
        if node.name in _TREES:
            checking.rules(node)
    yield from checking.found


@dataclass(slots=True)
class _Checking:
    version: Version
    known: Variables
    found: list[Problem] = field(default_factory=list)

    def rules(self, node: Node) -> None:
        for child in node.elements:
            if child.name in SIGNATURES or child.name == "qti-custom-operator":
                self._rule(node, self.type(child), child)
            else:
                self.rules(child)

    def _rule(self, node: Node, given: Type, expression: Node) -> None:
        if node.name in _CONDITIONS and not _fits(given, "S boolean"):
            self._say(expression, "wrong_operand", f"the condition is {_said(given)}; it must be a single boolean")
        if node.name in _SETTERS:
            self._assigned(node, given)

    def _assigned(self, node: Node, given: Type) -> None:
        variable = self.known.get(node.attributes.get("identifier", "").strip())
        if variable is None or given.base is None or variable.base_type in (None, given.base):
            return
        numbers = {variable.base_type, given.base} <= _NUMBERS
        message = f"{node.attributes.get('identifier', '').strip()} is of base type {variable.base_type}, and is given {given.base}"
        self._say(node, "number_types_mixed" if numbers else "wrong_operand", message)

    def type(self, node: Node) -> Type:
        """Return the type of an expression, and note what is wrong below it."""
        signature = SIGNATURES.get(node.name)
        operands = [self.type(child) for child in node.elements]
        if node.name in _LOOKUPS:
            variable = self.known.get(node.attributes.get("identifier", "").strip())
            return _UNKNOWN if variable is None else Type(variable.cardinality, variable.base_type)
        if node.name == "qti-base-value":
            return self._constant(node)
        if signature is None:
            return _UNKNOWN
        self._count(node, len(operands))
        self._operands(node, signature, operands)
        return _result(signature, operands)

    def _constant(self, node: Node) -> Type:
        base = node.attributes.get("base-type", "").strip()
        self.found.extend(misfit(node, base, node.text, self.version))
        return Type(Cardinality.SINGLE, BaseType(base) if base in list(BaseType) else None)

    def _count(self, node: Node, count: int) -> None:
        """structure.py counts the operands of all others; this one's number is a matter of its name."""
        if node.name == "qti-math-operator" and count != (wanted := 2 if node.attributes.get("name") == "atan2" else 1):
            self._say(node, "wrong_operand_count", f"{node.attributes.get('name')} takes {wanted}, and has {count}")

    def _operands(self, node: Node, signature: Signature, operands: list[Type]) -> None:
        forms = signature.operands
        for place, (child, given) in enumerate(zip(node.elements, operands, strict=True)):
            form = forms[min(place, len(forms) - 1)] if forms else ""
            if form and not _fits(given, form):
                self._say(child, "wrong_operand", f"{node.written or node.name} takes {_form(form)}; this is {_said(given)}")
        if signature.alike:
            bases = {given.base for given in operands if given.base is not None}
            if len(bases) > 1:
                code = "number_types_mixed" if bases <= _NUMBERS else "wrong_operand"
                self._say(node, code, f"its operands are of different base types: {', '.join(sorted(bases))}")

    def _say(self, node: Node, code: str, message: str) -> None:
        self.found.append(finding(node, code, message, self.version))


def _fits(given: Type, form: str) -> bool:
    letters, _, base = form.partition(" ")
    cardinality = given.cardinality is None or given.cardinality in (_LETTERS[letter] for letter in letters)
    if not base or given.base is None:
        return cardinality
    wanted = _NUMBERS if base in ("number", "integer") else frozenset({BaseType(base)})  # a float for an integer is a matter of rounding
    return cardinality and given.base in wanted


def _form(form: str) -> str:
    letters, _, base = form.partition(" ")
    return " or ".join(_LETTERS[letter] for letter in letters) + (f" {base}" if base else "")


def _said(given: Type) -> str:
    return " ".join(part for part in (given.cardinality, given.base) if part) or "something else"


def _result(signature: Signature, operands: list[Type]) -> Type:
    bases = {given.base for given in operands}
    if signature.result == "number":
        return Type(
            Cardinality.SINGLE, BaseType.INTEGER if bases == {BaseType.INTEGER} else BaseType.FLOAT if BaseType.FLOAT in bases else None
        )
    letters, _, base = signature.result.partition(" ")
    if letters == "any":
        return _UNKNOWN
    if base == "like":
        return Type(_LETTERS[letters], next(iter(bases)) if len(bases) == 1 else None)
    return Type(_LETTERS[letters], BaseType(base))
