"""The small language that the tables of the information model are written in, and what it is compiled to.

    choiceInteraction: prompt? simpleChoice+
        %prompted shuffle:boolean maxChoices:count
    2.2+| mediaInteraction: prompt? (object | qh5:audio | qh5:video)
    %islands: m:math | xi:include

A line at the margin names an element (or with % a group) and what it may hold: names in their order, `|` between alternatives, `? * +`
and `{2}` as usual. `#text` first: text may stand between; `#string`: text alone; `-`: nothing at all. `name=rule` is an element that
follows another rule here. `*other` is any element of a foreign namespace, `*any` any element. Indented lines hold attributes: `!`
required, `:type` (datatypes.py); `*any` and `*other` open the door to others. `2.1|`, `2.2|`, `3.0|`, `2.x|`, `2.2+|` before a line
keep it to those versions. QTI 2.x's names are written; for 3.0 they are changed as names.py says. Content models are deterministic (XML
Schema 1.0, "Unique Particle Attribution"), so that each becomes one small automaton. Not here: the tables, nor the walk that asks them
(structure.py).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.nodes import Version
from item_bank.qti.reader import names

ALL = (Version.QTI_21, Version.QTI_22, Version.QTI_30)
_TAGS: Mapping[str, tuple[Version, ...]] = {
    "2.1": (Version.QTI_21,),
    "2.2": (Version.QTI_22,),
    "3.0": (Version.QTI_30,),
    "2.x": (Version.QTI_21, Version.QTI_22),
    "2.2+": (Version.QTI_22, Version.QTI_30),
}
_LINE = re.compile(r"(?P<indent>\s*)(?:(?P<tag>[0-9.x+]+)\|\s*)?(?P<rest>\S.*)")
_TOKEN = re.compile(r"\*(?:other|any)|[()|?*+]|\{\d+\}|[^\s()|?*+{}]+")
OTHER, ANY = "*other", "*any"
States = tuple[Mapping[str, tuple[int, str]], ...]
"""For each state: the element that may come next → the state after it, and the rule that the element follows."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an element."""

    name: str
    required: bool
    datatype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one element may hold. `text` is mixed, string, elements or empty; `open` is "", *other or *any."""

    name: str
    text: str
    states: States
    final: frozenset[int]
    attributes: Mapping[str, Attribute]
    required: tuple[str, ...]
    open: str = ""


@dataclass(slots=True)
class _Draft:
    content: str = ""
    attributes: list[str] = field(default_factory=list)


Drafts = dict[str, _Draft]


def drafts(tables: Iterable[str], version: Version) -> Drafts:
    """Collect what the tables say of one version; the later line counts."""
    found: Drafts = {}
    current: _Draft | None = None
    for line in "\n".join(tables).splitlines():
        parts = _LINE.fullmatch(line)
        if parts is None or line.lstrip().startswith("//"):
            continue
        applies = version in _TAGS.get(parts["tag"] or "", ALL)
        if parts["indent"]:
            if applies and current is not None:
                current.attributes += parts["rest"].split()
            continue
        name, _, content = parts["rest"].partition(":" if parts["rest"].startswith("%") else ": ")
        current = _Draft(content=content.strip()) if applies else None
        if current is not None:
            found[name.strip()] = current
    return found


def compile_rules(found: Drafts, version: Version) -> Mapping[str, Rule]:
    """Make a rule of every draft that is an element."""
    writing = _Writing(found, version)
    rules = (writing.rule(name, draft) for name, draft in found.items() if not name.startswith("%"))
    return {rule.name: rule for rule in rules}


@dataclass(frozen=True, slots=True)
class _Writing:
    drafts: Drafts
    version: Version

    def rule(self, name: str, draft: _Draft) -> Rule:
        content, text = self._meant(draft.content), "elements"
        for mark, kind in (("#text", "mixed"), ("#string", "string")):
            if content.startswith(mark):
                content, text = content.removeprefix(mark).strip(), kind
        if content in ("", "-"):
            text = "empty" if text == "elements" else text
            content = ""
        states, final = _Automaton(self._tokens(content), self._names).compiled()
        attributes = dict(self._attributes(self.element(name), draft.attributes))
        opened = attributes.pop(ANY, None) or attributes.pop(OTHER, None)
        return Rule(
            name=self.element(name),
            text=text,
            states=states,
            final=final,
            attributes=attributes,
            required=tuple(each.name for each in attributes.values() if each.required),
            open=opened.name if opened else "",
        )

    def _meant(self, content: str) -> str:
        """A group that stands alone may say as well whether text is allowed."""
        return self.drafts[content].content if content in self.drafts and content.startswith("%") else content

    def _tokens(self, content: str) -> list[str]:
        tokens: list[str] = []
        for token in _TOKEN.findall(content):
            tokens += ["(", *self._tokens(self._group(token)), ")"] if token.startswith("%") else [token]
        return tokens

    def _group(self, name: str) -> str:
        return self.drafts[name].content

    def element(self, name: str) -> str:
        """Return what an element is called in this version."""
        if self.version is not Version.QTI_30 or name.startswith(("qti-", "*")):
            return name
        prefix, _, local = name.rpartition(":")
        return local if prefix == "qh5" else name if prefix else names.element_name(name, Version.QTI_22)

    def _names(self, token: str) -> tuple[str, str]:
        name, _, rule = token.partition("=")
        return self.element(name), self.element(rule or name)

    def _attributes(self, element: str, written: Iterable[str]) -> Iterable[tuple[str, Attribute]]:
        for word in written:
            if word.startswith("%"):
                yield from self._attributes(element, self.drafts[word].attributes)
                continue
            prefix = "xml:" if word.startswith("xml:") else ""
            name, _, datatype = word.removeprefix(prefix).partition(":")
            if word in (ANY, OTHER):
                yield word, Attribute(word, False, "")
                continue
            required, name = name.endswith("!"), prefix + name.rstrip("!")
            read = names.attribute_name(name, element if self.version is Version.QTI_30 else _read(element), Version.QTI_22)
            yield read, Attribute(read, required, datatype or "string")


def _read(element: str) -> str:
    """The name that the reader gives a 2.x element: only QTI's own elements have their attributes changed."""
    return element if ":" in element else names.element_name(element, Version.QTI_22)


