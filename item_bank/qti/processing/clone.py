"""Template processing: one candidate's copy of an item, drawn from a seed (QTI 3.0, "templateProcessing").

An item without it has one copy for everybody. The same seed always draws the same copy: docs/adr/0016.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from item_bank.qti.processing.rules import run_rules
from item_bank.qti.processing.scope import Restart, Rule, Scope
from item_bank.qti.values import Value

Variables = Mapping[str, Value | None]

MAX_RESTARTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What template processing made of an item: template variables, the correct responses, and the defaults of responses and outcomes."""

    templates: Variables
    corrects: Variables
    defaults: Variables


def drawn(rules: tuple[Rule, ...], declared: Copy, scope: Scope) -> Copy:
    """Run template processing over the declared values, again and again until its constraints hold (at most 100 times)."""
    scope.restarts_left = MAX_RESTARTS
    while True:
        scope.values.update(declared.templates)
        scope.corrects, scope.defaults = dict(declared.corrects), dict(declared.defaults)
        try:
            run_rules(rules, scope)
        except Restart:
            scope.restarts_left -= 1
            continue
        templates = {name: scope.values.get(name) for name in declared.templates}
        return replace(declared, templates=templates, corrects=scope.corrects, defaults=scope.defaults)
