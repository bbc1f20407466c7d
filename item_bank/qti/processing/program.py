"""Compiles an item's response processing into closures once, and runs them often."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from item_bank.qti.attributes import only
from item_bank.qti.model import Node, OutcomeDeclaration, QtiItem, ResponseDeclaration
from item_bank.qti.processing import logic, numbers, variables
from item_bank.qti.processing.rules import compile_rules
from item_bank.qti.processing.scope import Compile, Expression, Family, Rule, Scope
from item_bank.qti.processing.templates import MAP_RESPONSE, MATCH_CORRECT, TEMPLATES
from item_bank.qti.safe_xml import refuse
from item_bank.qti.values import NUMERIC, BaseType, Cardinality, Value, single

_EXPRESSIONS: Family = {**variables.FAMILY, **logic.FAMILY, **numbers.FAMILY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What response processing said; `score` and `max_score` are the two that every item of ours has."""

    values: Mapping[str, Value | None]
    max_score: float | None

    @property
    def score(self) -> float:
        """SCORE; 0 when the item left it NULL."""
        value = self.values.get("SCORE")
        return 0.0 if value is None else float(value.atom)


def score(item: QtiItem, responses: Mapping[str, Value | None]) -> Outcomes:
    """Run an item's processing over one set of bound responses."""
    scope = Scope(responses=responses, outcomes={name: _initial(declared) for name, declared in item.outcomes.items()})
    for rule in compiled(item):
        rule(scope)
    return Outcomes(values=scope.outcomes, max_score=max_score(item))


def max_score(item: QtiItem) -> float | None:
    """Return the best SCORE there is, as far as the item says it: MAXSCORE, SCORE's normal maximum, or what its standard template gives."""
    declared, outcome = item.outcomes.get("MAXSCORE"), item.outcomes.get("SCORE")
    if declared is not None and declared.default is not None:
        return float(declared.default.atom)
    if outcome is not None and outcome.normal_maximum is not None:
        return outcome.normal_maximum
    tree = TEMPLATES.get(item.processing.attributes.get("template", "")) if item.processing else None
    response = item.responses.get("RESPONSE")
    if tree is MAP_RESPONSE and response is not None and response.mapping is not None:
        return _best(response)
    return 1.0 if tree is MATCH_CORRECT else None


def _best(response: ResponseDeclaration) -> float:
    assert response.mapping is not None
    worths = [entry.value for entry in response.mapping.entries]
    best = max(worths) if response.cardinality is Cardinality.SINGLE else sum(worth for worth in worths if worth > 0)
    return best if response.mapping.upper is None else min(best, response.mapping.upper)


@lru_cache(maxsize=4096)
def compiled(item: QtiItem) -> tuple[Rule, ...]:
    """Compile the processing of an item; raises UnreadableFile with the line of what is unknown."""
    if item.processing is None:
        return ()
    compiling = Compile(item=item, expression=lambda node: _expression(node, compiling))
    return compile_rules(_rules(item.processing), compiling)


def _rules(processing: Node) -> tuple[Node, ...]:
    only(processing, ("template",))
    address = processing.attributes.get("template")
    if address is None:
        return processing.elements
    if address not in TEMPLATES or processing.elements:
        refuse(processing, f"{address} is not a standard template that stands alone")
    return (TEMPLATES[address],)


def _expression(node: Node, compiling: Compile) -> Expression:
    maker = _EXPRESSIONS.get(node.name)
    if maker is None:
        refuse(node, "this expression is not supported")
    return maker(node, compiling)


def _initial(declared: OutcomeDeclaration) -> Value | None:
    """A single numeric outcome without a default starts at 0, anything else at NULL (QTI 3.0, "outcomeDeclaration")."""
    if declared.default is None and declared.cardinality is Cardinality.SINGLE and declared.base_type in NUMERIC:
        return single(declared.base_type, 0 if declared.base_type is BaseType.INTEGER else 0.0)
    return declared.default
