"""GIFT as text: where questions begin and end, escapes, names, weights, feedback. What a question means is gift.py's business.

Written from Moodle's published description of the format (docs.moodle.org, "GIFT format") and from its examples. A blank line ends a
question, but not inside its braces. A backslash before ~ = # { } : makes it plain, `\\n` is a line break, two backslashes are one; any
other backslash stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from item_bank.formats.findings import Unfit

_ESCAPES = {"~": "\U000f0001", "=": "\U000f0002", "#": "\U000f0003", "{": "\U000f0004", "}": "\U000f0005", ":": "\U000f0006"}
_HIDDEN = {**_ESCAPES, "n": "\U000f0007", "\\": "\U000f0008"}
_PLAIN = str.maketrans({sign: "\n" if escaped == "n" else escaped for escaped, sign in _HIDDEN.items()})
_ESCAPE = re.compile(r"\\([~=#{}:n\\])")
_RESERVED = re.compile("[\U000f0001-\U000f0008]")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_NAME = re.compile(r"::(.*?)::", re.DOTALL)
_WEIGHT = re.compile(r"%(-?[0-9]{1,10}(?:\.[0-9]{0,40})?)%")
_TAG = re.compile(r"\[(id|tag|points|lang):((?:[^\]\\]|\\.)*)\]")
_CATEGORY = re.compile(r"\$CATEGORY:\s*(.*)", re.DOTALL)
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text and its format: moodle, html, markdown or plain."""

    text: str
    format: str = "moodle"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftAnswer:
    """One answer: `is_right` when it begins with =, `weight` in per cent as it is written. In a match, `matched` is its other side."""

    is_right: bool
    said: Said
    weight: str | None = None
    feedback: Said | None = None
    matched: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftQuestion:
    """One entry of a file; `kind` is Category, Description, Essay, TF, MC, Short, Numerical or Matching."""

    kind: str
    line: int
    stem: Said
    name: str | None = None
    id: str | None = None
    tags: tuple[str, ...] = ()
    points: str | None = None
    lang: str | None = None
    is_embedded: bool = False
    truth: bool = False
    answers: tuple[GiftAnswer, ...] = ()
    wrong_feedback: Said | None = None
    right_feedback: Said | None = None
    feedback: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The lines of one question; escapes are hidden."""

    text: str
    line: int
    comments: str


def blocks(text: str) -> Iterator[Block | Unfit]:
    """Part a file into its questions; braces that never close are an Unfit."""
    reserved = _RESERVED.search(text)
    if reserved is not None:
        at = text.count("\n", 0, reserved.start()) + 1
        yield Unfit("not_plain_text", "a character of private use cannot be read here", "Take the character out.", at)
        return
    parting = _Parting()
    for number, line in enumerate(text.split("\n"), start=1):
        yield from parting.receive(number, _ESCAPE.sub(lambda escape: _HIDDEN[escape[1]], line))
    yield from parting.finish()


class _Parting:
    """Takes lines, gives blocks."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.comments: list[str] = []
        self.began = 0
        self.opened = 0  # the line of a brace that waits for its partner
        self.broken = False

    def receive(self, number: int, line: str) -> Iterator[Block | Unfit]:
        bare = line.strip()
        if bare.startswith("//"):
            self.comments.append(bare)
            if self.lines:
                self.lines.append("")  # so that lines keep their numbers
            return
        if not bare and not self.opened:
            yield from self.finish()
            return
        if bare.startswith("$CATEGORY:") and not self.opened:  # a line of its own, also where no blank one follows it
            yield from self.finish()
            yield Block(text=line, line=number, comments="")
            return
        if self.broken:
            return
        self.began = self.began or number
        self.lines.append(line)
        yield from self._braces(number, line)

    def _braces(self, number: int, line: str) -> Iterator[Unfit]:
        for sign in line:
            if sign == "{" and self.opened:
                yield self._unfit(f"the braces that open in line {self.opened} are not closed before others open", self.opened)
                return
            if sign == "}" and not self.opened:
                yield self._unfit("a brace closes that was never opened", number)
                return
            if sign in "{}":
                self.opened = number if sign == "{" else 0

    def _unfit(self, message: str, line: int) -> Unfit:
        self.broken, self.opened = True, 0
        return Unfit("braces_do_not_match", message, "Close the braces, or write \\{ and \\} for braces that are meant.", line)

    def finish(self) -> Iterator[Block | Unfit]:
        if self.opened:
            yield self._unfit(f"the braces that open in line {self.opened} are never closed", self.opened)
        if self.lines and not self.broken:
            yield Block(text="\n".join(self.lines), line=self.began, comments=" ".join(self.comments))
            self.comments = []
        if self.lines or self.broken:
            self.comments = []
        self.lines, self.began, self.opened, self.broken = [], 0, 0, False


def read_block(block: Block) -> GiftQuestion:
    """Read one question; raises Unfit."""
    text = block.text.strip()
    found = _CATEGORY.match(text)
    if found is not None:
        return GiftQuestion(kind="Category", line=block.line, stem=Said(text=_shown(found[1])))
    named = _NAME.match(text)
    if named is not None:
        text = text[named.end() :]
    about = _about(block.comments)
    question = GiftQuestion(
        kind="Description",
        line=block.line,
        stem=_said(text.partition("{")[0], "moodle"),
        name=_one_line(named[1]) if named is not None else None,
        id=about.get("id"),
        points=about.get("points"),
        lang=about.get("lang"),
        tags=tuple(value for name, value in _bracketed(block.comments) if name == "tag"),
    )
    before, brace, rest = text.partition("{")
    if not brace:
        return question
    inner, _, after = rest.partition("}")
    if "{" in after:
        raise Unfit("several_answers", "a question has more than one pair of braces", "Make one question of each.", block.line)
    if after.strip():
        question = replace(question, stem=_said(f"{before.rstrip()} _____ {after.lstrip()}", "moodle"), is_embedded=True)
    return _answered(inner, question, block.line + block.text[: block.text.find("{")].count("\n"))


