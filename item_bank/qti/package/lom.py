"""What a manifest says of an item beside its text, as IEEE LOM (1484.12.3): written for each item, and read from any manifest that says it.

Facts are words by name here (item_bank/facts.py knows what each means). What LOM has an element for stands there: difficulty, learning
time, discipline, author, rights. The rest are taxons of a source of our own, which other systems keep and do not understand.
"""

import io
import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from lxml import etree

Facts = Mapping[str, str]

SOURCE = "assessment-engine"
_LOM = "http://ltsc.ieee.org/xsd/LOM"
_OWN = ("bloom", "origin", "owner", "licence_ends", "contract")
_HARD = {"easy": "easy", "medium": "medium", "hard": "difficult"}
_FOR_LOM = {"very easy": "easy", "easy": "easy", "medium": "medium", "difficult": "hard", "very difficult": "hard"}
_TIME = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})(?:\.\d+)?S)?")
_NAMED = re.compile(r"(?:^|\n)FN(?:;[^:\n]*)?:([^\r\n]*)")
_LONGEST = 400


def lom_lines(facts: Facts) -> list[str]:
    """Write the facts of an item as the metadata of its resource; nothing for an item without any."""
    inner = [*_life(facts), *_education(facts), *_rights(facts), *_classes(facts)]
    return [f'      <metadata><lom xmlns="{_LOM}">', *(f"        {line}" for line in inner), "      </lom></metadata>"] if inner else []


def _life(facts: Facts) -> Iterator[str]:
    if facts.get("author"):
        card = escape(f"BEGIN:VCARD\nVERSION:3.0\nN:{_plain(facts['author'])}\nFN:{_plain(facts['author'])}\nEND:VCARD")
        yield f"<lifeCycle><contribute><role>{_word('author')}</role><entity>{card}</entity></contribute></lifeCycle>"


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")


def _education(facts: Facts) -> Iterator[str]:
    hard = facts.get("difficulty", "")
    difficulty = f"<difficulty>{_word(_HARD[hard])}</difficulty>" if hard in _HARD else ""
    seconds = facts.get("seconds", "")
    time = f"<typicalLearningTime><duration>PT{int(seconds)}S</duration></typicalLearningTime>" if seconds.isdecimal() else ""
    if difficulty or time:
        yield f"<educational>{difficulty}{time}</educational>"


def _rights(facts: Facts) -> Iterator[str]:
    if facts.get("licence"):
        restricted = f"<copyrightAndOtherRestrictions>{_word('yes')}</copyrightAndOtherRestrictions>"
        yield f"<rights>{restricted}{_said('description', facts['licence'])}</rights>"


def _classes(facts: Facts) -> Iterator[str]:
    subject = [name for name in ("subject", "topic") if facts.get(name)]
    if subject:
        taxons = "".join(f"<taxon><id>{name}</id>{_said('entry', facts[name])}</taxon>" for name in subject)
        yield _class("discipline", taxons)
    aim = [name for name in ("competency", "level") if facts.get(name)]
    if aim:
        taxons = "".join(f"<taxon><id>{name}</id>{_said('entry', facts[name])}</taxon>" for name in aim)
        yield _class("competency", taxons)
    own = "".join(f"<taxon><id>{name}</id>{_said('entry', facts[name])}</taxon>" for name in _OWN if facts.get(name))
    if own:
        yield _class("educational level" if facts.get("bloom") else "restrictions", own)


def _class(purpose: str, taxons: str) -> str:
    path = f"<taxonPath>{_said('source', SOURCE)}{taxons}</taxonPath>"
    return f"<classification><purpose>{_word(purpose)}</purpose>{path}</classification>"


def _word(value: str) -> str:
    return f"<source>LOMv1.0</source><value>{value}</value>"


def _said(name: str, text: str) -> str:
    return f"<{name}><string>{escape(text)}</string></{name}>"


def facts_by_resource(manifest: bytes) -> dict[str, dict[str, str]]:
    """Read the facts that a manifest says, by the identifiers of its resources, without holding it whole.

    For a manifest that was read already, and so is known to be well-formed and without entities of its own.
    """
    found: dict[str, dict[str, str]] = {}
    walk = etree.iterparse(io.BytesIO(manifest), events=("end",), resolve_entities=False, no_network=True, load_dtd=False)
    for _, element in walk:
        if _local(element) == "resource":
            facts = dict(_facts(element))
            if facts:
                found[element.get("identifier", "").strip()] = facts
            element.clear()
    return found


def _facts(resource: etree._Element) -> Iterator[tuple[str, str]]:
    for lom in (each for each in resource.iter() if _local(each) == "lom"):
        for element in lom.iter():
            match _local(element):
                case "difficulty" if _text(element, "value") in _FOR_LOM:
                    yield "difficulty", _FOR_LOM[_text(element, "value")]
                case "typicalLearningTime" | "typicallearningtime":
                    yield from _seconds(_text(element))
                case "contribute" if _text(element, "value").lower() == "author":
                    yield from _author("".join(element.itertext()))
                case "rights":
                    yield from _filled("licence", _text(element, "description"))
                case "classification":
                    yield from _taxons(element)


def _seconds(said: str) -> Iterator[tuple[str, str]]:
    found = _TIME.fullmatch(said)
    seconds = 0 if found is None else sum(int(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True))
    if seconds:
        yield "seconds", str(seconds)


def _author(card: str) -> Iterator[tuple[str, str]]:
    found = _NAMED.search(card)
    if found is not None:
        yield from _filled("author", re.sub(r"\\(.)", r"\1", found[1]))


def _taxons(classification: etree._Element) -> Iterator[tuple[str, str]]:
    """Read taxons of our own by their names; of another source's discipline the first is the subject, the next the topic."""
    purpose = _text(classification, "purpose", "value").lower()
    for path in (each for each in classification if _local(each).lower() == "taxonpath"):
        ours = _text(path, "source") == SOURCE
        names = iter(("subject", "topic"))
        for taxon in (each for each in path if _local(each) == "taxon"):
            if ours:
                yield from _filled(_text(taxon, "id"), _text(taxon, "entry"))
            elif purpose == "discipline" and (name := next(names, "")):
                yield from _filled(name, _text(taxon, "entry"))


def _filled(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name and text:
        yield name, text[:_LONGEST]


def _text(element: etree._Element, *path: str) -> str:
    """Return the words below a path of children, in one line; "" where it leads nowhere."""
    for name in path:
        below = next((child for child in element.iter() if child is not element and _local(child).lower() == name.lower()), None)
        if below is None:
            return ""
        element = below
    return " ".join("".join(element.itertext()).split())


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
