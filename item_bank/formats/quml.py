"""Sunbird's QuML: question objects in JSON, and the specification's own sample page. Written by quml_writing.py.

Read after the QuML specification (sunbird-specs, v1) and the objects that Sunbird's editor makes. A mapping gives each choice its worth;
without one only the key counts, and is worth `maxScore`. What has no key (text, date, subjective) is for a person to score. The page is
read as far as it is JSON but for typographic marks: quml_page.py.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from item_bank.formats.content import from_html, words
from item_bank.formats.findings import Notes, Unfit, refuse, text_of
from item_bank.formats.media import lifted
from item_bank.formats.questions import ONE, ZERO, Band, Content, Kind, Medium, Option, Question, Reading, tidy
from item_bank.formats.quml_body import Body, body_of
from item_bank.formats.quml_facts import facts_in
from item_bank.formats.quml_page import object_of_page
from item_bank.formats.reading import content_of, facts_said, letter, named, number_of, one_line, options_of, points_of
from item_bank.qti.problems import Severity
from item_bank.qti.validity.datatypes import is_ncname

Record = Mapping[str, object]

_LANGUAGES = {"english": "en", "hindi": "hi", "tamil": "ta", "telugu": "te", "bengali": "bn", "marathi": "mr", "gujarati": "gu"}
_TYPED = ("text", "date")
_INNER = ("result", "question", "questions", "questionSet", "questionset", "children")
_MARKS = ("gradeLevel", "board", "medium", "framework")
_DEPTH = 20


def read(data: bytes, file: str, lang: str = "") -> Reading:
    """Read question objects; raises UnreadableFile for what is no QuML."""
    return _read(data, file, lang, as_sent=False)


def one_as_sent(data: bytes, file: str) -> Question:
    """Read the one question of a file, its choices and response by QuML's own names, for responses that its player sent.

    Raises UnreadableFile.
    """
    reading = _read(data, file, "", as_sent=True)
    wrong = next((each for each in reading.problems if each.severity is Severity.INVALID), None)
    if wrong is not None:
        refuse(wrong.code, wrong.message, file, line=wrong.line, advice=wrong.advice)
    if len(reading.questions) != 1:
        refuse("several_questions", f"there are {len(reading.questions)} questions in this file; one was expected", file)
    return reading.questions[0]


def _read(data: bytes, file: str, lang: str, *, as_sent: bool) -> Reading:
    text = text_of(data, file)
    notes = Notes(file)
    if text.lstrip().startswith("#"):
        records: list[Record] = [object_of_page(text, file)]
    else:
        records = list(_objects(_parsed(text, file), file))
    questions = named(_questions(records, lang, notes, as_sent=as_sent), notes)
    return Reading(questions=questions, problems=tuple(notes.found))


def _parsed(text: str, file: str) -> object:
    try:
        found: object = json.loads(text)
    except json.JSONDecodeError as error:
        refuse("not_json", f"line {error.lineno}: this is no JSON: {error.msg}", file, line=error.lineno, advice="Export the file again.")
    except (ValueError, RecursionError):
        refuse("not_json", "this is no JSON that can be read here", file, advice="Export the file again.")
    return found


def _objects(found: object, file: str, depth: int = 0) -> Iterator[Record]:
    """Yield the questions of an object, a list, a question set, or an answer of Sunbird's service."""
    if depth > _DEPTH:
        refuse("too_deep", f"questions are nested more than {_DEPTH} deep", file)
    if isinstance(found, list):
        for each in found:
            yield from _objects(each, file, depth + 1)
        return
    if not isinstance(found, Mapping):
        refuse("not_quml", "an object of a question was expected", file, advice="Hand over QuML questions as JSON.")
    inner = [found[name] for name in _INNER if isinstance(found.get(name), list | dict)]
    if inner and "body" not in found:
        for each in inner:
            yield from _objects(each, file, depth + 1)
    elif inner or "body" in found or "editorState" in found or "interactions" in found:
        yield found
    elif found.get("objectType") not in ("QuestionSet", "Section"):
        refuse("not_quml", "an object has neither a body nor questions", file, advice="Hand over QuML questions as JSON.")


def _questions(records: Sequence[Record], lang: str, notes: Notes, *, as_sent: bool) -> Iterator[Question]:
    for number, record in enumerate(records, start=1):
        try:
            yield _Reading(record, number, lang, notes, as_sent).question()
        except Unfit as unfit:
            notes.wrong(unfit, number)


