"""Feedback that no response shows, keys that no page can send, scores that nobody can get: tried where all responses can be tried.

An item whose responses are choices, and not too many of them, is scored with every response there is. Of any other item only its rules are
looked at: a feedback is said to be out of reach where every value that its outcome may take is written in them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

from assessment_engine.kernel.errors import WrongResponse
from item_bank.checks.findings import Finding
from item_bank.qti.binding import bind, shortcomings
from item_bank.qti.model import ChoiceInteraction, Feedback, InlineChoiceInteraction, Interaction, Node, QtiItem, Shown, nested
from item_bank.qti.processing import key_score, max_score, score, template_named
from item_bank.qti.values import Cardinality, Value, container, value_json

Responses = Mapping[str, Value | None]
_CHANCE = frozenset({"qti-random", "qti-random-integer", "qti-random-float", "qti-custom-operator"})


@dataclass(frozen=True, slots=True)
class _Told:
    """Words that show by an outcome."""

    shown: Shown
    title: str


def unreachable(lang: str, item: QtiItem, most: int) -> Iterator[Finding]:
    """Yield what no response reaches; at most `most` responses are tried."""
    yield from _keys(lang, item)
    if not _steady(item):
        return
    told = _told(item)
    tried = _every_response(item, most)
    if tried is None:
        yield from (_never(lang, each) for each in told if _is_out_of_rules(item, each.shown))
        return
    outcomes = [score(item, responses) for responses in tried]
    yield from (_never(lang, each) for each in told if not any(each.shown.holds(outcome.values) for outcome in outcomes))
    yield from _scores(lang, item, max((outcome.score for outcome in outcomes), default=0.0))


def _steady(item: QtiItem) -> bool:
    """Tell whether the response alone decides what happens."""
    rules = (item.processing, item.outcome_processing)
    drawn = any(node.name in _CHANCE for root in rules if root is not None for node in root.walk())
    return not (item.adaptive or item.templates or item.template_processing is not None or drawn)


def _told(item: QtiItem) -> list[_Told]:
    inside = [block for block in nested(item.body) if isinstance(block, Feedback) and not block.by_template]
    modal = [_Told(each.shown, each.title) for each in item.modal_feedbacks]
    return [_Told(each.shown, "") for each in inside if each.shown.variable in item.outcomes] + [
        each for each in modal if each.shown.variable in item.outcomes
    ]


def _never(lang: str, told: _Told) -> Finding:
    shown = told.shown
    message = f"the feedback {shown.identifier} ({shown.variable}) is shown after no response"
    return Finding(code="feedback_never_shown", message=message, lang=lang, where=shown.identifier, said=told.title)


def _every_response(item: QtiItem, most: int) -> list[Responses] | None:
    """Return every response that there is, or None where there are too many, or they are no choices."""
    asked = {interaction.response: interaction for interaction in item.interactions}
    if not asked or len(asked) != len(item.interactions) or asked.keys() != item.responses.keys():
        return None
    several: list[Sequence[tuple[str, Value | None]]] = []
    count = 1
    for name, interaction in asked.items():
        values = _values(item, name, interaction, most)
        count *= 0 if values is None else len(values)
        if values is None or not 0 < count <= most:
            return None
        several.append([(name, value) for value in values])
    return [dict(each) for each in product(*several)]


def _values(item: QtiItem, name: str, interaction: Interaction, most: int) -> list[Value | None] | None:
    if not isinstance(interaction, ChoiceInteraction | InlineChoiceInteraction):
        return None
    declared = item.responses[name]
    names = [choice.identifier for choice in interaction.choices]
    single = declared.cardinality is Cardinality.SINGLE
    top = 1 if single else getattr(interaction, "max_choices", 1) or len(names)
    if declared.cardinality not in (Cardinality.SINGLE, Cardinality.MULTIPLE):
        return None
    sets = (chosen for size in range(min(top, len(names)) + 1) for chosen in combinations(names, size))
    found = [container(declared.cardinality, declared.base_type, chosen) for chosen in islice(sets, most + 1)]
    return found if len(found) <= most else None


def _scores(lang: str, item: QtiItem, best: float) -> Iterator[Finding]:
    said, key = max_score(item), key_score(item)
    if "SCORE" not in item.outcomes or item.outcomes["SCORE"].external_scored:
        return
    if said is not None and said > best + 1e-9:
        message = f"the best score is said to be {said:g}; no response gets more than {best:g}"
        yield Finding(code="best_never_reached", message=message, lang=lang, said=f"{best:g} < {said:g}")
    if key is not None and 0 < key < best - 1e-9:
        message = f"the key earns {key:g}, another response {best:g}"
        yield Finding(code="key_is_not_best", message=message, lang=lang, said=f"{key:g} < {best:g}")


def _keys(lang: str, item: QtiItem) -> Iterator[Finding]:
    """Send each key as a candidate's page would."""
    if item.template_processing is not None:
        return
    asked = {interaction.response for interaction in item.interactions}
    for name, declared in item.responses.items():
        if name not in asked or declared.correct is None:
            continue
        try:
            bound = bind(item, {name: value_json(declared.correct)})
        except WrongResponse as error:
            message = f"no response can be the key of {name}: {error.message}"
            yield Finding(code="key_out_of_reach", message=message, lang=lang, where=name, said=str(error.details.get("problem", "")))
        else:
            if name in shortcomings(item, bound):
                message = f"the key of {name} breaks a limit of its own question: too few choices, or a pattern that it does not meet"
                yield Finding(code="key_breaks_limits", message=message, lang=lang, where=name)


def _is_out_of_rules(item: QtiItem, shown: Shown) -> bool:
    """Tell whether the rules name every value of an outcome, and this one is not among them."""
    declared = item.outcomes[shown.variable]
    words = _written(item.processing, shown.variable)
    if not shown.show or words is None or template_named(item.processing) is not None:
        return False
    begun = () if declared.default is None else declared.default.atoms
    return shown.identifier not in {*words, *map(str, begun)}


def _written(processing: Node | None, outcome: str) -> set[str] | None:
    """Return the words that rules set an outcome to; None where a rule sets it to something that is not written there."""
    found: set[str] = set()
    for rule in () if processing is None else processing.walk():
        if rule.name in ("qti-set-outcome-value", "qti-lookup-outcome-value") and rule.attributes.get("identifier") == outcome:
            values = [node for node in rule.walk() if node is not rule]
            if rule.name == "qti-lookup-outcome-value" or any(node.name not in _PLAIN for node in values):
                return None
            found |= {node.text.strip() for node in values if node.name == "qti-base-value"}
    return found


_PLAIN = frozenset({"qti-base-value", "qti-multiple", "qti-ordered", "qti-null"})