def _about(comments: str) -> dict[str, str]:
    return dict(_bracketed(comments))


def _bracketed(comments: str) -> list[tuple[str, str]]:
    """Read what comments say in brackets: an id and tags (Moodle), points and a language (ours)."""
    return [(found[1], re.sub(r"\\(.)", r"\1", found[2].translate(_PLAIN)).strip()) for found in _TAG.finditer(comments)]


def _answered(inner: str, question: GiftQuestion, line: int) -> GiftQuestion:
    body, sign, general = inner.rpartition("####")
    if not sign:
        body, general = inner, ""
    form = question.stem.format
    question = replace(question, feedback=_optional(general, form))
    bare = body.strip()
    if not bare:
        return replace(question, kind="Essay")
    if bare.startswith("#"):
        return replace(question, kind="Numerical", answers=_numerical(body, form, line))
    word, *feedbacks = bare.split("#")
    if "~" not in bare and "=" not in bare:
        if word.strip() in _TRUTH:
            wrong, right = (_optional(each, form) for each in (*feedbacks, "", "")[:2])
            return replace(question, kind="TF", truth=_TRUTH[word.strip()], wrong_feedback=wrong, right_feedback=right)
        said, feedback = _with_feedback(bare, form)
        return replace(question, kind="Short", answers=(GiftAnswer(is_right=True, said=said, feedback=feedback, line=line),))
    if "~" not in bare and "->" in bare:
        return replace(question, kind="Matching", answers=tuple(_matched(body, form, line)))
    return replace(question, kind="MC" if "~" in bare else "Short", answers=tuple(_listed(body, form, line)))


def _signed(body: str, line: int) -> Iterator[tuple[bool, str, int]]:
    """Yield each answer after its sign, and its line."""
    pieces = re.split(r"([~=])", body)
    if pieces[0].strip():
        raise Unfit(
            "answer_without_sign", f"{pieces[0].strip()[:60]!r} stands before the first = or ~", "Begin every answer with = or ~.", line
        )
    at = line + pieces[0].count("\n")
    for sign, text in zip(pieces[1::2], pieces[2::2], strict=True):
        yield sign == "=", text, at
        at += text.count("\n")


def _listed(body: str, form: str, line: int) -> Iterator[GiftAnswer]:
    for is_right, text, at in _signed(body, line):
        weight, rest = _weighed(text)
        said, feedback = _with_feedback(rest, form)
        yield GiftAnswer(is_right=is_right, weight=weight, said=said, feedback=feedback, line=at)


def _weighed(text: str) -> tuple[str | None, str]:
    found = _WEIGHT.match(text.lstrip())
    return (found[1], text.lstrip()[found.end() :]) if found is not None else (None, text)


def _matched(body: str, form: str, line: int) -> Iterator[GiftAnswer]:
    for _, text, at in _signed(body, line):
        left, arrow, right = text.partition("->")
        if not arrow:
            raise Unfit("pair_without_arrow", f"{_one_line(text)[:60]!r} has no -> in it", "Write every pair as = one -> other.", at)
        yield GiftAnswer(is_right=True, said=_said(left, form), matched=_one_line(right), line=at)


def _numerical(body: str, form: str, line: int) -> tuple[GiftAnswer, ...]:
    rest = body.strip()[1:]
    line += body[: body.find("#")].count("\n")
    if not re.match(r"\s*[=~]", rest):
        text, sign, told = rest.partition("#")
        answer = GiftAnswer(is_right=True, said=Said(text=_one_line(text)), feedback=_optional(told, form) if sign else None, line=line)
        return (answer,)
    read: list[GiftAnswer] = []
    for is_right, text, at in _signed(rest, line):
        weight, said = _weighed(text)
        number, _, told = said.partition("#")
        shown = _one_line(number) or ("" if is_right else "*")
        read.append(
            GiftAnswer(is_right=is_right, weight=weight, said=Said(text=shown, format=form), feedback=_optional(told, form), line=at)
        )
    return tuple(read)


def _with_feedback(text: str, form: str) -> tuple[Said, Said | None]:
    said, _, told = text.partition("#")
    return _said(said, form), _optional(told, form)


def _optional(text: str, form: str) -> Said | None:
    said = _said(text, form)
    return said if said.text else None


def _said(text: str, form: str) -> Said:
    """Read a text with the name of its format before it, if any."""
    found = _FORMAT.match(text.strip())
    if found is not None:
        form, text = found[1].lower(), text.strip()[found.end() :]
    return Said(text=_shown(text) if form == "markdown" else _one_line(text), format=form)


def _one_line(text: str) -> str:
    """Put a text that was broken into lines into one; a break that is meant is written \\n."""
    return _shown(re.sub(r"\s\s+", " ", re.sub(r"[\n\r]", " ", text)))


def _shown(text: str) -> str:
    return text.strip().translate(_PLAIN)


def escaped(text: str) -> str:
    """Write a text so that reading gives it back."""
    return re.sub(r"[~=#{}:\\]", r"\\\g<0>", text).replace("\n", "\\n")
