"""What each expression takes and gives (QTI information model, "Expressions"), as a table.

An operand's form is its cardinalities, by first letter, and its base types: `S boolean`, `MO number`. `=` at the beginning says that
all operands must be alike in base type; how many there are is a matter of structure.py. A result is `S boolean`, or says how it follows
from the operands: `like` (the same base type), `number` (integer when all are), `any` when nobody can tell beforehand.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """What each operand must be (the last form stands for all that follow), whether all must be alike, and what comes of them."""

    operands: tuple[str, ...]
    alike: bool
    result: str


def _read(line: str) -> Signature:
    alike, operands, result = (part.strip() for part in line.split("|"))
    return Signature(tuple(part.strip() for part in operands.split(";") if part.strip()), alike == "=", result)


_BOOLEAN = "S boolean"
_LINES: Mapping[str, str] = {
    **dict.fromkeys(("and", "or"), f" | {_BOOLEAN} | {_BOOLEAN}"),
    "any-n": f" | {_BOOLEAN} | {_BOOLEAN}",
    "not": f" | {_BOOLEAN} | {_BOOLEAN}",
    "is-null": f" | | {_BOOLEAN}",
    **dict.fromkeys(("gt", "gte", "lt", "lte", "equal", "equal-rounded"), f" | S number | {_BOOLEAN}"),
    **dict.fromkeys(("duration-lt", "duration-gte"), f" | S duration | {_BOOLEAN}"),
    **dict.fromkeys(("string-match", "substring"), f" | S string | {_BOOLEAN}"),
    "pattern-match": f" | S string | {_BOOLEAN}",
    "match": f"= | | {_BOOLEAN}",
    "contains": f"= | MO | {_BOOLEAN}",
    "member": f"= | S; MO | {_BOOLEAN}",
    "inside": f" | SMO point | {_BOOLEAN}",
    **dict.fromkeys(("sum", "product", "max", "min"), " | SMO number | number"),
    "subtract": " | S number | number",
    "divide": " | S number | S float",
    "power": " | S number | S float",
    **dict.fromkeys(("integer-divide", "integer-modulus"), " | S integer | S integer"),
    **dict.fromkeys(("gcd", "lcm"), " | SMO integer | S integer"),
    **dict.fromkeys(("round", "truncate"), " | S number | S integer"),
    "round-to": " | S number | S float",
    "integer-to-float": " | SMO integer | any",
    "math-operator": " | S number | any",
    "stats-operator": " | MO number | S float",
    "container-size": " | MO | S integer",
    "delete": "= | S; MO | any",
    "index": " | O | S like",
    "random": " | MO | S like",
    "multiple": "= | SM | M like",
    "ordered": "= | SO | O like",
    "repeat": "= | SO | O like",
    "field-value": " | R | any",
    "random-integer": " | | S integer",
    "random-float": " | | S float",
    "math-constant": " | | S float",
    **dict.fromkeys(("map-response", "map-response-point"), " | | S float"),
    **dict.fromkeys((f"number-{what}" for what in ("correct", "incorrect", "presented", "responded", "selected")), " | | S integer"),
    **dict.fromkeys(
        ("outcome-minimum", "outcome-maximum", "test-variables", "null", "variable", "correct", "default", "base-value"), " | | any"
    ),
}
SIGNATURES: Mapping[str, Signature] = {f"qti-{name}": _read(line) for name, line in _LINES.items()}
