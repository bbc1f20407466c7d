"""How a question is scored, as QTI's response processing: by a standard template where one says it, else by rules of one shape.

The shape is read again by scoring.py: one condition whose first branch is NULL and worth nothing, one branch for each answer, and what
any other answer is worth at its end.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from item_bank.formats.questions import ONE, Answer, Band, Content, Kind, Question, Range, plain
from item_bank.qti.model.nodes import Node

TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"
OWN_FEEDBACK, GENERAL_FEEDBACK, BAND_FEEDBACK = "ANSWER_FEEDBACK", "GENERAL_FEEDBACK", "FEEDBACK"
"""The outcomes that say which words show: by answer, always, by score."""
OTHER = "other"
ANYTHING = r"(.|\s)*"
_SPECIAL = frozenset("\\|.?*+{}()[]^$-")


def node(tag: str, *children: Node | str, **attributes: str) -> Node:
    """Make an element of QTI 3.0."""
    named = {name.replace("_", "-"): said for name, said in attributes.items()}
    return Node(name=f"qti-{tag}", attributes=named, children=children)


def number(word: str) -> Node:
    """Make a float."""
    return node("base-value", word, base_type="float")


def is_matched(question: Question) -> bool:
    """Tell whether the key alone scores it: it is worth all, anything else nothing."""
    if question.kind is Kind.CHOICE:
        return [option.worth for option in question.options if option.worth] == [ONE]
    return question.kind is Kind.ORDER or (question.kind is Kind.MULTIPLE and question.all_or_nothing)


def is_mapped(question: Question) -> bool:
    """Tell whether a mapping says what answers are worth."""
    if question.kind is Kind.TEXT:
        ruled = any(answer.is_pattern or answer.feedback for answer in question.answers) or question.other_feedback
        return bool(question.answers) and not ruled
    return question.kind is Kind.MATCH or (question.kind in (Kind.CHOICE, Kind.MULTIPLE) and not is_matched(question))


def own_feedback(question: Question) -> Iterator[tuple[str, Content]]:
    """Yield the words of each answer that has some, by the identifier that shows them."""
    yield from ((option.identifier, option.feedback) for option in question.options if option.feedback)
    answers: Sequence[Answer | Range] = question.answers or question.ranges
    yield from ((f"answer-{place}", each.feedback) for place, each in enumerate(answers, start=1) if each.feedback)
    if question.other_feedback:
        yield OTHER, question.other_feedback


def processing(question: Question) -> Node | None:
    """Return the response processing; None where a person scores, or nobody."""
    if question.kind in (Kind.ESSAY, Kind.NOTE):
        return None
    template = _template(question)
    if template is not None:
        return node("response-processing", template=f"{TEMPLATES}{template}.xml")
    bands = (_by_band(question.bands),) if question.bands else ()
    return node("response-processing", *scoring_rules(question), *bands)


def _template(question: Question) -> str | None:
    if question.response != "RESPONSE" or question.bands or any(own_feedback(question)):
        return None
    if is_matched(question):
        return "match_correct" if question.kind is Kind.CHOICE or question.points == 1 else None
    if question.kind is Kind.MATCH:
        return "map_response" if question.points == len(question.pairs) else None
    return "map_response" if is_mapped(question) else None


def scoring_rules(question: Question) -> Iterator[Node]:
    """Yield the rules that set SCORE, and with it which answer's words show."""
    if is_matched(question):
        yield _all_or_nothing(question)
    elif is_mapped(question):
        yield _condition(_branch("if", _is_null(question), _score(number("0"))), node("response-else", _score(_mapped(question))))
    else:
        yield _by_answers(question)
    if any(option.feedback for option in question.options):
        yield node("set-outcome-value", node("variable", identifier=question.response), identifier=OWN_FEEDBACK)


def _all_or_nothing(question: Question) -> Node:
    points = ONE if question.kind is Kind.CHOICE else question.points
    right = node("match", node("variable", identifier=question.response), node("correct", identifier=question.response))
    return _condition(_branch("if", right, _score(number(plain(points)))), node("response-else", _score(number("0"))))


def _by_answers(question: Question) -> Node:
    tests: list[tuple[Node, Answer | Range]] = [(_accepts(question, answer), answer) for answer in question.answers]
    tests += [(_is_near(question, each), each) for each in question.ranges]
    first = _branch("if", _is_null(question), _score(number("0")))
    others = (_branch("else-if", test, *_given(each, f"answer-{place}")) for place, (test, each) in enumerate(tests, start=1))
    shown = (_show(OTHER),) if question.other_feedback else ()
    return _condition(first, *others, node("response-else", _score(number(plain(question.otherwise))), *shown))


def _given(answer: Answer | Range, name: str) -> tuple[Node, ...]:
    return (_score(number(plain(answer.worth))), *((_show(name),) if answer.feedback else ()))


def _condition(*branches: Node) -> Node:
    return node("response-condition", *branches)


