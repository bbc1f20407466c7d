"""Whose microphone is listened to: who the exam asks, nobody whom an arrangement excepts; and what the ticket says of it."""

import pytest

from assessment_engine.exams import SIGNALS, ExamPolicy, policy_of
from assessment_engine.exams.policy import listens
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, NotAllowed
from assessment_engine.services import delivery, tickets, watches
from assessment_engine.services.engine import Engine
from assessment_engine.services.tickets import TicketKind
from proctoring.policy import SOFT, STANDARD, Kind, Severity, Tier
from tests.builders import a_world, listen_for_voices

SILENT: list[dict[str, Json]] = [{"signals_off": ["talking"]}, {"signals_off": ["phone", "talking"]}, {"scribe": {"name": "Meena"}}]


def ticket_lets_sound_in(engine: Engine, **arrangements: Json) -> bool:
    world = a_world(engine)
    listen_for_voices(engine, world, **arrangements)
    return tickets.lets_sound_in(engine, delivery.camera_ticket(engine, world.candidate, world.sitting_id).ticket)


def test_sound_is_off_unless_an_exam_asks_for_it_and_policies_of_before_say_nothing_of_it() -> None:
    assert ExamPolicy().sound == "off"
    assert policy_of({}).sound == "off"
    assert policy_of(ExamPolicy(sound="voice").document).sound == "voice"


@pytest.mark.parametrize("word", ["record", "words", "", "VOICE"])
def test_there_is_no_third_way_to_listen(word: str) -> None:
    with pytest.raises(Invalid, match="sound is one of"):
        ExamPolicy(sound=word)


def test_an_exam_that_does_not_listen_watches_no_voices_and_opens_no_microphone(any_engine: Engine) -> None:
    world = a_world(any_engine)

    assert Kind.TALKING in watches.orders(any_engine, world.sitting_id).policy.off
    assert not delivery.open_sitting(any_engine, world.candidate, world.sitting_id).listened_to
    assert not tickets.lets_sound_in(any_engine, delivery.camera_ticket(any_engine, world.candidate, world.sitting_id).ticket)


def test_an_exam_that_listens_says_so_to_page_ticket_and_watch(any_engine: Engine) -> None:
    world = a_world(any_engine)
    listen_for_voices(any_engine, world)

    assert Kind.TALKING not in watches.orders(any_engine, world.sitting_id).policy.off
    assert delivery.open_sitting(any_engine, world.candidate, world.sitting_id).listened_to
    assert tickets.lets_sound_in(any_engine, delivery.camera_ticket(any_engine, world.candidate, world.sitting_id).ticket)


@pytest.mark.parametrize("arrangements", SILENT)
def test_an_arrangement_that_switches_talking_off_keeps_the_microphone_closed(any_engine: Engine, arrangements: dict[str, Json]) -> None:
    assert not listens(ExamPolicy(sound="voice"), arrangements)
    assert not ticket_lets_sound_in(any_engine, **arrangements)


def test_an_arrangement_of_something_else_changes_nothing(any_engine: Engine) -> None:
    assert ticket_lets_sound_in(any_engine, signals_off=["looking_away"], second_person=True)


def test_an_exam_that_does_not_watch_for_voices_listens_to_none() -> None:
    signals = tuple(one for one in SIGNALS if one != "talking")

    assert not listens(ExamPolicy(sound="voice", signals=signals), {})


def test_a_ticket_of_a_version_before_lets_no_sound_in_and_a_forged_one_is_refused(any_engine: Engine) -> None:
    plain, sound = tickets.issue(any_engine, TicketKind.CAMERA, "sit_1"), tickets.issue(any_engine, TicketKind.CAMERA, "sit_1", sound=True)

    assert (tickets.lets_sound_in(any_engine, plain), tickets.lets_sound_in(any_engine, sound)) == (False, True)
    assert tickets.read(any_engine, TicketKind.CAMERA, sound) == "sit_1"
    with pytest.raises(NotAllowed):
        tickets.lets_sound_in(any_engine, sound.split(".")[0] + "." + plain.split(".")[1])


def test_a_voice_is_a_soft_signal_that_no_rule_can_make_graver() -> None:
    rule = STANDARD.rules[Kind.TALKING]

    assert Kind.TALKING in SOFT
    assert (rule.tier, rule.cap) == (Tier.DETECTION, Severity.MEDIUM)
