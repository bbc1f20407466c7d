"""What readers share: words of several formats, numbers, choices' names, and the names that questions get when their file gives none."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from assessment_engine.kernel.errors import Invalid
from item_bank.facts import STATED, aim_from, facts_from
from item_bank.formats.content import from_html, from_text, looks_like_html, words
from item_bank.formats.findings import MAX_QUESTIONS, Notes, Unfit, refuse
from item_bank.formats.questions import HUNDRED, ONE, Content, Kind, Option, Question, part_of, plain, share_of, skeleton, tidy, worth_of
from item_bank.qti.text import latin_number
from item_bank.qti.validity.datatypes import is_ncname

MOST_CHOICES = 200
LONGEST_TITLE = 100
TRUE, FALSE = "true", "false"
_TRUTHS = {"hi": ("सही", "गलत")}
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_TEX = re.compile(r"\$\$.+?\$\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)


def content_of(text: str, form: str, notes: Notes, line: int) -> Content:
    """Read words in a format: plain, moodle (HTML where it looks so), html or markdown. What is not kept is noted."""
    if _TEX.search(text):
        advice = "Nothing needs doing if signs are enough; else write the formula in MathML in QTI."
        notes.note("formula_as_text", "a formula in TeX is kept as the signs that it is written with", line, advice)
    if form == "markdown":
        if re.search(r"[*_`#\[<]", text):
            notes.note("markdown_as_text", "Markdown is kept as the signs that it is written with", line, "Use HTML where it should show.")
        return from_text(text)
    if form == "html" or (form == "moodle" and looks_like_html(text)):
        if form == "moodle":
            text = text.replace("\n", "<br>")
        content, lost = from_html(text)
        for what in lost:
            notes.note("markup_not_kept", f"{what} is not kept", line, "Nothing needs doing if the words are enough.")
        return content
    return from_text(text)


def number_of(text: str, line: int) -> Decimal:
    """Read a number, in digits of any script; raises Unfit."""
    word = latin_number(" ".join(text.split()))
    try:
        if not _NUMBER.fullmatch(word):
            raise InvalidOperation
        found = tidy(Decimal(word))
    except InvalidOperation:
        raise Unfit("not_a_number", f"{text.strip()[:60]!r} is no number", "Write digits, with a point before decimals.", line) from None
    if abs(found) >= Decimal("1e18") or (found and abs(found) < Decimal("1e-30")):
        raise Unfit("not_a_number", f"{text.strip()[:60]!r} is too large or too small", "Use another unit.", line)
    return found


def points_of(text: str, line: int) -> Decimal:
    """Read the points of a question; raises Unfit unless they are more than nothing."""
    found = number_of(text, line)
    if not 0 < found <= 1_000_000:
        raise Unfit("not_points", f"a question cannot be worth {text.strip()[:60]}", "Give it points above 0.", line)
    return found


def share_in(percent: str, line: int) -> Decimal:
    """Read a percentage as a share; raises Unfit beyond 100 % either way."""
    found = number_of(percent, line)
    if abs(found) > HUNDRED:
        raise Unfit("not_a_share", f"{percent.strip()[:60]} % is more than there is", "Use -100 to 100.", line)
    return _meant(found, len(percent.strip().partition(".")[2]))


def _meant(percent: Decimal, places: int) -> Decimal:
    """Return the share that a percentage means: 33.33 and 33.33333 are thirds, as Moodle writes them, and three of them are all."""
    if places < 2:
        return percent / HUNDRED
    unit = ONE.scaleb(-places)
    for parts in (3, 6, 7, 9):
        times = round(abs(percent) * parts / HUNDRED)
        if times % parts and abs(abs(percent) - times * HUNDRED / parts) < unit:
            return part_of(ONE, parts, times if percent > 0 else -times)
    return percent / HUNDRED


def percent_of(points: Decimal, worth: Decimal) -> str:
    """Write a worth in per cent of the points, so that reading gives it back: 33.3333 that is no third has zeros at its end."""
    written = plain(share_of(points, worth) * HUNDRED)
    if worth_of(points, share_in(written, 0)) == worth:
        return written
    return f"{written if '.' in written else f'{written}.'}{'0' * 12}"


def letter(place: int) -> str:
    """Return the name of a choice by its place, from 0: A to Z, then C27 and on."""
    return chr(ord("A") + place) if place < 26 else f"C{place + 1}"


def options_of(options: Iterable[Option], line: int) -> tuple[Option, ...]:
    """Check choices: two at least, none twice, none empty; raises Unfit."""
    found = tuple(options)
    if len(found) < 2:
        raise Unfit("too_few_choices", "a choice needs two answers at least", "Add a wrong answer.", line)
    if len(found) > MOST_CHOICES:
        raise Unfit("too_many_choices", f"a question may have {MOST_CHOICES} choices; this one has {len(found)}", "Split it.", line)
    if any(not option.content for option in found):
        raise Unfit("empty_choice", "a choice says nothing", "Write what it says, or take it out.", line)
    return found


def truth_words(lang: str) -> tuple[str, str]:
    """Return what the two choices of a true-or-false question say in a language."""
    return _TRUTHS.get(lang.split("-")[0], ("True", "False"))


def truth_options(lang: str, truth: bool, *, points: Decimal = ONE, told: tuple[Content, Content] = ((), ())) -> tuple[Option, Option]:
    """Make the two choices of a true-or-false question; `told` are the words after true and after false."""
    yes, no = truth_words(lang)
    worths = (points, Decimal(0)) if truth else (Decimal(0), points)
    return (
        Option(identifier=TRUE, content=(yes,), worth=worths[0], feedback=told[0]),
        Option(identifier=FALSE, content=(no,), worth=worths[1], feedback=told[1]),
    )


def is_truth(question: Question) -> bool:
    """Tell whether a question is true-or-false and nothing else."""
    names = tuple(option.identifier for option in question.options)
    said = tuple(words(option.content) for option in question.options)
    known = {("True", "False"), *_TRUTHS.values()}
    worths = sorted(option.worth for option in question.options)
    return question.kind is Kind.CHOICE and names == (TRUE, FALSE) and said in known and worths == [0, question.points]


def facts_said(said: Mapping[str, str], line: int) -> dict[str, str]:
    """Return facts as they are written everywhere; raises Unfit for a word, a number or a day that cannot be."""
    try:
        return {name: str(value) for name, value in {**facts_from(said).document, **aim_from(said).document}.items()}
    except Invalid as error:
        raise Unfit("wrong_fact", error.message, "Use the words of the template; days are written 2027-03-31.", line) from error


def tags_of(facts: Mapping[str, str]) -> list[str]:
    """Write facts as tags, which other systems keep: `subject:Law`."""
    return [f"{name}:{value}" for name, value in facts.items()]


def facts_in_tags(tags: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Read the tags that say facts, and return the others beside them; a tag of another system may look like ours, and is one of these."""
    said: dict[str, str] = {}
    others: list[str] = []
    for tag in tags:
        name, _, value = tag.partition(":")
        try:
            said |= facts_said({name.strip(): value}, 0) if name.strip() in STATED else {}
        except Unfit:
            others.append(tag)
        else:
            others.extend(() if name.strip() in said else (tag,))
    return said, others


