"""What differs between two versions of an item: the words a candidate reads, every line of the source, the facts, and the files beside it.

Nothing is left out: what the words do not show (a key, a score) the source does. Records for a page; how they look is its matter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum

from item_bank.facts import ItemFacts
from item_bank.gist import body_text
from item_bank.items import ItemVersion
from item_bank.qti.reader import title_of

CONTEXT = 2
"""Unchanged lines that are shown beside a change."""

_BREAK = re.compile(r">\s*<")
_TOKENS = re.compile(r"\s+|[^\s<>\"=/]+|.")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"  # unchanged lines that are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words, and what became of them."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the source, in pieces; of SKIPPED ones `count` says how many."""

    change: Change
    pieces: tuple[Piece, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact that is said differently; "" where it is not said."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """One language of two versions: what a candidate reads, and the source."""

    lang: str
    title: tuple[Piece, ...]  # nothing where it is the same
    words: tuple[Piece, ...]
    source: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDiff:
    """All that differs between two versions."""

    texts: tuple[TextChange, ...]
    facts: tuple[FactChange, ...]
    files: tuple[Piece, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether the versions are the same."""
        return not (self.texts or self.facts or self.files)


def diff(before: ItemVersion, after: ItemVersion) -> VersionDiff:
    """Compare two versions of one item."""
    langs = sorted({*before.variants, *after.variants})
    changed = [lang for lang in langs if before.variants.get(lang, "") != after.variants.get(lang, "")]
    return VersionDiff(
        texts=tuple(_text_change(lang, before.variants.get(lang, ""), after.variants.get(lang, "")) for lang in changed),
        facts=tuple(_facts(before, after)),
        files=tuple(_files(before, after)),
    )


def _text_change(lang: str, before: str, after: str) -> TextChange:
    titles = [title_of(xml) if xml else "" for xml in (before, after)]
    title = words_diff(*titles) if titles[0] != titles[1] else ()
    return TextChange(lang=lang, title=title, words=words_diff(body_text(before), body_text(after)), source=source_diff(before, after))


def words_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts word by word."""
    return tuple(_pieces(_TOKENS.findall(before), _TOKENS.findall(after)))


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece(change=Change.SAME, text="".join(before[a:b]))
            continue
        if b > a:
            yield Piece(change=Change.REMOVED, text="".join(before[a:b]))
        if d > c:
            yield Piece(change=Change.ADDED, text="".join(after[c:d]))


def source_diff(before: str, after: str) -> tuple[Line, ...]:
    """Compare two sources line by line, an element to a line; what is far from any change is counted, not shown."""
    old, new = _lines(before), _lines(after)
    lines: list[Line] = []
    for group in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        kind, a, b, c, d = group
        if kind == "equal":
            lines += _quiet(old[a:b], first=a == 0, last=b == len(old))
        else:
            lines += _changed_lines(old[a:b], new[c:d])
    return tuple(lines)


def _lines(xml: str) -> list[str]:
    """Cut a source where one element follows another; how it is indented does not count."""
    return [line.strip() for line in _BREAK.sub(">\n<", xml).splitlines() if line.strip()]


def _quiet(lines: Sequence[str], *, first: bool, last: bool) -> list[Line]:
    head, tail = 0 if first else CONTEXT, 0 if last else CONTEXT
    plain = [Line(change=Change.SAME, pieces=(Piece(change=Change.SAME, text=line),)) for line in lines]
    if len(lines) <= head + tail + 1:
        return plain
    skipped = Line(change=Change.SKIPPED, count=len(lines) - head - tail)
    return [*plain[:head], skipped, *plain[len(plain) - tail :]]


def _changed_lines(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """Write the lines that went and those that came; where as many came as went, with the words that differ marked in both."""
    if len(old) != len(new):
        return [*(_whole(Change.REMOVED, line) for line in old), *(_whole(Change.ADDED, line) for line in new)]
    pairs = [words_diff(before, after) for before, after in zip(old, new, strict=True)]
    return [*(_side(Change.REMOVED, pieces) for pieces in pairs), *(_side(Change.ADDED, pieces) for pieces in pairs)]


def _whole(change: Change, line: str) -> Line:
    return Line(change=change, pieces=(Piece(change=Change.SAME, text=line),))


def _side(change: Change, pieces: Sequence[Piece]) -> Line:
    return Line(change=change, pieces=tuple(piece for piece in pieces if piece.change in (Change.SAME, change)))


def _facts(before: ItemVersion, after: ItemVersion) -> Iterator[FactChange]:
    pairs: list[tuple[str, object, object]] = [
        ("competency_id", before.competency_id, after.competency_id),
        ("level", before.level, after.level),
        *((each.name, getattr(before.facts, each.name), getattr(after.facts, each.name)) for each in fields(ItemFacts)),
    ]
    for name, was, now in pairs:
        if was != now:
            yield FactChange(name=name, before="" if was is None else str(was), after="" if now is None else str(now))


def _files(before: ItemVersion, after: ItemVersion) -> Iterator[Piece]:
    was, now = ({(part.lang, part.path, part.sha256) for part in version.parts} for version in (before, after))
    gone, came = sorted(was - now), sorted(now - was)
    yield from (Piece(change=Change.REMOVED, text=f"{path} ({lang})") for lang, path, _ in gone)
    yield from (Piece(change=Change.ADDED, text=f"{path} ({lang})") for lang, path, _ in came)
