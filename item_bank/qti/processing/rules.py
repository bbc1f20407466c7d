"""Rules: conditions, assignments, look-ups, exits and fragments, of response, outcome and template processing alike (QTI 3.0,
"responseRule").

The three kinds of processing differ in names only: `qti-response-if` is `qti-outcome-if`. A rule that is not known here does nothing.
"""

from collections.abc import Callable, Iterator, Mapping

from item_bank.qti.model.declarations import OutcomeDeclaration
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.assign import fitted
from item_bank.qti.processing.logic import holds
from item_bank.qti.processing.lookup import look_up
from item_bank.qti.processing.scope import Compile, Expression, Leave, Restart, Rule, Scope
from item_bank.qti.reader.attributes import text

_FRAGMENTS = frozenset({"qti-response-processing-fragment", "qti-outcome-processing-fragment", "qti-template-processing-fragment"})


def compile_rules(nodes: tuple[Node, ...], compiling: Compile) -> tuple[Rule, ...]:
    """Compile rules that run one after the other."""
    return tuple(_RULES[node.name](node, compiling) for node in _flat(nodes) if node.name in _RULES)


def _flat(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield the rules, those in fragments among them."""
    for node in nodes:
        if node.name in _FRAGMENTS:
            yield from _flat(node.elements)
        else:
            yield node


def _condition(node: Node, compiling: Compile) -> Rule:
    """Run the rules of the first branch whose condition holds, else those of the last (QTI 3.0, "responseCondition")."""
    branches = tuple(_branch(child, compiling) for child in node.elements if child.name.endswith("-if") and child.elements)
    rest = tuple(rule for child in node.elements if child.name.endswith("-else") for rule in compile_rules(child.elements, compiling))

    def run(scope: Scope) -> None:
        for rule in next((rules for test, rules in branches if holds(test(scope))), rest):
            rule(scope)

    return run


def _branch(node: Node, compiling: Compile) -> tuple[Expression, tuple[Rule, ...]]:
    return compiling.expression(node.elements[0]), compile_rules(node.elements[1:], compiling)


def _set_value(node: Node, compiling: Compile) -> Rule:
    """Set an outcome, a template variable or a response: all have one namespace."""
    name, operands = text(node, "identifier"), compiling.operands(node)
    declared = compiling.declarations.get(name)
    if not name or len(operands) != 1:
        return _nothing
    operand = operands[0]

    def run(scope: Scope) -> None:
        if name not in scope.settled:
            scope.values[name] = fitted(declared, operand(scope))

    return run


def _lookup_outcome_value(node: Node, compiling: Compile) -> Rule:
    name, operands = text(node, "identifier"), compiling.operands(node)
    declared = compiling.declarations.get(name)
    if not isinstance(declared, OutcomeDeclaration) or declared.table is None or len(operands) != 1:
        return _nothing
    table = declared.table

    def run(scope: Scope) -> None:
        if name not in scope.settled:
            scope.values[name] = look_up(table, operands[0](scope))

    return run


def _set_correct_response(node: Node, compiling: Compile) -> Rule:
    name, operands = text(node, "identifier"), compiling.operands(node)
    declared = compiling.declarations.get(name)
    if not name or len(operands) != 1:
        return _nothing

    def run(scope: Scope) -> None:
        scope.corrects[name] = fitted(declared, operands[0](scope))

    return run


def _set_default_value(node: Node, compiling: Compile) -> Rule:
    """Set a variable's default (QTI 3.0, "setDefaultValue"); without an expression go back to it, as some systems have it."""
    name, operands = text(node, "identifier"), compiling.operands(node)
    declared = compiling.declarations.get(name)

    def go_back(scope: Scope) -> None:
        if name not in scope.settled:
            scope.values[name] = scope.defaults.get(name)

    def run(scope: Scope) -> None:
        scope.defaults[name] = fitted(declared, operands[0](scope))

    return run if len(operands) == 1 else go_back if name else _nothing


def _template_constraint(node: Node, compiling: Compile) -> Rule:
    """Begin again until the constraint holds; after too many times go on with the declared defaults (QTI 3.0, "templateConstraint")."""
    operands = compiling.operands(node)
    if len(operands) != 1:
        return _nothing

    def run(scope: Scope) -> None:
        if holds(operands[0](scope)):
            return
        if scope.restarts_left:
            raise Restart
        scope.values.update(scope.beginning)

    return run


def _nothing(_: Scope) -> None:
    pass


def _leave(_: Scope) -> None:
    raise Leave


def _run_leave(node: Node, compiling: Compile) -> Rule:
    return _leave


_RULES: Mapping[str, Callable[[Node, Compile], Rule]] = {
    **{f"qti-{kind}-condition": _condition for kind in ("response", "outcome", "template")},
    **{f"qti-set-{kind}-value": _set_value for kind in ("response", "outcome", "template")},
    **{f"qti-exit-{kind}": _run_leave for kind in ("response", "template", "test")},
    "qti-lookup-outcome-value": _lookup_outcome_value,
    "qti-set-correct-response": _set_correct_response,
    "qti-set-default-value": _set_default_value,
    "qti-template-constraint": _template_constraint,
}

RULES = frozenset(_RULES)


def run_rules(rules: tuple[Rule, ...], scope: Scope) -> bool:
    """Run rules until they end or leave; True when they left."""
    try:
        for rule in rules:
            rule(scope)
    except Leave:
        return True
    return False
