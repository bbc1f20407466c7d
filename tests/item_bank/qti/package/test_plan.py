"""Import plans: what would come in, what is wrong and where; all or nothing."""

import io
from collections.abc import Mapping

import pytest

from assessment_engine.kernel.errors import UnreadableFile
from item_bank.qti.model import Document, Version
from item_bank.qti.package import ImportPlan, as_lines, as_record, open_folder, open_package, plan_import
from item_bank.qti.problems import Problem, Severity
from tests.item_bank.items import choice, qti, response
from tests.item_bank.qti.package.zips import ITEM, PICTURE, manifest, resource, zipped

STIMULUS = (
    b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S" title="Water" xml:lang="en">'
    b'<qti-stimulus-body><p>Water <img src="img/a.png" alt="a tap"/></p></qti-stimulus-body></qti-assessment-stimulus>'
)


def an_item(identifier: str = "item-1", *, body: str = "", lang: str = "en", more: str = "") -> bytes:
    """An item with more in its body, or before it."""
    xml = qti(responses=response("identifier", "A"), body=body + choice("A", "B"), lang=lang)
    return xml.replace(b'identifier="item-1"', f'identifier="{identifier}"'.encode()).replace(
        b"<qti-item-body>", f"{more}<qti-item-body>".encode()
    )


def a_test(*inside: str, identifier: str = "T") -> bytes:
    """A test of one part and one section."""
    return (
        f'<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="{identifier}" title="A test">'
        '<qti-test-part identifier="P" navigation-mode="linear" submission-mode="individual">'
        f'<qti-assessment-section identifier="X" title="Section" visible="true">{"".join(inside)}</qti-assessment-section>'
        "</qti-test-part></qti-assessment-test>"
    ).encode()


def a_section(identifier: str, *inside: str) -> bytes:
    """A section in a file of its own."""
    return (
        f'<qti-assessment-section xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="{identifier}" title="S" visible="true">'
        f"{''.join(inside)}</qti-assessment-section>"
    ).encode()


def item_ref(href: str) -> str:
    """A reference of a test to an item."""
    return f'<qti-assessment-item-ref identifier="I-{href.replace("/", "-")}" href="{href}"/>'


def section_ref(href: str) -> str:
    """A reference of a test to a section."""
    return f'<qti-assessment-section-ref identifier="S-{href.replace("/", "-")}" href="{href}"/>'


def planned(files: Mapping[str, bytes], *, lenient: bool = False) -> ImportPlan:
    """Plan the import of loose files."""
    return plan_import(open_folder(files), lenient=lenient)


def codes(plan: ImportPlan, severity: Severity = Severity.INVALID) -> list[str]:
    """The codes of the problems."""
    return [problem.code for problem in plan.problems if problem.severity is severity]


def the(plan: ImportPlan, code: str) -> Problem:
    """The one problem with a code."""
    (found,) = [problem for problem in plan.problems if problem.code == code]
    return found


def test_a_package_with_a_manifest_is_planned_whole() -> None:
    shown = an_item(body='<p><img src="../img/a%20b.png" alt="a picture"/></p>')
    listed = manifest(resource("items/one.xml", "img/a b.png"))

    plan = plan_import(open_package(zipped({"imsmanifest.xml": listed, "items/one.xml": shown, "img/a b.png": PICTURE})))

    assert (plan.refused, codes(plan)) == (False, [])
    (item,) = plan.items
    assert (item.identifier, item.lang, item.title, item.path) == ("item-1", "en", "Title", "items/one.xml")
    assert item.xml == shown
    assert item.item.identifier == "item-1"
    (part,) = item.parts
    assert (part.path, part.kind, part.media_type, part.data) == ("../img/a%20b.png", "media", "image/png", PICTURE)


@pytest.mark.parametrize("namespace", ["http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"])
@pytest.mark.parametrize("kind", ["imsqti_item_xmlv2p1", "imsqti_item_xmlv2p2", "imsqti_item_xmlv3p0", "imsqti_apipitem_xmlv2p1"])
def test_manifests_of_every_version_name_their_items(namespace: str, kind: str) -> None:
    listed = manifest(resource("a.xml", kind=kind), namespace=namespace)

    plan = planned({"imsmanifest.xml": listed, "a.xml": ITEM})

    assert [item.path for item in plan.items] == ["a.xml"]
    assert not plan.refused


