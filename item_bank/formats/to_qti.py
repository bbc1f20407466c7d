"""A question of another format as a QTI 3.0 item: declarations, body, processing, and the words that show afterwards.

What a standard template can say is said by one. Not here: which file the item becomes (imports.py).
"""

from collections.abc import Iterator

from item_bank.formats.content import as_blocks, is_block
from item_bank.formats.questions import BLANK, ZERO, Content, Kind, Option, Question, plain
from item_bank.formats.rules import BAND_FEEDBACK, GENERAL_FEEDBACK, OWN_FEEDBACK, is_mapped, node, own_feedback, processing
from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.writer import write

GENERAL = "general"
LONG = 100


def to_xml(question: Question) -> bytes:
    """Write a question as a QTI 3.0 item."""
    return write(to_node(question), Version.QTI_30)


def to_node(question: Question) -> Node:
    """Make the item's tree."""
    attributes = {
        "identifier": question.name,
        "title": question.title or question.name,
        "adaptive": "false",
        "time-dependent": "false",
        **({"xml:lang": question.lang} if question.lang else {}),
    }
    scoring = processing(question)
    declared = (*_responses(question), *_outcomes(question), _body(question))
    parts = (*declared, *(() if scoring is None else (scoring,)), *_feedbacks(question))
    return Node(name="qti-assessment-item", attributes=attributes, children=tuple(_spaced(parts)))


def _spaced(parts: tuple[Node, ...]) -> Iterator[Node | str]:
    for part in parts:
        yield "\n  "
        yield part
    yield "\n"


_TYPES = {
    Kind.CHOICE: ("single", "identifier"),
    Kind.MULTIPLE: ("multiple", "identifier"),
    Kind.TEXT: ("single", "string"),
    Kind.NUMBER: ("single", "float"),
    Kind.MATCH: ("multiple", "directedPair"),
    Kind.ORDER: ("ordered", "identifier"),
    Kind.ESSAY: ("single", "string"),
}


def _responses(question: Question) -> Iterator[Node]:
    if question.kind is Kind.NOTE:
        return
    cardinality, base_type = _TYPES[question.kind]
    key = tuple(node("value", word) for word in key_of(question))
    children = (node("correct-response", *key),) if key else ()
    mapping = _mapping(question)
    if mapping is not None:
        children = (*children, mapping)
    yield node("response-declaration", *children, identifier=question.response, cardinality=cardinality, base_type=base_type)


def key_of(question: Question) -> tuple[str, ...]:
    """Return the words of a best answer, as QTI writes them; none where it cannot be told."""
    match question.kind:
        case Kind.CHOICE:
            best = max((option.worth for option in question.options), default=ZERO)
            return tuple(option.identifier for option in question.options if option.worth == best > 0)[:1]
        case Kind.MULTIPLE:
            return tuple(option.identifier for option in question.options if option.worth > 0)
        case Kind.TEXT:
            best_texts = sorted((answer for answer in question.answers if not answer.is_pattern), key=lambda each: -each.worth)
            return tuple(answer.text for answer in best_texts if answer.worth > 0)[:1]
        case Kind.NUMBER:
            best_ranges = sorted(question.ranges, key=lambda each: -each.worth)
            return tuple(plain(each.value) for each in best_ranges if each.worth > 0)[:1]
        case Kind.MATCH:
            return tuple(f"S{place} T{target + 1}" for place, target in enumerate(question.pairs, start=1))
        case Kind.ORDER:
            return tuple(question.options[place].identifier for place in question.sequence)
    return ()


def _mapping(question: Question) -> Node | None:
    if not is_mapped(question):
        return None
    bounds = {"lower-bound": question.lower, "upper-bound": question.upper} if question.kind is Kind.MULTIPLE else {}
    said = {"default-value": question.otherwise, **bounds}
    attributes = {name: plain(bound) for name, bound in said.items() if bound is not None}
    return Node(name="qti-mapping", attributes=attributes, children=tuple(_entries(question)))


def _entries(question: Question) -> Iterator[Node]:
    match question.kind:
        case Kind.TEXT:
            sensitive = "true" if question.case_sensitive else "false"
            for answer in question.answers:
                yield node("map-entry", map_key=answer.text, mapped_value=plain(answer.worth), case_sensitive=sensitive)
        case Kind.MATCH:
            for key in key_of(question):
                yield node("map-entry", map_key=key, mapped_value="1")
        case _:
            for option in question.options:
                yield node("map-entry", map_key=option.identifier, mapped_value=plain(option.worth))


def _outcomes(question: Question) -> Iterator[Node]:
    points = plain(question.points)
    person = {"external_scored": "human"} if question.kind is Kind.ESSAY else {}
    score = {"identifier": "SCORE", "cardinality": "single", "base_type": "float"}
    if question.kind is Kind.NOTE:
        yield node("outcome-declaration", **score)
        return
    yield node("outcome-declaration", **score, normal_maximum=points, **person)
    yield node("outcome-declaration", _default(points), identifier="MAXSCORE", cardinality="single", base_type="float")
    if any(own_feedback(question)):
        many = "multiple" if question.kind is Kind.MULTIPLE else "single"
        yield node("outcome-declaration", identifier=OWN_FEEDBACK, cardinality=many, base_type="identifier")
    if question.feedback:
        said = {"identifier": GENERAL_FEEDBACK, "cardinality": "single", "base_type": "identifier"}
        yield node("outcome-declaration", _default(GENERAL), **said)
    if question.bands:
        yield node("outcome-declaration", identifier=BAND_FEEDBACK, cardinality="single", base_type="identifier")


