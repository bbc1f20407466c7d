from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update

from assessment_engine.delivery.navigation import Move, PartState, parts
from assessment_engine.delivery.sitting import PauseReason, SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AfterTime, LeaseMoved, NotFound, SectionClosed, SittingPaused, UnknownItem
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import delivery, navigation
from assessment_engine.services.engine import Engine
from assessment_engine.services.scoring import score_sitting
from assessment_engine.storage.schema import metadata
from tests.builders import a_person, a_stored_sitting, steer
from tests.services.parts import Sat, sat

LOCKED: dict[str, Json] = {"locked": True}
HALF_OF_A: dict[str, Json] = {"section": "A", "share_at_least": "0.5"}


def states(sat: Sat) -> list[PartState]:
    return [part.state for part in parts(sat.opened.form, sat.opened.sitting, sat.engine.clock.now())]


def test_a_move_is_kept_and_recorded_once(any_engine: Engine) -> None:
    with sat(any_engine, LOCKED, {}) as one:
        steer(any_engine).advance(60)
        reached = one.move(3)
        again = one.move(3)

        assert (reached.item, reached.section) == (again.item, again.section) == (one.item(3), "B")
        assert states(one) == [PartState.CLOSED, PartState.CURRENT]
        assert one.opened.sitting.current_item == one.item(3)
        with any_engine.store.read() as tx:
            entered = [event.data for event in tx.events.of_sitting(one.world.sitting_id) if event.kind == "section_entered"]
        assert entered == [{"section": "A"}, {"section": "B"}]


def test_an_answer_to_a_part_that_is_closed_is_refused_and_its_receipts_stay_good(any_engine: Engine) -> None:
    with sat(any_engine, LOCKED, {}) as one:
        receipt = one.answer(1, 1)
        with pytest.raises(SectionClosed):
            one.answer(3, 2)
        one.move(3)
        steer(any_engine).advance(120)

        with pytest.raises(SectionClosed):
            one.answer(1, 2, "B")
        assert one.answer(1, 1) == receipt
        assert one.answer(3, 2).revision == 2


def test_a_form_that_guides_nobody_takes_every_move_and_keeps_nothing(any_engine: Engine) -> None:
    with sat(any_engine, {}, {}) as one:
        reached = one.move(4)

        assert (reached.item, reached.section) == (one.item(4), "B")
        assert one.opened.sitting.progress == {}


@pytest.mark.parametrize(("right", "path"), [(2, ["A", "C"]), (1, ["A", "B", "C"]), (0, ["A", "B"])])
def test_acknowledged_answers_decide_the_way(any_engine: Engine, right: int, path: list[str]) -> None:
    leads: dict[str, Json] = {**LOCKED, "branches": [{"section": "A", "share_at_least": "1", "to": "C"}]}
    with sat(any_engine, leads, LOCKED, {"precondition": HALF_OF_A}) as one:
        for number in range(1, right + 1):
            one.answer(number, number)
        one.answer(2, 9, "A" if right == 2 else "B")
        for _ in path[1:]:
            one.move(None, leave=True)

        assert one.opened.sitting.progress["path"] == path
        with pytest.raises(SectionClosed) as refused:
            one.move(None, leave=True)
        assert refused.value.details["reason"] == "no_way"


def test_questions_that_must_not_be_seen_yet_are_not_shown(any_engine: Engine) -> None:
    with sat(any_engine, LOCKED, {"precondition": HALF_OF_A}) as one:
        one.answer(1, 1)
        with pytest.raises(SectionClosed):
            delivery.item_of(any_engine, one.world.candidate, one.world.sitting_id, one.item(3), "en")
        one.move(None, leave=True)

        shown = delivery.item_of(any_engine, one.world.candidate, one.world.sitting_id, one.item(3), "en")
        assert "Question 3" in shown.html
        steer(any_engine).advance(1)
        with pytest.raises(SectionClosed):
            delivery.item_of(any_engine, one.world.candidate, one.world.sitting_id, one.item(1), "en")