def test_a_base_address_in_the_manifest_counts() -> None:
    plan = planned({"imsmanifest.xml": manifest(resource("a.xml"), base="items/"), "items/a.xml": ITEM})

    assert [item.path for item in plan.items] == ["items/a.xml"]


def test_a_manifest_in_a_folder_makes_that_folder_the_top() -> None:
    plan = planned({"export/imsmanifest.xml": manifest(resource("a.xml")), "export/a.xml": ITEM})

    assert [item.path for item in plan.items] == ["export/a.xml"]
    assert the(plan, "manifest_in_a_folder").severity is Severity.NOTE


def test_without_a_manifest_every_item_counts_and_that_is_said() -> None:
    plan = planned({"a.xml": ITEM, "b/b.xml": an_item("item-2"), "notes.xml": b"<notes/>"})

    assert [item.path for item in plan.items] == ["a.xml", "b/b.xml"]
    assert {"no_manifest", "not_qti"} <= set(codes(plan, Severity.NOTE))
    assert not plan.refused


def test_one_invalid_item_refuses_the_whole_package() -> None:
    wrong = an_item("item-2").replace(b'cardinality="single" base-type="identifier"', b'cardinality="singular" base-type="identifier"')

    plan = planned({"a.xml": ITEM, "b.xml": wrong})

    assert plan.refused
    assert {problem.file for problem in plan.invalid} == {"b.xml"}
    assert all(problem.line and problem.element and problem.code for problem in plan.invalid)


def test_lenient_lists_what_is_invalid_and_goes_on() -> None:
    wrong = an_item("item-2").replace(b'cardinality="single" base-type="identifier"', b'cardinality="singular" base-type="identifier"')

    plan = planned({"a.xml": ITEM, "b.xml": wrong}, lenient=True)

    assert not plan.refused
    assert plan.invalid
    assert len(plan.items) == 2


