"""A sitting's signs of life: what its page tells of itself every half minute, and what it is told; and the candidate's breaks.

All contacts of a batch are written by one statement in the answer ledger's writer, so that a hall of pages costs the answers next to
nothing. What a silence took is given back where the exam says so (services/closing.py); what a page says of itself decides nothing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from assessment_engine.delivery import navigation
from assessment_engine.delivery import timekeeping as rules
from assessment_engine.delivery.navigation import Deadlines
from assessment_engine.delivery.nonce import a_nonce
from assessment_engine.delivery.sitting import RUNNING, Sitting, SittingState
from assessment_engine.delivery.timekeeping import Breaks
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, NotFound
from assessment_engine.kernel.ids import FormId, ItemVersionId, SessionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import announcements, messages
from assessment_engine.services.closing import Jobs, close_if_over, settle, tell, terms_of
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.ledger_writer import AnswerLedger
from item_bank.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepsake:
    """What a page wants kept for the next device: questions marked and seen, and the language each is read in."""

    marked: tuple[ItemVersionId, ...] = ()
    visited: tuple[ItemVersionId, ...] = ()
    languages: Mapping[ItemVersionId, str] = field(default_factory=dict)

    def kept_in(self, progress: Mapping[str, Json]) -> dict[str, Json]:
        """Return a sitting's progress with this in it; what was seen stays seen, and no other key is touched."""
        before = progress.get("visited", [])
        seen = dict.fromkeys([*(before if isinstance(before, list) else []), *self.visited])
        return {
            **progress,
            "marked": list(self.marked),
            "visited": list(seen),
            "languages": {str(item): lang for item, lang in self.languages.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A sign of life of one page."""

    actor: Actor
    sitting_id: SittingId
    writer: str | None
    keepsake: Keepsake | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How things stand when the server has heard of a page; `item` is where its parts have the candidate, None where none binds."""

    sitting: Sitting
    server_time: datetime
    deadlines: Deadlines
    announcements: Sequence[Mapping[str, str | None]]
    messages: Sequence[Mapping[str, str | None]] = ()
    nonce: str = ""
    item: ItemVersionId | None = None
    section: str | None = None


async def contact(engine: Engine, ledger: AnswerLedger, sign: Sign) -> Contact:
    """Note a sign of life and return how things stand; whoever comes after time finds the sitting sealed. Raises NotFound, UnknownItem."""
    heard = await _hear(engine, ledger, sign)
    if heard.sitting.state is not SittingState.IN_PROGRESS or not heard.sitting.is_over(heard.server_time):
        return heard
    jobs = await asyncio.wrap_future(ledger.in_order(sign.sitting_id, partial(close_if_over, engine, sign.sitting_id)))
    await asyncio.to_thread(tell, engine, jobs)
    return await _hear(engine, ledger, replace(sign, keepsake=None))


def looked_at(engine: Engine, ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Return the candidate's sitting when they look at it after its deadline: sealed now, unless an outage has given time back."""

    def work(tx: Transaction, now: datetime) -> tuple[Sitting, Jobs]:
        tx.sittings.of_candidate(sitting_id, actor.person_id)
        jobs = close_if_over(engine, sitting_id, tx, now)
        return tx.sittings.get(sitting_id), jobs

    sitting, jobs = ledger.in_order(sitting_id, work).result()
    tell(engine, jobs)
    return sitting


async def _hear(engine: Engine, ledger: AnswerLedger, sign: Sign) -> Contact:
    heard = await asyncio.wrap_future(ledger.together(sign.sitting_id, sign, _hear_all))
    return replace(heard, nonce=a_nonce(engine.signer.tickets, sign.sitting_id, heard.server_time))


def _hear_all(
    tx: Transaction, now: datetime, sittings: Mapping[SittingId, Sitting], signs: Sequence[Sign]
) -> list[Contact | AssessmentError]:
    """Note every sign of life of a batch; the sittings' rows are locked by the writer."""
    batch = _Batch(tx, now, sittings)
    outcomes: list[Contact | AssessmentError] = []
    for sign in signs:
        try:
            outcomes.append(batch.hear(sign))
        except AssessmentError as refusal:
            outcomes.append(refusal)
    tx.sittings.save_contacts(batch.heard.values())
    return outcomes


class _Batch:
    """What the contacts of one batch need to know, read once for all of them."""

    def __init__(self, tx: Transaction, now: datetime, sittings: Mapping[SittingId, Sitting]) -> None:
        self._tx, self._now, self._sittings = tx, now, sittings
        self._forms: dict[FormId, Form] = {}
        self._silent: set[SessionId] = set()  # sessions in which nothing was announced
        self._messages = messages.for_pages(tx, list(sittings))
        self.heard: dict[SittingId, Sitting] = {}

    def hear(self, sign: Sign) -> Contact:
        """Note one sign of life; raises NotFound for another's sitting, UnknownItem for a question that is not in its paper."""
        found = self.heard.get(sign.sitting_id) or self._sittings.get(sign.sitting_id)
        if found is None or found.candidate_id != sign.actor.person_id:
            raise NotFound("no such sitting")
        form = self._form(found.form_id)
        _check(sign.keepsake, form)
        sitting = found
        if found.state in RUNNING:
            sitting = settle(self._tx, found, self._now)
            if sign.keepsake is not None and sitting.writer in (None, sign.writer):
                sitting = replace(sitting, progress=sign.keepsake.kept_in(sitting.progress))
            self.heard[sitting.id] = sitting
        item = navigation.item_now(form, sitting, self._now)
        return Contact(
            sitting=sitting,
            server_time=self._now,
            deadlines=navigation.deadlines(form, sitting, self._now),
            announcements=self._announced(sitting, form),
            messages=self._messages.get(sitting.id, ()),
            item=item,
            section=None if item is None else form.section_with(item).id,
        )

    def _form(self, form_id: FormId) -> Form:
        if form_id not in self._forms:
            self._forms[form_id] = self._tx.forms.get(form_id)
        return self._forms[form_id]

    def _announced(self, sitting: Sitting, form: Form) -> Sequence[Mapping[str, str | None]]:
        if sitting.session_id in self._silent:
            return ()
        if not self._tx.announcements.of_session(sitting.session_id):
            self._silent.add(sitting.session_id)
            return ()
        return announcements.of_sitting(self._tx, sitting, form)


def _check(keepsake: Keepsake | None, form: Form) -> None:
    if keepsake is not None:
        form.check_has(*keepsake.marked, *keepsake.visited, *keepsake.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """A sitting with the breaks that its candidate has."""

    sitting: Sitting
    breaks: Breaks
    server_time: datetime

    @property
    def used(self) -> int:
        """How many breaks were taken."""
        return rules.breaks_used(self.sitting)

    @property
    def ends_at(self) -> datetime | None:
        """When the break that is being taken ends by itself."""
        return rules.break_ends_at(self.sitting, self.breaks)


Change = Callable[[Sitting, Breaks, datetime], Sitting]


def breaks(engine: Engine, actor: Actor, sitting_id: SittingId) -> Resting:
    """Return which breaks the candidate has."""
    with engine.store.read() as tx:
        sitting, now = tx.sittings.of_candidate(sitting_id, actor.person_id), engine.clock.now()
        terms = terms_of(tx, sitting)
        return Resting(sitting=rules.settled(sitting, terms, now), breaks=terms.breaks, server_time=now)


def take_break(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Resting:
    """Begin a break: the time stands still, at most as long as the arrangement says. Raises NoBreakLeft."""
    return _change(ledger, actor, sitting_id, rules.take_break)


def end_break(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Resting:
    """End a break before it ends by itself; ending none is no mistake."""
    return _change(ledger, actor, sitting_id, rules.end_break)


def _change(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId, change: Change) -> Resting:
    def work(tx: Transaction, now: datetime) -> Resting:
        here = settle(tx, tx.sittings.of_candidate(sitting_id, actor.person_id), now)
        allowed = terms_of(tx, here).breaks
        after = change(here, allowed, now)
        if after.state is not here.state:
            kind = "break_taken" if rules.on_break(after) else "break_ended"
            used = {"used": rules.breaks_used(after)}
            tx.audit.append(kind, subject=sitting_id, actor=actor.person_id, now=now, payload=dict(used))
            tx.events.record(sitting_event(kind, after, now, actor, data=used))
        if after.state in RUNNING:
            tx.sittings.save(after)
        return Resting(sitting=after, breaks=allowed, server_time=now)

    return ledger.in_order(sitting_id, work).result()
