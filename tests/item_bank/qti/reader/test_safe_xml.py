import resource
import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AssessmentError, TooLarge, UnreadableFile
from item_bank.qti.model.nodes import Version
from item_bank.qti.reader import parse
from item_bank.qti.reader.safe_xml import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS

PUBLIC = '<!DOCTYPE assessmentItem PUBLIC "-//IMS//DTD QTI//EN" "http://dtd.invalid/qti.dtd">'
NAME = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"'


def laughs(levels: int, wide: int) -> str:
    """The bomb that doubles itself at every level."""
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * wide}">' for level in range(1, levels))
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>\n<x>&e{levels - 1};</x>'


BOMBS = {
    "a billion laughs": laughs(10, 10),
    "laughs in an attribute": laughs(10, 10).replace("<x>&e9;</x>", '<x a="&e9;"/>'),
    "one long entity, often": f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>\n<x>{"&a;" * 100_000}</x>',
    "an entity in itself": '<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>\n<x>&a;</x>',
    "an entity that nobody uses": '<!DOCTYPE x [<!ENTITY a "a">]>\n<x/>',
    "a file as an entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<x>&a;</x>',
    "an address as an entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]>\n<x>&a;</x>',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/hostname"> %a;]>\n<x/>',
    "a default from nowhere": '<!DOCTYPE x [<!ELEMENT x ANY><!ATTLIST x a CDATA "b">]>\n<x/>',
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_grows(name: str) -> None:
    began, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(UnreadableFile) as refusal:
        parse(BOMBS[name].encode())

    assert refusal.value.details["problem"] == "entities_forbidden"
    assert time.process_time() - began < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 100_000  # KiB


def test_a_dtd_is_named_and_never_fetched() -> None:
    began = time.process_time()
    document = parse(f'{PUBLIC}\n<assessmentItem {NAME} identifier="a"/>'.encode())

    assert (document.root.name, document.root.line) == ("qti-assessment-item", 2)
    assert time.process_time() - began < 1


def test_an_entity_of_that_dtd_is_refused_and_not_lost() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        parse(f"{PUBLIC}\n<assessmentItem {NAME}>\n<p>a&nbsp;b</p></assessmentItem>".encode())

    assert (refusal.value.details["problem"], refusal.value.details["line"]) == ("entities_forbidden", 3)


