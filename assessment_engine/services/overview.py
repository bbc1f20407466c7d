"""What the examination cell sees first: the way to the next exam, and a board of those that run now."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.people import Actor, Role, require
from assessment_engine.scoring.results import BatchState
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import SessionLine, exams, sessions
from assessment_engine.services.forms import forms
from assessment_engine.services.item_cards import states
from assessment_engine.services.results import BatchSummary, SessionResults, batches, session_results
from item_bank.items import ItemState


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A session that runs now, and how many of its sittings are where."""

    sheet: SessionLine
    counts: Mapping[SittingState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The cell's day: what there is, what runs, what waits."""

    items: int
    approved: int
    forms: int
    exams: int
    upcoming: tuple[SessionLine, ...]  # not over yet, the nearest first
    boards: tuple[Board, ...]
    to_draft: tuple[SessionResults, ...]
    to_approve: tuple[BatchSummary, ...]


def overview(engine: Engine, actor: Actor) -> Overview:
    """Gather the cell's day."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    items = states(engine, actor)
    upcoming = [sheet for sheet in sessions(engine, actor) if sheet.session.closes_at > now]
    running = [sheet for sheet in upcoming if sheet.session.opens_at <= now]
    pending = (BatchState.DRAFT, BatchState.APPROVED_ONCE)
    return Overview(
        items=sum(items.values()),
        approved=items.get(ItemState.APPROVED, 0),
        forms=len(forms(engine, actor)),
        exams=len(exams(engine, actor)),
        upcoming=tuple(sorted(upcoming, key=lambda sheet: sheet.session.opens_at)),
        boards=tuple(Board(sheet=sheet, counts=sheet.counts) for sheet in running),
        to_draft=tuple(line for line in session_results(engine, actor) if line.free),
        to_approve=tuple(one for one in batches(engine, actor) if one.batch.state in pending),
    )
