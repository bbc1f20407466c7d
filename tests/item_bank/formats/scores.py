"""What questions of a format score, for the tests of this folder."""

from collections.abc import Sequence

from assessment_engine.kernel.canonical import Json
from item_bank.formats import FORMATS
from item_bank.formats.questions import Question, Reading
from item_bank.formats.to_qti import to_xml
from item_bank.qti.binding import bind
from item_bank.qti.processing import score
from item_bank.qti.reader import read_item


def reading(form: str, text: str | bytes, lang: str = "") -> Reading:
    """Read a file of a format."""
    return FORMATS[form].read(text.encode() if isinstance(text, str) else text, f"bank{FORMATS[form].ending}", lang)


def only(form: str, text: str | bytes, lang: str = "") -> Question:
    """The one question of a file in which nothing is wrong."""
    found = reading(form, text, lang)
    assert [problem for problem in found.problems if problem.severity.value == "invalid"] == []
    [question] = found.questions
    return question


def scores(question: Question, *responses: str | Sequence[str] | None) -> list[float]:
    """What the engine gives for each response."""
    item = read_item(to_xml(question))
    return [score(item, bind(item, given, lenient=True)).score for given in map(_raw, responses)]


def _raw(response: str | Sequence[str] | None) -> Json:
    return response if isinstance(response, str | None) else [*response]


def wrong(found: Reading) -> list[tuple[str, int]]:
    """The codes that refuse, with their lines."""
    return [(problem.code, problem.line) for problem in found.problems if problem.severity.value == "invalid"]


def noted(found: Reading) -> set[str]:
    """The codes that are only listed."""
    return {problem.code for problem in found.problems if problem.severity.value == "note"}
