from dataclasses import replace
from decimal import Decimal

import pytest

from assessment_engine.kernel.errors import HashMismatch, IntegrityViolation, NotFound, NotYet
from assessment_engine.kernel.ids import ItemId, ItemVersionId, OrganisationId, SittingId
from assessment_engine.people import Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.keys import announce_keys
from assessment_engine.services.scoring import item_score, report_of, score_sitting
from item_bank.items import ItemState, ItemVersion
from tests.builders import a_person, an_organisation
from tests.services.paper import a_key, a_paper, a_place, a_sealed_sitting


def test_a_sitting_that_answers_everything_right_has_all_marks_and_every_top_level(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    _, sitting_id = a_sealed_sitting(any_engine, paper, a_key(any_engine, paper))

    card = score_sitting(any_engine, sitting_id).card

    assert (card.total, card.max, card.passed) == (Decimal("36.00"), Decimal("36.00"), True)
    assert [each.level for each in card.competencies] == [4, 4, 4, 4]
    assert sum(each.max for each in card.competencies) == card.max


def test_what_an_earlier_key_sealed_is_scored_and_what_the_log_alone_knows_is_not(engine: Engine) -> None:
    paper = a_paper(engine)
    announce_keys(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))
    signer = engine.signer
    after = replace(engine, signer=replace(signer, receipts=replace(signer.receipts, seed=bytes(32))))

    with pytest.raises(IntegrityViolation):
        score_sitting(after, sitting_id)

    receipts = replace(after.signer.receipts, earlier=(signer.receipts.public_bytes,))
    assert score_sitting(replace(after, signer=replace(signer, receipts=receipts)), sitting_id).card.passed


TICKED = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="t" adaptive="false"
  time-dependent="false"><qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">
  <qti-correct-response><qti-value>A</qti-value><qti-value>B</qti-value></qti-correct-response><qti-mapping default-value="-1">
  <qti-map-entry map-key="A"
  mapped-value="1"/><qti-map-entry map-key="B" mapped-value="1"/><qti-map-entry map-key="C" mapped-value="0.5"/></qti-mapping>
  </qti-response-declaration><qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="2"/>
  <qti-item-body><qti-choice-interaction response-identifier="RESPONSE" max-choices="0">
  <qti-simple-choice identifier="A">a</qti-simple-choice><qti-simple-choice identifier="B">b</qti-simple-choice>
  <qti-simple-choice identifier="C">c</qti-simple-choice>
  <qti-simple-choice identifier="D">d</qti-simple-choice></qti-choice-interaction></qti-item-body>
  <qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/></qti-assessment-item>"""


@pytest.mark.parametrize(("ticked", "score"), [("AB", "2.00"), ("A", "1.00"), ("AC", "1.50"), ("ABC", "2.00"), ("D", "-1.00")])
def test_nobody_earns_more_than_the_best_score_of_a_question(ticked: str, score: str) -> None:
    version = ItemVersion(
        id=ItemVersionId("itv_1"),
        item_id=ItemId("itm_1"),
        organisation_id=OrganisationId("org_1"),
        version=1,
        state=ItemState.APPROVED,
        title="t",
        competency_id=None,
        level=None,
        variants={"en": TICKED},
        sha256="",
    )

    scored = item_score(version, {"RESPONSE": list(ticked)}, SittingId("sit_1"))

    assert (scored.score, scored.max) == (Decimal(score), Decimal("2.00"))


def test_silence_has_no_marks_and_no_level(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, {})

    card = score_sitting(engine, sitting_id).card

    assert (card.total, card.passed) == (Decimal("0.00"), False)
    assert {each.level for each in card.competencies} == {0}
    assert not any(item.answered for item in card.items)


def test_the_newest_answer_counts(engine: Engine) -> None:
    paper = a_paper(engine)
    key = a_key(engine, paper)
    first = next(iter(key))
    _, sitting_id = a_sealed_sitting(engine, paper, {first: {"RESPONSE": None}})

    report = score_sitting(engine, sitting_id)

    assert report.card.total == 0


def test_scoring_twice_is_scoring_once(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))

    assert score_sitting(engine, sitting_id) == score_sitting(engine, sitting_id)


def test_a_report_names_the_seal_and_the_form_and_itself(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))

    report = score_sitting(engine, sitting_id)

    with engine.store.read() as tx:
        seal = tx.sittings.seal(sitting_id)
        stored = tx.scoring.get(report.id)
    assert seal is not None
    assert (report.card.seal_sha256, report.card.form_sha256) == (seal.sha256, seal.form_sha256)
    assert stored == report
    assert stored.card.sha256 == report.sha256


def test_an_open_sitting_is_not_scored(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_place(engine, paper)

    with pytest.raises(NotYet):
        score_sitting(engine, sitting_id)


TAMPERED = {
    "an answer changed": (
        'DROP TRIGGER answers_no_update; UPDATE answers SET response = \'{"RESPONSE": ["never given"]}\' WHERE revision = 1',
        HashMismatch,
    ),
    "an answer gone": ("DROP TRIGGER answers_no_delete; DELETE FROM answers WHERE revision = 1", IntegrityViolation),
    "another form hash": ("DROP TRIGGER forms_stays; UPDATE forms SET sha256 = 'x'", HashMismatch),
    "another key": ("DROP TRIGGER item_contents_no_update; UPDATE item_contents SET variants = '{}'", HashMismatch),
    "another seal": ("DROP TRIGGER seals_no_update; UPDATE seals SET answers = 3", IntegrityViolation),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_differs_from_the_seal_is_never_scored(engine: Engine, name: str) -> None:
    statement, refusal = TAMPERED[name]
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))
    with engine.store.begin() as tx:
        for each in statement.split("; "):
            tx.connection.exec_driver_sql(each)

    with pytest.raises(refusal):
        score_sitting(engine, sitting_id)

    with engine.store.read() as tx:
        assert tx.scoring.newest_of([sitting_id]) == {}


def test_a_report_is_the_cells_at_once_and_the_candidates_when_published(engine: Engine) -> None:
    paper = a_paper(engine)
    candidate, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))
    report = score_sitting(engine, sitting_id)

    assert report_of(engine, paper.officer, sitting_id) == report
    with pytest.raises(NotYet):
        report_of(engine, candidate, sitting_id)


def test_nobody_else_sees_a_report(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, {})
    score_sitting(engine, sitting_id)

    for stranger in (a_person(engine, an_organisation(engine), Role.CELL_OFFICER), a_person(engine, paper.officer.organisation_id)):
        with pytest.raises(NotFound):
            report_of(engine, stranger, sitting_id)
