"""A candidate's way through the parts of a paper: a move, in order with the answers. The rules are delivery/navigation.py (ADR 25).

Where marks decide what comes next, the parts left so far are scored here from the acknowledged answers. That happens outside the answer
ledger's writer, so that nobody's answer waits for it; when an answer arrived meanwhile, it is done again. No key and no mark is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from assessment_engine.delivery.navigation import Move, PartView, item_seconds_left, moved, parts
from assessment_engine.delivery.progress import Progress, progress_of
from assessment_engine.delivery.responses import check_lease, check_open
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.delivery.walk import ground_of
from assessment_engine.kernel.errors import StorageUnavailable
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.scoring.scorecard import share_of
from assessment_engine.services.closing import settle
from assessment_engine.services.engine import Engine
from assessment_engine.services.scoring import item_score
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.ledger_writer import AnswerLedger
from item_bank.forms import Form

MOST_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The shares of marks that parts had reached when the sitting had come to `revision`."""

    revision: int
    shares: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a candidate is after a move."""

    item: ItemVersionId | None
    section: str | None
    parts: tuple[PartView, ...]
    item_seconds_left: float | None


def move(engine: Engine, ledger: AnswerLedger, actor: Actor, sitting_id: SittingId, wanted: Move) -> Whereabouts:
    """Go to another question or part; going where one is changes nothing. Raises SectionClosed, and what refuses an answer."""
    for _ in range(MOST_TRIES):
        marks = _marks(engine, actor, sitting_id)
        reached = ledger.in_order(sitting_id, partial(_move, actor, sitting_id, wanted, marks)).result()
        if reached is not None:
            return reached
    raise StorageUnavailable("answers are still arriving; try again")


def _marks(engine: Engine, actor: Actor, sitting_id: SittingId) -> Marks:
    """Score the parts whose marks decide, from what is acknowledged now."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        form = tx.forms.get(sitting.form_id)
        return Marks(revision=sitting.revision, shares={part: _share(tx, sitting, form, part) for part in form.deciding})


def _share(tx: Transaction, sitting: Sitting, form: Form, part: str) -> Decimal:
    items, final = form.section(part).items, tx.answers.final(sitting.id)
    versions = tx.items.many(items)
    return share_of([item_score(versions[item], final.get(item), sitting.id) for item in items])


def _move(actor: Actor, sitting_id: SittingId, wanted: Move, marks: Marks, tx: Transaction, now: datetime) -> Whereabouts | None:
    """Do it under the sitting's lock; None when the marks are no longer those of its answers."""
    found = tx.sittings.of_candidate(sitting_id, actor.person_id)
    form = tx.forms.get(found.form_id)
    if form.deciding and found.revision != marks.revision:
        return None
    if wanted.to is not None:
        form.check_has(wanted.to)
    check_lease(found, wanted.writer)
    sitting = settle(tx, found, now)
    check_open(sitting, now)
    if not form.guided:
        return _whereabouts(form, sitting, replace(Progress(), item=wanted.to or sitting.current_item), now)
    before = progress_of(sitting.progress)
    after = moved(ground_of(form, sitting_id, marks.shares.__getitem__), before, wanted, sitting.elapsed_s(now))
    sitting = replace(sitting, progress=after.document, current_item=after.item or sitting.current_item)
    tx.sittings.save(sitting)
    reached = [part for part in after.path if part not in before.path]
    tx.events.record_all([sitting_event("section_entered", sitting, now, actor, data={"section": part}) for part in reached])
    if reached and form.deciding:  # marks decided it, so it is in the log as well
        tx.audit.append("parts_reached", subject=sitting.id, now=now, payload={"path": sitting.progress["path"]})
    return _whereabouts(form, sitting, after, now)


def _whereabouts(form: Form, sitting: Sitting, progress: Progress, now: datetime) -> Whereabouts:
    return Whereabouts(
        item=progress.item,
        section=None if progress.item is None else form.section_with(progress.item).id,
        parts=parts(form, sitting, now),
        item_seconds_left=item_seconds_left(form, progress, sitting.elapsed_s(now)),
    )
