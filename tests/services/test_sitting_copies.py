"""Each sitting has its own copy of an item: what was drawn for it is shown again and again, and scored. On real databases."""

import base64
import re

from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.services.delivery import item_of, open_ledger, submit
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import rendered_item
from assessment_engine.services.media import ADDRESS
from assessment_engine.services.scoring import score_sitting
from item_bank.items import PartKind
from tests.builders import a_person, a_stored_sitting
from tests.services.packages import PICTURE, Room, a_file_item, a_room, a_sum_item, an_item

FILES = {"sum.xml": a_sum_item(), "sum-hi.xml": a_sum_item(lang="hi")}


def numbers(html: str) -> tuple[int, int]:
    found = re.search(r"\[(\d+)\|(\d+)\]", re.sub(r"<[^>]*>", "", html))
    assert found is not None, html
    return int(found[1]), int(found[2])


def shown(engine: Engine, room: Room, lang: str = "en") -> tuple[int, int]:
    return numbers(item_of(engine, room.candidate, room.sitting_id, room.versions["sum"].id, lang).html)


def test_a_candidate_always_sees_the_same_numbers_in_every_language(any_engine: Engine) -> None:
    room = a_room(any_engine, FILES)

    assert shown(any_engine, room) == shown(any_engine, room) == shown(any_engine, room, "hi")


def test_neighbours_see_other_numbers(any_engine: Engine) -> None:
    room = a_room(any_engine, FILES)
    neighbour = a_person(any_engine, room.officer.organisation_id)
    other = a_stored_sitting(any_engine, neighbour, room.exam_id, room.session_id, room.form_id, state=SittingState.IN_PROGRESS)
    version_id = room.versions["sum"].id

    assert numbers(item_of(any_engine, neighbour, other, version_id, "en").html) != shown(any_engine, room)
    assert numbers(rendered_item(any_engine, version_id, "en").html) != shown(any_engine, room)


def test_what_was_shown_is_what_is_scored(any_engine: Engine) -> None:
    room = a_room(any_engine, {**FILES, "one.xml": an_item(), "one-hi.xml": an_item(lang="hi")})
    answers = {"sum": str(sum(shown(any_engine, room))), "one": "A"}
    ledger = open_ledger(any_engine)
    for revision, (name, value) in enumerate(answers.items(), start=1):
        offer = an_offer(room.sitting_id, room.candidate.person_id, room.versions[name].id, revision, {"RESPONSE": value})
        ledger.save(offer).result(60)
    submit(any_engine, ledger, room.candidate, room.sitting_id)
    ledger.stop()

    report = score_sitting(any_engine, room.sitting_id)

    assert {item.item_id: item.score for item in report.card.items} == {room.versions[name].id: 1 for name in answers}


def test_a_file_is_kept_and_scored_and_not_sent_back_with_its_question(any_engine: Engine) -> None:
    room = a_room(any_engine, {"file.xml": a_file_item()})
    version_id = room.versions["file"].id
    data = base64.b64encode(b"x" * 2_000_000).decode()
    handed_in = {"RESPONSE": {"name": "answer.txt", "media_type": "text/plain", "data": data}}
    ledger = open_ledger(any_engine)
    ledger.save(an_offer(room.sitting_id, room.candidate.person_id, version_id, 1, handed_in)).result(60)
    html = item_of(any_engine, room.candidate, room.sitting_id, version_id, "en").html
    submit(any_engine, ledger, room.candidate, room.sitting_id)
    ledger.stop()

    report = score_sitting(any_engine, room.sitting_id)

    assert "answer.txt" in html
    assert len(html) < 10_000
    assert [(item.answered, float(item.score)) for item in report.card.items] == [(True, 1.0)]


def test_a_stimulus_and_its_picture_stand_before_the_question(any_engine: Engine) -> None:
    reference = '<qti-assessment-stimulus-ref identifier="S" href="../texts/s.xml"/>'
    item = an_item("one").replace(b"<qti-item-body>", reference.encode() + b"<qti-item-body>")
    stimulus = (
        b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S" title="A text" xml:lang="en">'
        b'<qti-stimulus-body><p>Read this first <img src="pictures/a.png" alt="A dot"/></p></qti-stimulus-body></qti-assessment-stimulus>'
    )
    room = a_room(any_engine, {"items/one.xml": item, "texts/s.xml": stimulus, "texts/pictures/a.png": PICTURE})

    html = item_of(any_engine, room.candidate, room.sitting_id, room.versions["one"].id, "en").html

    assert html.index("Read this first") < html.index("Which?")
    assert f'src="{ADDRESS}{sha256_hex(PICTURE)}"' in html
    assert [part.kind for part in room.versions["one"].parts] == [PartKind.MEDIA, PartKind.STIMULUS]
