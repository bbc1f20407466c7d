"""What is wrong with a QTI file: where, by which clause, and what to do about it.

Reading and scoring never stop at a Problem; strict import does (see validity/). Only what is not a QTI file at all is refused at once,
by `refuse`.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from assessment_engine.kernel.errors import AssessmentError, UnreadableFile
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


def refusal(error: AssessmentError, advice: str, file: str = "") -> Problem:
    """Say as a problem why a file was refused; the file and the advice are the refusal's own where it has them."""
    said = {name: str(error.details.get(name) or "") for name in ("problem", "file", "element", "clause", "advice")}
    line = error.details.get("line")
    return Problem(
        code=said["problem"] or error.code,
        message=error.message,
        clause=said["clause"],
        advice=said["advice"] or advice,
        file=said["file"] or file,
        line=line if isinstance(line, int) else 0,
        element=said["element"],
    )


def refuse(node: Node, code: str, message: str) -> NoReturn:
    """Refuse a file at a node; raises UnreadableFile with the line and the element."""
    element = node.written or node.name
    raise UnreadableFile(f"line {node.line}, {element}: {message}", problem=code, line=node.line, element=element)


def megabytes(size: int) -> str:
    """Write a number of bytes for people, rounded up, so that what is over a limit never reads like the limit itself."""
    return f"{math.ceil(size / 1e4) / 100:g} MB"