REFUSED: Mapping[str, tuple[bytes, str, int]] = {
    "nothing": (b"", "not_well_formed", 1),
    "spaces": (b"  \n ", "not_well_formed", 2),
    "no XML": (b"hello", "not_well_formed", 1),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "not_well_formed", 1),
    "a zip": (b"PK\x03\x04\x14\x00", "not_well_formed", 1),
    "an open end": (b"<a>\n<b>\n</a>", "not_well_formed", 3),
    "two roots": (b"<a/>\n<b/>", "not_well_formed", 2),
    "an attribute twice": (b"<a\n b='1' b='2'/>", "not_well_formed", 2),
    "an undeclared prefix": (b"<a>\n<q:b/></a>", "not_well_formed", 2),
    "a lone ampersand": (b"<a>\nthis & that</a>", "not_well_formed", 2),
    "a NUL": (b"<a>\n\x00</a>", "not_well_formed", 2),
    "a control character": (b"<a>\n\x0b</a>", "not_well_formed", 2),
    "a NUL as a reference": (b"<a>\n&#0;</a>", "not_well_formed", 2),
    "an encoding that it has not": (b"<a>\n\xe9t\xe9</a>", "wrong_encoding", 2),
    "an encoding of nobody": (b"<?xml version='1.0' encoding='klingon'?><a/>", "wrong_encoding", 1),
    "half of UTF-16": ("<a/>".encode("utf-16")[:-1], "not_well_formed", 1),
    "too deep": (b"<a>\n" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "too_deep", MAX_DEPTH + 1),
    "far too deep": (b"<a>" * 100_000 + b"</a>" * 100_000, "too_deep", 1),
    "too many attributes": (
        b"<a>\n<b " + b" ".join(b"a%d=''" % number for number in range(MAX_ATTRIBUTES + 1)) + b"/></a>",
        "too_large",
        2,
    ),
    "too many elements": (b"<a>\n" + b"<b/>" * MAX_ELEMENTS + b"</a>", "too_large", 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_line_in_bounded_time(name: str) -> None:
    xml, code, line = REFUSED[name]
    began = time.process_time()

    with pytest.raises(UnreadableFile) as refusal:
        parse(xml)

    assert (refusal.value.details["problem"], refusal.value.details["line"]) == (code, line)
    assert time.process_time() - began < 1


def test_the_limit_of_a_file_is_its_bytes() -> None:
    text = b"<a>" + b"a" * (MAX_BYTES - 7) + b"</a>"

    assert len(parse(text).root.text) == MAX_BYTES - 7
    with pytest.raises(TooLarge) as refusal:
        parse(text + b" ")
    assert refusal.value.details["problem"] == "too_large"


def test_the_largest_file_costs_bounded_time_and_memory() -> None:
    filled = b"<a b='c'>" + b"<p>%s</p>" % (b"word " * 14) * (MAX_ELEMENTS - 1) + b"</a>"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()

    root = parse(filled[:MAX_BYTES]).root

    assert len(root.children) == MAX_ELEMENTS - 1
    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 400_000  # KiB


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252", "us-ascii"])
def test_an_encoding_that_is_declared_is_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f"<?xml version='1.0' encoding='{declared}'?><a>{'plain' if declared == 'us-ascii' else 'é'}</a>"

    assert parse(text.encode(encoding)).root.text in ("é", "plain")


def test_utf_16_and_a_mark_of_the_byte_order_need_no_declaration() -> None:
    assert parse("<a>सभा</a>".encode("utf-16")).root.text == "सभा"
    assert parse("\ufeff<a>सभा</a>".encode()).root.text == "सभा"


NAMESPACES = {
    "http://www.imsglobal.org/xsd/imsqti_v2p1": (Version.QTI_21, "qti-assessment-item", "assessmentItem"),
    "http://www.imsglobal.org/xsd/imsqti_v2p2": (Version.QTI_22, "qti-assessment-item", "assessmentItem"),
    "http://www.imsglobal.org/xsd/apip/apipv1p0/qtiitem/imsqti_v2p1": (Version.QTI_21, "qti-assessment-item", "assessmentItem"),
    "http://www.imsglobal.org/xsd/imsqti_v2p0": (Version.QTI_22, "qti-assessment-item", "other:assessmentItem"),
    "http://example.org/": (Version.QTI_22, "assessmentItem", "assessmentItem"),
}


@pytest.mark.parametrize("address", NAMESPACES)
def test_a_namespace_says_the_version_and_a_wrong_one_shows(address: str) -> None:
    document = parse(f"<assessmentItem xmlns='{address}'/>".encode())

    assert (document.version, document.root.name, document.root.written) == NAMESPACES[address]


def test_what_is_inside_knows_its_namespace() -> None:
    xml = f"""<assessmentItem {NAME} xmlns:m="http://www.w3.org/1998/Math/MathML" xmlns:v="http://vendor.invalid/">
<m:math/><v:thing/><p/><!-- left --><?left behind?></assessmentItem>"""
    document = parse(xml.encode())

    assert [(node.name, node.namespace) for node in document.root.elements] == [
        ("math", "mathml"),
        ("thing", "http://vendor.invalid/"),
        ("p", ""),
    ]
    assert document.left_behind == 2


def test_lines_are_exact_beyond_what_sixteen_bits_hold() -> None:
    document = parse(b"<a>" + b"\n" * 70_000 + b"<b/></a>")

    assert [node.line for node in document.root.elements] == [70_001]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_code(noise: bytes) -> None:
    try:
        parse(noise)
    except AssessmentError as refusal:
        assert refusal.code in {"unreadable_file", "too_large"}
        assert refusal.details["problem"] in {"not_well_formed", "entities_forbidden", "wrong_encoding", "too_deep", "too_large"}
