"""Writes items of a bank in another format. An item that the format cannot say with the same scores is left out, and named.

Nothing is taken on trust: every question is written by itself and read again; only one that still scores the same goes out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assessment_engine.kernel.errors import AssessmentError
from item_bank.formats.findings import Notes, Unfit
from item_bank.formats.of_qti import question_of
from item_bank.formats.questions import Kind, Question, skeleton
from item_bank.formats.table import Format
from item_bank.qti.package import ExportedItem
from item_bank.qti.problems import Problem
from item_bank.qti.reader import read_item


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written; `left_out` are the identifiers of the items that are not in it at all."""

    data: bytes
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...] = ()


def export_as(form: Format, items: Iterable[ExportedItem], lang: str = "") -> Exported:
    """Write items in a format; where it has one language only, that is `lang`, or each item's first."""
    notes = Notes()
    chosen = list(items) if form.has_languages else list(_one_language(items, lang, notes))
    said: list[Question] = []
    left_out: dict[str, None] = {}
    for item in chosen:
        notes.file = item.identifier
        try:
            said.append(_sayable(form, item, notes))
        except Unfit as unfit:
            notes.wrong(unfit)
            left_out[item.identifier] = None
    if left_out and form.has_languages:  # an item goes out whole or not at all
        said = [question for question in said if question.name not in left_out]
    return Exported(data=form.write(said, "").data, problems=tuple(notes.found), left_out=tuple(left_out))


def _one_language(items: Iterable[ExportedItem], lang: str, notes: Notes) -> Iterator[ExportedItem]:
    grouped: dict[str, list[ExportedItem]] = {}
    for item in items:
        grouped.setdefault(item.identifier, []).append(item)
    for identifier, variants in grouped.items():
        first = next((each for each in variants if each.lang == lang), variants[0])
        notes.file = identifier
        for other in variants:
            if other is not first:
                message = f"the format has one language for a question: {other.lang or 'a language without a name'} is not said"
                notes.note("language_not_said", message, 0, "Export it once more with the other language, or as QTI or CSV.")
        yield first


def _sayable(form: Format, item: ExportedItem, notes: Notes) -> Question:
    """Return the question that an item is; raises Unfit where the format does not give its scores back."""
    question = replace(question_of(read_item(item.xml), item.parts, notes), name=item.identifier, lang=item.lang, facts=item.facts)
    if question.kind is Kind.ORDER:
        raise Unfit("interaction_not_said", "the format has no words for putting entries into an order", "Export it as QTI.")
    writing = form.trial.write([question], item.identifier)
    notes.found.extend(problem for problem in writing.problems if problem not in notes.found[-20:])
    try:
        again = form.trial.read(writing.data, item.identifier, "").questions
    except AssessmentError:
        again = ()
    if len(again) != 1 or skeleton(again[0]) != skeleton(question):
        message = f"written as {form.title}, this question would not score the same"
        raise Unfit("scoring_not_said", message, "Export it as QTI.")
    return question
