"""Whether an item is one that the form can say whole. What it has no field for is named; such an item is shown, and changed elsewhere.

Nothing is taken on trust: what would be saved is written, and held against what is there: words, places, attributes, outcomes, scores.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from item_bank.authoring.pictures import shown_in
from item_bank.authoring.reading import read
from item_bank.authoring.showing import placed, shown
from item_bank.authoring.wording import settled
from item_bank.formats.findings import Notes, Unfit
from item_bank.formats.of_qti import all_contents, question_of
from item_bank.formats.questions import Kind, Question, skeleton
from item_bank.formats.rules import BAND_FEEDBACK, GENERAL_FEEDBACK, OWN_FEEDBACK
from item_bank.formats.to_qti import to_node
from item_bank.qti.model import QtiItem
from item_bank.qti.model.nodes import Node

_OURS = frozenset({"SCORE", "MAXSCORE", OWN_FEEDBACK, GENERAL_FEEDBACK, BAND_FEEDBACK})
_WRITTEN_ANEW = frozenset({"identifier", "expected-length", "expected-lines"})
"""What no candidate sees: names of choices in a match, and how wide a field is."""
_USUAL: Mapping[str, frozenset[str]] = {
    "fixed": frozenset({"false"}),
    "min-choices": frozenset({"0"}),
    "min-associations": frozenset({"0"}),
    "max-associations": frozenset({"0"}),
    "shuffle": frozenset({"false"}),
    "orientation": frozenset({"vertical"}),
    "required": frozenset({"false"}),
    "match-min": frozenset({"0"}),
    "show-hide": frozenset({"show"}),
    "format": frozenset({"plain"}),
    "base": frozenset({"10"}),
    "time-dependent": frozenset({"false"}),
    "adaptive": frozenset({"false"}),
}
_OF_ROOT = frozenset({"identifier", "title", "xml:lang", "adaptive", "time-dependent", "tool-name", "tool-version"})
_BESIDE = frozenset({"qti-catalog-info", "qti-companion-materials-info", "qti-stylesheet", "qti-context-declaration"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something of an item that the form cannot say; `code` is stable, `message` says it in English."""

    code: str
    message: str


def opened(variants: Mapping[str, QtiItem]) -> tuple[dict[str, Question], tuple[Lack, ...]]:
    """Read an item as questions, one for each language; with what the form cannot say of it, in which case they are not to be saved."""
    found: dict[str, Question] = {}
    lacks: dict[Lack, None] = {}
    for lang, item in variants.items():
        notes = Notes()
        try:
            found[lang] = question_of(item, (), notes)
        except Unfit as unfit:
            return {}, (Lack(code=unfit.code, message=unfit.message),)
        lacks |= dict.fromkeys(Lack(code=note.code, message=note.message) for note in notes.found)
        lacks |= dict.fromkeys(_lost(item, found[lang]))
    return found, tuple(lacks) or tuple(_not_back(found))


def _not_back(questions: Mapping[str, Question]) -> Iterator[Lack]:
    """Yield why the form's fields do not give the same questions; nothing when they do. Numbers may differ: the form says so itself."""
    paths = frozenset(path for question in questions.values() for path in shown_in(question))
    again = read(shown(questions, questions), paths)
    wrong = {trouble.code for trouble in again.troubles} - {"alt_missing"}
    if len({_frame(question) for question in questions.values()}) > 1 or wrong & {"missing", "missing_in_language"}:
        yield Lack(code="languages_differ", message="the languages differ in their key, their answers or in what is said afterwards")
    elif wrong or any(_said(asked) != _said(again.questions[lang]) for lang, asked in questions.items()):
        yield Lack(code="scoring_not_said", message="the form has no field for how this is scored or laid out")


def _frame(question: Question) -> tuple[object, ...]:
    """Return what all languages must have in common."""
    question = placed(question)
    names = tuple((option.identifier, option.fixed) for option in question.options)
    return skeleton(question), question.name, question.response, question.shuffle, question.in_text, question.most, names


def _said(question: Question) -> tuple[object, ...]:
    """Return everything of a question that must not be lost."""
    return _frame(question), question.title, question.bands, tuple(map(settled, all_contents(placed(question))))


def _lost(item: QtiItem, question: Question) -> Iterator[Lack]:
    """Yield what is in an item's file and would not be in the one that is written of its question."""
    if question.kind is Kind.NOTE:
        yield Lack(code="nothing_to_answer", message="there is nothing to answer")
    if question.bands:
        yield Lack(code="feedback_not_kept", message="words that show by the score reached")
    root, written = item.root, to_node(question)
    for name in sorted(item.outcomes.keys() - _OURS):
        if name not in _shown_by(root):
            yield Lack(code="outcome_not_kept", message=f"the outcome {name}")
    for node in root.elements:
        if node.name in _BESIDE and node.children:
            yield Lack(code="words_not_kept", message=f"what is kept in {node.name}")
    before, after = _marks(root), _marks(written)
    for (element, name, value), _count in sorted((before - after).items()):
        yield Lack(code="attribute_not_kept", message=f'{name}="{value[:60]}" of {element}')
    body, again = root.first("qti-item-body"), written.first("qti-item-body")
    if body is not None and again is not None and _places(body) != _places(again):
        yield Lack(code="place_not_kept", message="where the answer stands among the words")


def _shown_by(root: Node) -> frozenset[str]:
    """Return the outcomes that show feedback: they are written under our own names."""
    return frozenset(node.attributes.get("outcome-identifier", "") for node in root.named("qti-modal-feedback"))


def _marks(root: Node) -> Counter[tuple[str, str, str]]:
    """Return every attribute that a candidate could notice, with its element."""
    found: Counter[tuple[str, str, str]] = Counter()
    for name, value in root.attributes.items():
        if name not in _OF_ROOT and not name.startswith(("xmlns", "{", "xsi:")):
            found[root.name, name, value] += 1
    body = root.first("qti-item-body")
    for node in () if body is None else body.walk():
        for name, value in node.attributes.items():
            usual = value in _USUAL.get(name, ())
            if not (usual or (name in _WRITTEN_ANEW and node.name.startswith("qti-")) or _is_default(node, name, value)):
                found[node.name, name, value] += 1
    return found


def _is_default(node: Node, name: str, value: str) -> bool:
    """Tell whether an attribute says what would be so without it, or only counts what the questions' records count."""
    if name in ("max-choices", "match-max", "max-associations"):
        return node.name != "qti-order-interaction"
    return name == "shuffle" and node.name == "qti-order-interaction"


def _places(body: Node) -> list[str]:
    """Return what comes before and after what is answered, as words in a row."""
    return [word for word in _row(body) if word]


def _row(node: Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield from child.split()
        elif child.name == "qti-prompt":
            yield from _row(child)
        elif child.name.endswith("-interaction"):
            prompt = child.first("qti-prompt")
            yield from () if prompt is None else _row(prompt)
            yield f"<{child.name}>"
        elif child.name != "qti-rubric-block":
            yield from _row(child)
