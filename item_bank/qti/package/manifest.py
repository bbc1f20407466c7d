"""Reads imsmanifest.xml of every version: IMS Content Packaging 1.1 and 1.2 as QTI 2.1, 2.2 and 3.0 profile it.

Not here: what the resources' files say (plan.py). Manifests without a namespace, or with a wrong one, are read all the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from assessment_engine.kernel.errors import AssessmentError, TooLarge, UnreadableFile
from item_bank.qti.model.nodes import Node
from item_bank.qti.package.lom import facts_by_resource
from item_bank.qti.package.paths import Spellings, is_elsewhere, resolved
from item_bank.qti.package.records import Files, Kind, Resource
from item_bank.qti.problems import Problem, Severity
from item_bank.qti.reader.safe_xml import parse

NAME = "imsmanifest.xml"

_TYPE = re.compile(r"imsqti_(?:apip)?(item|test|section|stimulus|rptemplate|outcomes|xml)?(?:_xml)?v(\d)p(\d)")
_METADATA = re.compile(rb"<((?:[A-Za-z][\w.-]*:)?metadata)(?:\s[^<>]*)?(?<!/)>")
DOCUMENTS = (Kind.ITEM, Kind.TEST, Kind.SECTION, Kind.STIMULUS)
_KINDS = {"item": Kind.ITEM, "test": Kind.TEST, "section": Kind.SECTION, "stimulus": Kind.STIMULUS, "rptemplate": Kind.TEMPLATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a manifest says."""

    resources: tuple[Resource, ...]
    problems: tuple[Problem, ...]
    facts: Mapping[str, Mapping[str, str]]  # of items, by their paths


def find_manifest(files: Files) -> str:
    """Return the path of the manifest that is nearest to the top; "" where there is none."""
    found = [path for path in files if path.rpartition("/")[2].lower() == NAME]
    return min(found, key=lambda path: (path.count("/"), path), default="")


def read_manifest(files: Files, path: str) -> Manifest:
    """Read a manifest; raises UnreadableFile or TooLarge when it cannot be read at all."""
    root, thinned = _parsed(files, path)
    if local(root) != "manifest":
        raise UnreadableFile(f"{path}: its root is not manifest", problem="not_a_manifest", file=path, line=root.line)
    reading = _Reading(files, path)
    resources = tuple(reading.resources(root, ""))
    if thinned:
        message = "the manifest is too large to be read whole: of its metadata only the facts of items were read"
        reading.problem(root, "metadata_not_read", message, "nothing is needed for the items", severity=Severity.NOTE)
    said = facts_by_resource(files[path])
    facts = {each.path: said[each.identifier] for each in resources if each.kind is Kind.ITEM and each.identifier in said}
    return Manifest(resources=resources, problems=tuple(reading.problems), facts=facts)


def kind_of(resource_type: str) -> Kind:
    """Return what a resource type stands for: `imsqti_item_xmlv2p1` and its like, whatever their version."""
    found = _TYPE.match(resource_type.strip().lower())
    return _KINDS.get(found.group(1) or "", Kind.OTHER) if found else Kind.OTHER


def local(node: Node) -> str:
    """Return an element's name without a namespace, as it was written."""
    return node.written or node.name


def _parsed(files: Files, path: str) -> tuple[Node, bool]:
    """Parse a manifest; one that is too large is read without its metadata. Tells whether that was so."""
    xml = files[path]
    try:
        try:
            return parse(xml).root, False
        except AssessmentError as error:
            if error.details.get("problem") not in ("too_large", "too_deep") or len(without_metadata(xml)) == len(xml):
                raise
            return parse(without_metadata(xml)).root, True
    except AssessmentError as error:
        kind = TooLarge if isinstance(error, TooLarge) else UnreadableFile
        raise kind(f"{path}: {error.message}", **{**error.details, "file": path}) from error


