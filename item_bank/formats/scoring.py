"""What each answer of a QTI item is worth, read from its declarations and rules, for formats that can only say worths.

Nothing is guessed: rules of an unknown shape raise Unfit. Choices are tried one by one, sets of choices all at once, by the engine that
scores candidates, so that every way of writing their rules is understood.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import chain, combinations

from item_bank.formats.findings import Unfit
from item_bank.formats.questions import ONE, ZERO, Answer, Kind, Option, Question, Range, tidy
from item_bank.formats.rules import BAND_FEEDBACK, OWN_FEEDBACK, scoring_rules, text_of
from item_bank.qti.model import QtiItem, ResponseDeclaration, ValueMapping
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing import max_score, score
from item_bank.qti.processing.templates import MAP_RESPONSE, MATCH_CORRECT, TEMPLATES, template_named
from item_bank.qti.values import Cardinality, Value, container, parse_atom

MOST_TRIED = 10
"""Of so many choices every set is tried; of more, only a standard template is understood."""
_CHANCE = ("qti-random", "qti-random-integer", "qti-random-float", "qti-custom-operator")


def unknown() -> Unfit:
    """Say that the rules are none that can be written elsewhere."""
    advice = "Export it as QTI, or score it by a standard template."
    return Unfit("scoring_not_said", "the format has no words for how this question is scored", advice)


def points_of(item: QtiItem) -> Decimal:
    """Return the best score that the item says; 1 where it says none."""
    best = max_score(item)
    return decimal_of(best) if best is not None and best > 0 else ONE


def decimal_of(found: float) -> Decimal:
    """Return a float's own digits."""
    return tidy(Decimal(repr(float(found))))


def steady(item: QtiItem) -> None:
    """Refuse an item whose score is not decided by its response alone; raises Unfit."""
    if item.template_processing is not None or item.templates:
        raise Unfit("templates_not_said", "the format has no words for numbers that are drawn for each candidate", "Export it as QTI.")
    if item.adaptive:
        raise Unfit("adaptive_not_said", "the format has no words for an adaptive question", "Export it as QTI.")
    if item.outcome_processing is not None:
        raise unknown()
    if item.processing is not None and any(node.name in _CHANCE for node in item.processing.walk()):
        raise unknown()


def template_of(item: QtiItem) -> str | None:
    """Return the standard template that scores an item, also where its rules are written out; rules that only show words aside."""
    named = template_named(item.processing)
    if named is not None:
        return named
    rules = _rules(item)
    return next((name for name in (MATCH_CORRECT, MAP_RESPONSE) if rules == TEMPLATES[name]), None)


def _rules(item: QtiItem) -> tuple[Node, ...]:
    """Return the rules that score, without white space, and without those that only show words."""
    if item.processing is None:
        return ()
    return tuple(rule for rule in bare(item.processing).elements if not sets_only(rule, OWN_FEEDBACK, BAND_FEEDBACK))


def bare(node: Node) -> Node:
    """Return a tree without the white space between its elements."""
    children = tuple(
        bare(child) if isinstance(child, Node) else child for child in node.children if isinstance(child, Node) or child.strip()
    )
    return Node(name=node.name, attributes=node.attributes, children=children, namespace=node.namespace)


def sets_only(rule: Node, *outcomes: str) -> bool:
    """Tell whether a rule sets one of these outcomes and no other."""
    set_ones = {node.attributes.get("identifier", "") for node in rule.walk() if node.name == "qti-set-outcome-value"}
    return bool(set_ones) and set_ones <= set(outcomes)


def _scored(item: QtiItem, declared: ResponseDeclaration, words: Iterable[str]) -> Decimal:
    atoms = [parse_atom(declared.base_type, word) for word in words] if declared.base_type else []
    value: Value | None = container(declared.cardinality, declared.base_type, atoms)
    return decimal_of(score(item, {declared.identifier: value}).score)


def worths_of_choices(item: QtiItem, declared: ResponseDeclaration, names: Iterable[str]) -> dict[str, Decimal]:
    """Return what each choice is worth alone; raises Unfit where no choice is worth something."""
    if _scored(item, declared, ()):
        raise unknown()
    return {name: _scored(item, declared, (name,)) for name in names}


def scored_sets(item: QtiItem, declared: ResponseDeclaration, question: Question) -> Question:
    """Say how sets of choices are scored: by a sum within bounds, or all or nothing; raises Unfit for any other way."""
    names = [option.identifier for option in question.options]
    guesses = [guess for guess in (_summed(declared, question), _all_or_nothing(item, declared, question)) if guess is not None]
    template = template_of(item)
    if len(names) > MOST_TRIED:
        wanted = {MAP_RESPONSE: False, MATCH_CORRECT: True}.get(template or "")
        guesses = [guess for guess in guesses if guess.all_or_nothing is wanted]
        if not guesses:
            raise unknown()
        return guesses[0]
    sets = [chosen for count in range(len(names) + 1) for chosen in combinations(names, count)]
    found = {chosen: _scored(item, declared, chosen) for chosen in sets}
    for guess in guesses:
        if all(abs(found[chosen] - worth_of_set(guess, chosen)) < Decimal("1e-9") for chosen in sets):
            return guess
    raise unknown()


