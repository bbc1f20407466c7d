"""What is wrong with a QTI file: where, by which clause, and what to do about it.

Reading and scoring never stop at a Problem; strict import does (see validity/). Only what is not a QTI file at all is refused at once,
by `refuse`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from assessment_engine.kernel.errors import UnreadableFile
from item_bank.qti.model.nodes import Node


class Severity(StrEnum):
    """How bad it is."""

    INVALID = "invalid"  # against the specification: strict refuses, lenient lists it and goes on
    NOTE = "note"  # legal but not kept, run or shown here, or a slip that sound banks have, too: listed, never refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding. `code` is stable; `clause` names the part of the specification; `advice` says what to do."""

    code: str
    message: str
    severity: Severity = Severity.INVALID
    clause: str = ""
    advice: str = ""
    file: str = ""
    line: int = 0
    element: str = ""


def problem(node: Node, code: str, message: str, *, clause: str = "", advice: str = "", severity: Severity = Severity.INVALID) -> Problem:
    """Note a problem at a node."""
    return Problem(
        code=code, message=message, severity=severity, clause=clause, advice=advice, line=node.line, element=node.written or node.name
    )


def refuse(node: Node, code: str, message: str) -> NoReturn:
    """Refuse a file at a node; raises UnreadableFile with the line and the element."""
    element = node.written or node.name
    raise UnreadableFile(f"line {node.line}, {element}: {message}", problem=code, line=node.line, element=element)