def one_line(text: str) -> str:
    """Return a typed text as a candidate's page sends it: NFC, single spaces, none outside."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def named(questions: Iterable[Question], notes: Notes, most: int = MAX_QUESTIONS) -> tuple[Question, ...]:
    """Give every question a title and a name of its own. A name that a file gives twice is wrong; raises TooLarge for too many."""
    found = tuple(_titled(questions, notes, most))
    seen: dict[tuple[str, str], Question] = {}
    done: list[Question] = []
    for question in found:
        if question.lang and not _LANGUAGE.fullmatch(question.lang):
            message, advice = f"{question.lang[:40]!r} is no language", "Write en, hi, or another code of BCP 47."
            notes.wrong(Unfit("not_a_language", message, advice, question.line))
            continue
        name = plain_name(question.name) if question.name else _by_content(question)
        first = seen.get((name, question.lang))
        if first is not None and question.name:
            advice = "Give every question an id of its own."
            unfit = Unfit("id_used_twice", f"the id {question.name[:60]} is used in line {first.line} already", advice, question.line)
            notes.wrong(unfit)
            continue
        if first is not None:
            message = f"the same question stands in line {first.line} already; both are kept"
            notes.note("same_question_twice", message, question.line, "Take one of them out.")
            name = next(each for each in (f"{name}-{number}" for number in range(2, most + 2)) if (each, question.lang) not in seen)
        seen[name, question.lang] = question
        done.append(replace(question, name=name))
    return tuple(done)


def _titled(questions: Iterable[Question], notes: Notes, most: int) -> Iterator[Question]:
    for number, question in enumerate(questions, start=1):
        if number > most:
            refuse("too_many_questions", f"a file may have {most} questions; this one has more", notes.file, line=question.line)
        yield question if question.title else replace(question, title=shortened(words(question.stem)) or f"Question {number}")


def shortened(text: str) -> str:
    """Return a text as a title."""
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rpartition(' ')[0] or text[: LONGEST_TITLE - 1]}…"


def plain_name(name: str) -> str:
    """Return a name as QTI allows it, the same for the same; what had to change it leaves its mark, so that two names stay two."""
    name = unicodedata.normalize("NFC", name.strip())
    if is_ncname(name) and len(name) <= 100:
        return name
    shown = _ODD.sub("-", name).strip("-.")[:60]
    if shown == name and name[:1].isdigit():
        return f"q-{name}"
    return f"q-{shown}-{hashlib.sha256(name.encode()).hexdigest()[:8]}".replace("--", "-")


def _by_content(question: Question) -> str:
    """Name a question after what it asks and how it is scored: the same question has the same name in the next import, too."""
    said = (words(question.stem), *(words(option.content) for option in question.options), *map(words, question.sources))
    whole = repr((said, skeleton(question)))
    return f"q-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