@pytest.mark.parametrize("content", [b"", b"<qti-assessment-item", b"\x00\x01\x02", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_file_that_cannot_be_read_refuses_even_a_lenient_import(content: bytes) -> None:
    plan = planned({"a.xml": ITEM, "b.xml": content}, lenient=True)

    assert plan.refused
    assert [problem.file for problem in plan.invalid] == ["b.xml"]


def test_a_missing_picture_is_named_with_its_line() -> None:
    plan = planned({"a.xml": an_item(body='\n<p>\n<img src="gone.png" alt=""/></p>')})

    problem = the(plan, "missing_file")
    assert (problem.file, problem.line, problem.element) == ("a.xml", 6, "img")
    assert plan.refused


def test_a_picture_whose_name_differs_by_case_is_found_and_noted() -> None:
    plan = planned({"a.xml": an_item(body='<p><img src="Images/A.PNG" alt=""/></p>'), "images/a.png": PICTURE})

    assert [part.source for part in plan.items[0].parts] == ["images/a.png"]
    assert the(plan, "name_differs").severity is Severity.NOTE


@pytest.mark.parametrize("address", ["../../secret.png", "/etc/passwd", "C:/a.png"])
def test_a_reference_out_of_the_package_is_refused(address: str) -> None:
    assert "unsafe_path" in codes(planned({"items/a.xml": an_item(body=f'<p><img src="{address}" alt=""/></p>')}))


def test_a_picture_somewhere_else_is_noted_and_not_fetched() -> None:
    plan = planned({"a.xml": an_item(body='<p><img src="https://example.org/a.png" alt=""/></p>')})

    assert the(plan, "external_reference").severity is Severity.NOTE
    assert plan.items[0].parts == ()


def test_what_nothing_refers_to_is_listed() -> None:
    plan = planned({"a.xml": ITEM, "spare.png": PICTURE, "readme.pdf": b"%PDF-1.7"})

    assert [problem.file for problem in plan.problems if problem.code == "unused_file"] == ["readme.pdf", "spare.png"]
    assert not plan.refused


def test_a_style_sheet_is_kept_and_said_not_to_be_applied() -> None:
    plan = planned({"a.xml": an_item(more='<qti-stylesheet href="a.css" type="text/css"/>'), "a.css": b"p { color: red }"})

    assert [(part.path, part.media_type) for part in plan.items[0].parts] == [("a.css", "text/css")]
    assert the(plan, "style_not_applied").severity is Severity.NOTE


def test_two_items_with_one_identifier_are_told_apart_from_two_languages() -> None:
    both = planned({"a.xml": an_item(lang="en"), "b.xml": an_item(lang="hi"), "c.xml": an_item(lang="en-IN")})

    assert the(both, "duplicate_identifier").file == "c.xml"
    assert sorted(both.variants["item-1"]) == ["en", "hi"]
    assert both.refused


def test_a_stimulus_comes_with_the_item_and_its_pictures_too() -> None:
    ref = '<qti-assessment-stimulus-ref identifier="S" href="../texts/s.xml"/>'
    files = {"items/a.xml": an_item(more=ref), "texts/s.xml": STIMULUS, "texts/img/a.png": PICTURE}

    plan = planned(files)

    parts = {part.path: part for part in plan.items[0].parts}
    assert set(parts) == {"../texts/s.xml", "../texts/img/a.png"}
    assert b'src="../texts/img/a.png"' in parts["../texts/s.xml"].data
    assert parts["../texts/img/a.png"].data == PICTURE
    assert (plan.refused, codes(plan)) == (False, [])
    assert plan.stimuli[0].media == (("img/a.png", "texts/img/a.png", "image/png"),)


def test_a_stimulus_that_is_not_there_or_is_none_is_refused() -> None:
    ref = '<qti-assessment-stimulus-ref identifier="S" href="s.xml"/>'

    missing = planned({"a.xml": an_item(more=ref)})
    other = planned({"a.xml": an_item(more=ref), "s.xml": an_item("item-2")})

    assert "missing_file" in codes(missing)
    assert "wrong_reference" in codes(other)


def test_a_test_names_the_items_of_its_sections() -> None:
    files = {
        "imsmanifest.xml": manifest(
            resource("a.xml"), resource("s.xml", kind="imsqti_section_xmlv3p0"), resource("t.xml", kind="imsqti_test_xmlv3p0")
        ),
        "a.xml": ITEM,
        "t.xml": a_test(section_ref("s.xml")),
        "s.xml": a_section("S", item_ref("a.xml")),
    }

    plan = planned(files)

    (test,) = plan.tests
    assert (test.identifier, test.items, test.sections) == ("T", ("a.xml",), ("s.xml",))
    assert (plan.refused, codes(plan)) == (False, [])


def test_a_test_that_refers_to_what_is_no_item_is_refused() -> None:
    plan = planned({"t.xml": a_test(item_ref("gone.xml"), item_ref("n.xml")), "n.xml": b"<notes/>"})

    assert {"missing_file", "wrong_reference"} <= set(codes(plan))


def test_sections_in_a_circle_refuse_even_a_lenient_import() -> None:
    files = {
        "t.xml": a_test(section_ref("s1.xml")),
        "s1.xml": a_section("S1", section_ref("s2.xml")),
        "s2.xml": a_section("S2", section_ref("s1.xml")),
    }

    plan = planned(files, lenient=True)

    assert plan.refused
    assert "s1.xml → s2.xml → s1.xml" in the(plan, "circular_reference").message


def test_ten_thousand_sections_in_a_row_are_no_circle() -> None:
    from item_bank.qti.package.circles import circle, reached

    graph = {str(number): [str(number + 1)] for number in range(10_000)}

    assert circle(graph) == ()
    assert len(reached("0", graph)) == 10_000
    assert circle({**graph, "10000": ["5000"]})[0] == "5000"


def test_a_manifest_that_names_a_file_that_is_not_there_is_refused() -> None:
    plan = planned({"imsmanifest.xml": manifest(resource("a.xml"), resource("gone.xml")), "a.xml": ITEM})

    problem = the_first(plan, "missing_file")
    assert (problem.file, problem.line, problem.element) == ("imsmanifest.xml", 5, "file")
    assert plan.refused


def the_first(plan: ImportPlan, code: str) -> Problem:
    """The first problem with a code."""
    return next(problem for problem in plan.problems if problem.code == code)


def test_an_item_that_the_manifest_does_not_name_is_listed_and_stays_out() -> None:
    plan = planned({"imsmanifest.xml": manifest(resource("a.xml")), "a.xml": ITEM, "b.xml": an_item("item-2")})

    assert [item.path for item in plan.items] == ["a.xml"]
    assert the(plan, "unused_file").file == "b.xml"


def test_a_resource_of_the_wrong_type_is_refused_and_read_as_what_it_is_when_lenient() -> None:
    files = {"imsmanifest.xml": manifest(resource("a.xml", kind="imsqti_test_xmlv3p0")), "a.xml": ITEM}

    assert codes(planned(files)) == ["wrong_resource_type"]
    assert len(planned(files, lenient=True).items) == 1


def test_a_manifest_that_cannot_be_read_refuses_the_package() -> None:
    with pytest.raises(UnreadableFile) as caught:
        open_folder({"imsmanifest.xml": b"<manifest", "a.xml": ITEM})

    assert caught.value.details["file"] == "imsmanifest.xml"


def test_qti_1_is_said_to_be_another_format() -> None:
    plan = planned({"imsmanifest.xml": manifest(resource("a.xml", kind="imsqti_xmlv1p2")), "a.xml": b"<questestinterop/>"})

    assert "unsupported_version" in codes(plan)


def test_a_response_processing_template_of_the_package_is_put_into_the_item() -> None:
    template = (
        b'<qti-response-processing xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"><qti-set-outcome-value identifier="SCORE">'
        b'<qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value></qti-response-processing>'
    )
    own = qti(
        responses=response("identifier", "A"), body=choice("A", "B"), processing='<qti-response-processing template-location="rp/t.xml"/>'
    )

    plan = planned({"a.xml": own, "rp/t.xml": template}, lenient=True)

    (item,) = plan.items
    assert item.item.processing is not None
    assert [node.name for node in item.item.processing.elements] == ["qti-set-outcome-value"]
    assert "unused_file" not in codes(plan, Severity.NOTE)


def test_a_file_of_qti_2_comes_as_qti_3_and_what_is_not_kept_is_listed() -> None:
    old = (
        b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="old" title="Old" adaptive="false" '
        b'timeDependent="false" xml:lang="en"><!-- a comment -->'
        b'<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"/>'
        b'<itemBody><choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1">'
        b'<simpleChoice identifier="A">a</simpleChoice>'
        b"</choiceInteraction></itemBody></assessmentItem>"
    )

    plan = planned({"a.xml": old})

    (item,) = plan.items
    assert item.version is Version.QTI_21
    assert b"<qti-assessment-item" in item.xml
    assert the(plan, "comments_left_behind").severity is Severity.NOTE


def test_a_file_in_another_encoding_comes_as_utf8() -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + an_item(body="<p>सभा</p>").decode()

    (item,) = planned({"a.xml": xml.encode("utf-16")}).items

    assert "सभा" in item.xml.decode()


def test_findings_of_one_file_are_listed_up_to_a_limit_and_counted() -> None:
    def judge(document: Document) -> tuple[Problem, ...]:
        return tuple(Problem(code="wrong", message=str(number)) for number in range(1000))

    plan = plan_import(open_folder({"a.xml": ITEM}), judge=judge)

    assert len(plan.problems) == 101
    assert plan.problems[-1].message == "and 900 more of this file"


def test_progress_is_heard_document_by_document() -> None:
    heard: list[tuple[int, int]] = []

    plan_import(open_folder({"a.xml": ITEM, "b.xml": an_item("item-2")}), progress=lambda done, total: heard.append((done, total)))

    assert heard == [(1, 2), (2, 2)]


def test_the_report_says_file_line_element_what_and_what_to_do() -> None:
    plan = planned({"a.xml": an_item(body='<p><img src="gone.png" alt=""/></p>')})

    lines = list(as_lines(plan.problems))
    record = as_record(plan.problems[0])

    assert lines[0] == "a.xml:"
    assert lines[1].startswith("  wrong: line ")
    assert "gone.png is not in the package" in lines[1]
    assert "[missing_file]" in lines[1]
    assert (record["file"], record["element"], record["code"], record["severity"]) == ("a.xml", "img", "missing_file", "invalid")


def test_a_package_from_an_open_file_is_read_as_it_is_asked_for() -> None:
    source = io.BytesIO(zipped({"a.xml": ITEM}))

    plan = plan_import(open_package(source))

    assert plan.items[0].item.identifier == "item-1"


def test_an_address_counts_from_where_xml_base_says() -> None:
    based = an_item(body='<div xml:base="pictures/"><p><img src="a.png" alt=""/></p></div>')

    (item,) = planned({"a.xml": based, "pictures/a.png": PICTURE}, lenient=True).items

    assert [(part.path, part.source) for part in item.parts] == [("a.png", "pictures/a.png")]


def test_a_manifest_with_very_much_metadata_is_read_without_it() -> None:
    words = "<metadata><schema>x</schema>" + "<a/>" * 101_000 + "</metadata>"
    listed = manifest(resource("a.xml"), words).replace(b"<organizations/>", f"<organizations/>{words}".encode())

    plan = planned({"imsmanifest.xml": listed, "a.xml": ITEM})

    assert [item.path for item in plan.items] == ["a.xml"]
    assert the(plan, "metadata_not_read").severity is Severity.NOTE
    assert not plan.refused


def test_a_resource_without_href_is_its_first_file() -> None:
    listed = manifest('<resource identifier="R" type="imsqti_item_xmlv3p0"><file href="a.xml"/></resource>')

    plan = planned({"imsmanifest.xml": listed, "a.xml": ITEM}, lenient=True)

    assert [item.path for item in plan.items] == ["a.xml"]
    assert codes(plan) == ["no_href"]


@pytest.mark.parametrize("files", [{}, {"a.png": PICTURE}, {"notes.xml": b"<notes/>"}])
def test_a_package_without_anything_of_qti_is_refused(files: dict[str, bytes]) -> None:
    plan = plan_import(open_package(zipped(files)), lenient=True)

    assert plan.refused
    assert codes(plan) == ["nothing_found"]


def test_a_page_that_an_object_shows_is_noted_and_not_kept() -> None:
    plan = planned({"a.xml": an_item(body='<div><object data="p.html" type="text/html"/></div>'), "p.html": b"<p>A text</p>"})

    assert the(plan, "not_kept").severity is Severity.NOTE
    assert not plan.refused


def test_modules_of_a_custom_interaction_are_not_missed() -> None:
    custom = (
        '<qti-portable-custom-interaction response-identifier="RESPONSE" custom-interaction-type-identifier="urn:x" module="m">'
        '<qti-interaction-modules><qti-interaction-module id="m" primary-path="m.js"/></qti-interaction-modules>'
        "<qti-interaction-markup><div/></qti-interaction-markup></qti-portable-custom-interaction>"
    )

    plan = planned({"a.xml": qti(responses=response("identifier", "A"), body=custom)})

    assert the(plan, "missing_file").severity is Severity.NOTE
    assert not plan.refused


def test_a_file_without_an_ending_is_xml_only_when_it_begins_so() -> None:
    plan = planned({"item": an_item(), "LICENSE": b"\xef\xbb\xbfAll of it may be used."})

    assert len(plan.items) == 1
    assert not plan.refused


def test_an_operator_that_has_an_adapter_is_not_listed_as_unknown() -> None:
    rule = '<qti-set-outcome-value identifier="SCORE"><qti-custom-operator definition="{}"/></qti-set-outcome-value>'
    processing = f"<qti-response-processing>{rule}</qti-response-processing>"

    known, unknown = (
        planned({"a.xml": qti(responses=response("identifier", "A"), body=choice("A", "B"), processing=processing.format(name))})
        for name in ("depcp:Trim", "somebody:Else")
    )

    assert [each.code for each in known.problems if each.element == "qti-custom-operator"] == []
    assert "unknown_operator" in [each.code for each in unknown.problems]
