"""What a compiled program sees while it runs, and what its steps are.

Running never fails for what a file says: an operand of the wrong kind is NULL, an unknown operator is NULL. What is wrong is said by
validity/. Nothing runs without end either: whatever is repeated or read from a container is paid for with `spend`, up to MAX_STEPS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from item_bank.qti.model.declarations import Declaration
from item_bank.qti.model.nodes import Node
from item_bank.qti.values import Value

CustomOperator = Callable[[Node, Sequence[Value | None]], Value | None]
"""What a registered adapter is: the operator's node (its `class`, `definition`, attributes) and its operands' values."""

MAX_STEPS = 200_000


class Leave(Exception):
    """An exit rule was reached: the rest of the program is left out (exitResponse, exitTemplate, exitTest)."""


class Restart(Exception):
    """A templateConstraint was not met: template processing begins again."""


class ItemResults(Protocol):
    """What a test's outcome processing asks of the items that were taken; tests.py has it (TestResults), session/ fills it."""

    def variable(self, item: str, variable: str, weight: str) -> Value | None:
        """Return the value of an item's variable, with its weight."""


@dataclass(slots=True, kw_only=True)
class Scope:
    """One run. All variables share one namespace (QTI 3.0, "Item Variables"); `corrects`, `defaults` as template processing left them."""

    declarations: Mapping[str, Declaration]
    values: dict[str, Value | None]
    corrects: dict[str, Value | None] = field(default_factory=dict)
    defaults: dict[str, Value | None] = field(default_factory=dict)
    beginning: Mapping[str, Value | None] = field(default_factory=dict)  # template variables before template processing
    settled: frozenset[str] = frozenset()  # outcomes that a person or another system has scored: no rule of ours changes them
    seed: int = 0
    stream: int = 0  # 0 for template processing, the number of the attempt for response processing: each draws its own numbers
    items: ItemResults | None = None  # only in a test's outcome processing, preconditions and branch rules
    steps: int = 0
    restarts_left: int = 0  # in template processing, how often a constraint may still make it begin again
    _chance: np.random.Generator | None = None

    @property
    def chance(self) -> np.random.Generator:
        """The generator of this run; made when it is first asked for."""
        if self._chance is None:
            entropy = self.seed if self.stream == 0 else [self.seed, self.stream]
            self._chance = np.random.Generator(np.random.PCG64(entropy))
        return self._chance

    def spend(self, steps: int) -> bool:
        """Pay for so many steps; False, and nothing paid, when the run may not take as many."""
        if self.steps + steps > MAX_STEPS:
            return False
        self.steps += steps
        return True


Expression = Callable[[Scope], Value | None]
Rule = Callable[[Scope], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compile:
    """What a family of expressions is handed to compile one node."""

    declarations: Mapping[str, Declaration]
    expression: Callable[[Node], Expression]
    operators: Mapping[str, CustomOperator]

    def operands(self, node: Node) -> tuple[Expression, ...]:
        """Compile the children that are elements."""
        return tuple(self.expression(child) for child in node.elements)


Maker = Callable[[Node, Compile], Expression]
Family = Mapping[str, Maker]
