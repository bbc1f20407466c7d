"""The template of a spreadsheet (docs/formats.md): a row for each question and language, and what its columns mean.

CSV (csv_text.py) and XLSX (xlsx.py) bring rows here and write those of table_writing.py. A column that is not known refuses the whole
table: what an author wrote under it would be lost.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from item_bank.facts import STATED
from item_bank.formats.findings import MAX_QUESTIONS, Notes, Unfit, refuse
from item_bank.formats.gift import matched, range_of
from item_bank.formats.questions import ONE, ZERO, Answer, Content, Kind, Option, Question, Reading, answers_of, part_of, tidy
from item_bank.formats.reading import (
    MOST_CHOICES,
    content_of,
    facts_said,
    letter,
    named,
    number_of,
    one_line,
    options_of,
    points_of,
    truth_options,
)
from item_bank.qti.text import latin_digits

COLUMNS = (
    "id",
    "lang",
    "type",
    "title",
    "question",
    "format",
    "points",
    "correct",
    "scoring",
    "lowest",
    "highest",
    "choose",
    "shuffle",
    "case",
    "stars",
    "other_worth",
    "other_feedback",
    "feedback",
    "notes",
    *STATED,
)
NUMBERED = ("option", "match", "worth", "feedback")
TRUE_FALSE = "truefalse"
TYPES = ("choice", "multiple", TRUE_FALSE, "text", "number", "match", "essay", "note")
MAX_ROWS = MAX_QUESTIONS
_NUMBERED = re.compile(rf"({'|'.join(NUMBERED)})_([1-9][0-9]{{0,2}})")
_YES = frozenset({"yes", "true", "1", "हाँ", "हां"})
_NO = frozenset({"no", "false", "0", "नहीं", ""})
_TRUTHS = {"true": True, "t": True, "सही": True, "false": False, "f": False, "गलत": False, "ग़लत": False}

Cells = Sequence[str]
Rows = Iterable[tuple[int, Cells]]
"""Each row with its line in the file; the first holds the names of the columns."""


def read_rows(rows: Rows, file: str, lang: str, notes: Notes) -> Reading:
    """Read a table; raises UnreadableFile for a header that is none, or too many rows."""
    numbered = iter(rows)
    line, header = next(numbered, (1, ()))
    columns = _columns(header, file, line)
    questions = named(_questions(numbered, columns, lang, notes), notes)
    return Reading(questions=questions, problems=tuple(notes.found))


def _columns(header: Cells, file: str, line: int) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in header]
    while names and not names[-1]:
        names.pop()
    if "question" not in names or "type" not in names:
        message = "the first row must name the columns; `type` and `question` are not among them"
        refuse("no_header", message, file, line=line, advice="Begin with the template of docs/formats.md.")
    for place, name in enumerate(names, start=1):
        if name in names[: place - 1]:
            refuse("duplicate_column", f"the column {name or place} stands there twice", file, line=line, advice="Rename one.")
        if not _is_known(name):
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            hint = f"; is {near[0]} meant?" if near else ""
            message = f"there is no column {name[:60] or place} in the template{hint}"
            refuse("unknown_column", message, file, line=line, advice="Rename or remove it.")
    return names


def _is_known(name: str) -> bool:
    found = _NUMBERED.fullmatch(name)
    return name in COLUMNS or (found is not None and int(found[2]) <= MOST_CHOICES)


def _questions(rows: Iterator[tuple[int, Cells]], columns: list[str], lang: str, notes: Notes) -> Iterator[Question]:
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            if any(cell.strip() for cell in cells[len(columns) :]):
                message = f"this row has {len(cells)} cells, the header {len(columns)}"
                raise Unfit("too_many_cells", message, "Give every filled cell a column, and quote texts that hold the separator.")
            filled = {name: cell for name, cell in zip(columns, cells, strict=False) if cell and not cell.isspace()}
            yield _Row(filled, line, lang, notes).question()
        except Unfit as unfit:
            notes.wrong(unfit, line)


@dataclass(slots=True)
class _Row:
    """One row: its filled cells, by the names of their columns."""

    cells: dict[str, str]
    line: int
    lang: str
    notes: Notes
    used: set[str] = field(default_factory=set)

    def question(self) -> Question:
        """Read the question; raises Unfit, also for a filled cell that its type has no use for."""
        kind = self.word("type").lower()
        if kind not in TYPES:
            raise Unfit("unknown_type", f"there is no type {kind[:40]!r}", f"Use one of {', '.join(TYPES)}.")
        question = Question(
            kind=Kind.CHOICE if kind == TRUE_FALSE else Kind(kind),
            stem=self.words("question"),
            name=self.word("id"),
            title=one_line(self.word("title")),
            lang=self.word("lang") or self.lang,
            points=points_of(points, self.line) if (points := self.word("points")) else ONE,
            feedback=self.words("feedback"),
            facts=facts_said({name: latin_digits(self.word(name)) for name in STATED}, self.line),
            line=self.line,
        )
        if not question.stem:
            raise Unfit("no_question", "the cell `question` is empty", "Write what the question asks.")
        question = _READERS[kind](self, question)
        unused = sorted(self.cells.keys() - self.used)
        if unused:
            message = f"a question of the type {kind} has no use for {', '.join(unused)[:100]}"
            raise Unfit("cell_not_used", message, "Empty these cells, or change the type.")
        return question

    def word(self, name: str) -> str:
        """Return what a cell says."""
        self.used.add(name)
        return self.cells.get(name, "").strip()

    def words(self, name: str) -> Content:
        """Return a cell's words, as text or HTML."""
        form = self.word("format").lower() or "text"
        if form not in ("text", "html"):
            raise Unfit("unknown_word", f"there is no format {form[:40]!r}", "Use text or html.")
        return content_of(self.word(name), "html" if form == "html" else "plain", self.notes, self.line)

    def flag(self, name: str) -> bool:
        """Read yes or no."""
        said = self.word(name).lower()
        if said not in _YES | _NO:
            raise Unfit("unknown_word", f"{name} is {said[:40]!r}", "Write yes or no.")
        return said in _YES

    def number(self, name: str, default: Decimal | None) -> Decimal | None:
        """Read a number; `none` is no number."""
        said = self.word(name).lower()
        return None if said == "none" else number_of(said, self.line) if said else default

    def places(self, *names: str) -> list[int]:
        """Return the numbers for which one of these columns is filled, in their order, without gaps."""
        numbered = [(name, *name.rsplit("_", 1)) for name in self.cells if name not in COLUMNS]
        self.used.update(name for name, kind, _ in numbered if kind in names)
        filled = {int(place) for _, kind, place in numbered if kind in names}
        missing = set(range(1, max(filled, default=0) + 1)) - filled
        if missing:
            raise Unfit("empty_choice", f"{names[0]}_{min(missing)} is empty, but one after it is not", "Fill choices from 1 on.")
        return sorted(filled)

    def worth(self, place: int, default: Decimal) -> Decimal:
        """Return what answer number `place` is worth."""
        found = self.number(f"worth_{place}", default)
        return default if found is None else found

    def choices(self, question: Question) -> Question:
        """Read a choice, of one or of several."""
        places = self.places("option")
        key = self._key(len(places))
        several = question.kind is Kind.MULTIPLE
        scoring = self.word("scoring").lower() if several else "each"
        weighted = any(f"worth_{place}" in self.cells for place in places)
        if scoring not in ("", "all", "each"):
            raise Unfit("unknown_word", f"scoring is {scoring[:40]!r}", "Write all or each.")
        each = scoring == "each" or (not scoring and weighted)
        share = part_of(question.points, len(key)) if several and key else question.points
        default = {place: (share if each else ONE) if place in key else ZERO for place in places}
        options = options_of(
            (
                Option(
                    identifier=letter(place - 1),
                    content=self.words(f"option_{place}"),
                    worth=self.worth(place, default[place]) if each else default[place],
                    feedback=self.words(f"feedback_{place}"),
                )
                for place in places
            ),
            self.line,
        )
        if not key and all(option.worth <= 0 for option in options):
            raise Unfit("no_right_answer", "no choice is right", "Say in `correct` which one is, such as 2 or B.")
        return self._bounded(replace(question, options=options, shuffle=self.flag("shuffle")), each)

    def _bounded(self, question: Question, each: bool) -> Question:
        if question.kind is Kind.CHOICE:
            return question
        most = self.number("choose", ZERO) or ZERO
        question = replace(question, most=int(most))
        if not each:
            return replace(question, all_or_nothing=True)
        return replace(question, lower=self.number("lowest", ZERO), upper=self.number("highest", question.points))

    def _key(self, count: int) -> set[int]:
        """Read `correct`: numbers or letters of choices."""
        found: set[int] = set()
        for word in re.split(r"[;,\s]+", self.word("correct")):
            if not word:
                continue
            names = {letter(place).upper(): place + 1 for place in range(count)}
            place = int(word) if word.isdecimal() and len(word) < 4 else names.get(word.upper(), 0)
            if not 1 <= place <= count:
                raise Unfit("unknown_choice", f"`correct` names {word[:20]!r}, which is no choice", "Use numbers or letters of choices.")
            found.add(place)
        return found

    def truth(self, question: Question) -> Question:
        """Read a true-or-false question; the words after true are feedback_1, after false feedback_2."""
        said = _TRUTHS.get(self.word("correct").lower())
        if said is None:
            raise Unfit("no_right_answer", f"`correct` is {self.word('correct')[:20]!r}", "Write true or false.")
        told = (self.words("feedback_1"), self.words("feedback_2"))
        return replace(question, options=truth_options(question.lang, said, points=question.points, told=told), shuffle=False)

    def texts(self, question: Question) -> Question:
        """Read accepted texts."""
        stars = self.flag("stars")
        answers: list[Answer] = []
        for place in self.places("option"):
            text = one_line(self.word(f"option_{place}"))
            is_pattern = stars and "*" in text.replace("\\*", "")
            shown = text if is_pattern or not stars else text.replace("\\*", "*")
            worth, told = self.worth(place, question.points), self.words(f"feedback_{place}")
            answers.append(Answer(text=shown, worth=worth, feedback=told, is_pattern=is_pattern))
        return self._others(replace(question, answers=tuple(answers), case_sensitive=self.flag("case")))

    def numbers(self, question: Question) -> Question:
        """Read accepted numbers."""
        ranges = [
            replace(
                range_of(self.word(f"option_{place}"), self.line),
                worth=self.worth(place, question.points),
                feedback=self.words(f"feedback_{place}"),
            )
            for place in self.places("option")
        ]
        return self._others(replace(question, ranges=tuple(ranges)))

    def _others(self, question: Question) -> Question:
        if not any(each.worth > 0 for each in answers_of(question)):
            raise Unfit("no_right_answer", "no answer is right", "Write the right answer in option_1.")
        otherwise = self.number("other_worth", ZERO) or ZERO
        return replace(question, otherwise=tidy(otherwise), other_feedback=self.words("other_feedback"))

    def pairs(self, question: Question) -> Question:
        """Read a match: option_1 goes with match_1; a match without an option is one more choice."""
        places = self.places("option", "match")
        pairs = [(self.words(f"option_{place}"), self.words(f"match_{place}")) for place in places]
        if any(not right for _, right in pairs):
            raise Unfit("empty_choice", "an option has no match", "Fill match_1, match_2 and on.")
        shuffle = self.flag("shuffle")
        return replace(matched(question, pairs), shuffle=shuffle)

    def essay(self, question: Question) -> Question:
        """Read an essay."""
        return replace(question, notes=self.words("notes"))


_READERS: Mapping[str, Callable[[_Row, Question], Question]] = {
    "choice": _Row.choices,
    "multiple": _Row.choices,
    TRUE_FALSE: _Row.truth,
    "text": _Row.texts,
    "number": _Row.numbers,
    "match": _Row.pairs,
    "essay": _Row.essay,
    "note": lambda row, question: question,
}
