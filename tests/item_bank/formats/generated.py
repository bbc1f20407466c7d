"""Questions of every kind, drawn by hypothesis, and responses to them: for the properties that every format must have."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, permutations

from hypothesis import strategies as st

from item_bank.formats.content import from_html, from_text
from item_bank.formats.questions import Answer, Kind, Option, Question, Range
from item_bank.formats.reading import letter, one_line

SIGNS = "ab Bé{}~=#:\\%*->[]|/'\"<>&;.,\n1सभा"
TEXTS = st.text(SIGNS, min_size=1, max_size=12).map(one_line).filter(lambda text: any(sign.isalnum() for sign in text))
MARKUP = st.sampled_from(["<b>bold</b> = {x}", "<p>one</p><p>two ~ #</p>", "<ul><li>a</li><li>b:c</li></ul>", "H<sub>2</sub>O"])
WORTHS = st.sampled_from([Decimal(word) for word in ("1", "0.5", "0.25", "-0.25", "-1", "0.3333333333333333", "0.33333", "2", "0.1")])
POINTS = st.sampled_from([Decimal(word) for word in ("1", "2", "0.5", "3", "1.5")])
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=3)

words = TEXTS.map(from_text)
rich = st.one_of(words, MARKUP.map(lambda html: from_html(html)[0]))
maybe = st.one_of(st.just(()), rich)


def within(worth: Decimal, points: Decimal) -> Decimal:
    """No answer earns more than all, or costs more than all: percentages end there."""
    return max(min(worth, points), -points)


def dressed(draw: st.DrawFn, question: Question) -> Question:
    """Give a question what those of every kind have."""
    return replace(
        question,
        name="item-1",
        title=draw(st.one_of(TEXTS, st.just("Title: {a}"))),
        lang=draw(st.sampled_from(["", "en", "hi"])),
        feedback=draw(maybe),
        shuffle=draw(st.booleans()),
    )


@st.composite
def choices(draw: st.DrawFn, *, several: bool | None = None) -> Question:
    """One of several, or several of several."""
    kind = draw(st.sampled_from([Kind.CHOICE, Kind.MULTIPLE])) if several is None else Kind.MULTIPLE if several else Kind.CHOICE
    points = draw(POINTS)
    contents = draw(st.lists(rich, min_size=2, max_size=5))
    others = draw(st.lists(WORTHS, min_size=len(contents), max_size=len(contents)))
    all_or_nothing = kind is Kind.MULTIPLE and draw(st.booleans())
    worths = [points, *(within(worth, points) if draw(st.booleans()) else Decimal(0) for worth in others[1:])]
    if all_or_nothing:
        worths = [Decimal(1) if worth > 0 else Decimal(0) for worth in worths]
    order = draw(st.permutations(range(len(contents))))
    options = tuple(
        Option(identifier=letter(place), content=contents[each], worth=worths[each], feedback=draw(maybe))
        for place, each in enumerate(order)
    )
    question = Question(kind=kind, stem=draw(rich), points=points, options=options, all_or_nothing=all_or_nothing)
    if kind is Kind.MULTIPLE and not all_or_nothing:
        question = replace(question, lower=Decimal(0), upper=points)
    return dressed(draw, question)


@st.composite
def texts(draw: st.DrawFn) -> Question:
    """A word to type; some with stars."""
    points = draw(POINTS)
    written = draw(st.lists(TEXTS, min_size=1, max_size=3, unique_by=str.casefold))
    answers = [
        Answer(text=text, worth=points if place == 0 else draw(WORTHS.map(lambda worth: within(worth, points))), feedback=draw(maybe))
        for place, text in enumerate(written)
    ]
    if draw(st.booleans()):
        answers.append(Answer(text="x*y \\* ?", worth=points, is_pattern=True))
    otherwise = draw(st.sampled_from([Decimal(0), Decimal("0.25")])).min(points)
    told = draw(maybe) if otherwise else ()
    question = Question(kind=Kind.TEXT, stem=draw(rich), points=points, answers=tuple(answers), otherwise=otherwise)
    return dressed(draw, replace(question, other_feedback=told, case_sensitive=draw(st.booleans())))


@st.composite
def numbers(draw: st.DrawFn) -> Question:
    """A number to type."""
    points = draw(POINTS)
    values = draw(st.lists(NUMBERS, min_size=1, max_size=3, unique=True))
    widths = [draw(st.sampled_from([Decimal(0), Decimal("0.001"), Decimal("0.5"), Decimal(2)])) for _ in values]
    ranges = tuple(
        Range(value=value, tolerance=width, worth=points if place == 0 else points / 2, feedback=draw(maybe))
        for place, (value, width) in enumerate(zip(values, widths, strict=True))
    )
    return dressed(draw, Question(kind=Kind.NUMBER, stem=draw(rich), points=points, ranges=ranges))


@st.composite
def matches(draw: st.DrawFn) -> Question:
    """Pairs; some targets are nobody's."""
    targets = tuple(from_text(text) for text in draw(st.lists(TEXTS, min_size=2, max_size=4, unique=True)))
    sources = tuple(draw(st.lists(rich, min_size=2, max_size=4)))
    pairs = tuple(draw(st.lists(st.integers(0, len(targets) - 1), min_size=len(sources), max_size=len(sources))))
    question = Question(kind=Kind.MATCH, stem=draw(rich), points=draw(POINTS), sources=sources, targets=targets, pairs=pairs)
    return dressed(draw, question)


