"""Writes a content package: items with the files beside them, in QTI 3.0 or 2.1, and the manifest. The same items give the same bytes.

Every file has a place of its own, so that items from different packages do not disturb one another: items/, media/ and stimuli/ (by
digest). References are written anew to lead there.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.package.checks import about, stays_outside
from item_bank.qti.package.manifest_writing import Entry, manifest_xml
from item_bank.qti.package.media import ENDINGS
from item_bank.qti.package.references import Use, references, rewritten
from item_bank.qti.problems import Problem, Severity
from item_bank.qti.reader.safe_xml import parse
from item_bank.qti.writer import convert
from item_bank.qti.writer.trees import Losses
from item_bank.qti.writer.upgrade import upgraded

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can say: a package does not tell when it was made
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_ENDING_OF: Mapping[str, str] = {media_type: ending for ending, media_type in reversed(ENDINGS.items())}  # the first of several


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPart:
    """A file beside an item; `path` is how the item's XML refers to it."""

    path: str
    kind: str  # media or stimulus
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedItem:
    """One item in one language, as it is stored."""

    identifier: str
    lang: str
    xml: bytes
    parts: Sequence[ExportedPart] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A written package, and what the version could not say; each problem's file is its path in the package."""

    data: bytes
    problems: tuple[Problem, ...]


def export_package(items: Iterable[ExportedItem], version: Version = Version.QTI_30, *, identifier: str = "items") -> Exported:
    """Write a content package and list what the version could not say; raises UnreadableFile for an item that is none."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        writing = _Writing(archive, version)
        for item in items:
            writing.item(item)
        writing.put("imsmanifest.xml", manifest_xml(identifier, writing.entries.values(), version))
    return Exported(data=target.getvalue(), problems=tuple(writing.problems))


@dataclass(slots=True)
class _Writing:
    archive: zipfile.ZipFile
    version: Version
    entries: dict[str, Entry] = field(default_factory=dict)  # by path
    names: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def put(self, path: str, content: bytes) -> None:
        """Write a file, with nothing in it that depends on when or where."""
        entry = zipfile.ZipInfo(path, _EPOCH)
        entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
        self.archive.writestr(entry, content)

    def item(self, item: ExportedItem) -> None:
        """Write an item and the files beside it that are not there yet."""
        path = f"items/{self._name(item)}.xml"
        root = upgraded(parse(item.xml).root, Losses())
        parts = {part.path: part for part in item.parts}
        stimuli = {part.path: parse(part.data).root for part in item.parts if part.kind == "stimulus"}
        inline = self.version is Version.QTI_21  # which has no shared stimulus
        places = {part.path: self._medium(part) for part in item.parts if part.kind != "stimulus"}
        if not inline:
            places |= {name: self._stimulus(stimulus, parts, places) for name, stimulus in stimuli.items()}
        self._say_missing(path, root, {*places, *stimuli})
        moved = _moved(root, places)
        given = _by_identifier(root, {name: _moved(stimulus, places) for name, stimulus in stimuli.items()}) if inline else {}
        written = convert(moved, self.version, stimuli=given)
        self.problems.extend(replace(problem, file=path) for problem in written.problems)
        self.put(path, written.xml)
        used = tuple(sorted(set(places.values())))
        self.entries[path] = Entry(path=path, kind="item", needs=used, facts=item.facts)

    def _say_missing(self, path: str, root: Node, given: set[str]) -> None:
        for reference in references(root):
            if reference.address not in given and reference.use is not Use.LINK and not stays_outside(reference)[0]:
                message = f"{reference.address} is not kept with the item: it is not in the package either"
                self.problems.append(replace(about(reference, "missing_file", message, severity=Severity.NOTE), file=path))

    def _medium(self, part: ExportedPart) -> str:
        digest = hashlib.sha256(part.data).hexdigest()[:16]
        path = f"media/{digest}{_ENDING_OF.get(part.media_type, '.bin')}"
        if path not in self.entries:
            self.put(path, part.data)
            self.entries[path] = Entry(path=path, kind="media")
        return path

    def _stimulus(self, root: Node, parts: Mapping[str, ExportedPart], places: Mapping[str, str]) -> str:
        """Write a shared text; its references are, like the item's, relative to the item's file."""
        written = convert(_moved(upgraded(root, Losses()), places), self.version)
        path = f"stimuli/{hashlib.sha256(written.xml).hexdigest()[:16]}.xml"
        if path not in self.entries:
            self.put(path, written.xml)
            needs = tuple(sorted({places[name] for name in parts if name in places and places[name].encode() in written.xml}))
            self.entries[path] = Entry(path=path, kind="stimulus", needs=needs)
            self.problems.extend(replace(problem, file=path) for problem in written.problems)
        return path

    def _name(self, item: ExportedItem) -> str:
        """Return a plain file name that no other item has."""
        plain = _NOT_PLAIN.sub("-", item.identifier)[:100].strip("-.") or "item"
        wanted = f"{plain}.{item.lang}" if item.lang else plain
        name, number = wanted, 1
        while name.lower() in self.names:
            number += 1
            name = f"{wanted}-{number}"
        self.names.add(name.lower())
        return name


def _moved(root: Node, places: Mapping[str, str]) -> Node:
    """Let a document refer to the files where the package has them; items and stimuli stand in folders of the same depth."""
    return rewritten(_without_base(root), lambda address, use: f"../{places[address]}" if address in places else address)


def _without_base(node: Node) -> Node:
    """Take xml:base out: the new addresses need none."""
    if not any("xml:base" in each.attributes for each in node.walk()):
        return node
    attributes = {name: value for name, value in node.attributes.items() if name != "xml:base"}
    return replace(node, attributes=attributes, children=tuple(c if isinstance(c, str) else _without_base(c) for c in node.children))


def _by_identifier(root: Node, stimuli: Mapping[str, Node]) -> dict[str, Node]:
    refs = root.named("qti-assessment-stimulus-ref")
    named = {ref.attributes.get("identifier", ""): ref.attributes.get("href", "").strip() for ref in refs}
    return {identifier: stimuli[href] for identifier, href in named.items() if href in stimuli}
