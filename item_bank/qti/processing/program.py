"""Compiles an item's processing into closures once, and runs it often.

What an item's file says never stops a run: an unknown expression is NULL, an unknown rule does nothing. Tests use `compile_expression`
and `compile_rules` for their outcome processing, preconditions and branch rules.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from item_bank.qti.model.declarations import Declaration
from item_bank.qti.model.item import QtiItem
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing import (
    arithmetic,
    chance,
    comparisons,
    containers,
    extras,
    functions,
    geometry,
    logic,
    mapping,
    matching,
    operators,
    rounding,
    stats,
    tests,
    variables,
)
from item_bank.qti.processing.assign import initial
from item_bank.qti.processing.best import best_score
from item_bank.qti.processing.clone import Copy, Variables, drawn
from item_bank.qti.processing.operands import null, number_of, whole_of
from item_bank.qti.processing.operators import OPERATORS
from item_bank.qti.processing.rules import compile_rules, run_rules
from item_bank.qti.processing.scope import Compile, CustomOperator, Expression, Family, Rule, Scope
from item_bank.qti.processing.templates import TEMPLATES, template_named
from item_bank.qti.values import BaseType, Value, integer, number, single

__all__ = ["Outcomes", "compile_expression", "compile_rules", "compiled", "copy_of", "key_score", "max_score", "score"]

FAMILIES: tuple[Family, ...] = (
    variables.FAMILY,
    mapping.FAMILY,
    containers.FAMILY,
    logic.FAMILY,
    matching.FAMILY,
    comparisons.FAMILY,
    arithmetic.FAMILY,
    rounding.FAMILY,
    functions.FAMILY,
    stats.FAMILY,
    chance.FAMILY,
    geometry.FAMILY,
    operators.FAMILY,
    tests.FAMILY,
    extras.FAMILY,
)
EXPRESSIONS: Family = {name: maker for family in FAMILIES for name, maker in family.items()}

COMPLETION_STATUS, NUM_ATTEMPTS, DURATION = "completionStatus", "numAttempts", "duration"
_BUILT_IN: Variables = {
    COMPLETION_STATUS: single(BaseType.IDENTIFIER, "unknown"),  # what it becomes when an attempt begins
    NUM_ATTEMPTS: integer(1),
    DURATION: single(BaseType.DURATION, 0.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What response processing said; `score` and `max_score` are the two that every item of ours has."""

    values: Mapping[str, Value | None]
    max_score: float | None

    @property
    def score(self) -> float:
        """SCORE; 0 when the item left it NULL or made it no number."""
        found = number_of(self.values.get("SCORE"))
        return float(found) if found is not None and math.isfinite(found) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One item, compiled: its rules, and what its variables start with."""

    rules: tuple[tuple[Rule, ...], ...]
    template_rules: tuple[Rule, ...]
    declarations: Mapping[str, Declaration]
    declared: Copy
    start: Variables
    inputs: frozenset[str]  # templates, responses and built-in response variables: what is no outcome
    external: frozenset[str]
    max_score: float | None


def compile_expression(node: Node, compiling: Compile) -> Expression:
    """Compile one expression; one that is not known is NULL."""
    maker = EXPRESSIONS.get(node.name)
    return null if maker is None else maker(node, compiling)


def copy_of(item: QtiItem, seed: int = 0) -> Copy:
    """Draw a candidate's copy of an item; the declared values where there is no template processing."""
    program = compiled(item)
    if not program.template_rules:
        return program.declared
    scope = Scope(declarations=program.declarations, values=dict(program.start), beginning=program.declared.templates, seed=seed)
    return drawn(program.template_rules, program.declared, scope)


def score(
    item: QtiItem,
    responses: Variables,
    *,
    seed: int = 0,
    before: Variables | None = None,
    operators: Mapping[str, CustomOperator] = OPERATORS,
) -> Outcomes:
    """Run an item's processing over one set of bound responses.

    The candidate's copy is drawn from the seed; `before` are outcomes to go on from, as adaptive items do. A response that is not named
    has its default.
    """
    program = compiled(item) if operators is OPERATORS else _compile(item, operators)
    return _run(program, copy_of(item, seed), responses, before or {}, seed)


