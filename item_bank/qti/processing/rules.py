"""Response rules: responseCondition and setOutcomeValue (QTI 3.0, "responseRule")."""

from collections.abc import Callable, Mapping

from assessment_engine.kernel.errors import Invalid
from item_bank.qti.attributes import only
from item_bank.qti.declarations import identifier
from item_bank.qti.model import Node, OutcomeDeclaration
from item_bank.qti.processing.logic import truth
from item_bank.qti.processing.scope import Compile, Expression, Rule, Scope
from item_bank.qti.safe_xml import refuse
from item_bank.qti.values import NUMERIC, BaseType, Value, single

_BRANCHES = ("qti-response-if", "qti-response-else-if", "qti-response-else")


def compile_rules(nodes: tuple[Node, ...], compiling: Compile) -> tuple[Rule, ...]:
    """Compile rules that run one after the other."""
    return tuple(_rule(node, compiling) for node in nodes)


def _rule(node: Node, compiling: Compile) -> Rule:
    maker = _RULES.get(node.name)
    if maker is None:
        refuse(node, "this response rule is not supported")
    return maker(node, compiling)


def _condition(node: Node, compiling: Compile) -> Rule:
    only(node, ())
    order = [child.name for child in node.elements]
    if order[:1] != ["qti-response-if"] or order != sorted(order, key=_rank) or max(map(order.count, _BRANCHES[::2])) > 1:
        refuse(node, "expects one qti-response-if, then qti-response-else-if, then at most one qti-response-else")
    branches = tuple(_branch(child, compiling) for child in node.elements)

    def run(scope: Scope) -> None:
        for test, rules in branches:
            if test is None or truth(test(scope)):
                for rule in rules:
                    rule(scope)
                return

    return run


def _rank(name: str) -> int:
    return _BRANCHES.index(name) if name in _BRANCHES else len(_BRANCHES)


def _branch(node: Node, compiling: Compile) -> tuple[Expression | None, tuple[Rule, ...]]:
    only(node, ())
    if node.name == "qti-response-else":
        return None, compile_rules(node.elements, compiling)
    if node.name not in _BRANCHES or not node.elements:
        refuse(node, "expects an expression, then rules")
    return compiling.expression(node.elements[0]), compile_rules(node.elements[1:], compiling)


def _set_outcome_value(node: Node, compiling: Compile) -> Rule:
    only(node, ("identifier",))
    declaration = compiling.item.outcomes.get(identifier(node))
    if declaration is None:
        refuse(node, f"{identifier(node)} is not a declared outcome")
    (operand,) = compiling.operands(node, 1)

    def run(scope: Scope) -> None:
        scope.outcomes[declaration.identifier] = _fit(declaration, operand(scope))

    return run


def _fit(declaration: OutcomeDeclaration, value: Value | None) -> Value | None:
    """Let an integer be a float and a whole float an integer; refuse every other change of type."""
    if value is None or (value.base_type is declaration.base_type and value.cardinality is declaration.cardinality):
        return value
    numeric = {value.base_type, declaration.base_type} <= NUMERIC
    if numeric and value.cardinality is declaration.cardinality and len(value.atoms) == 1:
        if declaration.base_type is BaseType.FLOAT:
            return single(BaseType.FLOAT, float(value.atom))
        if float(value.atom).is_integer():
            return single(BaseType.INTEGER, int(value.atom))
    raise Invalid(f"{declaration.identifier} is a {declaration.cardinality} {declaration.base_type}; the item gives it a {value.base_type}")


_RULES: Mapping[str, Callable[[Node, Compile], Rule]] = {
    "qti-response-condition": _condition,
    "qti-set-outcome-value": _set_outcome_value,
}
