"""Writes imsmanifest.xml as QTI 3.0, 2.2 and 2.1 profile IMS Content Packaging: one resource for every file, each with what it needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.nodes import Version
from item_bank.qti.package.lom import lom_lines
from item_bank.qti.writer.addresses import INSTANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of the package: an item, test, stimulus or medium; `needs` are the paths of the files that it refers to."""

    path: str
    kind: str
    needs: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    namespace: str
    schema: str
    name: str
    version: str
    suffix: str


_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_PROFILES: Mapping[Version, _Profile] = {
    Version.QTI_30: _Profile(
        namespace="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
        schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
        name="QTI Package",
        version="3.0.0",
        suffix="xmlv3p0",
    ),
    Version.QTI_22: _Profile(
        namespace=_CP,
        schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd",
        name="QTIv2.2 Package",
        version="1.0.0",
        suffix="xmlv2p2",
    ),
    Version.QTI_21: _Profile(
        namespace=_CP,
        schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
        name="QTIv2.1 Package",
        version="1.0.0",
        suffix="xmlv2p1",
    ),
}


def manifest_xml(identifier: str, entries: Collection[Entry], version: Version) -> bytes:
    """Write the manifest of a package; paths are plain (letters, digits, . _ - /), so that nothing in it needs an escape."""
    profile = _PROFILES[version]
    names = {entry.path: f"R{number}" for number, entry in enumerate(entries, start=1)}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<manifest xmlns="{profile.namespace}" xmlns:xsi="{INSTANCE}" '
        f'xsi:schemaLocation="{profile.namespace} {profile.schema}" identifier="M-{_plain(identifier)}">',
        "  <metadata>",
        f"    <schema>{profile.name}</schema>",
        f"    <schemaversion>{profile.version}</schemaversion>",
        "  </metadata>",
        "  <organizations/>",
        "  <resources>",
    ]
    for entry in entries:
        lines.extend(_resource(entry, names, profile))
    return "\n".join([*lines, "  </resources>", "</manifest>", ""]).encode()


def _resource(entry: Entry, names: Mapping[str, str], profile: _Profile) -> list[str]:
    kind = "webcontent" if entry.kind == "media" else f"imsqti_{entry.kind}_{profile.suffix}"
    return [
        f'    <resource identifier="{names[entry.path]}" type="{kind}" href="{entry.path}">',
        *lom_lines(entry.facts),
        f'      <file href="{entry.path}"/>',
        *(f'      <dependency identifierref="{names[path]}"/>' for path in entry.needs if path in names),
        "    </resource>",
    ]


def _plain(identifier: str) -> str:
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "-" for sign in identifier) or "items"
