"""The response sheet, from a real sitting to the check that needs no server of ours."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assessment_engine.cli import main
from assessment_engine.delivery.late import Said, Verdict
from assessment_engine.delivery.receipt_file import check_file
from assessment_engine.delivery.response_sheet import CandidateCopy, PageWords, sheet_document, sheet_source
from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import NotFound, NotYet
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Role
from assessment_engine.services import delivery
from assessment_engine.services.engine import Engine
from assessment_engine.services.forms import NewForm, build_form
from assessment_engine.services.items import create_bank, import_items, rendered_item
from assessment_engine.services.keys import announce_keys, public_keys
from assessment_engine.services.late_answers import keep_late
from assessment_engine.services.late_decisions import decide_late
from assessment_engine.services.response_sheets import response_sheet
from assessment_engine.services.scoring import item_score
from assessment_engine.services.typesetter import TypstTypesetter
from assessment_engine.storage.ledger_writer import AnswerLedger
from item_bank.forms import FormSection
from item_bank.imports import NewItem
from item_bank.items import item_seed
from tests.builders import GENERAL, World, a_person, a_stored_sitting, a_world, an_engine, an_exam, an_organisation, approved, steer
from tests.certification.parts import ASSETS
from tests.item_bank.items import qti, response
from tests.services.test_results import give_password

A, B = {"RESPONSE": "A"}, {"RESPONSE": "B"}
Document = dict[str, Any]


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def answered(engine: Engine, ledger: AnswerLedger) -> World:
    world = a_world(engine)
    for revision, (question, given) in enumerate(((1, B), (1, A), (3, B)), start=1):
        ledger.save(an_offer(world.sitting_id, world.candidate.person_id, world.items[question - 1], revision, given)).result()
    return world


def document(engine: Engine, world: World) -> Document:
    sheet = response_sheet(engine, world.candidate, world.sitting_id, "en")
    copied: Document = json.loads(json.dumps(sheet_document(sheet, engine.signer.receipts)))
    return copied


def with_late_answers(engine: Engine, ledger: AnswerLedger) -> World:
    """A sitting with one late answer that counts and one on which nobody decided."""
    world = answered(engine, ledger)
    delivery.submit(engine, ledger, world.candidate, world.sitting_id)
    steer(engine).advance(60)
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Officer One")
    give_password(engine, officer)
    offers = [an_offer(world.sitting_id, world.candidate.person_id, world.items[one], 4 + one, A) for one in (1, 2)]
    kept = keep_late(engine, world.candidate, world.sitting_id, offers, "")
    decide_late(engine, officer, world.sitting_id, [kept.late[0].id], Said(verdict=Verdict.ACCEPT, reason="The line was cut."))
    return world


def test_a_sheet_says_in_words_what_was_answered_and_which_answers_count(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = answered(any_engine, ledger)

    sheet = document(any_engine, world)

    assert [(row["question"], row["title"], row["in_words"], row["counts"]) for row in sheet["answers"]] == [
        (1, "Item 1", ["No"], False),
        (1, "Item 1", ["Yes"], True),
        (3, "Item 3", ["No"], True),
    ]
    assert sheet["seal"] is None
    checked = check_file(sheet)
    assert (checked.problems, checked.sealed, checked.receipts, checked.answers) == ((), False, 3, 3)


def test_a_sealed_sheet_with_late_answers_is_whole(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = with_late_answers(any_engine, ledger)

    sheet = document(any_engine, world)

    checked = check_file(sheet, {any_engine.signer.receipts.key_id: any_engine.signer.receipts.public_bytes})
    assert (checked.problems, checked.sealed, checked.late_answers, checked.known_key) == ((), True, 2, True)
    assert [(row["question"], row["state"], row["counts"]) for row in sheet["late_answers"]] == [(2, "accepted", True), (3, "open", False)]
    assert [seal.get("number", 1) for seal in sheet["seals"]] == [1, 2]


@pytest.fixture(scope="module")
def whole_sheet(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """A sheet with everything in it, to be spoiled; checking needs no database, so one is enough."""
    engine = an_engine(tmp_path_factory.mktemp("sheet"))
    ledger = delivery.open_ledger(engine)
    sheet = document(engine, with_late_answers(engine, ledger))
    ledger.stop()
    return sheet


def changed_response(sheet: Document) -> None:
    sheet["answers"][0]["response"] = {"RESPONSE": "A"}


def forged_receipt(sheet: Document) -> None:
    sheet["receipts"][1]["server_time"] = "2026-11-23T11:00:00.000Z"


def receipt_left_out(sheet: Document) -> None:
    del sheet["receipts"][2], sheet["answers"][2]


def answer_left_out(sheet: Document) -> None:
    del sheet["answers"][1]


def answer_added(sheet: Document) -> None:
    sheet["answers"].append({**sheet["answers"][0], "revision": 9})


def seal_changed(sheet: Document) -> None:
    sheet["seals"][0]["closed_by"] = "terminate"


def first_seal_left_out(sheet: Document) -> None:
    del sheet["seals"][0]


def late_answer_smuggled_in(sheet: Document) -> None:
    sheet["late_answers"][1]["state"] = "accepted"


def late_answer_left_out(sheet: Document) -> None:
    del sheet["late_answers"][0]


def late_response_changed(sheet: Document) -> None:
    sheet["late_answers"][0]["response"] = {"RESPONSE": "B"}


def late_word_forged(sheet: Document) -> None:
    sheet["late_answers"][0]["acknowledgement"]["last_contact"] = "2026-11-23T11:00:00.000Z"


def another_key(sheet: Document) -> None:
    sheet["public_key"]["key_id"] = "receipts-000000000000"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (changed_response, "the answer of revision 1 (question 1) is not the one that was acknowledged"),
        (forged_receipt, "the receipt of revision 2 is not genuine"),
        (receipt_left_out, "receipts were added, changed or left out"),
        (answer_left_out, "the answer of revision 2 was left out"),
        (answer_added, "has no receipt"),
        (seal_changed, "the seal is not genuine"),
        (first_seal_left_out, "a seal was left out"),
        (late_answer_smuggled_in, "does not name exactly the late answers that were accepted"),
        (late_answer_left_out, "does not name exactly the late answers that were accepted"),
        (late_response_changed, "the late answer of revision 5 is not the one that was acknowledged"),
        (late_word_forged, "the acknowledgement of a late answer, revision 5, is not genuine"),
        (another_key, "the key in the file has not the name that it must have"),
    ],
)
def test_whatever_is_changed_in_a_sheet_is_said_in_words(
    any_engine: Engine,
    ledger: AnswerLedger,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Document], None],
    words: str,
) -> None:
    sheet = document(any_engine, with_late_answers(any_engine, ledger))
    spoil(sheet)
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps(sheet))

    assert main(["receipts", "verify", str(path)]) == 1
    assert words in capsys.readouterr().out


def test_a_seal_of_another_sitting_is_spliced_in_vain(any_engine: Engine, ledger: AnswerLedger) -> None:
    mine, other = (document(any_engine, with_late_answers(any_engine, ledger)) for _ in range(2))
    empty = a_world(any_engine)
    delivery.submit(any_engine, ledger, empty.candidate, empty.sitting_id)
    bare = document(any_engine, empty)

    for seals in (other["seals"], bare["seals"]):
        spliced = copy.deepcopy(mine) | {"seals": seals, "seal": seals[-1]}
        assert check_file(spliced).problems != ()
    twin = copy.deepcopy(bare)
    twin["sitting"] = mine["sitting"]
    assert check_file(twin).problems == ("the seal is of another sitting",)


def test_whoever_signs_with_a_key_of_their_own_is_found_out_by_the_published_one(
    any_engine: Engine, ledger: AnswerLedger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = answered(any_engine, ledger)
    path, keys = tmp_path / "sheet.json", tmp_path / "keys.json"
    path.write_text(json.dumps(document(any_engine, world)))
    own, log = any_engine.signer.receipts, any_engine.signer.log
    keys.write_text(json.dumps({"keys": [{"key_id": log.key_id, "ed25519_hex": log.public_bytes.hex()}]}))

    assert main(["receipts", "verify", str(path), "--key", own.public_bytes.hex()]) == 0
    assert main(["receipts", "verify", str(path), "--key", log.public_bytes.hex()]) == 1
    assert main(["receipts", "verify", str(path), "--trust", str(keys)]) == 1
    assert "not one that the examination body publishes" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"receipts": []}', '{"answers": 1, "receipts": [], "seal": null, "public_key": {}}']
)
def test_what_is_no_sheet_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(content)

    assert main(["receipts", "verify", str(path)]) == 1
    assert main(["receipts", "verify", str(tmp_path / "nowhere.json")]) == 1


def test_a_sheet_is_for_its_candidate_alone_and_from_the_start_on(any_engine: Engine) -> None:
    world, early = a_world(any_engine), a_world(any_engine, state=SittingState.ADMITTED)

    with pytest.raises(NotFound):
        response_sheet(any_engine, early.candidate, world.sitting_id, "en")
    with pytest.raises(NotYet):
        response_sheet(any_engine, early.candidate, early.sitting_id, "en")


def test_published_keys_have_their_history(any_engine: Engine) -> None:
    before = public_keys(any_engine)
    announce_keys(any_engine)
    announce_keys(any_engine)

    after = public_keys(any_engine)

    signing = [any_engine.signer.receipts.key_id, any_engine.signer.log.key_id, any_engine.signer.evidence.key_id]
    assert [(key.key_id, key.since) for key in before] == [(one, None) for one in signing]
    assert [(key.key_id, key.since, key.until) for key in after] == [(one, any_engine.clock.now(), None) for one in signing]


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_sheet_is_set_as_a_page_and_what_people_typed_stays_data(any_engine: Engine, ledger: AnswerLedger, lang: str) -> None:
    world = answered(any_engine, ledger)
    sheet = response_sheet(any_engine, world.candidate, world.sitting_id, lang)
    words = PageWords(
        lang=lang, title='#panic("x") "उत्तर" \\', columns=("1", "2", "3"), facts=(("a", "b"),), note="n", after=("x",), nothing="-",
        late="-",
        saved={one.answer.receipt.signature: "now" for one in sheet.answers},
    )  # fmt: skip

    data = TypstTypesetter(ASSETS).pdf(sheet_source(sheet, words, any_engine.signer.receipts))

    assert data.startswith(b"%PDF-")


SHUFFLED = '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1" shuffle="true">'


def a_shuffled_world(engine: Engine) -> World:
    """A sitting of one question that mixes its choices but for the last, in two languages."""
    organisation_id = an_organisation(engine)
    officer, candidate = a_person(engine, organisation_id, Role.CELL_OFFICER), a_person(engine, organisation_id)
    choices = "".join(f'<qti-simple-choice identifier="{name}">{{}}{name}</qti-simple-choice>' for name in "ABCDE")
    body = f'{SHUFFLED}{choices}<qti-simple-choice identifier="N" fixed="true">{{}}</qti-simple-choice></qti-choice-interaction>'
    variants = {
        lang: qti(responses=response("identifier", "A"), body=body.replace("{}", word), lang=lang)
        for lang, word in (("en", "Choice "), ("hi", "विकल्प "))
    }
    new = NewItem(variants=variants, facts=GENERAL)
    (version,) = import_items(engine, officer, create_bank(engine, officer, "Bank").id, [new])
    approved(engine, officer, version.id)
    section = FormSection(id="A", title="A", title_hi="A", items=(version.id,))
    form = build_form(engine, officer, NewForm(title="Form", title_hi="प्रश्नपत्र", sections=(section,)))
    exam_id, session_id = an_exam(engine, organisation_id, form.id)
    sitting_id = a_stored_sitting(engine, candidate, exam_id, session_id, form.id)
    return World(
        organisation_id=organisation_id,
        exam_id=exam_id,
        session_id=session_id,
        form_id=form.id,
        items=(version.id,),
        candidate=candidate,
        sitting_id=sitting_id,
    )


def shown_on_the_page(engine: Engine, world: World, lang: str) -> list[str]:
    html = rendered_item(engine, world.items[0], lang, sitting_id=world.sitting_id).html
    return re.findall(r'value="([A-Z])"', html)


def test_the_sheet_says_in_identifiers_which_choice_stood_where_in_every_language(any_engine: Engine) -> None:
    world = a_shuffled_world(any_engine)
    ledger = delivery.open_ledger(any_engine)
    ledger.save(an_offer(world.sitting_id, world.candidate.person_id, world.items[0], 1, A)).result()
    ledger.stop()

    sheets = {lang: response_sheet(any_engine, world.candidate, world.sitting_id, lang) for lang in ("en", "hi")}

    orders = {lang: sheet.answers[0].copy for lang, sheet in sheets.items()}
    assert (
        orders["en"]
        == orders["hi"]
        == CandidateCopy(
            seed=item_seed(world.sitting_id, world.items[0]), choices={"RESPONSE": [shown_on_the_page(any_engine, world, "en")]}
        )
    )
    assert shown_on_the_page(any_engine, world, "hi") == shown_on_the_page(any_engine, world, "en")
    assert shown_on_the_page(any_engine, world, "en")[-1] == "N"
    written = sheet_document(sheets["en"], any_engine.signer.receipts)
    assert isinstance(answers := written["answers"], list)
    assert isinstance(answers[0], dict)
    assert answers[0]["copy"] == {"seed": str(orders["en"].seed), "choices": {"RESPONSE": [shown_on_the_page(any_engine, world, "en")]}}
    assert check_file(json.loads(json.dumps(written))).problems == ()


def test_the_score_is_the_same_wherever_chance_put_the_choices(any_engine: Engine) -> None:
    world = a_shuffled_world(any_engine)
    with any_engine.store.read() as tx:
        version = tx.items.get(world.items[0])

    scores = {
        (name, item_score(version, {"RESPONSE": name}, SittingId(f"sit_{number}")).score == 1) for name in "ABCDEN" for number in range(12)
    }

    assert scores == {("A", True), *((name, False) for name in "BCDEN")}
