"""A test's own processing: its conditions and its outcome processing (QTI 3.0, "outcomeProcessing").

Compiled once for each test, run often. Outcomes are set back to their defaults before every run. What a run sees of the items is
processing/tests.py's TestResults, made here from what a candidate has done so far.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from item_bank.qti.model.assessment import AssessmentTest, SubmissionMode
from item_bank.qti.model.item import QtiItem
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing import OPERATORS
from item_bank.qti.processing.assign import initial
from item_bank.qti.processing.program import compile_expression, compile_rules
from item_bank.qti.processing.rules import run_rules
from item_bank.qti.processing.scope import Compile, Rule, Scope
from item_bank.qti.processing.tests import TakenItem, TestResults
from item_bank.qti.session.item import ItemSession, Variables, initial_outcomes
from item_bank.qti.session.plan import Plan, PlannedItem
from item_bank.qti.session.timing import Spent
from item_bank.qti.values import FALSE, TRUE, BaseType, Value, integer, single


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a test's processing goes by at one moment."""

    test: AssessmentTest
    outcomes: Variables
    results: Callable[[], TestResults]  # gathered when a condition or rule asks
    spent: Spent
    seed: int = 0

    def scope(self, outcomes: Variables) -> Scope:
        """Return what a run sees."""
        values = {**outcomes, "duration": single(BaseType.DURATION, self.spent.test)}
        return Scope(declarations=self.test.outcomes, values=values, items=self.results(), seed=self.seed)

    def holds(self, condition: Node) -> bool:
        """Tell whether a condition is true; NULL is not (QTI 3.0, "preCondition")."""
        return self.value(condition) == TRUE

    def value(self, expression: Node) -> Value | None:
        """Return what an expression comes to."""
        return compile_expression(expression, _compiling(self.test))(self.scope(self.outcomes))


def starting(test: AssessmentTest) -> dict[str, Value | None]:
    """Return what the test's outcomes start with."""
    return {name: initial(declared, declared.default) for name, declared in test.outcomes.items()}


def process(facts: Facts) -> tuple[Variables, bool]:
    """Run outcome processing; return the outcomes, and whether it ended the test (QTI 3.0, "exitTest")."""
    scope = facts.scope(starting(facts.test))
    left = run_rules(_rules(facts.test), scope)
    return {name: scope.values.get(name) for name in facts.test.outcomes}, left


@lru_cache(maxsize=256)
def _rules(test: AssessmentTest) -> tuple[Rule, ...]:
    nodes = () if test.outcome_processing is None else test.outcome_processing.elements
    return compile_rules(nodes, _compiling(test))


@lru_cache(maxsize=256)
def _compiling(test: AssessmentTest) -> Compile:
    compiling = Compile(declarations=test.outcomes, expression=lambda node: compile_expression(node, compiling), operators=OPERATORS)
    return compiling


def results_of(plan: Plan, items: Mapping[str, QtiItem], sessions: Mapping[str, ItemSession], spent: Spent) -> TestResults:
    """Gather what a candidate has done, item by item; one whose session has not begun has its defaults."""
    return TestResults(
        items=tuple(_taken(each, items[each.ref.href], sessions.get(each.key)) for each in plan.items), durations=spent.places
    )


def _taken(planned: PlannedItem, item: QtiItem, session: ItemSession | None) -> TakenItem:
    return TakenItem(
        key=planned.key,
        identifier=planned.ref.identifier,
        sections=planned.scopes,
        categories=planned.ref.categories,
        weights=planned.ref.weights,
        mappings=planned.ref.mappings,
        declarations={**item.templates, **item.responses, **item.outcomes},
        values=_unbegun(item) if session is None else session.values,
        corrects=_corrects(item, session),
        defaults=_defaults(item, session),
        presented=session is not None and session.is_presented,
        attempts=0 if session is None else session.num_attempts,
        simultaneous=planned.part.submission is SubmissionMode.SIMULTANEOUS,
    )


@lru_cache(maxsize=4096)
def _unbegun(item: QtiItem) -> Variables:
    return {
        **{name: declared.default for name, declared in item.templates.items()},
        **{name: declared.default for name, declared in item.responses.items()},
        **initial_outcomes(item),
        "completionStatus": single(BaseType.IDENTIFIER, "not_attempted"),
        "numAttempts": integer(0),
        "duration": single(BaseType.DURATION, 0.0),
    }


def _corrects(item: QtiItem, session: ItemSession | None) -> Variables:
    declared = {name: response.correct for name, response in item.responses.items()}
    return declared if session is None else {**declared, **session.copy.corrects}


def _defaults(item: QtiItem, session: ItemSession | None) -> Variables:
    """What responses are when nothing was answered; a hint that was not asked for is false (QTI 3.0, "endAttemptInteraction")."""
    declared = {name: response.default for name, response in item.responses.items()}
    return declared if session is None else {**declared, **session.copy.defaults, **dict.fromkeys(session.hints, FALSE)}
