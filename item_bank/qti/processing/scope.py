"""What a compiled program sees while it runs, and what its steps are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from item_bank.qti.model import Node, QtiItem
from item_bank.qti.safe_xml import refuse
from item_bank.qti.values import Value


@dataclass(slots=True, kw_only=True)
class Scope:
    """One run: the responses, and the outcomes as they stand."""

    responses: Mapping[str, Value | None]
    outcomes: dict[str, Value | None]

    def value(self, identifier: str) -> Value | None:
        """Return a variable's value; NULL when it has none."""
        if identifier in self.outcomes:
            return self.outcomes[identifier]
        return self.responses.get(identifier)


Expression = Callable[[Scope], Value | None]
Rule = Callable[[Scope], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compile:
    """What a family of expressions is handed to compile one node."""

    item: QtiItem
    expression: Callable[[Node], Expression]

    def operands(self, node: Node, count: int | None = None) -> tuple[Expression, ...]:
        """Compile the children; refuses another number of them than `count` (None: one or more)."""
        found = node.elements
        if (count is None and not found) or (count is not None and len(found) != count):
            refuse(node, f"expects {count or 'at least one'} operand(s), has {len(found)}")
        return tuple(self.expression(child) for child in found)


Family = Mapping[str, Callable[[Node, Compile], Expression]]