@dataclass(slots=True)
class _Part:
    """A piece of a content model: what may begin it, what may end it, whether it may be left out (Glushkov's construction)."""

    first: frozenset[int]
    last: frozenset[int]
    empty: bool


_NOTHING = _Part(frozenset(), frozenset(), True)


class _Automaton:
    """Compiles one content model; positions that are alternatives of each other share what follows them."""

    def __init__(self, tokens: list[str], read: Callable[[str], tuple[str, str]]) -> None:
        self.tokens = tokens
        self.read = read
        self.place = 0
        self.symbols: list[dict[str, str]] = [{}]
        self.follow: list[set[int]] = [set()]

    def compiled(self) -> tuple[States, frozenset[int]]:
        whole = self._choice()
        self.follow[0] |= whole.first
        states = []
        for after in self.follow:
            moves: dict[str, tuple[int, str]] = {}
            for place in sorted(after):
                moves.update({symbol: (place, rule) for symbol, rule in self.symbols[place].items()})
            states.append(moves)
        return tuple(states), whole.last | ({0} if whole.empty else frozenset())

    def _peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _choice(self) -> _Part:
        parts = [self._sequence()]
        while self._peek() == "|":
            self.place += 1
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        return self._merged(parts)

    def _merged(self, parts: list[_Part]) -> _Part:
        """Plain alternatives become one position: a group of a hundred names must not make ten thousand moves."""
        plain = [part for part in parts if self._is_plain(part)]
        others = [part for part in parts if not self._is_plain(part)]
        if plain:
            (kept,) = plain[0].first
            for part in plain[1:]:
                (place,) = part.first
                self.symbols[kept].update(self.symbols[place])
                self.symbols[place] = {}
            others.append(plain[0])
        return _Part(
            frozenset().union(*(part.first for part in others)),
            frozenset().union(*(part.last for part in others)),
            any(part.empty for part in others),
        )

    def _is_plain(self, part: _Part) -> bool:
        return not part.empty and part.first == part.last and len(part.first) == 1 and not self.follow[min(part.first)]

    def _sequence(self) -> _Part:
        whole = _NOTHING
        while self._peek() not in ("", "|", ")"):
            whole = self._joined(whole, self._repeated())
        return whole

    def _joined(self, before: _Part, after: _Part) -> _Part:
        for place in before.last:
            self.follow[place] |= after.first
        first = before.first | (after.first if before.empty else frozenset())
        last = after.last | (before.last if after.empty else frozenset())
        return _Part(first, last, before.empty and after.empty)

    def _repeated(self) -> _Part:
        begin = self.place
        part = self._atom()
        sign = self._peek()
        if sign.startswith("{"):
            end = self.place
            for _ in range(int(sign[1:-1]) - 1):
                self.place = begin
                part = self._joined(part, self._atom())
            self.place = end + 1
        elif sign in ("?", "*", "+") and sign:
            self.place += 1
            if sign in "*+":
                for place in part.last:
                    self.follow[place] |= part.first
            part = _Part(part.first, part.last, part.empty or sign in "?*")
        return part

    def _atom(self) -> _Part:
        word = self._peek()
        self.place += 1
        if word == "(":
            part = self._choice()
            self.place += 1
            return part
        name, rule = self.read(word)
        self.symbols.append({name: rule})
        self.follow.append(set())
        only = frozenset({len(self.symbols) - 1})
        return _Part(only, only, False)
