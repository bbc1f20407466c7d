"""Files are what their bytes say, and no larger than a candidate's browser can take."""

import struct

import pytest

from item_bank.qti.package import limits, open_folder, plan_import
from item_bank.qti.package.media import medium_of
from item_bank.qti.package.svg import unsafe_svg
from item_bank.qti.problems import Severity
from tests.item_bank.items import choice, qti, response
from tests.item_bank.qti.package.zips import PICTURE

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><circle r="5"/></svg>'


def png(width: int, height: int) -> bytes:
    """The head of a PNG of this size."""
    return PICTURE[:16] + struct.pack(">2I", width, height) + PICTURE[24:]


def jpeg(width: int, height: int) -> bytes:
    """A JPEG's markers: APP0, DHT and then the frame."""
    app = b"\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 9
    table = b"\xff\xc4\x00\x05\x00\x00\x00"
    return b"\xff\xd8" + app + table + b"\xff\xc0\x00\x11\x08" + struct.pack(">2H", height, width) + b"\x03" + b"\x00" * 9


def webp(kind: bytes, data: bytes) -> bytes:
    """The head of a WebP."""
    return b"RIFF\x00\x00\x00\x00WEBP" + kind + struct.pack("<L", len(data)) + data


def codes_of(name: str, content: bytes, element: str = '<img src="{}" alt=""/>') -> list[str]:
    """What an item is told that shows this file."""
    xml = qti(responses=response("identifier", "A"), body=f"<p>{element.format(name)}</p>" + choice("A", "B"))
    plan = plan_import(open_folder({"a.xml": xml, name: content}), judge=lambda document: ())
    return [problem.code for problem in plan.problems if problem.code not in ("no_manifest",)]


@pytest.mark.parametrize(
    ("content", "media_type", "size"),
    [
        (png(40, 30), "image/png", (40, 30)),
        (jpeg(640, 480), "image/jpeg", (640, 480)),
        (b"GIF89a" + struct.pack("<2H", 10, 20) + b"\x00" * 4, "image/gif", (10, 20)),
        (webp(b"VP8X", b"\x00" * 4 + (99).to_bytes(3, "little") + (49).to_bytes(3, "little")), "image/webp", (100, 50)),
        (webp(b"VP8L", b"\x2f" + (99 | 49 << 14).to_bytes(4, "little") + b"\x00" * 5), "image/webp", (100, 50)),
        (webp(b"VP8 ", b"\x00" * 6 + struct.pack("<2H", 100, 50)), "image/webp", (100, 50)),
        (SVG, "image/svg+xml", (120, 80)),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>', "image/svg+xml", (30, 20)),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav", None),
        (b"OggS" + b"\x00" * 30, "audio/ogg", None),
        (b"ID3\x04" + b"\x00" * 10, "audio/mpeg", None),
        (b"\xff\xfb\x90\x64" + b"\x00" * 10, "audio/mpeg", None),
        (b"\x00\x00\x00\x18ftypisom" + b"\x00" * 10, "video/mp4", None),
        (b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm", "video/webm", None),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello", "text/vtt", None),
    ],
)
def test_a_file_is_told_by_its_first_bytes(content: bytes, media_type: str, size: tuple[int, int] | None) -> None:
    found = medium_of(content, "a.bin")

    assert found is not None
    assert (found.media_type, found.size) == (media_type, size)


@pytest.mark.parametrize(
    "content", [b"", b"<html><script>alert(1)</script></html>", b"MZ\x90\x00", b"%PDF-1.7", b"PK\x03\x04", b"\xff\xd8"]
)
def test_what_is_no_picture_sound_or_film_is_none_of_them(content: bytes) -> None:
    assert medium_of(content, "a.png") is None


@pytest.mark.parametrize("length", range(0, 40, 3))
def test_a_cut_header_says_no_size_and_breaks_nothing(length: int) -> None:
    for content in (png(40, 30), jpeg(640, 480), webp(b"VP8X", b"\x00" * 10)):
        medium_of(content[:length], "a.png")

    assert medium_of(png(40, 30)[:20], "a.png") is not None


