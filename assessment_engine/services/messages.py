"""Words between a candidate and whoever watches. Rules: delivery/messages.py; pages fetch them, nothing is taken back.

A warning is one of our sentences and a leaf of the log; of a chat the log has the hash. No word of anybody is in the exam events.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessment_engine.delivery import messages as rules
from assessment_engine.delivery.messages import MOST_OF_SITTING, Message, MessageKind
from assessment_engine.delivery.sitting import RUNNING, Sitting
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import Conflict, NotYet
from assessment_engine.kernel.ids import SittingId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.interests import check_stranger
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import Facts, sitting_event

SAME_WITHIN = timedelta(seconds=10)
"""The same words again in this time are the same message: a button that was pressed twice, or a line that came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody wants to say: one of our sentences by its key, or words of their own (chat only)."""

    kind: MessageKind
    sentence: str = ""
    text: str = ""


def say(engine: Engine, actor: Actor, sitting_id: SittingId, said: Said) -> Message:
    """Say something to one candidate, or warn them; raises NotYet outside the exam, Invalid, Conflict, ConflictOfInterest."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        check_stranger(tx, actor.person_id, sitting)
        typed = rules.checked(said.text) if not said.sentence and said.kind is MessageKind.CHAT else ""
        ours = None if typed else rules.sentence(said.kind, said.sentence)
        message = _message(sitting, actor, now, said.kind, typed if ours is None else ours.text)
        if ours is not None:
            message = replace(message, text_hi=ours.text_hi, sentence=said.sentence)
        kept = _keep(tx, sitting, message, actor)
        if any(one.sitting_id == sitting_id for one in tx.checkins.open_calls(sitting.session_id, actor.organisation_id)):
            tx.events.record(sitting_event("call_answered", sitting, now, actor))  # whoever called has been spoken to
        return kept


def write(engine: Engine, actor: Actor, sitting_id: SittingId, text: str) -> Message:
    """Write to whoever watches, as the candidate; raises NotYet outside the exam, Invalid, Conflict for too many."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        return _keep(tx, sitting, _message(sitting, actor, now, MessageKind.CHAT, rules.checked(text)), actor)


def _message(sitting: Sitting, actor: Actor, now: datetime, kind: MessageKind, text: str) -> Message:
    return Message(
        id=new_id("msg", now),
        organisation_id=sitting.organisation_id,
        session_id=sitting.session_id,
        sitting_id=sitting.id,
        at=now,
        person_id=actor.person_id,
        from_candidate=actor.person_id == sitting.candidate_id,
        kind=kind,
        text=text,
    )


def _keep(tx: Transaction, sitting: Sitting, message: Message, actor: Actor) -> Message:
    if sitting.state not in RUNNING:
        raise NotYet("messages are for the time of the exam")
    before = tx.messages.of_sittings([sitting.id]).get(sitting.id, [])
    last = next((one for one in reversed(before) if one.person_id == message.person_id), None)
    if last is not None and (last.kind, last.text) == (message.kind, message.text) and message.at - last.at < SAME_WITHIN:
        return last
    if sum(one.from_candidate == message.from_candidate for one in before) >= MOST_OF_SITTING:  # else a page could silence the other side
        raise Conflict(f"each side of a sitting writes at most {MOST_OF_SITTING} messages", most=MOST_OF_SITTING)
    tx.messages.add(message)
    kind = "warning_given" if message.kind is MessageKind.WARNING else "message_written"
    about: Facts = {"from_candidate": message.from_candidate, **({"sentence": message.sentence} if message.sentence else {})}
    payload = {**about, "message": message.id, "text_sha256": sha256_hex(message.text.encode())}
    tx.audit.append(kind, subject=sitting.id, actor=actor.person_id, now=message.at, payload=payload)
    tx.events.record(sitting_event(kind, sitting, message.at, actor, subject=message.id, data=about))
    return message


def mine(engine: Engine, actor: Actor, sitting_id: SittingId) -> list[Message]:
    """Return the messages of one's own sitting, oldest first."""
    with engine.store.read() as tx:
        tx.sittings.of_candidate(sitting_id, actor.person_id)
        return tx.messages.of_sittings([sitting_id]).get(sitting_id, [])


def for_pages(tx: Transaction, sittings: Sequence[SittingId]) -> dict[SittingId, list[dict[str, str | None]]]:
    """Return what pages show of the messages to and from these candidates: one query for a whole batch of contacts."""
    return {sitting_id: [one.document for one in said] for sitting_id, said in tx.messages.of_sittings(sittings).items()}
