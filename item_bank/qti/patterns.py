"""Patterns of pattern masks and of patternMatch: XML Schema's regular expressions (XML Schema Part 2, appendix F).

No pattern can blow up: read by pattern_language.py, it becomes an automaton that reads the text once, keeping the set of states it may
be in; nothing is tried twice. Of a pattern that is not understood, or of a text that costs too much, nothing is said: None.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from item_bank.qti.pattern_language import Branches, NotUnderstood, Part, Reader, Repeat, Row, Sign, Signs

MAX_STATES = 4_000
MAX_STEPS = 1_000_000


def fits(pattern: str, text: str) -> bool | None:
    """Tell whether the whole text is one of the pattern's; None when the pattern is not understood or the text costs too much to tell."""
    automaton = _compiled(pattern)
    return None if automaton is None else automaton.accepts(text)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> "Automaton | None":
    try:
        automaton = Automaton()
        automaton.begin = automaton.add(Reader(pattern).read(), automaton.END)
    except (NotUnderstood, RecursionError):
        return None
    return automaton


@dataclass(slots=True)
class Automaton:
    """States, each with what it reads and where it goes; a state that reads nothing goes to all of its next ones at once."""

    begin: int = 0
    reads: list[Sign | None] = field(default_factory=lambda: [None])
    goes: list[tuple[int, ...]] = field(default_factory=lambda: [()])
    END = 0

    def add(self, part: Part, after: int) -> int:
        """Add a part that goes on to `after`; returns where it begins."""
        match part:
            case Signs(fits=sign):
                return self._state(sign, (after,))
            case Row(parts=parts):
                for each in reversed(parts):
                    after = self.add(each, after)
                return after
            case Branches(branches=branches):
                return self._state(None, tuple(self.add(each, after) for each in branches))
            case Repeat():
                return self._repeat(part, after)

    def _repeat(self, repeat: Repeat, after: int) -> int:
        start = after
        if repeat.most is None:
            start = self._state(None, ())
            self.goes[start] = (self.add(repeat.part, start), after)
        else:
            for _ in range(repeat.most - repeat.least):
                start = self._state(None, (self.add(repeat.part, start), after))
        for _ in range(repeat.least):
            start = self.add(repeat.part, start)
        return start

    def _state(self, sign: Sign | None, goes: tuple[int, ...]) -> int:
        if len(self.reads) >= MAX_STATES:
            raise NotUnderstood("too large")
        self.reads.append(sign)
        self.goes.append(goes)
        return len(self.reads) - 1

    def accepts(self, text: str) -> bool | None:
        """Read a text; None when it would take more than MAX_STEPS."""
        steps, states = 0, self._closure((self.begin,))
        for sign in text:
            steps += len(states)
            if steps > MAX_STEPS:
                return None
            states = self._closure(after for state in states if (read := self.reads[state]) and read(sign) for after in self.goes[state])
            if not states:
                return False
        return self.END in states

    def _closure(self, states: Iterable[int]) -> set[int]:
        found, waiting = set[int](), list(states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                if self.reads[state] is None:
                    waiting.extend(self.goes[state])
        return found