def _branch(which: str, test: Node, *rules: Node) -> Node:
    return node(f"response-{which}", test, *rules)


def _is_null(question: Question) -> Node:
    return node("is-null", node("variable", identifier=question.response))


def _score(worth: Node) -> Node:
    return node("set-outcome-value", worth, identifier="SCORE")


def _show(name: str) -> Node:
    return node("set-outcome-value", node("base-value", name, base_type="identifier"), identifier=OWN_FEEDBACK)


def _mapped(question: Question) -> Node:
    worth = node("map-response", identifier=question.response)
    if question.kind is not Kind.MATCH or question.points == len(question.pairs):
        return worth
    return node("divide", node("product", worth, number(plain(question.points))), number(f"{len(question.pairs)}"))


def _accepts(question: Question, answer: Answer) -> Node:
    given = node("variable", identifier=question.response)
    if answer.is_pattern:
        return node("pattern-match", given, pattern=pattern_of(answer.text, question.case_sensitive))
    sensitive = "true" if question.case_sensitive else "false"
    return node("string-match", given, node("base-value", answer.text, base_type="string"), case_sensitive=sensitive)


def _is_near(question: Question, wanted: Range) -> Node:
    given, centre = node("variable", identifier=question.response), number(plain(wanted.value))
    if not wanted.tolerance:
        return node("equal", centre, given, tolerance_mode="exact")
    width = plain(wanted.tolerance)
    return node("equal", centre, given, tolerance_mode="absolute", tolerance=f"{width} {width}")


def pattern_of(text: str, case_sensitive: bool) -> str:
    """Write a text with stars as XML Schema's regular expression; a star after a backslash is a star."""
    return "".join(ANYTHING if piece == "*" else _sign(piece[-1], case_sensitive) for piece in re.findall(r"\\\*|.", text, re.DOTALL))


def _sign(sign: str, case_sensitive: bool) -> str:
    if sign in _SPECIAL:
        return f"\\{sign}"
    forms = sorted({sign, sign.lower(), sign.upper()} if not case_sensitive else {sign})
    single = [form for form in forms if len(form) == 1]
    return sign if len(single) == 1 else f"[{''.join(single)}]"


def text_of(pattern: str) -> tuple[str, bool] | None:
    """Read a pattern of ours back: the text with stars, and whether case counts; None for any other pattern."""
    pieces: list[str] = []
    rest, folded = pattern, False
    while rest:
        found = _PIECE.match(rest)
        if found is None:
            return None
        if found["any"]:
            pieces.append("*")
        elif found["either"]:
            folded = True
            pieces.append(min(found["either"], key=lambda sign: (sign.lower() != sign, sign)))
        else:
            sign = found["escaped"] or found["plain"]
            pieces.append("\\*" if sign == "*" else sign)
        rest = rest[found.end() :]
    text = "".join(pieces)
    sensitive = not folded and text.lower() != text.upper()
    return (text, sensitive) if pattern_of(text, sensitive) == pattern else None


_SPECIALS = r"\\|.?*+{}()\[\]^$-"
_PIECE = re.compile(
    rf"(?P<any>\(\.\|\\s\)\*)|\[(?P<either>[^\]\\^-]{{2,3}})\]|\\(?P<escaped>[{_SPECIALS}])|(?P<plain>[^{_SPECIALS}])", re.DOTALL
)


def _by_band(bands: Sequence[Band]) -> Node:
    """Say which words a score shows."""
    shown = (node("set-outcome-value", node("base-value", band.name, base_type="identifier"), identifier=BAND_FEEDBACK) for band in bands)
    tests = map(_within, bands)
    branches = [_branch("if" if place == 0 else "else-if", test, rule) for place, (test, rule) in enumerate(zip(tests, shown, strict=True))]
    return _condition(*branches)


def _within(band: Band) -> Node:
    limits = [
        node(word, node("variable", identifier="SCORE"), number(plain(limit)))
        for limit, word in ((band.low, "gte" if band.low_in else "gt"), (band.high, "lte" if band.high_in else "lt"))
        if limit is not None
    ]
    return limits[0] if len(limits) == 1 else node("and", *(limits or [node("base-value", "true", base_type="boolean")]))


def bounds_of(band: Node) -> dict[str, tuple[Decimal, bool]] | None:
    """Read the limits of a band's test: low and high, and whether each is within; None for any other test."""
    found: dict[str, tuple[Decimal, bool]] = {}
    for test in band.elements if band.name == "qti-and" else (band,):
        side = {"qti-gte": ("low", True), "qti-gt": ("low", False), "qti-lte": ("high", True), "qti-lt": ("high", False)}.get(test.name)
        if test.name == "qti-base-value" and test.text == "true":
            continue
        if side is None or len(test.elements) != 2 or test.elements[0].attributes.get("identifier") != "SCORE":
            return None
        found[side[0]] = (Decimal(test.elements[1].text.strip()), side[1])
    return found