@dataclass(slots=True)
class _Reading:
    """One question object; its `line` is its place in the file."""

    record: Record
    line: int
    lang: str
    notes: Notes
    as_sent: bool
    media: dict[str, Medium] = field(default_factory=dict)

    def question(self) -> Question:
        """Read the object; raises Unfit."""
        body = body_of(self._text("body"))
        declared = _record(self.record.get("responseDeclaration"))
        if len(declared) > 1:
            raise Unfit("several_answers", "the question asks for several responses", "Make one question of each.")
        name = next(iter(declared), "")
        question = Question(
            kind=Kind.ESSAY,
            stem=self.words(body.stem or _str(_record(self.record.get("editorState")).get("question"))),
            name=self._text("identifier"),
            title=one_line(words(from_html(self._text("name"))[0])),
            lang=self._language(),
            points=self._points(_record(declared.get(name))) or ONE,
            facts=facts_said(facts_in(self.record), self.line),
            response=name if self.as_sent and name else "RESPONSE",
            line=self.line,
        )
        if not question.stem:
            raise Unfit("no_question", "the question has no text", "Write its body.")
        question = self._answered(question, body, name, _record(declared.get(name)))
        self._say_not_kept()
        return replace(question, bands=tuple(self._bands()), media=tuple(self.media.values()))

    def _text(self, name: str) -> str:
        return _str(self.record.get(name)).strip()

    def words(self, html: str) -> Content:
        """Read HTML, and lift the files in it out."""
        html, media = lifted(html, self.line)
        self.media.update({medium.path: medium for medium in media})
        return content_of(html, "html", self.notes, self.line)

    def _language(self) -> str:
        codes = _list(self.record.get("languageCode"))
        if codes and isinstance(codes[0], str):
            return codes[0]
        said = [_LANGUAGES.get(str(each).lower(), "") for each in _list(self.record.get("language"))]
        return next((each for each in said if each), self.lang)

    def _points(self, declared: Record) -> Decimal | None:
        """Read the best score, where the object says it."""
        said = _record(_record(self.record.get("outcomeDeclaration")).get("maxScore")).get("defaultValue")
        outcomes = _record(_record(declared.get("correctResponse")).get("outcomes"))
        places = (said, declared.get("maxScore"), outcomes.get("SCORE"), self.record.get("maxScore"))
        found = next((each for each in places if each is not None), None)
        return None if found is None else points_of(str(found), self.line)

    def _answered(self, question: Question, body: Body, name: str, declared: Record) -> Question:
        interactions = _record(self.record.get("interactions"))
        asked = _record(interactions.get(name))
        kinds = [each for each in _list(self.record.get("interactionTypes")) if isinstance(each, str)]
        kind = asked.get("type")
        kind = kind if isinstance(kind, str) else kinds[0] if kinds else "choice" if body.choices else ""
        if kind == "choice":
            offered = [(_value(each.get("value")), _str(each.get("label"))) for each in map(_record, _list(asked.get("options")))]
            return self._choices(question, offered or list(body.choices), declared)
        if kind and kind not in _TYPED:
            raise Unfit("type_not_read", f"interactions of the type {kind[:40]!r} are not read", "Make it a choice, or import it as QTI.")
        if kind in _TYPED:
            self.notes.note(
                "no_key", "no answer is said to be right: a person must score it", self.line, "Say the key, or score it by hand."
            )
        if _record(asked.get("validation")) or isinstance(asked.get("type"), Mapping):
            self.notes.note("limit_not_kept", "what may be typed is not kept", self.line)
        return replace(question, notes=self.words(self._text("answer")) if not name else ())

    def _choices(self, question: Question, offered: Sequence[tuple[str, str]], declared: Record) -> Question:
        values = [value for value, _ in offered]
        if len(set(values)) < len(values):
            raise Unfit("id_used_twice", "two choices have the same value", "Give each its own.")
        names = values if self.as_sent else _names(values)
        several = declared.get("cardinality") in ("multiple", "ordered")
        key = {_value(each) for each in _list(_record(declared.get("correctResponse")).get("value"))}
        mapping = self._mapping(declared, values)
        if not key <= set(values) or (not key and not any(worth > 0 for worth in mapping.values())):
            raise Unfit("no_right_answer", "the key is none of the choices", "Say in correctResponse which value is right.")
        self._say_differing_key(key, values)
        summed = bool(mapping)
        worths = mapping if summed else dict.fromkeys(key, ONE if several else question.points)
        options = (
            Option(identifier=name, content=self.words(label), worth=worths.get(value, ZERO))
            for name, (value, label) in zip(names, offered, strict=True)
        )
        found = replace(question, options=options_of(options, self.line))
        found = replace(found, kind=Kind.MULTIPLE if several else Kind.CHOICE, all_or_nothing=several and not summed)
        return found if not summed or self._points(declared) is not None else replace(found, points=_best(found))

    def _mapping(self, declared: Record, values: Sequence[str]) -> dict[str, Decimal]:
        """Read what each value is worth: `value` and `score` (the editor's), or `key` and `value` (the specification's)."""
        found: dict[str, Decimal] = {}
        for entry in map(_record, _list(declared.get("mapping"))):
            value, worth = (entry["key"], entry.get("value")) if "key" in entry else (entry.get("value"), entry.get("score"))
            name = _value(value)
            if name not in values:
                raise Unfit("unknown_choice", f"the mapping names {name[:40]!r}, which is no choice", "Correct the mapping.")
            found.setdefault(name, number_of(str(worth), self.line))
        return found

    def _say_differing_key(self, key: set[str], values: Sequence[str]) -> None:
        """The editor keeps the key twice; the declaration is what is scored."""
        options = [_record(each) for each in _list(_record(self.record.get("editorState")).get("options"))]
        marked = {_value(_record(each.get("value")).get("value")) for each in options if each.get("answer") is True}
        if options and key and marked != key:
            message = "the editor's marks and the declared key differ; the declared key counts"
            self.notes.note("key_differs", message, self.line, "Look at the key.")

    def _bands(self) -> Iterator[Band]:
        """Read which words a score shows (responseProcessing.mappingConfig)."""
        told = _record(self.record.get("feedback"))
        for each in map(_record, _list(_record(self.record.get("responseProcessing")).get("mappingConfig"))):
            limits = {name: number_of(str(limit), self.line) for name, limit in _record(each.get("SCORE")).items()}
            name = _str(_record(each.get("outcomeVariables")).get("FEEDBACK"))
            unknown = set(limits) - {"ge", "gt", "le", "lt"}
            if unknown or not is_ncname(name):
                raise Unfit(
                    "scoring_not_read", "a rule of mappingConfig is of an unknown shape", "Use SCORE with ge, gt, le or lt, and FEEDBACK."
                )
            yield Band(
                name=name,
                content=self.words(_str(told.get(name))),
                low=limits.get("ge", limits.get("gt")),
                low_in="ge" in limits,
                high=limits.get("le", limits.get("lt")),
                high_in="le" in limits,
            )

    def _say_not_kept(self) -> None:
        marks = [name for name in _MARKS if self.record.get(name)]
        if marks:
            self.notes.note("metadata_not_kept", f"not kept: {', '.join(marks)}", self.line, "Give a competency in the bank.")
        lost = {"hints": "hints_not_kept", "solutions": "solution_not_kept", "media": "media_not_fetched"}
        for name, code in lost.items():
            if self.record.get(name):
                self.notes.note(code, f"{name} are not kept", self.line)


def _names(values: Sequence[str]) -> list[str]:
    """Return names that QTI allows: the values themselves where they are names, else letters."""
    return list(values) if all(map(is_ncname, values)) else [letter(place) for place in range(len(values))]


def _best(question: Question) -> Decimal:
    worths = [option.worth for option in question.options if option.worth > 0]
    return max(worths, default=ONE) if question.kind is Kind.CHOICE else tidy(sum(worths, ZERO)) or ONE


def _record(found: object) -> Record:
    return found if isinstance(found, Mapping) else {}


def _list(found: object) -> Sequence[object]:
    return found if isinstance(found, list) else [] if found is None else [found]


def _str(found: object) -> str:
    return found if isinstance(found, str) else ""


def _value(found: object) -> str:
    """Return a value as its word: 1 and "1" are the same to Sunbird."""
    if found is None or isinstance(found, bool):
        return ""
    return str(int(found)) if isinstance(found, float) and found.is_integer() else str(found)
