"""What other formats can say of a question: one interaction, one response, and what each answer is worth. Records only.

Every reader makes these, every writer takes these; to_qti.py and of_qti.py lead to QTI and back. Worths are marks, never shares, so
that nothing is divided on the way and a score stays what it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

from item_bank.qti.model.nodes import Node
from item_bank.qti.problems import Problem

Content = tuple[Node | str, ...]
"""What is shown: either words and inline elements of one paragraph, or blocks only, in QTI 3.0's HTML (content.py)."""

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
BLANK = "_____"
"""Stands in a stem where the answer belongs (GIFT's missing word)."""

_FLOAT = Context(prec=17, rounding=ROUND_HALF_EVEN)  # as many digits as tell every float from its neighbours
_EXACT = Context(prec=40)


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    MULTIPLE = "multiple"
    TEXT = "text"
    NUMBER = "number"
    MATCH = "match"
    ORDER = "order"
    ESSAY = "essay"
    NOTE = "note"  # nothing to answer: words between questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice. In an all-or-nothing question a worth above zero only says that it belongs to the key."""

    identifier: str
    content: Content
    worth: Decimal = ZERO
    feedback: Content = ()
    fixed: bool = False  # keeps its place where choices are shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One text that counts; the first of a question that fits does. In a pattern `*` stands for any text, and `\\*` for itself."""

    text: str
    worth: Decimal = ONE
    feedback: Content = ()
    is_pattern: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Numbers that count: `value`, more or less `tolerance`, its edges included."""

    value: Decimal
    tolerance: Decimal = ZERO
    worth: Decimal = ONE
    feedback: Content = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Words for a score from `low` on up to `high`; None is no limit. Of several that fit, the first shows."""

    name: str
    content: Content
    low: Decimal | None = None
    high: Decimal | None = None
    low_in: bool = True
    high_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A file beside a question; `path` is how its words refer to it."""

    path: str
    data: bytes
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question in one language. `line` is where it stands in its file, `name` what the file calls it ("" where it has no name)."""

    kind: Kind
    stem: Content
    name: str = ""
    title: str = ""
    lang: str = ""
    points: Decimal = ONE
    response: str = "RESPONSE"
    options: tuple[Option, ...] = ()
    all_or_nothing: bool = False  # of a multiple choice: only exactly the key counts
    lower: Decimal | None = None  # of a multiple choice: no sum counts less, or more
    upper: Decimal | None = None
    most: int = 0  # of a multiple choice: how many may be chosen; 0 is as many as there are
    shuffle: bool = False
    in_text: bool = False  # of a choice: a list that opens where the stem has its blank
    sequence: tuple[int, ...] = ()  # of an order: the places of the options, as they belong
    answers: tuple[Answer, ...] = ()
    case_sensitive: bool = False
    ranges: tuple[Range, ...] = ()
    otherwise: Decimal = ZERO  # of texts and numbers: what any other answer is worth
    other_feedback: Content = ()
    sources: tuple[Content, ...] = ()
    targets: tuple[Content, ...] = ()
    pairs: tuple[int, ...] = ()  # of a match: the place of each source's target
    feedback: Content = ()
    bands: tuple[Band, ...] = ()
    notes: Content = ()  # for whoever scores it
    media: tuple[Medium, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)  # what is known beside the text (item_bank/facts.py), as words
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader found: questions, and what is wrong with the file or cannot be kept of it."""

    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a writer wrote, and what its format cannot say."""

    data: bytes
    problems: tuple[Problem, ...] = ()


def worth_of(points: Decimal, share: Decimal) -> Decimal:
    """Return what a share (1 is all) of the points is worth, with as many digits as a float has: 33.33… % of 3 is 1."""
    return tidy(_FLOAT.plus(_EXACT.multiply(points, share)))


def share_of(points: Decimal, worth: Decimal) -> Decimal:
    """Return which share of the points a worth is, with as few digits as give the worth back."""
    exact = _EXACT.divide(worth, points)
    shorter = (Context(prec=digits).plus(exact) for digits in (4, 7, 12, 17, 20))
    return tidy(next((each for each in shorter if worth_of(points, each) == worth), exact))


def part_of(points: Decimal, parts: int, times: int = 1) -> Decimal:
    """Return an equal part of the points, rounded up a very little: all parts together are never less than all; a bound takes the rest."""
    return tidy(_EXACT.divide(points * times, Decimal(parts)).quantize(Decimal("1e-12"), ROUND_CEILING))


def tidy(number: Decimal) -> Decimal:
    """Return a number without zeros at its end, and never in the form 1E+2."""
    return (
        _EXACT.quantize(number, ONE) if number == number.to_integral_value() and abs(number) < Decimal("1e18") else number.normalize(_EXACT)
    )


def plain(number: Decimal) -> str:
    """Write a number with its digits alone."""
    return format(tidy(number), "f")


def answers_of(question: Question) -> tuple[Answer | Range, ...]:
    """Return the texts or numbers that count."""
    return (*question.answers, *question.ranges)


def skeleton(question: Question) -> tuple[object, ...]:
    """Return what decides about scores, and nothing else: two questions of one skeleton score every response the same."""
    match question.kind:
        case Kind.CHOICE:
            return question.kind, question.points, tuple(option.worth for option in question.options)
        case Kind.MULTIPLE:
            return question.kind, question.points, tuple(option.worth for option in question.options), *_bounds(question)
        case Kind.TEXT:
            answers = tuple((answer.text, answer.worth, answer.is_pattern) for answer in question.answers)
            return question.kind, question.points, answers, question.case_sensitive and has_case(question), question.otherwise
        case Kind.NUMBER:
            ranges = tuple((each.value, each.tolerance, each.worth) for each in question.ranges)
            return question.kind, question.points, ranges, question.otherwise
        case Kind.MATCH:
            first = list(dict.fromkeys(question.pairs))  # the order of targets decides nothing
            return question.kind, question.points, len(question.targets), tuple(first.index(place) for place in question.pairs)
        case Kind.ORDER:
            return question.kind, question.points, question.sequence
        case Kind.NOTE:
            return (question.kind,)
    return question.kind, question.points


def _bounds(question: Question) -> tuple[object, ...]:
    """Return the bounds that some choice can reach; a bound beyond that changes nothing."""
    if question.all_or_nothing:
        return ("all",)
    worths = [option.worth for option in question.options]
    least, best = sum((each for each in worths if each < 0), ZERO), sum((each for each in worths if each > 0), ZERO)
    lower = question.lower if question.lower is not None and question.lower > least else None
    upper = question.upper if question.upper is not None and question.upper < best else None
    return lower, upper


def has_case(question: Question) -> bool:
    """Tell whether any accepted text has letters that have capitals; Devanagari has none."""
    return any(answer.text.lower() != answer.text.upper() for answer in question.answers)