def test_a_web_page_that_is_named_a_picture_is_refused() -> None:
    assert codes_of("a.png", b"<html><script>alert(1)</script></html>") == ["not_what_it_claims"]


def test_a_film_that_is_named_a_picture_is_refused() -> None:
    assert codes_of("a.png", b"\x00\x00\x00\x18ftypisom" + b"\x00" * 10) == ["not_what_it_claims"]


def test_a_jpeg_that_is_named_png_is_noted_and_kept_as_what_it_is() -> None:
    assert codes_of("a.png", jpeg(10, 10)) == ["media_type_differs"]


def test_a_picture_of_too_many_pixels_is_refused_without_unpacking_it() -> None:
    assert codes_of("a.png", png(40_000, 40_000)) == ["too_large"]


def test_a_picture_of_fifty_megabytes_is_refused() -> None:
    assert codes_of("a.png", png(40, 30) + b"\x00" * 49_000_000) == ["too_large"]


def test_a_picture_just_within_the_limit_is_kept() -> None:
    assert codes_of("a.png", png(40, 30) + b"\x00" * (limits.MAX_PICTURE_BYTES - len(PICTURE))) == []


def test_a_sound_where_a_picture_should_be_is_refused() -> None:
    assert codes_of("a.mp3", b"ID3\x04" + b"\x00" * 10) == ["wrong_media"]


def test_a_document_that_an_item_only_links_to_is_noted_and_not_kept() -> None:
    assert codes_of("a.pdf", b"%PDF-1.7", '<a href="{}">more</a>') == ["not_kept"]


def test_captions_belong_to_a_film() -> None:
    film = '<video controls="controls"><source src="https://example.org/a.mp4" type="video/mp4"/><track src="{}" kind="captions"/></video>'

    assert codes_of("a.vtt", b"WEBVTT\n", film) == ["external_reference"]
    assert codes_of("b.vtt", b"no captions", film) == ["external_reference", "not_what_it_claims"]


def test_every_picture_of_a_set_is_kept() -> None:
    xml = qti(responses=response("identifier", "A"), body='<p><img src="a.png" srcset="a.png 1x, b.png 2x" alt=""/></p>' + choice("A", "B"))

    plan = plan_import(open_folder({"a.xml": xml, "a.png": PICTURE, "b.png": PICTURE}))

    assert [part.path for part in plan.items[0].parts] == ["a.png", "b.png"]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<circle onload="alert(1)"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<image href="https://example.org/a.png"/>',
        '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="file:///etc/passwd"/>',
        '<a href="javascript:alert(1)"><circle/></a>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>circle { fill: url(https://example.org/a.svg#b) }</style>",
        "<style>circle { fill: \\75rl(https://example.org) }</style>",
        '<circle style="fill: url(//example.org/a)"/>',
        '<circle fill="url(https://example.org/a.svg#b)"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="xlink:href" values="https://example.org"/>',
        '<use href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        "<g>" * 200 + "</g>" * 200,
    ],
)
def test_a_drawing_with_script_or_others_addresses_is_refused(inside: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()

    assert unsafe_svg(drawing) != ""
    assert codes_of("a.svg", drawing) == ["unsafe_svg"]


@pytest.mark.parametrize(
    "inside",
    [
        '<defs><linearGradient id="g"/></defs><circle fill="url(#g)"/>',
        '<use href="#a"/>',
        "<style>circle { fill: red }</style>",
        '<image href="data:image/png;base64,AAAA"/>',
        '<text font-family="serif">a \\ b</text>',
        '<animate attributeName="r" values="1;2"/>',
    ],
)
def test_an_honest_drawing_is_kept(inside: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()

    assert unsafe_svg(drawing) == ""
    assert codes_of("a.svg", drawing) == []


def test_a_drawing_with_entities_is_refused() -> None:
    drawing = b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
    plan = plan_import(open_folder({"a.xml": qti(responses="", body='<p><img src="a.svg" alt=""/></p>'), "a.svg": drawing}), lenient=True)

    (problem,) = [each for each in plan.problems if each.message.startswith("a.svg")]
    assert problem.severity is Severity.INVALID
    assert plan.items[0].parts == ()