def test_only_parts_of_the_path_are_scored(any_engine: Engine) -> None:
    leads: dict[str, Json] = {**LOCKED, "branches": [{"section": "A", "share_at_least": "1", "to": "C"}]}
    with sat(any_engine, leads, {}, {}) as one:
        one.answer(1, 1)
        one.answer(2, 2)
        one.move(None, leave=True)
        one.answer(5, 3)
        delivery.submit(any_engine, one.ledger, one.world.candidate, one.world.sitting_id)

        card = score_sitting(any_engine, one.world.sitting_id).card
        assert [item.item_id for item in card.items] == [one.item(n) for n in (1, 2, 5, 6)]
        assert (card.total, card.max) == (Decimal(3), Decimal(4))


def test_whoever_hands_in_early_is_scored_on_the_way_they_would_have_come(any_engine: Engine) -> None:
    leads: dict[str, Json] = {**LOCKED, "branches": [{"section": "A", "share_at_least": "1", "to": "C"}]}
    with sat(any_engine, leads, {}, {}) as one:
        one.answer(1, 1)
        delivery.submit(any_engine, one.ledger, one.world.candidate, one.world.sitting_id)

        card = score_sitting(any_engine, one.world.sitting_id).card
        assert (card.total, card.max) == (Decimal(1), Decimal(6))


def test_without_rules_every_part_counts_whether_it_was_reached_or_not(any_engine: Engine) -> None:
    with sat(any_engine, LOCKED, {"time_limit_s": 60}) as one:
        one.answer(1, 1)
        delivery.submit(any_engine, one.ledger, one.world.candidate, one.world.sitting_id)

        assert score_sitting(any_engine, one.world.sitting_id).card.max == Decimal(4)


def test_a_late_move_counts_from_the_limit_that_passed(any_engine: Engine) -> None:
    with sat(any_engine, {"time_limit_s": 600}, {"time_limit_s": 600}) as one:
        steer(any_engine).advance(900)
        reached = one.move(None)

        assert reached.section == "B"
        assert [part.seconds_left for part in reached.parts] == [None, 300.0]


def test_moves_are_refused_as_answers_are(any_engine: Engine) -> None:
    with sat(any_engine, LOCKED, {}) as one:
        stranger = a_person(any_engine, one.world.organisation_id)
        with pytest.raises(NotFound):
            navigation.move(any_engine, one.ledger, stranger, one.world.sitting_id, Move(to=one.item(3)))
        with pytest.raises(UnknownItem):
            navigation.move(any_engine, one.ledger, one.world.candidate, one.world.sitting_id, Move(to=ItemVersionId("itv_x")))
        change(one, "writer", "window-one")
        with pytest.raises(LeaseMoved):
            one.move(3, writer="window-two")
        assert one.move(2, writer="window-one").item == one.item(2)
        steer(any_engine).advance(3600 + 61)
        with pytest.raises(AfterTime):
            one.move(3, writer="window-one")


def test_nobody_moves_while_the_time_stands_still(any_engine: Engine) -> None:
    with sat(any_engine, {"time_limit_s": 600}, {}) as one:
        with any_engine.store.begin() as tx:
            sitting = tx.sittings.get_locked(one.world.sitting_id)
            running = replace(sitting, started_at=any_engine.clock.now())
            tx.sittings.save(running.pause(any_engine.clock.now(), PauseReason.INVIGILATOR))

        with pytest.raises(SittingPaused):
            one.move(3)


def change(one: Sat, name: str, value: str) -> None:
    sittings = metadata.tables["sittings"]
    with one.engine.store.begin() as tx:
        tx.connection.execute(update(sittings).where(sittings.c.id == one.world.sitting_id).values({name: value}))


def test_the_start_freezes_what_an_arrangement_adds_to_every_limit(any_engine: Engine) -> None:
    with sat(any_engine, {"time_limit_s": 600}, {}) as one:
        person, world = a_person(any_engine, one.world.organisation_id), one.world
        place = (person, world.exam_id, world.session_id, world.form_id)
        sitting_id = a_stored_sitting(any_engine, *place, state=SittingState.ADMITTED, arrangements={"extra_minutes_per_hour": 20})
        delivery.start(one.ledger, person, sitting_id)
        steer(any_engine).advance(700)

        opened = delivery.open_sitting(any_engine, person, sitting_id)
        (first, _) = parts(opened.form, opened.sitting, any_engine.clock.now())
        assert (first.time_limit_s, first.seconds_left, first.state) == (800, 100.0, PartState.CURRENT)
