"""Moodle XML, written: every question with its files in base64. Read by moodle_xml.py."""

import base64
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from urllib.parse import quote, unquote

from lxml import etree

from item_bank.formats.content import looks_like_html, to_html, to_text
from item_bank.formats.findings import Notes, Unfit
from item_bank.formats.media import PLUGIN_FILE
from item_bank.formats.questions import Answer, Content, Kind, Medium, Question, Writing, plain
from item_bank.formats.reading import is_truth, percent_of, tags_of
from item_bank.formats.writing import say_lost

_TYPES = {
    Kind.CHOICE: "multichoice",
    Kind.MULTIPLE: "multichoice",
    Kind.TEXT: "shortanswer",
    Kind.NUMBER: "numerical",
    Kind.MATCH: "matching",
    Kind.ESSAY: "essay",
    Kind.NOTE: "description",
}
_BANDS = ("correct", "partiallycorrect", "incorrect")


def write(questions: Iterable[Question], file: str = "") -> Writing:
    """Write a Moodle XML file."""
    notes = Notes(file)
    quiz = etree.Element("quiz")
    for question in questions:
        quiz.append(_element(question, notes))
    data = etree.tostring(quiz, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return Writing(data=data, problems=tuple(notes.found))


def _element(question: Question, notes: Notes) -> etree._Element:
    if question.all_or_nothing:
        advice = "Give each choice a worth, or export it as QTI, QuML or CSV."
        raise Unfit("scoring_not_said", "Moodle has no words for all or nothing in a choice of several", advice)
    say_lost(question, notes, "most")
    kind = "truefalse" if is_truth(question) else _TYPES[question.kind]
    element = etree.Element("question", type=kind)
    _text(_below(element, "name"), question.title)
    _words(_below(element, "questiontext"), question.stem, question.media)
    _words(_below(element, "generalfeedback"), question.feedback, question.media)
    _below(element, "defaultgrade").text = plain(question.points) if question.kind is not Kind.NOTE else "0"
    _below(element, "penalty").text = "0"
    _below(element, "hidden").text = "0"
    _below(element, "idnumber").text = question.name
    _answered(element, question, kind)
    _bands(element, question, notes)
    tags = [*((f"lang:{question.lang}",) if question.lang else ()), *tags_of(question.facts)]
    holder = _below(element, "tags") if tags else element
    for tag in tags:
        _text(_below(holder, "tag"), tag)
    return element


def _answered(element: etree._Element, question: Question, kind: str) -> None:
    """Write the answers, as each type has them."""
    if question.kind in (Kind.CHOICE, Kind.MULTIPLE, Kind.MATCH) and kind != "truefalse":
        _below(element, "shuffleanswers").text = "true" if question.shuffle else "false"
    match question.kind:
        case Kind.CHOICE | Kind.MULTIPLE:
            if kind != "truefalse":
                _below(element, "single").text = "true" if question.kind is Kind.CHOICE else "false"
                _below(element, "answernumbering").text = "abc"
            for option in question.options:
                answer = _answer(element, question, option.worth)
                if kind == "truefalse":
                    answer.set("format", "moodle_auto_format")
                    _text(answer, option.identifier)
                else:
                    _words(answer, option.content, question.media)
                _words(_below(answer, "feedback"), option.feedback, question.media)
        case Kind.TEXT:
            _below(element, "usecase").text = "1" if question.case_sensitive else "0"
            for each in question.answers:
                _plain(element, question, _pattern(each), each.worth, each.feedback)
            _others(element, question)
        case Kind.NUMBER:
            for number in question.ranges:
                answer = _plain(element, question, plain(number.value), number.worth, number.feedback)
                _below(answer, "tolerance").text = plain(number.tolerance)
            _others(element, question)
        case Kind.MATCH:
            _pairs(element, question)
        case Kind.ESSAY:
            _below(element, "responseformat").text = "editor"
            _words(_below(element, "graderinfo"), question.notes, question.media)


def _pairs(element: etree._Element, question: Question) -> None:
    unused = [place for place in range(len(question.targets)) if place not in question.pairs]
    rows: list[tuple[Content, int]] = [*zip(question.sources, question.pairs, strict=True), *(((), place) for place in unused)]
    for left, place in rows:
        pair = _below(element, "subquestion")
        _words(pair, left, question.media)
        _text(_below(pair, "answer"), _right_side(question.targets[place]))


def _right_side(content: Content) -> str:
    text = to_text(content)
    if text is None:
        raise Unfit("markup_not_said", "Moodle has plain words alone on the right side of a match", "Use words without markup there.")
    return to_html(content) if looks_like_html(text) else text


def _answer(element: etree._Element, question: Question, worth: Decimal) -> etree._Element:
    answer = _below(element, "answer")
    answer.set("fraction", percent_of(question.points, worth))
    return answer


def _plain(element: etree._Element, question: Question, text: str, worth: Decimal, feedback: Content) -> etree._Element:
    answer = _answer(element, question, worth)
    answer.set("format", "moodle_auto_format")
    _text(answer, text)
    _words(_below(answer, "feedback"), feedback, question.media)
    return answer


def _others(element: etree._Element, question: Question) -> None:
    if question.otherwise or question.other_feedback:
        _plain(element, question, "*", question.otherwise, question.other_feedback)


def _pattern(answer: Answer) -> str:
    return answer.text if answer.is_pattern else answer.text.replace("*", "\\*")


def _bands(element: etree._Element, question: Question, notes: Notes) -> None:
    """Write the words for right, partly right and wrong; no other limits have a place."""
    known = {band.name: band.content for band in question.bands if band.name in _BANDS}
    if question.kind not in (Kind.CHOICE, Kind.MULTIPLE, Kind.MATCH) or len(known) < len(question.bands):
        say_lost(question, notes, "bands")
    if question.kind in (Kind.CHOICE, Kind.MULTIPLE, Kind.MATCH) and not is_truth(question):
        for name in _BANDS:
            _words(_below(element, f"{name}feedback"), known.get(name, ()), question.media)


def _below(element: etree._Element, tag: str) -> etree._Element:
    return etree.SubElement(element, tag)


def _text(element: etree._Element, text: str) -> None:
    _below(element, "text").text = text


def _words(element: etree._Element, content: Content, media: Sequence[Medium]) -> None:
    """Write words as HTML, with the files that they show."""
    element.set("format", "html")
    html = to_html(content)
    names: dict[str, Medium] = {}
    for medium in media:
        name = unquote(medium.path).rpartition("/")[2]
        address = re.compile(f'(?<=="){re.escape(medium.path)}(?=")')
        if address.search(html):
            names[name] = medium
            html = address.sub(f"{PLUGIN_FILE}{quote(name)}", html)
    text = _below(element, "text")
    text.text = etree.CDATA(html) if "<" in html or "&" in html else html
    for name, medium in names.items():
        file = etree.SubElement(element, "file", name=name, path="/", encoding="base64")
        file.text = base64.b64encode(medium.data).decode()
