"""QuML, written: a list of question objects as Sunbird's editor makes them. Read by quml.py. Only choices and essays have such a form."""

import json
from collections.abc import Iterable
from decimal import Decimal

from item_bank.formats.content import to_html
from item_bank.formats.findings import Notes, Unfit
from item_bank.formats.questions import ZERO, Band, Kind, Question, Writing
from item_bank.formats.quml_facts import UNSAID, facts_as
from item_bank.formats.writing import say_lost

_RESPONSE = "response1"
_LANGUAGES = {"en": "English", "hi": "Hindi", "ta": "Tamil", "te": "Telugu", "bn": "Bengali", "mr": "Marathi", "gu": "Gujarati"}
Value = object


def write(questions: Iterable[Question], file: str = "") -> Writing:
    """Write a list of question objects."""
    notes = Notes(file)
    records = [_record(question, notes) for question in questions]
    return Writing(data=(json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode(), problems=tuple(notes.found))


def _record(question: Question, notes: Notes) -> dict[str, Value]:
    if question.kind not in (Kind.CHOICE, Kind.MULTIPLE, Kind.ESSAY):
        raise Unfit("type_not_said", f"QuML has no form here for a question of the type {question.kind.value}", "Export it as QTI.")
    say_lost(question, notes, "media", "most", "shuffle", "own", "feedback")
    stem = to_html(question.stem)
    common: dict[str, Value] = {
        "identifier": question.name,
        "name": question.title,
        "mimeType": "application/vnd.sunbird.question",
        "objectType": "Question",
        "outcomeDeclaration": {"maxScore": {"cardinality": "single", "type": "float", "defaultValue": _number(question.points)}},
    }
    if question.lang:
        common |= {"languageCode": [question.lang], "language": [_LANGUAGES.get(question.lang, question.lang)]}
    common |= facts_as(question.facts)
    if any(name in UNSAID for name in question.facts):
        notes.note("facts_not_said", "QuML has no names for some facts of the question", question.line)
    if question.kind is Kind.ESSAY:
        answer = to_html(question.notes)
        essay = {"primaryCategory": "Subjective Question", "qType": "SA", "body": stem, "answer": answer}
        return {**common, **essay, "editorState": {"question": stem, "answer": answer}, "interactions": {}}
    return {**common, **_choices(question, stem), **_bands(question.bands)}


def _choices(question: Question, stem: str) -> dict[str, Value]:
    several = question.kind is Kind.MULTIPLE
    _check_bounds(question)
    labels = [to_html(option.content) for option in question.options]
    best = max(option.worth for option in question.options)
    right = [place for place, option in enumerate(question.options) if option.worth > 0 and (several or option.worth == best)]
    if not right:
        raise Unfit("no_right_answer", "no choice is right", "Give one of them a worth.")
    mapping = [{"value": place, "score": _number(option.worth)} for place, option in enumerate(question.options) if option.worth]
    declared = {
        "cardinality": "multiple" if several else "single",
        "type": "integer",
        "correctResponse": {"value": right if several else right[0]},
        "mapping": [] if question.all_or_nothing else mapping,
    }
    title = f"<div class='mcq-title' tabindex='0'>{stem}</div>"
    body = f"<div class='question-body' tabindex='-1'>{title}<div data-choice-interaction='{_RESPONSE}' class='mcq-vertical'></div></div>"
    editor = [{"answer": place in right, "value": {"body": label, "value": place}} for place, label in enumerate(labels)]
    options = [{"label": label, "value": place} for place, label in enumerate(labels)]
    return {
        "primaryCategory": "Multiselect Multiple Choice Question" if several else "Multiple Choice Question",
        "qType": "MCQ",
        "templateId": "mcq-vertical",
        "interactionTypes": ["choice"],
        "body": body,
        "editorState": {"question": stem, "options": editor},
        "interactions": {_RESPONSE: {"type": "choice", "options": options}, "validation": {"required": "Yes"}},
        "responseDeclaration": {_RESPONSE: declared},
    }


def _check_bounds(question: Question) -> None:
    """QuML adds what choices are worth, and knows no bounds; raises Unfit where a bound would change a score."""
    worths = [option.worth for option in question.options]
    least, best = sum((each for each in worths if each < 0), ZERO), sum((each for each in worths if each > 0), ZERO)
    lower, upper = question.lower, question.upper
    reached = (lower is not None and lower > least) or (upper is not None and upper < best)
    if question.kind is Kind.MULTIPLE and not question.all_or_nothing and reached:
        raise Unfit("bounds_not_said", "QuML adds the worths of choices and knows no least or best sum", "Export it as QTI or CSV.")


def _bands(bands: Iterable[Band]) -> dict[str, Value]:
    """Write which words a score shows."""
    found = list(bands)
    if not found:
        return {}
    rules: list[Value] = []
    for band in found:
        limits: dict[str, Value] = {}
        if band.low is not None:
            limits["ge" if band.low_in else "gt"] = _number(band.low)
        if band.high is not None:
            limits["le" if band.high_in else "lt"] = _number(band.high)
        rules.append({"SCORE": limits, "outcomeVariables": {"FEEDBACK": band.name}})
    return {
        "responseProcessing": {"template": "MAP_RESPONSE", "mappingConfig": rules},
        "feedback": {band.name: to_html(band.content) for band in found},
    }


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