def _default(word: str) -> Node:
    return node("default-value", node("value", word))


def _body(question: Question) -> Node:
    notes = (node("rubric-block", node("content-body", *as_blocks(question.notes)), view="scorer"),) if question.notes else ()
    return node("item-body", *notes, *_asked(question))


def _asked(question: Question) -> tuple[Node, ...]:
    if question.kind in (Kind.TEXT, Kind.NUMBER) or question.in_text:
        return _with_field(question)
    stem = as_blocks(question.stem) if question.stem else ()
    if question.kind is Kind.NOTE:
        return stem or (Node(name="p", attributes={}, children=()),)
    if stem and not is_block(question.stem[0]):
        return (_interaction(question, (node("prompt", *question.stem),)),)
    return (*stem, _interaction(question, ()))


def _interaction(question: Question, prompt: tuple[Node, ...]) -> Node:
    shuffle = {"shuffle": "true"} if question.shuffle else {}
    asked = {"response_identifier": question.response}
    if question.kind is Kind.ESSAY:
        return node("extended-text-interaction", *prompt, **asked)
    if question.kind is Kind.MATCH:
        sources = (_side(f"S{place}", each, "1") for place, each in enumerate(question.sources, start=1))
        targets = (_side(f"T{place}", each, "0") for place, each in enumerate(question.targets, start=1))
        sets = (node("simple-match-set", *sources), node("simple-match-set", *targets))
        return node("match-interaction", *prompt, *sets, **asked, **shuffle, max_associations=f"{len(question.sources)}")
    choices = (_choice("simple-choice", option) for option in question.options)
    if question.kind is Kind.ORDER:
        return node("order-interaction", *prompt, *choices, **asked, **shuffle)
    most = "1" if question.kind is Kind.CHOICE else f"{question.most}"
    return node("choice-interaction", *prompt, *choices, **asked, **shuffle, max_choices=most)


def _choice(tag: str, option: Option) -> Node:
    fixed = {"fixed": "true"} if option.fixed else {}
    return node(tag, *option.content, identifier=option.identifier, **fixed)


def _side(identifier: str, content: Content, most: str) -> Node:
    return node("simple-associable-choice", *content, identifier=identifier, match_max=most)


def _with_field(question: Question) -> tuple[Node, ...]:
    """Put the field where the stem leaves a blank, else below it."""
    blocks = as_blocks(question.stem) if question.stem else ()
    longest = max((len(answer.text) for answer in question.answers), default=0)
    if longest > LONG:
        return (*blocks, node("extended-text-interaction", response_identifier=question.response))
    field = _field(question, max(longest, 10))
    filled, is_filled = _filled(blocks, field)
    if is_filled:
        return tuple(each for each in filled if isinstance(each, Node))
    return (*blocks, Node(name="p", attributes={}, children=(field,)))


def _field(question: Question, length: int) -> Node:
    """Make what is answered inside the text: a field to type into, or a list."""
    if not question.in_text:
        return node("text-entry-interaction", response_identifier=question.response, expected_length=f"{length}")
    choices = (_choice("inline-choice", option) for option in question.options)
    shuffle = {"shuffle": "true"} if question.shuffle else {}
    return node("inline-choice-interaction", *choices, response_identifier=question.response, **shuffle)


def _filled(pieces: tuple[Node | str, ...], field: Node) -> tuple[tuple[Node | str, ...], bool]:
    """Put the field in the place of the first blank that stands in a paragraph's own words."""
    for place, piece in enumerate(pieces):
        if isinstance(piece, str) and BLANK in piece:
            before, _, after = piece.partition(BLANK)
            kept = tuple(each for each in (before, field, after) if each != "")
            return (*pieces[:place], *kept, *pieces[place + 1 :]), True
        if isinstance(piece, Node) and piece.name in ("p", "div"):
            children, found = _filled(piece.children, field)
            if found:
                inner = Node(name=piece.name, attributes=piece.attributes, children=children)
                return (*pieces[:place], inner, *pieces[place + 1 :]), True
    return pieces, False


def _feedbacks(question: Question) -> Iterator[Node]:
    """Yield the words that show afterwards; an exam shows none of them."""
    shown = [(OWN_FEEDBACK, name, content) for name, content in own_feedback(question)]
    if question.feedback:
        shown.append((GENERAL_FEEDBACK, GENERAL, question.feedback))
    shown += [(BAND_FEEDBACK, band.name, band.content) for band in question.bands if band.content]
    for outcome, name, content in shown:
        said = {"outcome_identifier": outcome, "identifier": name, "show_hide": "show"}
        yield node("modal-feedback", node("content-body", *content), **said)
