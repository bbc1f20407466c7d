"""Packages of items for the tests of imports: zips with and without a manifest, made by hand."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from assessment_engine.kernel.ids import ExamId, FormId, SessionId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.forms import NewForm, build_form
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from item_bank.forms import FormSection
from item_bank.items import ItemVersion
from tests.builders import GENERAL, a_person, a_stored_sitting, an_exam, an_organisation, approved
from tests.item_bank.items import choice, response

PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""A picture of one pixel."""

HEAD_3 = (
    'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsglobal.org/xsd/imsqtiasi_v3p0 https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"'
)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The bytes of a zip with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return buffer.getvalue()


def an_item(identifier: str = "one", *, lang: str = "en", body: str = "", key: str = "A", best: str = ' normal-maximum="1"') -> bytes:
    """A QTI 3.0 item: one of two; `body` stands before the choice."""
    outcome = f'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"{best}/>'
    return (
        f'<qti-assessment-item {HEAD_3} identifier="{identifier}" title="Title of {identifier}" adaptive="false" time-dependent="false" '
        f'xml:lang="{lang}">{response("identifier", key)}{outcome}<qti-item-body>{body}{choice("A", "B")}</qti-item-body>'
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>'
    ).encode()


def an_old_item(identifier: str = "old", *, encoding: str = "UTF-8") -> bytes:
    """The same as QTI 2.1."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" '
        f'identifier="{identifier}" title="Älter" adaptive="false" timeDependent="false" xml:lang="en">'
        '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">'
        "<correctResponse><value>A</value></correctResponse></responseDeclaration>"
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="1"/>'
        '<itemBody><choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1"><prompt>Which?</prompt>'
        '<simpleChoice identifier="A">One</simpleChoice><simpleChoice identifier="B">Two</simpleChoice></choiceInteraction></itemBody>'
        '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/></assessmentItem>'
    )
    return text.encode(encoding)


def a_broken_item(identifier: str = "broken") -> bytes:
    """An item with an element and an attribute that QTI does not have, and no best score; it scores all the same."""
    return an_item(identifier, body='<blink speed="9">x</blink>', best="")


def a_sum_item(identifier: str = "sum", lang: str = "en") -> bytes:
    """Two numbers are drawn for each candidate; their sum is asked."""
    template = '<qti-template-declaration identifier="{}" cardinality="single" base-type="integer"/>'
    drawn = '<qti-set-template-value identifier="{}"><qti-random-integer min="1" max="1000000"/></qti-set-template-value>'
    total = '<qti-sum><qti-variable identifier="A"/><qti-variable identifier="B"/></qti-sum>'
    return (
        f'<qti-assessment-item {HEAD_3} identifier="{identifier}" title="Sum" adaptive="false" time-dependent="false" xml:lang="{lang}">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="integer"/>'
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/>'
        f"{template.format('A')}{template.format('B')}<qti-template-processing>{drawn.format('A')}{drawn.format('B')}"
        f'<qti-set-correct-response identifier="RESPONSE">{total}</qti-set-correct-response></qti-template-processing>'
        '<qti-item-body><p>[<qti-printed-variable identifier="A"/>|<qti-printed-variable identifier="B"/>] '
        '<qti-text-entry-interaction response-identifier="RESPONSE"/></p></qti-item-body>'
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>'
    ).encode()


@dataclass(frozen=True, kw_only=True)
class Room:
    """An exam over imported items, and a candidate whose sitting is in progress."""

    officer: Actor
    candidate: Actor
    exam_id: ExamId
    session_id: SessionId
    form_id: FormId
    sitting_id: SittingId
    versions: Mapping[str, ItemVersion]


def a_room(engine: Engine, files: Mapping[str, bytes]) -> Room:
    """Import files as a package, approve all of it, build a form and an exam, and seat a candidate."""
    organisation_id = an_organisation(engine)
    officer = a_person(engine, organisation_id, Role.CELL_OFFICER)
    report = import_package(engine, officer, from_files({"p.zip": zipped(files)}), ImportRules(new_bank="Bank", facts=GENERAL))
    assert not report.refused, report.problems
    items = tuple(line.version_id for line in report.items if line.version_id is not None)
    versions = dict(zip((line.identifier for line in report.items), approved(engine, officer, *items), strict=True))
    sections = (FormSection(id="A", title="All", title_hi="सब", items=items),)
    form = build_form(engine, officer, NewForm(title="Form", title_hi="प्रश्नपत्र", sections=sections))
    exam_id, session_id = an_exam(engine, organisation_id, form.id)
    candidate = a_person(engine, organisation_id)
    return Room(
        officer=officer,
        candidate=candidate,
        exam_id=exam_id,
        session_id=session_id,
        form_id=form.id,
        sitting_id=a_stored_sitting(engine, candidate, exam_id, session_id, form.id),
        versions=versions,
    )


def a_file_item(identifier: str = "file") -> bytes:
    """Handing in any file is worth a mark."""
    given = '<qti-not><qti-is-null><qti-variable identifier="RESPONSE"/></qti-is-null></qti-not>'
    one = '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value>'
    return (
        f'<qti-assessment-item {HEAD_3} identifier="{identifier}" title="File" adaptive="false" time-dependent="false" xml:lang="en">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="file"/>'
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/>'
        '<qti-item-body><qti-upload-interaction response-identifier="RESPONSE"><qti-prompt>Hand in</qti-prompt></qti-upload-interaction>'
        f"</qti-item-body><qti-response-processing><qti-response-condition><qti-response-if>{given}{one}</qti-response-if>"
        "</qti-response-condition></qti-response-processing></qti-assessment-item>"
    ).encode()
