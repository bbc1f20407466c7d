"""Packages that chance made: whatever comes, the answer is a plan or a refusal with a code, never another error."""

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.package import open_folder, open_package, plan_import
from item_bank.qti.package.media import ENDINGS, medium_of
from item_bank.qti.package.paths import resolved, unsafe
from item_bank.qti.package.svg import unsafe_svg
from tests.item_bank.qti.package.zips import ITEM, PICTURE, central, deflated, local, manifest, raw_zip, resource, zipped

HONEST = zipped({"imsmanifest.xml": manifest(resource("items/a.xml", "a.png")), "items/a.xml": ITEM, "a.png": PICTURE})


def opened(content: bytes) -> None:
    """Open and plan a package; only a refusal may come out of it."""
    try:
        plan_import(open_package(content), lenient=True)
    except (UnreadableFile, TooLarge) as refusal:
        assert refusal.details["problem"]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_a_zip_with_changed_bytes_is_planned_or_refused(seed: int, changes: int) -> None:
    rng = random.Random(seed)
    content = bytearray(HONEST)
    for _ in range(changes):
        content[rng.randrange(len(content))] = rng.randrange(256)

    opened(bytes(content))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(HONEST)), st.integers(0, len(HONEST)), st.binary(max_size=60))
def test_a_zip_with_a_piece_replaced_is_planned_or_refused(start: int, end: int, piece: bytes) -> None:
    opened(HONEST[: min(start, end)] + piece + HONEST[max(start, end) :])


@settings(max_examples=150, deadline=None)
@given(
    name=st.binary(min_size=1, max_size=12),
    method=st.sampled_from([0, 8, 12, 99]),
    size=st.integers(0, 2**32 - 1),
    packed=st.integers(0, 2**32 - 1),
    at=st.integers(0, 200),
    mode=st.integers(0, 0xFFFF),
    flags=st.integers(0, 0xFFFF),
)
def test_a_zip_whose_list_lies_is_planned_or_refused(
    name: bytes, method: int, size: int, packed: int, at: int, mode: int, flags: int
) -> None:
    entry = local(name, deflated(ITEM), len(ITEM), zlib.crc32(ITEM))

    opened(raw_zip(entry, listed=(central(name, packed, size, zlib.crc32(ITEM), at, method=method, mode=mode, flags=flags),)))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["items/a.xml", "a.xml", "a/b/c.xml"]))
def test_no_reference_leads_out_of_a_package(reference: str, base: str) -> None:
    found = resolved(base, reference)

    assert found is None or found == "" or ".." not in found.split("/")
    assert found is None or not found.startswith("/")


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_a_name_is_safe_or_its_package_is_refused(name: str) -> None:
    if unsafe(name):
        with pytest.raises(UnreadableFile):
            open_folder({name: ITEM})
    else:
        assert open_folder({name: ITEM}).files is not None


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF....WEBP", b"<svg ", b"OggS", b"", b"\xff\xd8\xff\xe0\x00\x00"]
    ),
    st.binary(max_size=80),
)
def test_any_bytes_are_some_file_or_none(start: bytes, rest: bytes) -> None:
    medium = medium_of(start + rest, "a.png")

    assert medium is None or medium.media_type in ENDINGS.values()
    assert isinstance(unsafe_svg(start + rest), str)
