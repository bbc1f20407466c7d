"""From questions, one for each language, to the fields of a form. What is read from them is the same again (fitness.py)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from item_bank.authoring.fields import Asked
from item_bank.authoring.wording import marks_text, text_of
from item_bank.formats.content import words
from item_bank.formats.questions import ZERO, Content, Kind, Question, answers_of, part_of, plain
from item_bank.formats.reading import shortened


def asked_by(question: Question) -> Asked:
    """Return how an author would call a question."""
    return Asked.LIST if question.in_text else Asked(question.kind.value)


def shown(questions: Mapping[str, Question], langs: Iterable[str]) -> dict[str, str]:
    """Return the fields that say these questions; `langs` are the form's columns."""
    questions = {lang: placed(question) for lang, question in questions.items()}
    first = next(iter(questions.values()))
    values = {
        "kind": asked_by(first).value,
        "langs": " ".join(langs),
        "identifier": first.name,
        "response": first.response,
        "points": marks_text(first.points),
        "shuffle": "1" if first.shuffle else "",
        **_scored(first),
    }
    for lang, question in questions.items():
        said = {
            "stem": question.stem,
            "general": question.feedback,
            "other": question.other_feedback,
            "notes": question.notes,
            **dict(_lines(question)),
        }
        values[f"title-{lang}"] = "" if question.title == shortened(words(question.stem)) else question.title
        values |= {f"{name}-{lang}": text_of(content) for name, content in said.items() if content}
    return {name: value for name, value in values.items() if value or name in ("kind", "langs")}


def placed(question: Question) -> Question:
    """Return an order with its entries written as they belong. How they stand in a file, no candidate sees: they are mixed."""
    if question.kind is not Kind.ORDER:
        return question
    return replace(
        question, options=tuple(question.options[place] for place in question.sequence), sequence=tuple(range(len(question.options)))
    )


def _lines(question: Question) -> Iterable[tuple[str, Content]]:
    for place, option in enumerate(question.options, start=1):
        yield from ((f"option-{place}", option.content), (f"told-{place}", option.feedback))
    for place, each in enumerate(answers_of(question), start=1):
        yield f"told-{place}", each.feedback
    for place, source in enumerate(question.sources, start=1):
        yield f"source-{place}", source
    for place, target in enumerate(question.targets, start=1):
        yield f"target-{place}", target


def _scored(question: Question) -> dict[str, str]:
    match question.kind:
        case Kind.CHOICE:
            return _chosen(question)
        case Kind.MULTIPLE:
            return _several(question)
        case Kind.TEXT:
            texts = {f"answer-{place}": each.text for place, each in enumerate(question.answers, start=1)}
            stars = {f"pattern-{place}": "1" for place, each in enumerate(question.answers, start=1) if each.is_pattern}
            return texts | stars | {"case": "1" if question.case_sensitive else ""} | _typed(question)
        case Kind.NUMBER:
            numbers = {f"value-{place}": plain(each.value) for place, each in enumerate(question.ranges, start=1)}
            widths = {f"tolerance-{place}": plain(each.tolerance) for place, each in enumerate(question.ranges, start=1) if each.tolerance}
            return numbers | widths | _typed(question)
        case Kind.MATCH:
            return {f"pair-{place}": f"{target + 1}" for place, target in enumerate(question.pairs, start=1)}
        case Kind.ORDER:
            return _names(question)
    return {}


def _names(question: Question) -> dict[str, str]:
    fixed = {f"fixed-{place}": "1" for place, option in enumerate(question.options, start=1) if option.fixed}
    return {f"name-{place}": option.identifier for place, option in enumerate(question.options, start=1)} | fixed


def _chosen(question: Question) -> dict[str, str]:
    """The best choice is the key; what most of the others cost is what a wrong answer costs."""
    worths = [option.worth for option in question.options]
    key = worths.index(max(worths))
    others = [worth for place, worth in enumerate(worths) if place != key]
    usual = Counter(worth for worth in others if worth <= 0).most_common(1)
    otherwise = usual[0][0] if usual else ZERO
    defaults = [question.points if place == key else otherwise for place in range(len(worths))]
    return {**_names(question), "right": f"{key + 1}", "negative": _cost(otherwise), **_own(worths, defaults)}


def _several(question: Question) -> dict[str, str]:
    worths = [option.worth for option in question.options]
    right = [place for place, worth in enumerate(worths, start=1) if worth > 0]
    values = {**_names(question), "right": " ".join(map(str, right)), "most": f"{question.most or ''}"}
    if question.all_or_nothing:
        return {**values, "scoring": "all"}
    usual = Counter(worth for worth in worths if worth <= 0).most_common(1)
    otherwise = usual[0][0] if usual else ZERO
    each = part_of(question.points, len(right)) if right else ZERO
    best = sum((worth for worth in worths if worth > 0), ZERO)
    upper = question.upper if question.upper is not None else max(best, question.points)
    bounds = {
        "lower": "" if question.lower is None else marks_text(question.lower),
        "upper": "" if upper == question.points else marks_text(upper),
    }
    defaults = [each if worth > 0 else otherwise for worth in worths]
    return {**values, **bounds, "scoring": "each", "negative": _cost(otherwise), **_own(worths, defaults)}


def _typed(question: Question) -> dict[str, str]:
    worths = [each.worth for each in answers_of(question)]
    return {"negative": _cost(question.otherwise), **_own(worths, [question.points] * len(worths))}


def _own(worths: list[Decimal], defaults: list[Decimal]) -> dict[str, str]:
    """Return the marks of lines that are not the usual ones."""
    pairs = enumerate(zip(worths, defaults, strict=True), start=1)
    return {f"worth-{place}": marks_text(worth) for place, (worth, usual) in pairs if worth != usual}


def _cost(otherwise: Decimal) -> str:
    return marks_text(-otherwise) if otherwise < 0 else ""
