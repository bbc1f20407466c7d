"""Tickets for the sockets: what a good one opens, and that nothing else opens anything."""

import string
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import NotAllowed, TokenExpired
from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine
from assessment_engine.services.tickets import TicketKind
from tests.builders import an_engine, steer


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("tickets")
    return an_engine(folder)


def test_a_ticket_names_what_it_opens(engine: Engine) -> None:
    assert tickets.read(engine, TicketKind.CAMERA, tickets.issue(engine, TicketKind.CAMERA, "sit_1")) == "sit_1"


def test_two_tickets_for_one_sitting_differ(engine: Engine) -> None:
    assert tickets.issue(engine, TicketKind.CAMERA, "sit_1") != tickets.issue(engine, TicketKind.CAMERA, "sit_1")


def test_a_ticket_opens_only_its_own_kind_of_door(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        tickets.read(engine, TicketKind.WALL, tickets.issue(engine, TicketKind.CAMERA, "sit_1"))


def test_a_ticket_opens_until_its_time_is_over(engine: Engine) -> None:
    ticket, began = tickets.issue(engine, TicketKind.CAMERA, "sit_1", timedelta(seconds=120)), engine.clock.now()
    try:
        steer(engine).advance(119)
        assert tickets.read(engine, TicketKind.CAMERA, ticket) == "sit_1"

        steer(engine).advance(1)
        with pytest.raises(TokenExpired):
            tickets.read(engine, TicketKind.CAMERA, ticket)
    finally:
        steer(engine).moment = began


@given(st.text(max_size=300))
def test_no_text_whatever_is_a_ticket(engine: Engine, text: str) -> None:
    with pytest.raises(NotAllowed):
        tickets.read(engine, TicketKind.CAMERA, text)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=63))
def test_a_ticket_with_one_changed_sign_opens_nothing(engine: Engine, place: int, change: int) -> None:
    ticket, signs = tickets.issue(engine, TicketKind.CAMERA, "sit_1"), string.ascii_letters + string.digits + "-_."
    place %= len(ticket)
    sign = signs[(signs.index(ticket[place]) + change) % len(signs)]

    with pytest.raises(NotAllowed):
        tickets.read(engine, TicketKind.CAMERA, ticket[:place] + sign + ticket[place + 1 :])
