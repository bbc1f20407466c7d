"""GIFT: questions as Moodle's text format says them, in and out. The text itself is read by gift_text.py.

Scored as Moodle scores them: an answer with = earns all, one with ~ nothing, a weight in per cent says otherwise; with = only one may be
chosen, without it several, whose sum is never below nothing nor above all; texts are compared without case. What GIFT has no words for
and Moodle skips, points and language, stands in comments that we read again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from item_bank.formats.content import from_text, looks_like_html, to_html, to_text, words
from item_bank.formats.findings import Notes, Unfit, text_of
from item_bank.formats.gift_text import GiftAnswer, GiftQuestion, Said, blocks, escaped, read_block
from item_bank.formats.questions import (
    ONE,
    ZERO,
    Answer,
    Content,
    Kind,
    Option,
    Question,
    Range,
    Reading,
    Writing,
    plain,
    worth_of,
)
from item_bank.formats.reading import (
    content_of,
    facts_in_tags,
    is_truth,
    letter,
    named,
    number_of,
    one_line,
    options_of,
    percent_of,
    points_of,
    share_in,
    tags_of,
    truth_options,
)
from item_bank.formats.writing import say_lost


def read(data: bytes, file: str, lang: str = "") -> Reading:
    """Read a GIFT file; raises UnreadableFile for bytes that are no text."""
    notes = Notes(file)
    questions = named(_questions(text_of(data, file), lang, notes), notes)
    return Reading(questions=questions, problems=tuple(notes.found))


def _questions(text: str, lang: str, notes: Notes) -> Iterator[Question]:
    for block in blocks(text):
        if isinstance(block, Unfit):
            notes.wrong(block)
            continue
        try:
            found = read_block(block)
            if found.kind == "Category":
                notes.note(
                    "category_not_kept",
                    f"the category {found.stem.text[:100]} is not kept",
                    found.line,
                    "Give a competency when it is in the bank.",
                )
                continue
            yield _question(found, lang, notes)
        except Unfit as unfit:
            notes.wrong(unfit, block.line)


def _question(found: GiftQuestion, lang: str, notes: Notes) -> Question:
    facts, others = facts_in_tags(found.tags)
    if others:
        notes.note("tags_not_kept", "tags are not kept", found.line, "Give a competency when it is in the bank.")
    question = Question(
        kind=Kind.NOTE,
        stem=_content(found.stem, notes, found.line),
        name=found.id or "",
        title=found.name or "",
        lang=found.lang or lang,
        points=ONE if found.points is None else points_of(found.points, found.line),
        feedback=_told(found.feedback, notes, found.line),
        facts=facts,
        line=found.line,
    )
    if not question.stem and found.kind != "Matching":
        raise Unfit("no_question", "there are answers, but no question before them", "Write the question before the braces.", found.line)
    match found.kind:
        case "Essay":
            return replace(question, kind=Kind.ESSAY)
        case "TF":
            right, wrong = _told(found.right_feedback, notes, found.line), _told(found.wrong_feedback, notes, found.line)
            told = (right, wrong) if found.truth else (wrong, right)
            options = truth_options(question.lang, found.truth, points=question.points, told=told)
            return replace(question, kind=Kind.CHOICE, options=options)
        case "MC":
            return _choice(found, question, notes)
        case "Short":
            return _short(found, question, notes)
        case "Numerical":
            return _numerical(found, question, notes)
        case "Matching":
            return _matching(found, question, notes)
    return question


def _content(said: Said, notes: Notes, line: int) -> Content:
    return content_of(said.text.replace("@@PLUGINFILE@@/", ""), said.format, notes, line)


def _told(said: Said | None, notes: Notes, line: int) -> Content:
    return () if said is None else _content(said, notes, line)


def _worth(answer: GiftAnswer, points: Decimal) -> Decimal:
    share = (ONE if answer.is_right else ZERO) if answer.weight is None else share_in(answer.weight, answer.line)
    return worth_of(points, share)


def _choice(found: GiftQuestion, question: Question, notes: Notes) -> Question:
    several = not any(answer.is_right for answer in found.answers)
    options = options_of(
        (
            Option(
                identifier=letter(place),
                content=_content(answer.said, notes, answer.line),
                worth=_worth(answer, question.points),
                feedback=_told(answer.feedback, notes, answer.line),
            )
            for place, answer in enumerate(found.answers)
        ),
        found.line,
    )
    if all(option.worth <= 0 for option in options):
        raise Unfit("no_right_answer", "no answer is right", "Begin the right one with =, or give weights such as ~%50%.", found.line)
    if not several:
        return replace(question, kind=Kind.CHOICE, options=options)
    return replace(question, kind=Kind.MULTIPLE, options=options, lower=ZERO, upper=question.points)


def _short(found: GiftQuestion, question: Question, notes: Notes) -> Question:
    answers: list[Answer] = []
    for given in found.answers:
        text = one_line(given.said.text)
        worth, feedback = _worth(given, question.points), _told(given.feedback, notes, given.line)
        if not text:
            raise Unfit("empty_choice", "an answer says nothing", "Write what it says, or take it out.", given.line)
        if text == "*":
            question = replace(question, otherwise=worth, other_feedback=feedback)
            break
        is_pattern = "*" in text.replace("\\*", "")
        shown = text if is_pattern else text.replace("\\*", "*")
        answers.append(Answer(text=shown, worth=worth, feedback=feedback, is_pattern=is_pattern))
    return replace(question, kind=Kind.TEXT, answers=tuple(answers))


def _numerical(found: GiftQuestion, question: Question, notes: Notes) -> Question:
    ranges: list[Range] = []
    for given in found.answers:
        worth, feedback = _worth(given, question.points), _told(given.feedback, notes, given.line)
        if given.said.text == "*":
            question = replace(question, otherwise=worth, other_feedback=feedback)
        else:
            ranges.append(replace(range_of(given.said.text, given.line), worth=worth, feedback=feedback))
    return replace(question, kind=Kind.NUMBER, ranges=tuple(ranges))


def range_of(text: str, line: int) -> Range:
    """Read `9.5`, `9.5:0.1` (more or less) or `9.4..9.6`; raises Unfit."""
    if ".." in text:
        low, high = (number_of(part, line) for part in text.split("..", 1))
        if low > high:
            raise Unfit("not_a_range", f"{text.strip()[:60]} ends before it begins", "Write the smaller number first.", line)
        return Range(value=(low + high) / 2, tolerance=(high - low) / 2)
    value, sign, width = text.partition(":")
    tolerance = number_of(width, line) if sign and width.strip() else ZERO
    if tolerance < 0:
        raise Unfit("not_a_range", f"{text.strip()[:60]} allows less than nothing", "Write the tolerance without a minus.", line)
    return Range(value=number_of(value, line), tolerance=tolerance)


def _matching(found: GiftQuestion, question: Question, notes: Notes) -> Question:
    pairs = [(_content(given.said, notes, given.line), (given.matched or "").strip()) for given in found.answers]
    if any(not right for _, right in pairs):
        raise Unfit("empty_choice", "a pair says nothing after its ->", "Write both sides of every pair.", found.line)
    return matched(question, [(left, from_text(right)) for left, right in pairs])


def matched(question: Question, pairs: Iterable[tuple[Content, Content]]) -> Question:
    """Make a match of pairs; a side that several have is one target, a pair without its left side is only a target. Raises Unfit."""
    targets: list[Content] = []
    sources: list[Content] = []
    places: list[int] = []
    for left, right in pairs:
        if right not in targets:
            targets.append(right)
        if left:
            sources.append(left)
            places.append(targets.index(right))
    if len(sources) < 2 or len(targets) < 2:
        raise Unfit("too_few_choices", "a match needs two pairs at least", "Add a pair.", question.line)
    return replace(question, kind=Kind.MATCH, sources=tuple(sources), targets=tuple(targets), pairs=tuple(places), shuffle=True)


def write(questions: Iterable[Question], file: str = "") -> Writing:
    """Write a GIFT file."""
    notes = Notes(file)
    entries = [_entry(question, notes) for question in questions]
    return Writing(data=("\n\n".join(entries) + "\n").encode() if entries else b"", problems=tuple(notes.found))


def _entry(question: Question, notes: Notes) -> str:
    say_lost(question, notes, "media", "bands", "notes", "most", "shuffle" if question.kind is not Kind.MATCH else "")
    stem, form = _text(question.stem, "moodle"), _form(question.stem)
    answers = _answers(question, form)
    general = f"####{_text(question.feedback, form)}" if question.feedback else ""
    end = "\n" if answers or general else ""
    braces = "" if question.kind is Kind.NOTE else f"{{{answers}{general}{end}}}"
    return f"{_comments(question)}\n::{escaped(question.title)}::{stem}{braces}"


def _comments(question: Question) -> str:
    said = {"id": question.name, "points": plain(question.points) if question.points != 1 else "", "lang": question.lang}
    tags = [("tag", tag) for tag in tags_of(question.facts)]
    return "// " + " ".join(f"[{name}:{_bracket(value)}]" for name, value in (*said.items(), *tags) if value)


def _bracket(text: str) -> str:
    return text.replace("\\", "\\\\").replace("]", "\\]").replace("\n", " ")


def _answers(question: Question, form: str) -> str:
    match question.kind:
        case Kind.CHOICE if is_truth(question):
            return _truth(question, form)
        case Kind.CHOICE | Kind.MULTIPLE:
            lines = [_option(question, option, form) for option in question.options]
        case Kind.TEXT:
            lines = [_line("=", answer.worth, question, _pattern(answer), answer.feedback, form) for answer in question.answers]
            lines += _others(question, form, "*")
        case Kind.NUMBER:
            lines = ["#"]
            lines += [_line("=", each.worth, question, _range(each), each.feedback, form) for each in question.ranges]
            lines += _others(question, form, "*")
        case Kind.MATCH:
            lines = [
                f"={_left(left, form)} -> {_plain(question.targets[place])}"
                for left, place in zip(question.sources, question.pairs, strict=True)
            ]
            unused = (target for place, target in enumerate(question.targets) if place not in question.pairs)
            lines += [f"= -> {_plain(target)}" for target in unused]
        case _:
            return ""
    return "\n  " + "\n  ".join(lines)


def _truth(question: Question, form: str) -> str:
    right, wrong = sorted(question.options, key=lambda option: -option.worth)
    told = [_text(option.feedback, form) for option in (wrong, right)]
    shown = f"#{told[0]}#{told[1]}" if told[1] else f"#{told[0]}" if told[0] else ""
    return ("TRUE" if right.identifier == "true" else "FALSE") + shown


def _option(question: Question, option: Option, form: str) -> str:
    every = all(each.worth == question.points for each in question.options)  # without a ~ these would be words to type
    is_right = question.kind is Kind.CHOICE and option.worth == question.points and not (every and option is question.options[-1])
    text = _text(option.content, form)
    weight = "" if is_right or (option.worth == 0 and not text.startswith("%")) else f"%{percent_of(question.points, option.worth)}%"
    if is_right and text.startswith("%"):
        weight = "%100%"
    return f"{'=' if is_right else '~'}{weight}{text}{_feedback(option.feedback, form)}"


def _line(sign: str, worth: Decimal, question: Question, text: str, feedback: Content, form: str) -> str:
    weight = "" if worth == question.points and not text.startswith("%") else f"%{percent_of(question.points, worth)}%"
    return f"{sign}{weight}{text}{_feedback(feedback, form)}"


def _others(question: Question, form: str, star: str) -> list[str]:
    if not question.otherwise and not question.other_feedback:
        return []
    return [f"=%{percent_of(question.points, question.otherwise)}%{star}{_feedback(question.other_feedback, form)}"]


def _pattern(answer: Answer) -> str:
    return escaped(answer.text if answer.is_pattern else answer.text.replace("*", "\\*"))


def _range(each: Range) -> str:
    return f"{plain(each.value)}:{plain(each.tolerance)}"


def _feedback(content: Content, form: str) -> str:
    return f"#{_text(content, form)}" if content else ""


def _form(content: Content) -> str:
    """Return which format words are written in: plain text where it is enough."""
    text = to_text(content)
    return "html" if text is None else "plain" if looks_like_html(text) or text.startswith("[") else "moodle"


def _text(content: Content, around: str) -> str:
    """Write words, with their format where it is not the one around them."""
    form = _form(content)
    text = to_text(content)
    mark = "" if form == around else f"[{form}]"
    return mark + escaped(to_html(content) if text is None else text)


def _left(content: Content, around: str) -> str:
    """Write the left side of a pair; an arrow in it, which cannot be escaped, is written as HTML writes it."""
    return f"[html]{escaped(to_html(content))}" if "->" in (to_text(content) or "") else _text(content, around)


def _plain(content: Content) -> str:
    text = to_text(content)
    if text is None:
        raise Unfit("markup_not_said", "GIFT has plain words alone on the right side of a match", "Use words without markup there.")
    return escaped(words(content) if "\n" in text else text)
