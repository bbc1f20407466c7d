"""Each sitting has its own copy of an item: what was drawn for it is shown again and again, and scored. On real databases."""

import re

from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services.delivery import item_of, open_ledger, submit
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import rendered_item
from assessment_engine.services.scoring import score_sitting
from tests.builders import a_person, a_stored_sitting
from tests.services.packages import Room, a_room, a_sum_item, an_item

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
        ledger.save(offer).result(10)
    submit(any_engine, ledger, room.candidate, room.sitting_id)
    ledger.stop()

    report = score_sitting(any_engine, room.sitting_id)

    assert {item.item_id: item.score for item in report.card.items} == {room.versions[name].id: 1 for name in answers}
