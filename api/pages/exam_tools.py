"""What lies beside the question on the exam page: which tools, and the words that their scripts say (static/exam_beside.js)."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from api.pages import language_of
from api.words import N_, words
from assessment_engine.exams.policy import TOOLS

WORDS: Mapping[str, str] = {
    "calculator_empty": N_("Nothing to calculate yet"),
    "calculator_unclear": N_("This is not a complete calculation"),
    "calculator_by_zero": N_("Nothing can be divided by zero"),
    "calculator_root_of_negative": N_("A negative number has no square root here"),
    "calculator_too_large": N_("The number is too large for this calculator"),
    "read_aloud": N_("Read aloud"),
    "read_pause": N_("Pause reading"),
    "read_go_on": N_("Go on reading"),
    "news_new": N_("Announcement:"),
    "news_about": N_("Question %(number)s:"),
    "news_away": N_("Put away"),
    "news_away_one": N_("Put away the announcement of %(time)s"),
    "news_from": N_("From the invigilator:"),
    "news_noted": N_("This request is noted. It is no finding against you."),
    "talk_you": N_("You"),
    "talk_them": N_("Invigilator"),
    "talk_sent": N_("Sent. The answer comes beside your question."),
    "talk_failed": N_("Not sent: there is no connection just now. Your words are still here."),
    "part_plain": "",
    "part_open": N_("%(answered)s of %(total)s answered"),
    "part_done": N_("All %(total)s answered"),
    "part_not_yet": N_("Not open yet"),
    "part_left": N_("Closed"),
    "part_time_over": N_("Time over"),
    "why_not_yet": N_("This part opens when you have finished the one before it."),
    "why_left": N_("You have left this part, and there is no way back to it. Its answers are saved."),
    "why_time_over": N_("The time of this part is over. Its answers are saved."),
    "part_minutes_left": N_("%(n)s minutes left for this part"),
    "part_minute_left": N_("One minute left for this part"),
    "item_seconds_left": N_("%(n)s seconds left for this question"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What exam_beside.html needs."""

    tools: tuple[str, ...]
    words: Mapping[str, str]


def beside(request: Request, tools: tuple[str, ...]) -> Beside:
    """Return what lies beside the question, in the reader's language."""
    said = words(language_of(request))
    return Beside(
        tools=tuple(one for one in TOOLS if one in tools), words={key: text and said.gettext(text) for key, text in WORDS.items()}
    )