@st.composite
def orders(draw: st.DrawFn) -> Question:
    """Entries to bring into their order; they are written as they belong, or mixed."""
    contents = draw(st.lists(rich, min_size=2, max_size=4))
    options = tuple(Option(identifier=letter(place), content=content) for place, content in enumerate(contents))
    sequence = tuple(draw(st.permutations(range(len(options)))))
    question = Question(kind=Kind.ORDER, stem=draw(rich), points=draw(POINTS), options=options, sequence=sequence)
    return replace(dressed(draw, question), shuffle=True)


@st.composite
def lists(draw: st.DrawFn) -> Question:
    """A list that opens in the text."""
    question = draw(choices(several=False))
    contents = draw(st.lists(words, min_size=len(question.options), max_size=len(question.options)))
    options = tuple(replace(option, content=content) for option, content in zip(question.options, contents, strict=True))
    return replace(question, in_text=True, stem=(f"{draw(TEXTS)} _____ {draw(TEXTS)}",), options=options)


questions = st.one_of(choices(), texts(), numbers(), matches())


def responses(question: Question) -> Iterator[object]:
    """Yield responses worth trying: right ones, wrong ones, none, and those on the edges."""
    yield None
    match question.kind:
        case Kind.CHOICE:
            yield from (option.identifier for option in question.options)
        case Kind.MULTIPLE:
            names = [option.identifier for option in question.options]
            yield from (list(chosen) for count in range(len(names) + 1) for chosen in combinations(names, count))
        case Kind.ORDER:
            names = [option.identifier for option in question.options]
            yield from (list(order) for order in permutations(names))
            yield names[:1]
        case Kind.TEXT:
            for answer in question.answers:
                yield from (answer.text, answer.text.upper(), answer.text.lower(), f"{answer.text}!", answer.text.replace("*", "anything"))
            yield from ("x and y * ?", "xy * ?", "nothing of these", "*")
        case Kind.NUMBER:
            for each in question.ranges:
                edges = (
                    each.value,
                    each.value + each.tolerance,
                    each.value - each.tolerance,
                    each.value + each.tolerance + Decimal("0.0001"),
                )
                yield from (format(edge, "f") for edge in edges)
        case Kind.MATCH:
            sources, targets = len(question.sources), len(question.targets)
            yield [f"S{place} T{target + 1}" for place, target in enumerate(question.pairs, start=1)]
            yield from ([f"S{place} T{target}"] for place in range(1, sources + 1) for target in range(1, targets + 1))
