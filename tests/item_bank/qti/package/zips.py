"""Packages for the tests of this folder: honest ones, and ones that a stranger might hand over."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from tests.item_bank.items import choice, qti, response

ITEM = qti(responses=response("identifier", "A"), body=choice("A", "B"))
PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s2I5B", 13, b"IHDR", 40, 30, 8, 2, 0, 0, 0) + b"\x00\x00\x00\x00"


def zipped(files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


def manifest(*resources: str, namespace: str = "http://www.imsglobal.org/xsd/imscp_v1p1", base: str = "") -> bytes:
    """A manifest of these resources."""
    said = f' xml:base="{base}"' if base else ""
    body = "\n".join(resources)
    return (
        f'<?xml version="1.0"?>\n<manifest xmlns="{namespace}" identifier="M"><organizations/>\n'
        f"<resources{said}>\n{body}\n</resources>\n</manifest>"
    ).encode()


def resource(path: str, *files: str, kind: str = "imsqti_item_xmlv3p0", identifier: str = "") -> str:
    """A resource for a file, and the files that belong to it."""
    listed = "".join(f'<file href="{name}"/>' for name in (path, *files))
    return f'<resource identifier="{identifier or "R-" + path}" type="{kind}" href="{path}">{listed}</resource>'


def raw_zip(*entries: bytes, listed: tuple[tuple[bytes, bytes], ...], count: int | None = None) -> bytes:
    """A zip made by hand: its entries, and the central directory's (header, name) pairs."""
    body = b"".join(entries)
    directory = b"".join(header + name for header, name in listed)
    number = len(listed) if count is None else count
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, number, number, len(directory), len(body), 0)


def local(name: bytes, packed: bytes, size: int, crc: int, *, method: int = 8) -> bytes:
    """One file as it stands in a zip."""
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, method, 0, 33, crc, len(packed), size, len(name), 0) + name + packed


def central(
    name: bytes, packed: int, size: int, crc: int, at: int, *, method: int = 8, mode: int = 0o100644, flags: int = 0
) -> tuple[bytes, bytes]:
    """What the list of files says of one."""
    header = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 0x314, 20, flags, method, 0, 33, crc, packed, size, len(name), 0, 0, 0, 0, mode << 16, at
    )
    return header, name


def deflated(content: bytes) -> bytes:
    """Content as it is packed in a zip."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(content) + packing.flush()
