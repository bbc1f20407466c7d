"""What an import says about its files, gathered file by file: what breaks the specification, what is not kept, what cannot be read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from assessment_engine.kernel.errors import AssessmentError
from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.package.limits import MAX_PROBLEMS_OF_A_FILE
from item_bank.qti.problems import Problem, Severity, refusal
from item_bank.qti.writer.trees import Losses
from item_bank.qti.writer.upgrade import upgraded

Judge = Callable[[Document], tuple[Problem, ...]]


@dataclass(slots=True)
class Notebook:
    """All problems so far; `unreadable` once a file could not be read at all."""

    judge: Judge
    problems: list[Problem]
    unreadable: bool = False
    seconds: set[str] = field(default_factory=set)  # files whose identifier another file has already
    _first: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def say(self, path: str, problem: Problem | None) -> None:
        """List a problem of a file, if there is one."""
        if problem is not None:
            self.problems.append(replace(problem, file=path))

    def cannot_read(self, path: str, error: AssessmentError) -> None:
        """List a file that is refused before anything of it is known."""
        self.unreadable = True
        self.problems.append(refusal(error, "this file cannot be read at all: repair it or take it out", path))

    def judged(self, path: str, document: Document) -> None:
        """List what breaks the specification, and what changes when the file becomes QTI 3.0."""
        found = (*self.judge(document), *_changes(document))
        for problem in found[:MAX_PROBLEMS_OF_A_FILE]:
            self.say(path, problem)
        rest = found[MAX_PROBLEMS_OF_A_FILE:]
        if rest:
            self.say(path, at(document.root, "more_problems", f"and {len(rest)} more of this file", severity=_worst(rest)))

    def is_second(self, path: str, root: Node, lang: str) -> bool:
        """Tell whether another file of its kind has the same identifier in the same language, and say so."""
        identifier = root.attributes.get("identifier", "").strip()
        first = self._first.setdefault((root.name, identifier, lang), path)
        if first == path:
            return False
        self.seconds.add(path)
        language = f" in the language {lang}" if lang else ""
        message = f"{first} has the same identifier {identifier}{language}: only that one would come in"
        advice = "give each its own identifier, or its own xml:lang if they are translations"
        self.say(path, at(root, "duplicate_identifier", message, advice))
        return True


def _changes(document: Document) -> tuple[Problem, ...]:
    if document.version is Version.QTI_30:
        return ()
    losses = Losses()
    upgraded(document.root, losses)
    return losses.problems


def _worst(problems: Iterable[Problem]) -> Severity:
    return Severity.INVALID if any(each.severity is Severity.INVALID for each in problems) else Severity.NOTE


def at(node: Node, code: str, message: str, advice: str = "", severity: Severity = Severity.INVALID) -> Problem:
    """Say something about a node."""
    return Problem(code=code, message=message, advice=advice, severity=severity, line=node.line, element=node.written or node.name)
