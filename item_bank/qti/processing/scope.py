"""What a compiled program sees while it runs, and what its steps are.

Running never fails for what a file says: an operand of the wrong kind is NULL, an unknown operator is NULL. What is wrong is said by validity/.
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


class ItemResults(Protocol):
    """What a test's outcome processing asks of the items that were taken; session/assessment.py has it."""

    def variable(self, item: str, variable: str, weight: str) -> Value | None: ...


@dataclass(slots=True, kw_only=True)
class Scope:
    """One run. All variables share one namespace (QTI 3.0, "Item Variables"); `corrects` and `defaults` as template processing left them."""

    declarations: Mapping[str, Declaration]
    values: dict[str, Value | None]
    corrects: dict[str, Value | None] = field(default_factory=dict)
    defaults: dict[str, Value | None] = field(default_factory=dict)
    seed: int = 0
    items: "ItemResults | None" = None  # only in a test's outcome processing, preconditions and branch rules
    steps: int = 0
    _chance: np.random.Generator | None = None

    @property
    def chance(self) -> np.random.Generator:
        """The generator of this run; made when it is first asked for."""
        if self._chance is None:
            self._chance = np.random.default_rng(self.seed)
        return self._chance


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


Family = Mapping[str, Callable[[Node, Compile], Expression]]
