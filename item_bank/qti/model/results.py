"""QTI Results Reporting: what was answered and scored, in and out (QTI 3.0 Results Reporting). Records only.

Read by reader/results.py, written by writer/results.py; DateTimes stay text, as the file or the caller gives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.values import BaseType, Cardinality, Value


class VariableKind(StrEnum):
    """Which kind of variable a result reports."""

    RESPONSE = "response"
    OUTCOME = "outcome"
    TEMPLATE = "template"


class SessionStatus(StrEnum):
    """How far a session was when it was reported (QTI 3.0 Results Reporting, "SessionStatus")."""

    INITIAL = "initial"
    PENDING_SUBMISSION = "pendingSubmission"
    PENDING_RESPONSE_PROCESSING = "pendingResponseProcessing"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultVariable:
    """One variable's value. `written` is what the file says: its type may be missing there, or differ from the item's."""

    identifier: str
    kind: VariableKind
    cardinality: Cardinality
    base_type: BaseType | None
    value: Value | None
    written: tuple[str, ...] = field(default=(), compare=False)
    correct: Value | None = None
    choice_sequence: tuple[str, ...] = ()
    scorer: str = ""  # outcomes: externalScored, "human" or "externalMachine"
    normal_minimum: float | None = None
    normal_maximum: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """One item's session."""

    identifier: str
    datestamp: str
    status: SessionStatus = SessionStatus.FINAL
    sequence_index: int | None = None
    variables: tuple[ResultVariable, ...] = ()
    comment: str = ""

    def named(self, kind: VariableKind) -> Mapping[str, ResultVariable]:
        """Return the variables of a kind by identifier; of two with one name the last counts."""
        return {variable.identifier: variable for variable in self.variables if variable.kind is kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """The test's own variables."""

    __test__ = False

    identifier: str
    datestamp: str
    variables: tuple[ResultVariable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentResult:
    """One candidate's results of one sitting; `sessions` are (source, identifier) pairs."""

    candidate: str = ""
    sessions: tuple[tuple[str, str], ...] = ()
    test: TestResult | None = None
    items: tuple[ItemResult, ...] = ()
    version: Version = Version.QTI_30
    root: Node | None = field(default=None, compare=False)