def _run(program: Program, copy: Copy, responses: Variables, before: Variables, seed: int) -> Outcomes:
    values = {**program.start, **_changed(program, copy), **before, **responses}
    scope = Scope(
        declarations=program.declarations,
        values=values,
        corrects=dict(copy.corrects),
        defaults=dict(copy.defaults),
        settled=frozenset(name for name in program.external if before.get(name) is not None),
        seed=seed,
        stream=max(1, whole_of(values.get(NUM_ATTEMPTS)) or 1),
    )
    for rules in program.rules:
        run_rules(rules, scope)
    outcomes = {name: value for name, value in values.items() if name not in program.inputs and name not in responses}
    return Outcomes(values=outcomes, max_score=program.max_score)


def max_score(item: QtiItem) -> float | None:
    """Return the best SCORE there is: MAXSCORE, SCORE's normal maximum, what its standard template gives, else what the key earns."""
    return compiled(item).max_score


def key_score(item: QtiItem) -> float | None:
    """Return what the key earns; None when a response that is asked for has no key of its own."""
    return _key_score(item, compiled(item))


def _key_score(item: QtiItem, program: Program) -> float | None:
    asked = {interaction.response for interaction in item.interactions} & item.responses.keys()
    keys = {name: item.responses[name].correct for name in asked}
    if not keys or None in keys.values() or program.template_rules:
        return None
    return _run(program, program.declared, keys, {}, 0).score


@lru_cache(maxsize=4096)
def compiled(item: QtiItem) -> Program:
    """Compile an item, once."""
    return _compile(item, OPERATORS)


def _compile(item: QtiItem, operators: Mapping[str, CustomOperator]) -> Program:
    declarations: dict[str, Declaration] = {**item.outcomes, **item.responses, **item.templates}
    compiling = Compile(declarations=declarations, expression=lambda node: compile_expression(node, compiling), operators=operators)
    declared = Copy(
        templates={name: each.default for name, each in item.templates.items()},
        corrects={name: each.correct for name, each in item.responses.items()},
        defaults={name: each.default for name, each in declarations.items()},
    )
    template = template_named(item.processing)
    cartridge: Variables = {"MAXSCORE": number(1.0)} if template is not None and template.startswith("cc2") else {}
    program = Program(
        rules=tuple(compile_rules(nodes, compiling) for nodes in (_response_rules(item, template), _elements(item.outcome_processing))),
        template_rules=compile_rules(_elements(item.template_processing), compiling),
        declarations=declarations,
        declared=declared,
        start={**cartridge, **_BUILT_IN, **{name: _begun(name, each) for name, each in declarations.items()}},
        inputs=frozenset({*item.responses, *item.templates, NUM_ATTEMPTS, DURATION} - set(item.outcomes)),
        external=frozenset(name for name, each in item.outcomes.items() if each.external_scored),
        max_score=best_score(item),
    )
    return program if program.max_score is not None else replace(program, max_score=_key_score(item, program) or None)


def _elements(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else node.elements


def _response_rules(item: QtiItem, template: str | None) -> tuple[Node, ...]:
    """A standard template stands instead of rules written beside it; an unknown one leaves those (QTI 3.0, "responseProcessing")."""
    return _elements(item.processing) if template is None else TEMPLATES[template]


def _begun(name: str, declared: Declaration) -> Value | None:
    """A built-in variable that is declared all the same starts as it does undeclared, unless its declaration has a default."""
    return initial(declared, declared.default) if declared.default is not None or name not in _BUILT_IN else _BUILT_IN[name]


def _changed(program: Program, copy: Copy) -> Variables:
    """What a copy's variables start with, where they differ from the declared ones."""
    if copy is program.declared:
        return {}
    defaults = {name: value for name, value in copy.defaults.items() if value is not program.declared.defaults.get(name)}
    started = {name: initial(program.declarations[name], value) for name, value in defaults.items() if name in program.declarations}
    return {**started, **copy.templates}
