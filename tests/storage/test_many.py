"""Whoever asks about everybody of a large session names more of them than a statement takes parameters."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy.exc import OperationalError

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.people import Role
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from tests.builders import NOON, World, a_world

Ids = Sequence[Any]
Ask = Callable[[Transaction, World, Ids], object]
CROWD = 70_000  # SQLite takes 32,766 in one statement, PostgreSQL 65,535

OF_SITTINGS: Mapping[str, Ask] = {
    "sittings.lock": lambda tx, _, ids: tx.sittings.lock(ids),
    "events.of_sittings": lambda tx, _, ids: tx.events.of_sittings(ids),
    "review.seated": lambda tx, _, ids: tx.review.seated(ids),
    "messages.of_sittings": lambda tx, _, ids: tx.messages.of_sittings(ids),
    "messages.waiting_in": lambda tx, _, ids: tx.messages.waiting_in(ids),
    "late_answers.undecided": lambda tx, _, ids: tx.late_answers.undecided(ids),
    "eyes.blind_in": lambda tx, _, ids: tx.eyes.blind_in(ids),
    "dismissals.of_sittings": lambda tx, _, ids: tx.dismissals.of_sittings(ids),
    "dismissals.judged_away": lambda tx, _, ids: tx.dismissals.judged_away(ids, ["phone"]),
    "scoring.newest_of": lambda tx, _, ids: tx.scoring.newest_of(ids),
    "certificates.newest_of": lambda tx, _, ids: tx.certificates.newest_of(ids),
    "chains.newest": lambda tx, _, ids: tx.chains.newest(ids),
    "chains.takes": lambda tx, _, ids: tx.chains.takes(ids),
    "incidents.watches_of": lambda tx, _, ids: tx.incidents.watches_of(ids),
    "checkins.skipped": lambda tx, _, ids: tx.checkins.skipped(ids),
    "audit.about_all": lambda tx, _, ids: tx.audit.about_all(ids),
}
OF_PEOPLE: Mapping[str, Ask] = {
    "people.names": lambda tx, _, ids: tx.people.names(ids),
    "people.many": lambda tx, _, ids: tx.people.many(ids),
    "people.holding": lambda tx, world, ids: tx.people.holding(world.organisation_id, [Role.CANDIDATE], ids),
    "walls.of_candidates": lambda tx, world, ids: tx.walls.of_candidates(world.session_id, ids),
}


def a_full_world(engine: Engine) -> World:
    world = a_world(engine, state=SittingState.IN_PROGRESS)
    with engine.store.begin() as tx:
        sitting = tx.sittings.get(world.sitting_id)
        tx.events.record(sitting_event("browser_hint", sitting, NOON, None))
        tx.audit.append("sitting_started", subject=world.sitting_id, now=NOON)
    return world


@contextmanager
def a_transaction(engine: Engine) -> Iterator[Transaction]:
    """One on a database that takes as many parameters as its makers promise: distributions of SQLite often take more."""
    with engine.store.begin() as tx:
        if engine.store.engine.dialect.name == "sqlite":
            driver = cast(sqlite3.Connection, tx.connection.connection.driver_connection)
            driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)
        yield tx


def answers(engine: Engine, asks: Mapping[str, Ask], world: World, ids: Ids) -> dict[str, object]:
    """What each is answered, or the name of the error."""
    found: dict[str, object] = {}
    for name, ask in asks.items():
        try:
            with a_transaction(engine) as tx:
                found[name] = ask(tx, world, ids)
        except OperationalError as error:
            found[name] = type(error)
    return found


def test_more_sittings_than_a_statement_takes_are_asked_about_as_few_are(any_engine: Engine) -> None:
    world = a_full_world(any_engine)
    crowd = [world.sitting_id, *(f"sit_{number:06}" for number in range(CROWD))]

    assert answers(any_engine, OF_SITTINGS, world, crowd) == answers(any_engine, OF_SITTINGS, world, [world.sitting_id])


def test_more_people_than_a_statement_takes_are_asked_about_as_few_are(any_engine: Engine) -> None:
    world = a_full_world(any_engine)
    crowd = [*(f"per_{number:06}" for number in range(CROWD)), world.candidate.person_id]

    found = answers(any_engine, OF_PEOPLE, world, crowd)

    assert found == answers(any_engine, OF_PEOPLE, world, [world.candidate.person_id])
    assert all(found.values())


def test_what_is_asked_of_many_of_another_kind_is_answered_too(any_engine: Engine) -> None:
    world = a_full_world(any_engine)
    crowd: Any = [f"x{number}'\"क" for number in range(CROWD)]

    with a_transaction(any_engine) as tx:
        mine = tx.sittings.get(world.sitting_id).registration_id
        assert set(tx.exams.arrangements([*crowd, mine])) == {mine}
        assert tx.scoring.many(crowd) == {}
        assert tx.hearings.of_cases(crowd) == {}
        assert set(tx.chains.of_sittings(crowd)) == set(crowd)
