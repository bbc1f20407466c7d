"""Questions as rows of the template (tables.py): a header, then a row for each question and language."""

from collections.abc import Iterable, Mapping

from item_bank.formats.content import to_html, to_text
from item_bank.formats.findings import Notes
from item_bank.formats.of_qti import all_contents
from item_bank.formats.questions import Content, Kind, Question, answers_of, plain
from item_bank.formats.reading import is_truth, letter
from item_bank.formats.tables import COLUMNS, NUMBERED, TRUE_FALSE
from item_bank.formats.writing import say_lost

_ALWAYS = ("id", "lang", "type", "title", "question", "points", "correct")


def table_of(questions: Iterable[Question], notes: Notes) -> list[list[str]]:
    """Write questions as rows, the header first; only columns that some row fills are there."""
    rows = [row_of(question, notes) for question in questions]
    filled = {name for row in rows for name, cell in row.items() if cell}
    columns = [name for name in COLUMNS if name in _ALWAYS or name in filled]
    most = max((int(name.rpartition("_")[2]) for name in filled if name not in COLUMNS), default=0)
    numbered = [f"{name}_{place}" for place in range(1, most + 1) for name in NUMBERED]
    columns += [name for name in numbered if name in filled]
    return [columns, *([row.get(name, "") for name in columns] for row in rows)]


def row_of(question: Question, notes: Notes) -> dict[str, str]:
    """Write one question as cells by their columns; raises Unfit for one that shows files."""
    say_lost(question, notes, "media", "bands", "" if question.kind is Kind.ESSAY else "notes")
    if any(option.identifier != letter(place) for place, option in enumerate(question.options)) and not is_truth(question):
        notes.note("choices_renamed", "choices have no names of their own: they will be called A, B, C", question.line)
    html = any(to_text(content) is None for content in all_contents(question))

    def said(content: Content) -> str:
        return to_html(content) if html else to_text(content) or ""

    row = {
        "id": question.name,
        "lang": question.lang,
        "type": TRUE_FALSE if is_truth(question) else question.kind.value,
        "title": question.title,
        "question": said(question.stem),
        "format": "html" if html else "",
        "points": plain(question.points),
        "feedback": said(question.feedback),
        **question.facts,
        "shuffle": "yes" if question.shuffle and not is_truth(question) and question.kind in _SHUFFLED else "",
    }
    answered = _answered(question)
    told = [said(option.feedback) for option in question.options] or [said(each.feedback) for each in answers_of(question)]
    contents = _contents(question)
    row |= {f"feedback_{place}": words for place, words in enumerate(told, start=1) if words}
    row |= {name: said(content) for name, content in contents.items()}
    return row | answered


_SHUFFLED = (Kind.CHOICE, Kind.MULTIPLE, Kind.MATCH)


def _contents(question: Question) -> Mapping[str, Content]:
    """Return the cells that hold words, by their columns."""
    if question.kind is Kind.ESSAY:
        return {"notes": question.notes}
    if question.kind is Kind.MATCH:
        unused = (place for place in range(len(question.targets)) if place not in question.pairs)
        pairs = [*zip(question.sources, question.pairs, strict=True), *(((), place) for place in unused)]
        left = {f"option_{place}": source for place, (source, _) in enumerate(pairs, start=1)}
        return left | {f"match_{place}": question.targets[target] for place, (_, target) in enumerate(pairs, start=1)}
    options = {} if is_truth(question) else {f"option_{place}": each.content for place, each in enumerate(question.options, start=1)}
    return {**options, "other_feedback": question.other_feedback}


def _answered(question: Question) -> dict[str, str]:
    """Return the cells that say how it is scored."""
    if is_truth(question):
        return {"correct": "true" if question.options[0].worth else "false"}
    match question.kind:
        case Kind.CHOICE | Kind.MULTIPLE:
            return _scored_choices(question)
        case Kind.TEXT:
            stars = any(answer.is_pattern for answer in question.answers)
            texts = [answer.text if answer.is_pattern or not stars else answer.text.replace("*", "\\*") for answer in question.answers]
            row = {f"option_{place}": text for place, text in enumerate(texts, start=1)}
            row |= {"case": "yes" if question.case_sensitive else "", "stars": "yes" if stars else ""}
        case Kind.NUMBER:
            written = [f"{plain(each.value)}:{plain(each.tolerance)}" if each.tolerance else plain(each.value) for each in question.ranges]
            row = {f"option_{place}": text for place, text in enumerate(written, start=1)}
        case _:
            return {}
    worths = [each.worth for each in answers_of(question)]
    row |= {f"worth_{place}": plain(worth) for place, worth in enumerate(worths, start=1) if worth != question.points}
    return row | {"other_worth": plain(question.otherwise) if question.otherwise else ""}


def _scored_choices(question: Question) -> dict[str, str]:
    right = [letter(place) for place, option in enumerate(question.options) if option.worth > 0]
    if question.all_or_nothing:
        return {"correct": ";".join(right), "scoring": "all", "choose": f"{question.most or ''}"}
    worths = {f"worth_{place}": plain(option.worth) for place, option in enumerate(question.options, start=1)}
    if question.kind is Kind.MULTIPLE:
        limits = {"lowest": question.lower, "highest": question.upper}
        row = {name: "none" if limit is None else plain(limit) for name, limit in limits.items()}
        return {**row, **worths, "correct": ";".join(right), "scoring": "each", "choose": f"{question.most or ''}"}
    if sorted(option.worth for option in question.options if option.worth) == [question.points]:
        return {"correct": right[0]}
    return {**worths, "correct": ";".join(right)}