def without_metadata(xml: bytes) -> bytes:
    """Take the metadata elements out of a manifest's text, in one pass; lines stay where they are."""
    kept: list[bytes] = []
    at = 0
    while (begins := _METADATA.search(xml, at)) is not None:
        closing = b"</%s>" % begins[1]
        ends = xml.find(closing, begins.end())
        if ends < 0:
            break
        after = ends + len(closing)
        kept += (xml[at : begins.start()], b"\n" * xml.count(b"\n", begins.start(), after))
        at = after
    return b"".join((*kept, xml[at:]))


class _Reading:
    def __init__(self, files: Files, path: str) -> None:
        self.files = files
        self.path = path
        self.folder = f"{path.rpartition('/')[0]}/" if "/" in path else ""
        self.spellings = Spellings(files)
        self.problems: list[Problem] = []
        self.seen: set[str] = set()

    def resources(self, node: Node, base: str) -> Iterator[Resource]:
        """Yield the resources below a node; xml:base adds up on the way (IMS CP 1.2, "xml:base")."""
        for child in node.elements:
            here = urljoin(base, child.attributes.get("xml:base", ""))
            if local(child) == "resource":
                yield self._resource(child, here)
            elif local(child) in ("resources", "manifest"):
                yield from self.resources(child, here)

    def _resource(self, node: Node, base: str) -> Resource:
        identifier = node.attributes.get("identifier", "").strip()
        if identifier in self.seen:
            advice = "give one of them another identifier"
            self.problem(node, "duplicate_resource", f"two resources have the identifier {identifier}", advice)
        self.seen.add(identifier)
        kind = kind_of(node.attributes.get("type", ""))
        if "imsqti_xmlv1p2" in node.attributes.get("type", ""):
            advice = "export it from its system as QTI 2.1 or 3.0"
            self.problem(node, "unsupported_version", "QTI 1.2 is another format; it is not read here", advice)
        href = node.attributes.get("href", "")
        files = self._files(node, base)
        if kind in DOCUMENTS and not href.strip():
            advice = "name the file in href"
            self.problem(node, "no_href", f"the resource {identifier} does not say which file it is; its first file is taken", advice)
        return Resource(
            identifier=identifier,
            type=node.attributes.get("type", "").strip(),
            kind=kind,
            path=self._file(node, base, href) if href.strip() else next(iter(files), ""),
            dependencies=tuple(
                child.attributes.get("identifierref", "").strip() for child in node.elements if local(child) == "dependency"
            ),
        )

    def _files(self, node: Node, base: str) -> tuple[str, ...]:
        children = [child for child in node.elements if local(child) == "file"]
        return tuple(path for child in children if (path := self._file(child, base, child.attributes.get("href", ""))))

    def _file(self, node: Node, base: str, href: str) -> str:
        """Return the path of a file that the manifest names; "" for none, or for one that is not in the package."""
        written = urljoin(base, href.strip()) if href.strip() else ""
        if not written or is_elsewhere(written):
            return ""
        path = resolved(self.folder or "./", written)
        if path is None:
            self.problem(node, "unsafe_path", f"{href} leaves the package", "name a file inside the package")
            return ""
        found = path if path in self.files else self.spellings.other(path)
        if not found:
            self.problem(node, "missing_file", f"{href} is not in the package", "add the file, or take it out of the manifest")
            return ""
        if found != path:
            message = f"{href} is written {found} in the package"
            self.problem(node, "name_differs", message, "write both in the same way", severity=Severity.NOTE)
        return found

    def problem(self, node: Node, code: str, message: str, advice: str, severity: Severity = Severity.INVALID) -> None:
        """Say what is wrong at a node of the manifest."""
        self.problems.append(
            Problem(
                code=code,
                message=message,
                severity=severity,
                clause="IMS Content Packaging 1.2, resource",
                advice=advice,
                file=self.path,
                line=node.line,
                element=local(node),
            )
        )
