"""Aiken: a question in one line, its choices in lines of their own, the right one's letter after `ANSWER:`. In and out.

Written from Moodle's published description (docs.moodle.org, "Aiken format"): a letter, a point or a bracket, a space. It knows one right
answer that earns one point, and nothing else: no names, no feedback, no pictures.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from item_bank.formats.content import from_text, to_text
from item_bank.formats.findings import Notes, Unfit, text_of
from item_bank.formats.questions import ONE, ZERO, Kind, Option, Question, Reading, Writing
from item_bank.formats.reading import letter, named, options_of
from item_bank.formats.writing import say_lost

_CHOICE = re.compile(r"\s*([A-Za-z])[.)]\s+(.*\S)\s*")
_ANSWER = re.compile(r"\s*ANSWER\s*:\s*(.*?)\s*")
_LETTERS = 26


def read(data: bytes, file: str, lang: str = "") -> Reading:
    """Read an Aiken file; raises UnreadableFile for bytes that are no text."""
    notes = Notes(file)
    questions = named(_questions(text_of(data, file), lang, notes), notes)
    return Reading(questions=questions, problems=tuple(notes.found))


@dataclass(slots=True)
class _Begun:
    """A question that waits for its ANSWER line."""

    line: int = 0
    stem: str = ""
    choices: list[str] = field(default_factory=list)
    is_bad: bool = False


def _questions(text: str, lang: str, notes: Notes) -> Iterator[Question]:
    begun = _Begun()
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            finished = _receive(begun, number, line, lang)
        except Unfit as unfit:
            if not begun.is_bad:
                notes.wrong(unfit, number)
            begun.is_bad = True
            finished = None
        if _ANSWER.fullmatch(line):
            if finished is not None and not begun.is_bad:
                yield finished
            begun = _Begun()
    if begun.line:
        message = "the question that begins here has no ANSWER line"
        notes.wrong(Unfit("no_right_answer", message, "End every question with a line such as ANSWER: B."), begun.line)


def _receive(begun: _Begun, number: int, line: str, lang: str) -> Question | None:
    """Take one line; returns the question that it finishes."""
    answer, choice = _ANSWER.fullmatch(line), _CHOICE.fullmatch(line)
    if answer is not None:
        return _finished(begun, answer[1], number, lang)
    if choice is not None and begun.line:
        expected = letter(len(begun.choices))
        if choice[1].upper() != expected:
            raise Unfit(
                "wrong_letter", f"this choice is called {choice[1]}; {expected} was expected", "Name choices A, B, C and on.", number
            )
        begun.choices.append(choice[2])
        return None
    if begun.line:
        advice = "Write the question in one line, each choice in one, and end with ANSWER: and a letter."
        raise Unfit("not_a_choice", "this line is neither a choice nor the ANSWER line", advice, number)
    begun.line, begun.stem = number, line.strip()
    return None


def _finished(begun: _Begun, word: str, number: int, lang: str) -> Question:
    if not begun.line:
        raise Unfit("no_question", "there is no question before this ANSWER line", "Write the question and its choices before it.", number)
    letters = [letter(place) for place in range(len(begun.choices))]
    if word.upper() not in letters:
        raise Unfit(
            "no_right_answer", f"{word[:20]!r} is none of the choices", "Write the letter of the right choice after ANSWER:.", number
        )
    options = (
        Option(identifier=name, content=from_text(choice), worth=ONE if name == word.upper() else ZERO)
        for name, choice in zip(letters, begun.choices, strict=True)
    )
    stem = from_text(begun.stem)
    return Question(kind=Kind.CHOICE, stem=stem, lang=lang, options=options_of(options, begun.line), line=begun.line)


def write(questions: Iterable[Question], file: str = "") -> Writing:
    """Write an Aiken file."""
    notes = Notes(file)
    entries = [_entry(question, notes) for question in questions]
    return Writing(data=("\n\n".join(entries) + "\n").encode() if entries else b"", problems=tuple(notes.found))


def _entry(question: Question, notes: Notes) -> str:
    if question.kind is not Kind.CHOICE or len(question.options) > _LETTERS:
        advice = "Export it as QTI, Moodle XML or CSV."
        raise Unfit("type_not_said", f"Aiken has choices with one right answer alone, no {question.kind.value}", advice)
    if sorted(option.worth for option in question.options) != [*[ZERO] * (len(question.options) - 1), ONE]:
        raise Unfit("points_not_said", "Aiken knows one right answer that is worth one point", "Export it as QTI, Moodle XML or CSV.")
    say_lost(question, notes, "media", "shuffle", "bands", "own", "feedback", "facts")
    notes.note("names_not_kept", "names, titles and the language of questions are not said", 0)
    right = next(letter(place) for place, option in enumerate(question.options) if option.worth == ONE)
    lines = [f"{letter(place)}. {_line(to_text(option.content))}" for place, option in enumerate(question.options)]
    return "\n".join([_line(to_text(question.stem)), *lines, f"ANSWER: {right}"])


def _line(text: str | None) -> str:
    if text is None or "\n" in text:
        raise Unfit("markup_not_said", "Aiken has plain words alone, one line for each", "Export it as QTI, Moodle XML or CSV.")
    return text
