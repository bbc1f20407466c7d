"""What the browser noticed is told in plain words and always as a hint, whatever a page made up."""

import ast
from pathlib import Path

import pytest

import assessment_engine
from api.pages.audit import KINDS
from api.pages.grievances import WHY_NOT
from api.pages.told_words import CLEARED, OUTCOMES, SEEN, THOUGHT
from api.pages.wording import CASE_STATES, HINTS, event_said
from api.words import words
from assessment_engine.grievances import Seen
from assessment_engine.invigilation import REASONS, CaseState, Outcome, Verdict
from assessment_engine.kernel.ids import OrganisationId
from assessment_engine.storage.events import ExamEvent
from proctoring.policy import Kind
from tests.builders import NOON

Data = dict[str, str | int | float | bool | None]


def said(data: Data, kind: str = "browser_hint", lang: str = "en") -> str:
    return event_said(ExamEvent(at=NOON, kind=kind, organisation_id=OrganisationId("org_1"), data=data), words(lang).gettext)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"what": "left", "how": "window"}, "Hint: left the window."),
        ({"what": "back", "how": "window", "seconds": 12}, "Hint: left the window for 12 s."),
        ({"what": "back", "how": "tab", "seconds": 4}, "Hint: came back to the exam after 4 s."),
        ({"what": "paste", "characters": 240}, "Hint: pasted text of 240 characters."),
        ({"what": "second_screen"}, "Hint: the browser says that there is a second screen."),
        ({"what": "hidden"}, "Hint: went to another tab or program."),
    ],
)
def test_a_hint_is_told_in_plain_words(data: Data, text: str) -> None:
    assert said(data) == text


@pytest.mark.parametrize(
    "data", [{}, {"what": None}, {"what": "devtools"}, {"what": "left", "how": "teleport"}, {"what": "back", "how": 3}]
)
def test_what_nobody_knows_is_told_as_a_hint_and_nothing_more(data: Data) -> None:
    assert said(data) == "The browser noticed something: a hint, never evidence."


def test_made_up_numbers_break_nothing() -> None:
    assert said({"what": "paste", "characters": "many"}) == "Hint: pasted text of 0 characters."
    assert said({"what": "back", "how": "window"}) == "Hint: left the window for 0 s."


def test_every_hint_is_called_one_in_both_languages() -> None:
    assert all(text.startswith("Hint: ") for text in HINTS.values())
    assert all(words("hi").gettext(text).startswith("संकेत: ") for text in HINTS.values())


def test_other_events_keep_their_words() -> None:
    assert said({"what": "left", "how": "tab"}, "item_viewed") == "A question came to the screen."


def test_whatever_is_seen_judged_and_decided_has_words_for_its_candidate() -> None:
    assert set(SEEN) == set(Kind)
    assert set(THOUGHT) == set(REASONS[Verdict.UPHOLD])
    assert set(CLEARED) == set(REASONS[Verdict.DISMISS])
    assert set(OUTCOMES) == set(Outcome)
    assert set(CASE_STATES) == set(CaseState)
    assert set(WHY_NOT) == set(Seen)


def leaves(path: Path) -> set[str]:
    """The kinds of leaves that a module writes by name."""
    calls = (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call) and one.args)
    written = (one.args[0] for one in calls if ast.unparse(one.func).endswith("tx.audit.append"))
    return {str(one.value) for one in written if isinstance(one, ast.Constant)}


def test_every_leaf_of_the_log_has_words() -> None:
    services = Path(assessment_engine.__file__).parent / "services"

    assert {kind for path in services.rglob("*.py") for kind in leaves(path)} - set(KINDS) == set()