def _summed(declared: ResponseDeclaration, question: Question) -> Question | None:
    mapping = declared.mapping
    if mapping is None or mapping.default:
        return None
    worths = {str(entry.key): decimal_of(entry.value) for entry in reversed(mapping.entries)}
    options = tuple(_with_worth(option, worths.get(option.identifier, ZERO)) for option in question.options)
    lower = None if mapping.lower is None else decimal_of(mapping.lower)
    upper = None if mapping.upper is None else decimal_of(mapping.upper)
    return replace(question, options=options, lower=lower, upper=upper, all_or_nothing=False)


def _all_or_nothing(item: QtiItem, declared: ResponseDeclaration, question: Question) -> Question | None:
    if declared.correct is None:
        return None
    key = {str(atom) for atom in declared.correct.atoms}
    options = tuple(_with_worth(option, ONE if option.identifier in key else ZERO) for option in question.options)
    best = _scored(item, declared, key)
    return replace(question, options=options, points=best, all_or_nothing=True) if best > 0 else None


def worth_of_set(question: Question, chosen: Iterable[str]) -> Decimal:
    """Return what a set of choices is worth."""
    names = set(chosen)
    if question.all_or_nothing:
        key = {option.identifier for option in question.options if option.worth > 0}
        return question.points if names == key else ZERO
    if not names:
        return ZERO
    total = sum((option.worth for option in question.options if option.identifier in names), ZERO)
    if question.lower is not None:
        total = max(total, question.lower)
    return total if question.upper is None else min(total, question.upper)


def _with_worth(option: Option, worth: Decimal) -> Option:
    return replace(option, worth=worth)


def scored_field(item: QtiItem, declared: ResponseDeclaration, question: Question) -> Question:
    """Say which texts or numbers count, and how much; raises Unfit for rules of another shape."""
    template, mapping = template_of(item), declared.mapping
    if template == MAP_RESPONSE and mapping is not None:
        return _mapped_field(mapping, question)
    if template == MATCH_CORRECT and declared.correct is not None:
        word = str(declared.correct.atoms[0])
        if question.kind is Kind.TEXT:
            return replace(question, answers=(Answer(text=word),), case_sensitive=True)
        return replace(question, ranges=(Range(value=decimal_of(float(word))),))
    if template is not None:
        raise unknown()
    return _ruled_field(item, declared, question)


def _mapped_field(mapping: ValueMapping, question: Question) -> Question:
    worths = [decimal_of(entry.value) for entry in mapping.entries]
    reached = [0.0, mapping.default, *(entry.value for entry in mapping.entries)]
    if (mapping.lower is not None and mapping.lower > min(reached)) or (mapping.upper is not None and mapping.upper < max(reached)):
        raise unknown()
    otherwise = decimal_of(mapping.default)
    if question.kind is Kind.NUMBER:
        ranges = tuple(
            Range(value=decimal_of(float(str(entry.key))), worth=worth) for entry, worth in zip(mapping.entries, worths, strict=True)
        )
        return replace(question, ranges=ranges, otherwise=otherwise)
    cased = {entry.case_sensitive for entry in mapping.entries if str(entry.key).lower() != str(entry.key).upper()}
    if len(cased) > 1:
        raise unknown()
    answers = tuple(Answer(text=str(entry.key), worth=worth) for entry, worth in zip(mapping.entries, worths, strict=True))
    return replace(question, answers=answers, otherwise=otherwise, case_sensitive=True in cased)


def _ruled_field(item: QtiItem, declared: ResponseDeclaration, question: Question) -> Question:
    """Read one condition whose branches ask for one answer each."""
    rules = _rules(item)
    if len(rules) != 1 or rules[0].name != "qti-response-condition":
        raise unknown()
    branches = list(rules[0].elements)
    otherwise = ZERO
    if branches and branches[-1].name == "qti-response-else":
        otherwise = _worth(branches.pop().elements)
    if branches and branches[0].elements[:1] and branches[0].elements[0].name == "qti-is-null":
        if _worth(branches.pop(0).elements[1:]):
            raise unknown()
    elif otherwise:
        raise unknown()  # no answer at all would be worth as much as another one
    tests = [(branch.elements[0], _worth(branch.elements[1:])) for branch in branches if branch.elements]
    if not tests:
        raise unknown()
    if question.kind is Kind.NUMBER:
        ranges = tuple(_range(test, worth, declared) for test, worth in tests)
        return replace(question, ranges=ranges, otherwise=otherwise)
    read = [_answer(test, worth, declared) for test, worth in tests]
    cased = {sensitive for answer, sensitive in read if answer.text.lower() != answer.text.upper()}
    if len(cased) > 1:
        raise unknown()
    return replace(question, answers=tuple(answer for answer, _ in read), otherwise=otherwise, case_sensitive=True in cased)


