import re
from collections.abc import Callable, Sequence
from random import Random

from tests.item_bank.qti.package.zips import PICTURE, manifest, resource, zipped

_TOKEN = re.compile(rb"<[^<>]*>|[^<>]+")
_VALUE = re.compile(rb'"[^"]*"')
_WORDS: tuple[bytes, ...] = (
    b"", b"0", b"-1", b"1e999", b"NaN", b"INF", b"99999999999999999999", b"1.5", b"true", b"A", b"A B", b"RESPONSE", b"SCORE", b"single",
    b"multiple", b"ordered", b"record", b"identifier", b"float", b"integer", b"pair", b"directedPair", b"point", b"file", b"string",
    b"duration", b"poly", b"circle", b"1,2,3", b"a.b", b"../x", b"http://127.0.0.1:9/", b"javascript:x", "सभा".encode(), b"x" * 5000,
    b"(a+)+$", b"[", b"%s", b"&lt;", b"&amp;", b" ", b"\t", b"xml:lang", b"significantFigures", b"template",
)  # fmt: skip
_NOISE: tuple[bytes, ...] = (
    b"<",
    b">",
    b"&",
    b'"',
    b"\x00",
    b"\xff",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?x?>",
    b"<![CDATA[",
    b"\xef\xbb\xbf",
    b"&#0;",
    b"&x;",
)

Tokens = list[bytes]


def mutated(xml: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Break a file in one to six ways."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        xml = chance.choice(_BYTES)(xml, chance) if chance.random() < 0.15 else _in_tokens(xml, others, chance)
    return xml


def package(sound: Sequence[bytes], chance: Random) -> bytes:
    """Make a package of a few files and break one of them, the manifest, or the zip itself."""
    files = {f"item{number}.xml": xml for number, xml in enumerate(chance.sample(sound, 3))}
    files["picture.png"] = PICTURE
    files["imsmanifest.xml"] = manifest(*(resource(name, "picture.png") for name in files if name.endswith(".xml")))
    broken = chance.choice(list(files))
    files[broken] = mutated(files[broken], sound, chance)
    packed = zipped(files)
    return chance.choice(_BYTES)(packed, chance) if chance.random() < 0.4 else packed


def _in_tokens(xml: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    tokens = _TOKEN.findall(xml)
    if tokens:
        chance.choice(_TOKENS)(tokens, chance, others)
    return b"".join(tokens)


def _element(tokens: Tokens, chance: Random) -> slice:
    """Find a whole element, so that what remains is well-formed."""
    starts = [at for at, token in enumerate(tokens) if token[:1] == b"<" and token[1:2] not in (b"/", b"!", b"?")]
    if not starts:
        return slice(0, 0)
    at, depth = chance.choice(starts[1:] or starts), 0
    for end in range(at, len(tokens)):
        token = tokens[end]
        depth += token[:1] == b"<" and token[-2:] != b"/>" and (-1 if token[1:2] == b"/" else token[1:2] not in (b"!", b"?"))
        if depth <= 0:
            return slice(at, end + 1)
    return slice(at, len(tokens))


def _drop(tokens: Tokens, chance: Random, _: Sequence[bytes]) -> None:
    del tokens[_element(tokens, chance)]


def _double(tokens: Tokens, chance: Random, _: Sequence[bytes]) -> None:
    where = _element(tokens, chance)
    tokens[where.start : where.start] = tokens[where] * chance.choice((1, 1, 2, 30))


def _move(tokens: Tokens, chance: Random, _: Sequence[bytes]) -> None:
    where = _element(tokens, chance)
    taken = tokens[where]
    del tokens[where]
    at = chance.randrange(len(tokens) + 1)
    tokens[at:at] = taken


def _wrap(tokens: Tokens, chance: Random, _: Sequence[bytes]) -> None:
    """Put an element into a copy of another's tags, once or often."""
    where, around = _element(tokens, chance), tokens[_element(tokens, chance)]
    if len(around) > 1:
        deep = chance.choice((1, 1, 1, 40, 120))
        tokens[where] = [*around[:1] * deep, *tokens[where], *around[-1:] * deep]


def _splice(tokens: Tokens, chance: Random, others: Sequence[bytes]) -> None:
    """Put an element of another file in the place of one of this."""
    strange = _TOKEN.findall(chance.choice(others))
    tokens[_element(tokens, chance)] = strange[_element(strange, chance)]


def _value(tokens: Tokens, chance: Random, others: Sequence[bytes]) -> None:
    """Give an attribute another value: a word that may hurt, or one from elsewhere in this file or another."""
    there = [at for at, token in enumerate(tokens) if _VALUE.search(token) and token[:1] == b"<"]
    if there:
        at = chance.choice(there)
        found = chance.choice(list(_VALUE.finditer(tokens[at])))
        known = _VALUE.findall(chance.choice((b"".join(tokens), chance.choice(others)))) or [b'""']
        value = chance.choice(known) if chance.random() < 0.6 else b'"%s"' % chance.choice(_WORDS)
        tokens[at] = tokens[at][: found.start()] + value + tokens[at][found.end() :]


def _attribute(tokens: Tokens, chance: Random, others: Sequence[bytes]) -> None:
    """Take an attribute away, or bring one from elsewhere."""
    pattern = re.compile(rb'\s[\w:-]+="[^"]*"')
    there = [at for at, token in enumerate(tokens) if token[:1] == b"<" and token[1:2] not in (b"/", b"!", b"?")]
    at = chance.choice(there or [0])
    own, strange = pattern.findall(tokens[at]), pattern.findall(chance.choice(others))
    if own and chance.random() < 0.5:
        tokens[at] = tokens[at].replace(chance.choice(own), b"", 1)
    elif strange:
        cut = -2 if tokens[at].endswith(b"/>") else -1
        tokens[at] = tokens[at][:cut] + chance.choice(strange) + tokens[at][cut:]


def _text(tokens: Tokens, chance: Random, _: Sequence[bytes]) -> None:
    there = [at for at, token in enumerate(tokens) if token[:1] != b"<"]
    if there:
        tokens[chance.choice(there)] = chance.choice(_WORDS)


def _rename(tokens: Tokens, chance: Random, _: Sequence[bytes]) -> None:
    """Give an element another's name."""
    where, other = _element(tokens, chance), tokens[_element(tokens, chance)]
    names = [re.match(rb"</?([^\s/>]+)", each[0]) for each in (tokens[where], other) if each]
    if len(names) == 2 and names[0] and names[1]:
        old, new = names[0][1], names[1][1]
        for at in (where.start, where.stop - 1):
            tokens[at] = tokens[at].replace(old, new, 1)


def _noise(xml: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(xml) + 1)
    return xml[:at] + chance.choice(_NOISE) + xml[at + chance.randrange(3) :]


def _cut(xml: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(xml) + 1)
    return xml[:at] if chance.random() < 0.3 else xml[:at] + xml[at + chance.randrange(60) :]


def _flip(xml: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(xml) + 1)
    return xml[:at] + bytes([chance.randrange(256)]) + xml[at + 1 :]


def _recode(xml: bytes, chance: Random) -> bytes:
    return xml.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig")))


_TOKENS: tuple[Callable[[Tokens, Random, Sequence[bytes]], None], ...] = (
    _drop, _double, _move, _wrap, _splice, _splice, _value, _value, _value, _attribute, _attribute, _text, _rename,
)  # fmt: skip
_BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (_noise, _noise, _cut, _flip, _flip, _recode)
