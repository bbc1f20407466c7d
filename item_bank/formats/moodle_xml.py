"""Moodle XML, read: `quiz` with its questions, their files in base64. Written by moodle_xml_writing.py.

Read after Moodle's published description (docs.moodle.org, "Moodle XML format"). Scored as Moodle scores: fractions in per cent of the
default grade, several choices never below nothing nor above all, short answers in their order, a star for any text.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from lxml import etree

from item_bank.formats.findings import Notes, Unfit, refuse
from item_bank.formats.gift import matched
from item_bank.formats.media import decoded, lifted, medium_named, readdressed
from item_bank.formats.questions import ONE, ZERO, Answer, Band, Content, Kind, Medium, Option, Question, Range, Reading, worth_of
from item_bank.formats.reading import (
    content_of,
    facts_in_tags,
    letter,
    named,
    number_of,
    one_line,
    options_of,
    points_of,
    share_in,
    truth_options,
)
from item_bank.formats.trees import line_of, parsed, words_in

_FORMS = {"html": "html", "moodle_auto_format": "moodle", "plain_text": "plain", "markdown": "markdown", "": "moodle"}
_NOT_KEPT = ("hint", "responsetemplate")
_ONE_ATTEMPT = "In an exam each question has one attempt."


def read(data: bytes, file: str, lang: str = "") -> Reading:
    """Read a Moodle XML file; raises UnreadableFile or TooLarge."""
    root = parsed(data, file)
    if root.tag != "quiz":
        refuse("not_moodle_xml", f"its root is {str(root.tag)[:60]}, not quiz", file, line=1, advice="Export the questions as Moodle XML.")
    notes = Notes(file)
    questions = named(_questions(root, lang, notes), notes)
    return Reading(questions=questions, problems=tuple(notes.found))


def _questions(root: etree._Element, lang: str, notes: Notes) -> Iterator[Question]:
    for element in root:
        if element.tag != "question":
            notes.note("element_not_read", f"the element {str(element.tag)[:60]} is not read", line_of(element))
            continue
        kind, line = element.get("type", ""), line_of(element)
        if kind == "category":
            message = f"the category {words_in(element, 'category/text')[:100]} is not kept"
            notes.note("category_not_kept", message, line, "Give a competency when it is in the bank.")
            continue
        try:
            yield _Reading(element, line, lang, notes).question(kind)
        except Unfit as unfit:
            notes.wrong(unfit, line)


@dataclass(slots=True)
class _Reading:
    """One question element."""

    element: etree._Element
    line: int
    lang: str
    notes: Notes
    media: dict[str, Medium] = field(default_factory=dict)

    def question(self, kind: str) -> Question:
        """Read the question; raises Unfit."""
        read_kind = _KINDS.get(kind)
        if read_kind is None:
            advice = "Make it a choice, a short answer, a number, a match or an essay, or import it as QTI."
            raise Unfit("type_not_read", f"questions of the type {kind[:60]!r} are not read", advice)
        tags = [words_in(tag, "text").strip() for tag in self.element.findall("tags/tag")]
        said = next((tag.removeprefix("lang:") for tag in tags if tag.startswith("lang:")), self.lang)
        grade = words_in(self.element, "defaultgrade").strip()
        question = Question(
            kind=Kind.NOTE,
            stem=self.words(self.element.find("questiontext")),
            name=words_in(self.element, "idnumber").strip(),
            title=one_line(words_in(self.element, "name/text")),
            lang=said,
            points=points_of(grade, self.line) if grade and kind != "description" else ONE,
            feedback=self.words(self.element.find("generalfeedback")),
            shuffle=_is_true(words_in(self.element, "shuffleanswers")),
            line=self.line,
        )
        if not question.stem and kind != "matching":
            raise Unfit("no_question", "the question has no text", "Write what it asks.")
        facts, others = facts_in_tags(tag for tag in tags if not tag.startswith("lang:"))
        self._say_not_kept(others)
        question = read_kind(self, question)
        return replace(question, bands=self._bands(question), media=tuple(self.media.values()), facts=facts)

    def words(self, holder: etree._Element | None) -> Content:
        """Read a text with its format, and the files that come with it."""
        if holder is None:
            return ()
        files: dict[str, Medium] = {}
        for each in holder.findall("file"):
            name = f"{each.get('path', '/')}{each.get('name', '')}".lstrip("/")
            medium = medium_named(name, decoded("".join(each.itertext()), name or "a file", line_of(each)))
            files[name] = self.media[medium.path] = medium
        form = holder.get("format", "")
        text = words_in(holder, "text") if holder.find("text") is not None else (holder.text or "")
        html, embedded = lifted(readdressed(text, files), line_of(holder))
        self.media.update({medium.path: medium for medium in embedded})
        return content_of(html, _FORMS.get(form, "html"), self.notes, line_of(holder))

    def _say_not_kept(self, tags: list[str]) -> None:
        if tags:
            self.notes.note("tags_not_kept", "tags are not kept", self.line, "Give a competency when it is in the bank.")
        if any(words_in(self.element, f"{name}/text").strip() for name in _NOT_KEPT):
            self.notes.note(
                "hints_not_kept", "hints and templates for the answer are not kept", self.line, "In an exam each question has one attempt."
            )
        penalty = words_in(self.element, "penalty").strip()
        if penalty.strip("0.") and self.element.get("type") not in ("essay", "description"):
            self.notes.note(
                "penalty_not_kept", "the penalty for another try is not kept", self.line, "In an exam each question has one attempt."
            )

    def answers(self) -> Iterator[tuple[etree._Element, Decimal, Content]]:
        """Yield each answer with its share and its words."""
        for answer in self.element.findall("answer"):
            share = share_in(answer.get("fraction", "0"), line_of(answer))
            yield answer, share, self.words(answer.find("feedback"))

    def options(self, points: Decimal) -> tuple[Option, ...]:
        """Read the choices; raises Unfit."""
        options = (
            Option(identifier=letter(place), content=self.words(answer), worth=worth_of(points, share), feedback=told)
            for place, (answer, share, told) in enumerate(self.answers())
        )
        return options_of(options, self.line)

    def choice(self, question: Question) -> Question:
        """Read a multiple choice, one or several."""
        options = self.options(question.points)
        if all(option.worth <= 0 for option in options):
            raise Unfit("no_right_answer", "no answer is right", "Give the right one the fraction 100.")
        if _is_true(words_in(self.element, "single") or "true"):
            return replace(question, kind=Kind.CHOICE, options=options)
        return replace(question, kind=Kind.MULTIPLE, options=options, lower=ZERO, upper=question.points)

    def choice_set(self, question: Question) -> Question:
        """Read an all-or-nothing choice (the type multichoiceset)."""
        options = tuple(replace(option, worth=ONE if option.worth > 0 else ZERO) for option in self.options(question.points))
        if not any(option.worth for option in options):
            raise Unfit("no_right_answer", "no answer is right", "Give the right ones the fraction 100.")
        return replace(question, kind=Kind.MULTIPLE, options=options, all_or_nothing=True)

    def truth(self, question: Question) -> Question:
        """Read a true-or-false question."""
        found = {words_in(answer, "text").strip().lower(): (share, told) for answer, share, told in self.answers()}
        if set(found) != {"true", "false"} or sorted(share for share, _ in found.values()) != [0, 1]:
            raise Unfit("no_right_answer", "either true or false must be right, and the other wrong", "Give one of them the fraction 100.")
        told = (found["true"][1], found["false"][1])
        return replace(
            question, kind=Kind.CHOICE, options=truth_options(question.lang, found["true"][0] == 1, points=question.points, told=told)
        )

    def short(self, question: Question) -> Question:
        """Read a short answer."""
        answers: list[Answer] = []
        for element, share, told in self.answers():
            text, worth = one_line(words_in(element, "text")), worth_of(question.points, share)
            if not text:
                raise Unfit("empty_choice", "an answer says nothing", "Write what it says, or take it out.", line_of(element))
            if text == "*":
                question = replace(question, otherwise=worth, other_feedback=told)
                break
            is_pattern = "*" in text.replace("\\*", "")
            shown = text if is_pattern else text.replace("\\*", "*")
            answers.append(Answer(text=shown, worth=worth, feedback=told, is_pattern=is_pattern))
        if not any(answer.worth > 0 for answer in answers) and not question.otherwise:
            raise Unfit("no_right_answer", "no answer is right", "Give the right one the fraction 100.")
        return replace(question, kind=Kind.TEXT, answers=tuple(answers), case_sensitive=_is_true(words_in(self.element, "usecase")))

    def number(self, question: Question) -> Question:
        """Read a number."""
        if words_in(self.element, "unitgradingtype").strip() not in ("", "0"):
            raise Unfit("units_not_read", "units that are marked are not read", "Ask for the number alone, and say its unit in the text.")
        if self.element.find("units/unit") is not None:
            self.notes.note("units_not_kept", "units are not kept", self.line, "Say in the text in which unit the answer is meant.")
        ranges: list[Range] = []
        for element, share, told in self.answers():
            text, line = words_in(element, "text").strip(), line_of(element)
            worth = worth_of(question.points, share)
            if text == "*":
                question = replace(question, otherwise=worth, other_feedback=told)
                continue
            width = words_in(element, "tolerance").strip()
            tolerance = abs(number_of(width, line)) if width else ZERO
            ranges.append(Range(value=number_of(text, line), tolerance=tolerance, worth=worth, feedback=told))
        if not ranges:
            raise Unfit("no_right_answer", "no number is right", "Add an answer.")
        return replace(question, kind=Kind.NUMBER, ranges=tuple(ranges))

    def match(self, question: Question) -> Question:
        """Read a match; a pair without its left side is one more choice on the right."""
        pairs = [(self.words(each), self.words(each.find("answer"))) for each in self.element.findall("subquestion")]
        if any(not right for _, right in pairs):
            raise Unfit("empty_choice", "a pair has nothing on its right side", "Write both sides of every pair.")
        shuffle = question.shuffle
        return replace(matched(question, pairs), shuffle=shuffle)

    def essay(self, question: Question) -> Question:
        """Read an essay, which a person scores."""
        if words_in(self.element, "attachments").strip() not in ("", "0"):
            self.notes.note("files_not_asked", "files that candidates may attach are not asked for", self.line)
        return replace(question, kind=Kind.ESSAY, notes=self.words(self.element.find("graderinfo")))

    def _bands(self, question: Question) -> tuple[Band, ...]:
        """Read the words for right, partly right and wrong answers."""
        if question.kind not in (Kind.CHOICE, Kind.MULTIPLE, Kind.MATCH):
            return ()
        limits: Mapping[str, tuple[Decimal | None, Decimal | None]] = {
            "correct": (question.points, None),
            "partiallycorrect": (ZERO, question.points),
            "incorrect": (None, ZERO),
        }
        bands = [(name, self.words(self.element.find(f"{name}feedback")), *limits[name]) for name in limits]
        return tuple(
            Band(name=name, content=content, low=low, high=high, low_in=name == "correct", high_in=name == "incorrect")
            for name, content, low, high in bands
            if content
        )


_KINDS: Mapping[str, Callable[[_Reading, Question], Question]] = {
    "multichoice": _Reading.choice,
    "multichoiceset": _Reading.choice_set,
    "truefalse": _Reading.truth,
    "shortanswer": _Reading.short,
    "numerical": _Reading.number,
    "matching": _Reading.match,
    "essay": _Reading.essay,
    "description": lambda reading, question: question,
}


def _is_true(word: str) -> bool:
    return word.strip().lower() in ("true", "1")