def _worth(rules: Iterable[Node]) -> Decimal:
    """Return what the rules of a branch set SCORE to."""
    setting = [rule for rule in rules if not sets_only(rule, OWN_FEEDBACK)]
    if len(setting) != 1 or setting[0].attributes.get("identifier") != "SCORE" or len(setting[0].elements) != 1:
        raise unknown()
    return _constant(setting[0].elements[0])


def _constant(node: Node, declared: ResponseDeclaration | None = None) -> Decimal:
    """Read a number that is written there, or is the key."""
    key = None if declared is None else declared.correct
    word = str(key.atoms[0]) if node.name == "qti-correct" and key is not None else node.text.strip()
    if node.name not in ("qti-base-value", "qti-correct"):
        raise unknown()
    try:
        found = Decimal(word)
    except InvalidOperation:
        raise unknown() from None
    if not found.is_finite():
        raise unknown()
    return tidy(found)


def _operands(test: Node, declared: ResponseDeclaration) -> Node:
    """Return the operand that is not the response."""
    others = [each for each in test.elements if each.name != "qti-variable"]
    asked = [each for each in test.elements if each.name == "qti-variable" and each.attributes.get("identifier") == declared.identifier]
    if len(asked) != 1 or len(test.elements) != 2 or len(others) != 1:
        raise unknown()
    return others[0]


def _range(test: Node, worth: Decimal, declared: ResponseDeclaration) -> Range:
    said = test.attributes
    if test.name == "qti-match":
        return Range(value=_constant(_operands(test, declared), declared), worth=worth)
    edges_out = "false" in (said.get("include-lower-bound", "true"), said.get("include-upper-bound", "true"))
    if test.name != "qti-equal" or edges_out:
        raise unknown()
    centre = _constant(_operands(test, declared), declared)
    if said.get("tolerance-mode", "exact") == "exact" or not said.get("tolerance"):
        return Range(value=centre, worth=worth)
    try:
        widths = [Decimal(word) for word in said["tolerance"].split()]
    except InvalidOperation:
        raise unknown() from None
    unit = abs(centre) / 100 if said.get("tolerance-mode") == "relative" else ONE
    below, above = widths[0] * unit, widths[-1] * unit
    if below != above and centre < 0 and said.get("tolerance-mode") == "relative":
        raise unknown()
    return Range(value=tidy(centre + (above - below) / 2), tolerance=tidy((above + below) / 2), worth=worth)


def _answer(test: Node, worth: Decimal, declared: ResponseDeclaration) -> tuple[Answer, bool]:
    said = test.attributes
    if test.name == "qti-pattern-match":
        found = text_of(said.get("pattern", ""))
        if found is None or len(test.elements) != 1:
            raise unknown()
        return Answer(text=found[0], worth=worth, is_pattern=True), found[1]
    if test.name not in ("qti-string-match", "qti-match") or said.get("substring") == "true":
        raise unknown()
    operand = _operands(test, declared)
    key = declared.correct
    word = str(key.atoms[0]) if operand.name == "qti-correct" and key is not None else operand.text
    return Answer(text=word, worth=worth), test.name == "qti-match" or said.get("case-sensitive", "true") != "false"


def scored_pairs(item: QtiItem, declared: ResponseDeclaration, sources: list[str], targets: list[str]) -> tuple[Decimal, tuple[int, ...]]:
    """Return the points of a match, and the place of each source's target; raises Unfit where that does not say its score."""
    mapping = declared.mapping
    if mapping is None or mapping.default or not sources:
        raise unknown()
    named = [(entry.key, entry.value) for entry in mapping.entries if isinstance(entry.key, tuple) and entry.value]
    pairs = {(str(key[0]), str(key[1])): worth for key, worth in named}
    worths = set(pairs.values())
    by_source = dict(list(pairs))
    if len(worths) != 1 or len(pairs) != len(sources) or set(by_source) != set(sources) or not set(by_source.values()) <= set(targets):
        raise unknown()
    whole = _scored(item, declared, (f"{source} {target}" for source, target in pairs))
    tried = chain(((pair,) for pair in pairs), combinations(pairs, 2))
    for some in list(tried)[:200]:
        part = whole * len(some) / len(pairs)
        if abs(_scored(item, declared, (f"{source} {target}" for source, target in some)) - part) > Decimal("1e-9"):
            raise unknown()
    return _rounded(whole), tuple(targets.index(by_source[source]) for source in sources)


def scored_order(item: QtiItem, declared: ResponseDeclaration, question: Question) -> Question:
    """Say which order counts; raises Unfit where another one could earn something, too."""
    names = [option.identifier for option in question.options]
    key = [] if declared.correct is None else [str(atom) for atom in declared.correct.atoms]
    if declared.cardinality is not Cardinality.ORDERED or sorted(key) != sorted(names):
        raise unknown()
    points = _scored(item, declared, key)
    found = replace(question, points=points, sequence=tuple(map(names.index, key)))
    if template_of(item) != MATCH_CORRECT and (points <= 0 or _rules(item) != tuple(map(bare, scoring_rules(found)))):
        raise unknown()
    return found


def _rounded(total: Decimal) -> Decimal:
    """Take off what adding floats leaves behind: 0.30000000000000004 is 0.3."""
    return tidy(total.quantize(Decimal("1e-12")))
