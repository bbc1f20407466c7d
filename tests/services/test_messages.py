"""Words both ways, warnings that accuse nobody, and what the log has of them."""

import pytest

from assessment_engine.delivery.messages import LONGEST_TEXT, MOST_OF_SITTING, SENTENCES, WARNINGS, MessageKind
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotYet
from assessment_engine.services import messages
from assessment_engine.services.engine import Engine
from assessment_engine.services.messages import Said
from tests.builders import a_world, steer
from tests.services.hall import a_hall

CHAT, WARNING = MessageKind.CHAT, MessageKind.WARNING


def test_both_write_and_each_reads_it(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    messages.write(any_engine, hall.world.candidate, hall.sittings[0], " May I drink some water? ")
    steer(any_engine).advance(1)
    messages.say(any_engine, hall.ravi, hall.sittings[0], Said(kind=CHAT, text="Yes, of course."))

    told = messages.mine(any_engine, hall.world.candidate, hall.sittings[0])

    assert [(one.from_candidate, one.text) for one in told] == [(True, "May I drink some water?"), (False, "Yes, of course.")]
    assert told[1].document["text_hi"] == "Yes, of course."  # typed words are shown as they were typed


def test_a_warning_is_one_of_our_sentences_in_both_languages_and_in_the_log(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    said = messages.say(any_engine, hall.ravi, hall.sittings[0], Said(kind=WARNING, sentence="alone"))

    assert (said.text, said.text_hi) == (WARNINGS["alone"].text, WARNINGS["alone"].text_hi)
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.audit.about(hall.sittings[0])] == ["warning_given"]
        (event,) = tx.events.of_sitting(hall.sittings[0])
    assert (event.kind, event.data) == ("warning_given", {"from_candidate": False, "sentence": "alone"})


@pytest.mark.parametrize(
    "said",
    [
        Said(kind=WARNING, text="You are cheating!"),
        Said(kind=WARNING, sentence="seen"),
        Said(kind=CHAT),
        Said(kind=CHAT, text=" "),
        Said(kind=CHAT, text="a" * (LONGEST_TEXT + 1)),
    ],
)
def test_what_cannot_be_said_says_nothing(any_engine: Engine, said: Said) -> None:
    hall = a_hall(any_engine)

    with pytest.raises(Invalid):
        messages.say(any_engine, hall.ravi, hall.sittings[0], said)
    assert messages.mine(any_engine, hall.world.candidate, hall.sittings[0]) == []


def test_the_same_words_again_at_once_are_one_message(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    first = messages.write(any_engine, hall.world.candidate, hall.sittings[0], "Hello?")
    steer(any_engine).advance(5)
    second = messages.write(any_engine, hall.world.candidate, hall.sittings[0], "Hello?")
    steer(any_engine).advance(20)
    third = messages.write(any_engine, hall.world.candidate, hall.sittings[0], "Hello?")

    assert first == second != third


def test_outside_the_exam_and_to_others_nothing_is_said(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    hall = a_hall(any_engine)

    with pytest.raises(NotYet):
        messages.write(any_engine, world.candidate, world.sitting_id, "Hello?")
    with pytest.raises(NotFound):
        messages.write(any_engine, world.candidate, hall.sittings[0], "Hello?")
    with pytest.raises(NotFound):
        messages.mine(any_engine, world.candidate, hall.sittings[0])
    with pytest.raises(NotAllowed):
        messages.say(any_engine, world.candidate, world.sitting_id, Said(kind=CHAT, text="I may not."))


def test_a_sitting_has_only_so_many_messages(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    for number in range(MOST_OF_SITTING):
        messages.write(any_engine, hall.world.candidate, hall.sittings[0], f"{number}")

    with pytest.raises(Conflict):
        messages.write(any_engine, hall.world.candidate, hall.sittings[0], "One more")


def test_a_page_that_writes_all_it_may_does_not_silence_whoever_watches(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    for number in range(MOST_OF_SITTING):
        messages.write(any_engine, hall.world.candidate, hall.sittings[0], f"{number}")

    said = messages.say(any_engine, hall.ravi, hall.sittings[0], Said(kind=WARNING, sentence="alone"))

    assert said.text == WARNINGS["alone"].text


def test_no_sentence_accuses_and_each_has_two_languages() -> None:
    for sentences in SENTENCES.values():
        for one in sentences.values():
            assert 0 < len(one.text) <= LONGEST_TEXT and 0 < len(one.text_hi) <= LONGEST_TEXT
            assert not {"cheat", "suspect", "violation", "caught"} & set(one.text.lower().split())
            assert any("\u0900" <= letter <= "\u097f" for letter in one.text_hi)
