"""From a form's fields to questions, one for each language in which something is asked; what is missing or does not fit is kept by field.

The marks, the key and the lines are typed once for all languages, so that languages cannot differ in them. A language without a stem is
none yet: it may stay empty, but not half of it. What is incomplete still gives a question, so that it can be looked at meanwhile.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal

from item_bank.authoring.fields import KINDS, LONGEST_TEXT, OPTIONED, Asked, Values, asked_of, languages_of, lines_of
from item_bank.authoring.pictures import trouble_with
from item_bank.authoring.wording import content_of, marks_of
from item_bank.formats.content import words
from item_bank.formats.findings import Unfit
from item_bank.formats.questions import ONE, ZERO, Answer, Content, Kind, Option, Question, Range, part_of
from item_bank.formats.reading import FALSE, TRUE, letter, one_line, shortened
from item_bank.items import LONGEST_TITLE
from item_bank.parity import NO_LANGUAGE, numbers_in
from item_bank.qti.model.nodes import Node

MOST_MARKS = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with a field, by a stable code; `details` go into its words."""

    field: str
    code: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The questions that were typed, by language; `troubles` keep them from being saved, `doubts` do not."""

    asked: Asked
    questions: Mapping[str, Question]
    troubles: tuple[Trouble, ...] = ()
    doubts: tuple[Trouble, ...] = ()


def read(values: Values, paths: Set[str] = frozenset()) -> Read:
    """Read a form; `paths` are the pictures that its words may show."""
    reading = _Reading(values, paths)
    questions = reading.questions()
    return Read(asked=reading.asked, questions=questions, troubles=tuple(reading.troubles.values()), doubts=tuple(reading.doubts.values()))


class _Reading:
    """One form while it is read."""

    def __init__(self, values: Values, paths: Set[str]) -> None:
        self.values, self.paths = values, paths
        self.asked, self.langs = asked_of(values), languages_of(values)
        self.troubles: dict[str, Trouble] = {}
        self.doubts: dict[str, Trouble] = {}
        self.active = tuple(lang for lang in self.langs if values.get(f"stem-{lang}", "").strip())
        self.points = self._points()

    def questions(self) -> dict[str, Question]:
        """Return the question in each language that has one; in the first one where none has."""
        if not self.active:
            self.active = self.langs[:1]
        for lang in self.langs:
            if lang not in self.active and any(self.values.get(name, "").strip() for name in self._said_in(lang)):
                self.wrong(f"stem-{lang}", "missing")
        common, contents = self._common(), self._shared()
        return {lang: self._in(lang, common, contents) for lang in self.active}

    def _said_in(self, lang: str) -> list[str]:
        begun = {f"option-{place}-{lang}" for place in (1, 2) if self.values.get(f"name-{place}") in (TRUE, FALSE)}
        return [name for name in self.values if name.endswith(f"-{lang}") and name not in begun and not name.startswith("alt-")]

    def wrong(self, field: str, code: str, **details: str) -> None:
        """Note what is wrong with a field; the first finding stands."""
        self.troubles.setdefault(field, Trouble(field=field, code=code, details=details))

    # — numbers

    def number(self, field: str, empty: Decimal) -> Decimal:
        """Read a number; an empty field is `empty`."""
        typed = self.values.get(field, "").strip()
        try:
            return marks_of(typed) if typed else empty
        except Unfit as unfit:
            self.wrong(field, unfit.code)
            return empty

    def marks(self, field: str, empty: Decimal) -> Decimal:
        """Read marks."""
        found = self.number(field, empty)
        if abs(found) > MOST_MARKS:
            self.wrong(field, "too_many_marks")
            return empty
        return found

    def _points(self) -> Decimal:
        points = self.marks("points", ZERO)
        if points <= 0:
            self.wrong("points", "not_points")
            return ONE
        return points

    def _otherwise(self) -> Decimal:
        """Return what a wrong answer is worth: nothing, or what it costs."""
        cost = self.marks("negative", ZERO)
        if cost < 0:
            self.wrong("negative", "not_negative")
            return ZERO
        return -cost if cost else ZERO

    def _refuse_negative(self) -> None:
        if self.marks("negative", ZERO):
            self.wrong("negative", "negative_not_said")

    # — words

    def slot(self, name: str, *, needed: bool) -> dict[str, Content]:
        """Read a text in every language. One that a language says, all must say: what shows by an answer is the same everywhere."""
        contents = {lang: self._content(f"{name}-{lang}") for lang in self.active}
        if needed or any(contents.values()):
            for lang in self.active:
                if not contents[lang]:
                    self.wrong(f"{name}-{lang}", "missing" if needed else "missing_in_language")
        self._compare(name, contents)
        return contents

    def _content(self, field: str) -> Content:
        typed = self.values.get(field, "")
        if len(typed) > LONGEST_TEXT:
            self.wrong(field, "too_long", most=f"{LONGEST_TEXT}")
            return ()
        content, lost = content_of(typed)
        if lost:
            self.wrong(field, "markup_not_kept", what=", ".join(lost))
        found = trouble_with(content, self.paths)
        if found is not None:
            self.wrong(field, found.code, what=found.path)
        return content

    def _compare(self, name: str, contents: Mapping[str, Content]) -> None:
        """Doubt numbers that differ between languages."""
        said = {lang: numbers_in(words(content)) for lang, content in contents.items() if content}
        for lang in list(said)[1:]:
            first = next(iter(said))
            if said[lang] != said[first]:
                here, there = said[lang] - said[first], said[first] - said[lang]
                details = {"lang": lang, "other": first, "here": ", ".join(here), "there": ", ".join(there)}
                self.doubts[f"{name}-{lang}"] = Trouble(field=f"{name}-{lang}", code="numbers_differ", details=details)

    def _shared(self) -> dict[str, dict[str, Content]]:
        """Read what questions of every kind say."""
        notes = {lang: self._content(f"notes-{lang}") for lang in self.active}
        other = self.slot("other", needed=False) if self.asked in (Asked.TEXT, Asked.NUMBER) else {}
        return {"stem": self.slot("stem", needed=True), "general": self.slot("general", needed=False), "other": other, "notes": notes}

    # — the question

    def _common(self) -> "_Common":
        question = Question(kind=KINDS[self.asked], stem=(), name=self.values.get("identifier", "").strip(), points=self.points)
        question = replace(question, response=self.values.get("response") or question.response, shuffle=bool(self.values.get("shuffle")))
        if self.asked in OPTIONED:
            return self._options(question)
        match self.asked:
            case Asked.TEXT:
                return self._answers(question)
            case Asked.NUMBER:
                return self._ranges(question)
            case Asked.MATCH:
                return self._pairs(question)
        return _Common(question=question)

    def _options(self, question: Question) -> "_Common":
        numbers = list(lines_of(self.values, "option", self.langs))
        if len(numbers) < 2:
            self.wrong("options", "too_few_choices")
        names = self._names(numbers)
        right = self._right(numbers)
        worths = self._worths(numbers, right)
        question = self._scored(replace(question, in_text=self.asked is Asked.LIST), right)
        if self.asked is Asked.ORDER:
            question = replace(question, sequence=tuple(range(len(numbers))), shuffle=True)
        fixed = [bool(self.values.get(f"fixed-{number}")) and self.asked is not Asked.ORDER for number in numbers]
        lines = zip(names, worths, fixed, strict=True)
        options = tuple(Option(identifier=name, content=(), worth=worth, fixed=stays) for name, worth, stays in lines)
        contents = {f"option-{number}": self.slot(f"option-{number}", needed=True) for number in numbers}
        if self.asked is Asked.LIST:
            self._refuse_marks(contents)
        told = {f"told-{number}": self.slot(f"told-{number}", needed=False) for number in numbers if self.asked is not Asked.ORDER}
        return _Common(question=replace(question, options=options), numbers=tuple(numbers), contents={**contents, **told})

    def _refuse_marks(self, contents: Mapping[str, Mapping[str, Content]]) -> None:
        """A list that opens in the text shows letters alone."""
        for name, said in contents.items():
            for lang, content in said.items():
                if any(isinstance(piece, Node) for piece in content):
                    self.wrong(f"{name}-{lang}", "plain_only")

    def _names(self, numbers: list[int]) -> list[str]:
        """Return the identifiers of the lines: the ones they had, new letters for new lines."""
        known = {number: self.values.get(f"name-{number}", "") for number in numbers}
        free = (name for name in map(letter, range(200)) if name not in known.values())
        return [known[number] or next(free) for number in numbers]

    def _right(self, numbers: list[int]) -> tuple[int, ...]:
        if self.asked is Asked.ORDER:
            return ()
        ticked = {int(word) for word in self.values.get("right", "").split() if word.isascii() and word.isdecimal()}
        right = tuple(number for number in numbers if number in ticked)
        if not right:
            self.wrong("options", "no_key")
        return right if self.asked is Asked.MULTIPLE else right[:1]

    def _worths(self, numbers: list[int], right: tuple[int, ...]) -> list[Decimal]:
        if self.asked is Asked.ORDER:
            self._refuse_negative()
            return [ZERO for _ in numbers]
        if self.asked is Asked.MULTIPLE and self.values.get("scoring") == "all":
            self._refuse_negative()
            return [ONE if number in right else ZERO for number in numbers]
        each = part_of(self.points, len(right)) if self.asked is Asked.MULTIPLE and right else self.points
        otherwise = self._otherwise()
        return [self.marks(f"worth-{number}", each if number in right else otherwise) for number in numbers]

    def _scored(self, question: Question, right: tuple[int, ...]) -> Question:
        """Say how several choices add up."""
        if self.asked is not Asked.MULTIPLE:
            return question
        most = self.marks("most", ZERO)
        if most != int(most) or most < 0 or 0 < most < len(right):
            self.wrong("most", "not_a_limit", right=f"{len(right)}")
            most = ZERO
        if self.values.get("scoring") == "all":
            return replace(question, all_or_nothing=True, most=int(most))
        lower = self.marks("lower", ZERO) if self.values.get("lower", "").strip() else None
        upper = self.marks("upper", self.points)
        if (lower is not None and lower > 0) or upper <= 0:
            self.wrong("lower" if upper > 0 else "upper", "not_a_bound")
            return question
        return replace(question, lower=lower, upper=upper, most=int(most))

    def _answers(self, question: Question) -> "_Common":
        answers: list[Answer] = []
        numbers = list(lines_of(self.values, "answer", self.langs))
        for number in numbers:
            text = one_line(self.values.get(f"answer-{number}", ""))
            is_pattern = bool(self.values.get(f"pattern-{number}"))
            if not text or len(text) > 1000:
                self.wrong(f"answer-{number}", "missing" if not text else "too_long", most="1000")
            if any(text.casefold() == each.text.casefold() and is_pattern == each.is_pattern for each in answers):
                self.wrong(f"answer-{number}", "same_answer_twice")
            answers.append(Answer(text=text, worth=self.marks(f"worth-{number}", self.points), is_pattern=is_pattern))
        self._check_key([answer.worth for answer in answers])
        case = bool(self.values.get("case"))
        question = replace(question, answers=tuple(answers), case_sensitive=case, otherwise=self._otherwise())
        return self._told(question, numbers)

    def _ranges(self, question: Question) -> "_Common":
        ranges: list[Range] = []
        numbers = list(lines_of(self.values, "value", self.langs))
        for number in numbers:
            if not self.values.get(f"value-{number}", "").strip():
                self.wrong(f"value-{number}", "missing")
            tolerance = self.number(f"tolerance-{number}", ZERO)
            if tolerance < 0:
                self.wrong(f"tolerance-{number}", "not_a_tolerance")
            worth = self.marks(f"worth-{number}", self.points)
            ranges.append(Range(value=self.number(f"value-{number}", ZERO), tolerance=abs(tolerance), worth=worth))
        self._check_key([each.worth for each in ranges])
        return self._told(replace(question, ranges=tuple(ranges), otherwise=self._otherwise()), numbers)

    def _check_key(self, worths: list[Decimal]) -> None:
        if max(worths, default=ZERO) <= 0:
            self.wrong("options", "no_answer")

    def _told(self, question: Question, numbers: list[int]) -> "_Common":
        told = {f"told-{number}": self.slot(f"told-{number}", needed=False) for number in numbers}
        return _Common(question=question, numbers=tuple(numbers), contents=told)

    def _pairs(self, question: Question) -> "_Common":
        self._refuse_negative()
        rows = {line: list(lines_of(self.values, line, self.langs)) for line in ("source", "target")}
        if min(map(len, rows.values())) < 2:
            self.wrong("options", "too_few_pairs")
        pairs: list[int] = []
        for number in rows["source"]:
            word = self.values.get(f"pair-{number}", "").strip()
            places = [place for place, target in enumerate(rows["target"]) if word == f"{target}"]
            if not places:
                self.wrong(f"pair-{number}", "unknown_pair")
            pairs.append(places[0] if places else 0)
        contents = {f"{line}-{number}": self.slot(f"{line}-{number}", needed=True) for line, found in rows.items() for number in found}
        question = replace(question, pairs=tuple(pairs))
        return _Common(question=question, numbers=tuple(rows["source"]), others=tuple(rows["target"]), contents=contents)

    def _in(self, lang: str, common: "_Common", shared: Mapping[str, Mapping[str, Content]]) -> Question:
        """Say the question in one language."""

        def said(name: str) -> Content:
            return {**common.contents, **shared}.get(name, {}).get(lang, ())

        question, numbers = common.question, common.numbers
        title = one_line(self.values.get(f"title-{lang}", ""))[:LONGEST_TITLE]
        question = replace(question, lang="" if lang == NO_LANGUAGE else lang, title=title or shortened(words(said("stem"))))
        question = replace(question, stem=said("stem"), feedback=said("general"), other_feedback=said("other"), notes=said("notes"))
        if question.options:
            pairs = zip(numbers, question.options, strict=True)
            options = (replace(option, content=said(f"option-{n}"), feedback=said(f"told-{n}")) for n, option in pairs)
            return replace(question, options=tuple(options))
        if question.kind is Kind.TEXT:
            answers = zip(numbers, question.answers, strict=True)
            return replace(question, answers=tuple(replace(answer, feedback=said(f"told-{n}")) for n, answer in answers))
        if question.kind is Kind.NUMBER:
            ranges = zip(numbers, question.ranges, strict=True)
            return replace(question, ranges=tuple(replace(each, feedback=said(f"told-{n}")) for n, each in ranges))
        sources, targets = (tuple(said(f"{line}-{n}") for n in found) for line, found in (("source", numbers), ("target", common.others)))
        return replace(question, sources=sources, targets=targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """What all languages share, the lines it came from, and what these say in each language."""

    question: Question
    numbers: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    contents: Mapping[str, Mapping[str, Content]] = field(default_factory=dict)
