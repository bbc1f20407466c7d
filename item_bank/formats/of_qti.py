"""A QTI item as a question that another format may be able to say: one interaction, one response, constant worths.

What has no such form raises Unfit; what is only lost on the way (words that show afterwards by rules of another shape, limits) is
noted. How answers are scored is read by scoring.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from item_bank.formats.content import is_block, laid_out, words
from item_bank.formats.findings import Notes, Unfit
from item_bank.formats.questions import BLANK, Answer, Band, Content, Kind, Medium, Option, Question, Range, answers_of
from item_bank.formats.rules import BAND_FEEDBACK, GENERAL_FEEDBACK, OTHER, OWN_FEEDBACK, bounds_of
from item_bank.formats.scoring import bare, points_of, scored_field, scored_order, scored_pairs, scored_sets, steady, worths_of_choices
from item_bank.qti.model import Interaction, QtiItem, ResponseDeclaration
from item_bank.qti.model.interactions import (
    ChoiceInteraction,
    ExtendedTextInteraction,
    InlineChoiceInteraction,
    MatchInteraction,
    OrderInteraction,
    TextEntryInteraction,
)
from item_bank.qti.model.nodes import Node
from item_bank.qti.package import ExportedPart
from item_bank.qti.package.references import references
from item_bank.qti.values import BaseType, Cardinality

_FIELDS = ("qti-text-entry-interaction", "qti-inline-choice-interaction")
_LOST = {"qti-feedback-block", "qti-feedback-inline", "qti-rubric-block", "qti-stylesheet", "qti-companion-materials-info"}
_LEFT = {"qti-catalog-info"}


def question_of(item: QtiItem, parts: Sequence[ExportedPart], notes: Notes) -> Question:
    """Read an item as a question; raises Unfit when no other format has words for it."""
    steady(item)
    if item.stimuli:
        raise Unfit("stimulus_not_said", "the format has no place for a text that several questions share", "Export it as QTI.")
    found = item.interactions
    if len(found) > 1 or len(item.responses) > 1:
        raise Unfit("several_answers_not_said", "the format has one answer for a question; this one asks for several", "Export it as QTI.")
    question = Question(kind=Kind.NOTE, stem=(), name=item.identifier, title=item.title, lang=item.lang, points=points_of(item))
    if found:
        declared = item.responses.get(found[0].response)
        if declared is None:
            raise Unfit("scoring_not_said", "what is answered is declared nowhere", "Declare the response.")
        question = _asked(item, found[0], declared, replace(question, response=declared.identifier), notes)
    stem, rubric = _stem(item.root, notes)
    question = _with_feedback(item, replace(question, stem=stem, notes=rubric), notes)
    return replace(question, media=_media(question, parts))


def _asked(item: QtiItem, found: Interaction, declared: ResponseDeclaration, question: Question, notes: Notes) -> Question:
    match found:
        case ChoiceInteraction() | InlineChoiceInteraction():
            return _choices(item, found, declared, question, notes)
        case MatchInteraction():
            return _match(item, found, declared, question)
        case OrderInteraction():
            return _order(item, found, declared, question)
        case TextEntryInteraction() | ExtendedTextInteraction():
            return _field(item, found, declared, question, notes)
    name = type(found).__name__.removesuffix("Interaction")
    raise Unfit("interaction_not_said", f"the format has no words for this way of answering ({name})", "Export it as QTI.")


def _choices(
    item: QtiItem,
    found: ChoiceInteraction | InlineChoiceInteraction,
    declared: ResponseDeclaration,
    question: Question,
    notes: Notes,
) -> Question:
    contents = _contents(item.root, ("qti-simple-choice", "qti-inline-choice"))
    options = tuple(
        Option(identifier=choice.identifier, content=contents.get(choice.identifier, ()), fixed=choice.fixed) for choice in found.choices
    )
    question = replace(question, options=options, shuffle=found.shuffle, in_text=isinstance(found, InlineChoiceInteraction))
    if any(choice.shown is not None for choice in found.choices):
        raise Unfit("templates_not_said", "the format has no words for choices that only some candidates see", "Export it as QTI.")
    most = found.max_choices if isinstance(found, ChoiceInteraction) else 1
    if most == 1 or declared.cardinality is Cardinality.SINGLE:
        worths = worths_of_choices(item, declared, [option.identifier for option in options])
        worthy = tuple(replace(option, worth=worths[option.identifier]) for option in options)
        return replace(question, kind=Kind.CHOICE, options=worthy)
    if declared.cardinality is not Cardinality.MULTIPLE:
        raise Unfit("interaction_not_said", "the format has no words for choices whose order counts", "Export it as QTI.")
    if isinstance(found, ChoiceInteraction) and found.min_choices:
        notes.note("limit_not_kept", "how many must be chosen at least is not said", 0)
    return scored_sets(item, declared, replace(question, kind=Kind.MULTIPLE, most=most))


def _match(item: QtiItem, found: MatchInteraction, declared: ResponseDeclaration, question: Question) -> Question:
    contents = _contents(item.root, ("qti-simple-associable-choice",))
    sources, targets = [each.identifier for each in found.sources], [each.identifier for each in found.targets]
    points, pairs = scored_pairs(item, declared, sources, targets)
    used = [pairs.count(place) for place in range(len(targets))]
    free = all(target.match_max == 0 or target.match_max >= times for target, times in zip(found.targets, used, strict=True))
    if any(source.match_max != 1 for source in found.sources) or not free:
        raise Unfit("scoring_not_said", "the format matches each entry with one other", "Export it as QTI.")
    return replace(
        question,
        kind=Kind.MATCH,
        points=points,
        pairs=pairs,
        shuffle=found.shuffle,
        sources=tuple(contents.get(name, ()) for name in sources),
        targets=tuple(contents.get(name, ()) for name in targets),
    )


def _order(item: QtiItem, found: OrderInteraction, declared: ResponseDeclaration, question: Question) -> Question:
    if found.max_choices or found.min_choices or any(choice.shown is not None for choice in found.choices):
        raise Unfit("scoring_not_said", "the format puts all entries into one order", "Export it as QTI.")
    contents = _contents(item.root, ("qti-simple-choice",))
    options = tuple(Option(identifier=choice.identifier, content=contents.get(choice.identifier, ())) for choice in found.choices)
    return scored_order(item, declared, replace(question, kind=Kind.ORDER, options=options, shuffle=found.shuffle))


def _field(
    item: QtiItem,
    found: TextEntryInteraction | ExtendedTextInteraction,
    declared: ResponseDeclaration,
    question: Question,
    notes: Notes,
) -> Question:
    score = item.outcomes.get("SCORE")
    if score is not None and score.external_scored:
        return replace(question, kind=Kind.ESSAY)
    if declared.cardinality is not Cardinality.SINGLE or found.base != 10:
        raise Unfit("interaction_not_said", "the format has no words for several texts, or numbers of another base", "Export it as QTI.")
    kinds = {BaseType.STRING: Kind.TEXT, BaseType.INTEGER: Kind.NUMBER, BaseType.FLOAT: Kind.NUMBER}
    kind = kinds.get(declared.base_type or BaseType.STRING)
    if kind is None:
        raise Unfit("interaction_not_said", f"the format has no words for a typed {declared.base_type}", "Export it as QTI.")
    if found.pattern_mask:
        notes.note("limit_not_kept", "which texts may be typed is not said", 0)
    return scored_field(item, declared, replace(question, kind=kind))


def _contents(root: Node, names: Sequence[str]) -> Mapping[str, Content]:
    """Return what each choice says."""
    return {node.attributes.get("identifier", ""): laid_out(_clean(node.children)) for node in root.walk() if node.name in names}


def _stem(root: Node, notes: Notes) -> tuple[Content, Content]:
    """Return the words around the interaction, and those for whoever scores."""
    body = root.first("qti-item-body")
    if body is None:
        return (), ()
    rubric: list[Node | str] = []
    for node in body.walk():
        if node.name == "qti-rubric-block" and "scorer" in node.attributes.get("view", "").split():
            rubric.extend((node.first("qti-content-body") or node).children)
        elif node.name in _LOST:
            notes.note("words_not_kept", f"words that only some people or some results see are not said ({node.name})", 0)
    return laid_out(_around(body.children)), laid_out(_clean(rubric))


def _around(pieces: Sequence[Node | str]) -> Iterator[Node | str]:
    """Yield the pieces of a body, its interaction as the blank that it fills, or as its prompt."""
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        elif piece.name in _FIELDS:
            yield BLANK
        elif piece.name.endswith("-interaction"):
            prompt = piece.first("qti-prompt")
            inner = laid_out(_clean(prompt.children)) if prompt is not None else ()
            yield from inner if inner and is_block(inner[0]) else (Node(name="p", attributes={}, children=inner),)
        elif not piece.name.startswith("qti-"):
            children = tuple(_around(piece.children))
            if children != (BLANK,) and not (piece.name == "p" and words(children) == BLANK):
                yield Node(name=piece.name, attributes=piece.attributes, children=children, namespace=piece.namespace)
        elif piece.name not in _LOST | _LEFT:
            raise Unfit("words_not_said", f"the format has no words for {piece.name} in the text", "Export it as QTI.")


def _clean(pieces: Sequence[Node | str]) -> Iterator[Node | str]:
    """Yield pieces without what QTI alone has."""
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        elif not piece.name.startswith("qti-"):
            yield Node(name=piece.name, attributes=piece.attributes, children=tuple(_clean(piece.children)), namespace=piece.namespace)
        elif piece.name not in _LOST | _LEFT:
            raise Unfit("words_not_said", f"the format has no words for {piece.name} in the text", "Export it as QTI.")


def _with_feedback(item: QtiItem, question: Question, notes: Notes) -> Question:
    """Add the words that show afterwards, as far as rules of our shape show them."""
    shown: dict[tuple[str, str], Content] = {}
    for node in item.root.named("qti-modal-feedback"):
        outcome, name = node.attributes.get("outcome-identifier", ""), node.attributes.get("identifier", "")
        if node.attributes.get("show-hide", "show") == "show":
            shown[outcome, name] = laid_out(_clean((node.first("qti-content-body") or node).children))
    copied = _copied(item, question.response)
    own = {name: shown.pop((outcome, name)) for outcome, name in list(shown) if outcome == OWN_FEEDBACK or outcome in copied}
    general = {name: shown.pop((outcome, name)) for outcome, name in list(shown) if outcome == GENERAL_FEEDBACK}
    bands = tuple(_bands(item, {name: content for (outcome, name), content in shown.items() if outcome == BAND_FEEDBACK}))
    kept = {(BAND_FEEDBACK, band.name) for band in bands}
    if shown.keys() - kept:
        notes.note("feedback_not_kept", "words that show after an attempt are not said: their rule has another shape", 0)
    return replace(
        question,
        options=tuple(replace(option, feedback=own.get(option.identifier, ())) for option in question.options),
        answers=tuple(_told(answer, place, own) for place, answer in enumerate(question.answers, start=1)),
        ranges=tuple(_told_range(each, place, own) for place, each in enumerate(question.ranges, start=1)),
        other_feedback=own.get(OTHER, ()) if question.kind in (Kind.TEXT, Kind.NUMBER) else (),
        feedback=next(iter(general.values()), ()),
        bands=bands,
    )


def _told(answer: Answer, place: int, own: Mapping[str, Content]) -> Answer:
    return replace(answer, feedback=own.get(f"answer-{place}", ()))


def _told_range(each: Range, place: int, own: Mapping[str, Content]) -> Range:
    return replace(each, feedback=own.get(f"answer-{place}", ()))


def _copied(item: QtiItem, response: str) -> set[str]:
    """Return the outcomes that are set to the response itself."""
    rules = () if item.processing is None else item.processing.elements
    setting = [rule for rule in rules if rule.name == "qti-set-outcome-value" and len(rule.elements) == 1]
    copies = [rule for rule in setting if rule.elements[0].name == "qti-variable"]
    return {rule.attributes.get("identifier", "") for rule in copies if rule.elements[0].attributes.get("identifier") == response}


def _bands(item: QtiItem, shown: Mapping[str, Content]) -> Iterator[Band]:
    """Yield the words that a score shows, in the order in which their limits are tried."""
    if item.processing is None or not shown:
        return
    for rule in bare(item.processing).elements:
        branches = rule.elements if rule.name == "qti-response-condition" else ()
        for branch in branches:
            test, setting = branch.elements[:1], branch.elements[-1:]
            limits = bounds_of(test[0]) if test and setting and setting[0].attributes.get("identifier") == BAND_FEEDBACK else None
            name = setting[0].text.strip() if setting else ""
            if limits is not None and name in shown:
                low, high = limits.get("low"), limits.get("high")
                yield Band(
                    name=name,
                    content=shown[name],
                    low=low[0] if low else None,
                    low_in=low[1] if low else True,
                    high=high[0] if high else None,
                    high_in=high[1] if high else False,
                )


def _media(question: Question, parts: Sequence[ExportedPart]) -> tuple[Medium, ...]:
    """Return the files that the words refer to."""
    asked = {reference.address for node in said_by(question) for reference in references(node)}
    media = [part for part in parts if part.kind == "media" and part.path in asked]
    return tuple(Medium(path=part.path, data=part.data, media_type=part.media_type) for part in media)


def said_by(question: Question) -> Iterator[Node]:
    """Yield every element of a question's words."""
    yield from (piece for content in all_contents(question) for piece in content if isinstance(piece, Node))


def all_contents(question: Question) -> Iterator[Content]:
    """Yield everything that a question says, piece by piece."""
    yield from (question.stem, question.feedback, question.other_feedback, question.notes, *question.sources, *question.targets)
    yield from (each.feedback for each in answers_of(question))
    yield from (content for option in question.options for content in (option.content, option.feedback))
    yield from (band.content for band in question.bands)
