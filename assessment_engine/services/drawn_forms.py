"""Candidates' own papers: each sitting of a session gets a form of its own, drawn by the blueprint of the exam's form before the exam.

`draw` fixes rules, pool and seed at once; the papers that follow from them are written some at a time, so that no save of an answer waits,
and what was interrupted, or registered since, is written by the sweep (`draw_missing`), at the latest when a candidate is admitted
(`ensure`). A version that was retired since the draw is in no paper that is written later: that one names a pool without it. From then on a
sitting keeps its form: resuming, sealing, scoring and challenges see exactly that one. See docs/adr/0051.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from assessment_engine.delivery.sitting import BEFORE_PAPER
from assessment_engine.exams import Exam, ExamSession, ExamState
from assessment_engine.kernel.canonical import Json, digest, sha256_hex
from assessment_engine.kernel.errors import BlueprintCannotBeMet, Conflict
from assessment_engine.kernel.ids import DrawId, ItemVersionId, SessionId, SittingId, new_id
from assessment_engine.people import Actor, Role, civil_date, require
from assessment_engine.services.blueprints import check_marks, form_from, work_out_marks
from assessment_engine.services.engine import Engine
from assessment_engine.storage.blueprints import KeptBlueprint
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.drawn_forms import FormDraw, Seats, Waiting
from item_bank.blueprints import Drawing, Pool, Survey, survey
from item_bank.forms import Form, FormOrigin

log = structlog.get_logger()

AT_ONCE = 20
"""Papers written in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSheet:
    """What a draw of a session would do, or did: who gets a paper, what from, and how often each question is in one."""

    session: ExamSession
    exam: Exam
    form: Form
    kept: KeptBlueprint | None  # None: the exam's form follows no blueprint
    draw: FormDraw | None
    seats: Seats
    survey: Survey | None
    uses: Counter[int]  # in how many papers a question is: how many questions
    papers_sha256: str

    @property
    def may_draw(self) -> bool:
        """Whether the papers can be drawn, or drawn anew."""
        found = self.survey
        return found is not None and found.is_met and not found.uneven and not self.seats.begun


def sheet(engine: Engine, actor: Actor, session_id: SessionId) -> DrawSheet:
    """Return how a session's own papers stand, and what a draw would find now."""
    require(actor, Role.CELL_OFFICER)
    work_out_marks(engine, actor.organisation_id)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        exam = tx.exams.get(session.exam_id)
        form, draw = tx.forms.get(exam.form_id), tx.drawn_forms.of_session(session_id)
        kept = None if form.origin is None else tx.blueprints.get(form.origin.blueprint_id)
        found = None if kept is None else survey(kept.blueprint, _pool(tx, actor, exam), civil_date(session.closes_at))
        return DrawSheet(
            session=session,
            exam=exam,
            form=form,
            kept=kept,
            draw=draw,
            seats=tx.drawn_forms.seats(session_id, draw),
            survey=found,
            uses=Counter(tx.drawn_forms.uses(draw).values()) if draw else Counter(),
            papers_sha256=_papers_sha256(tx, draw) if draw else "",
        )


def _pool(tx: Transaction, actor: Actor, exam: Exam) -> Pool:
    """Return the pool of an exam: what is approved, without the questions that candidates of this or another open exam practise with."""
    others = [one for one in tx.exams.all_of(actor) if one.state is ExamState.OPEN]
    practice = {one.practice_form_id for one in (exam, *others) if one.practice_form_id is not None}
    practised = tx.items.many({item for form_id in practice for item in tx.forms.get(form_id).items})
    return tx.blueprints.pool(exam.organisation_id).without(version.item_id for version in practised.values())


def _papers_sha256(tx: Transaction, draw: FormDraw) -> str:
    return digest(list(tx.drawn_forms.digests(draw)))


def draw(engine: Engine, actor: Actor, session_id: SessionId) -> DrawSheet:
    """Draw a paper for every candidate of a session, or draw them anew while nobody was handed one.

    Raises BlueprintCannotBeMet, MarksDiffer where two papers would not be worth the same, or Conflict where the exam's form follows no
    blueprint, somebody was admitted, or the session is over.
    """
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    work_out_marks(engine, actor.organisation_id)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        exam = tx.exams.get(session.exam_id)
        kept, pool = _rules(tx, session, exam), _pool(tx, actor, exam)
    usable, _ = pool.usable(kept.blueprint.languages, civil_date(session.closes_at))
    drawing, seed = Drawing(kept.blueprint, usable), secrets.token_hex(16)
    check_marks(kept.blueprint, survey(kept.blueprint, pool, civil_date(session.closes_at)))
    drawing.draw(seed)  # whatever cannot be found is told before anything is kept
    made = FormDraw(
        id=DrawId(new_id("drw", now)),
        organisation_id=actor.organisation_id,
        session_id=session_id,
        blueprint_id=kept.id,
        seed=seed,
        pool_sha256=usable.sha256,
        drawn_by=actor.person_id,
        drawn_at=now,
    )
    with engine.store.begin() as tx:
        tx.registrations.lock_sessions([session_id])
        _check_nobody_has_a_paper(tx, session_id, now >= session.closes_at)
        tx.drawn_forms.add_draw(made, usable)
        tx.audit.append("papers_drawn", subject=session_id, actor=actor.person_id, now=now, payload=_about(made, kept))
    _write_all(engine, made)
    return sheet(engine, actor, session_id)


def _rules(tx: Transaction, session: ExamSession, exam: Exam) -> KeptBlueprint:
    origin = tx.forms.get(exam.form_id).origin
    if session.practice_of is not None or origin is None:
        raise Conflict("the form of this exam was not made by a blueprint; everybody sits the same one", problem="no_blueprint")
    return tx.blueprints.get(origin.blueprint_id)


def _check_nobody_has_a_paper(tx: Transaction, session_id: SessionId, over: bool) -> None:
    if over:
        raise Conflict("this session is over", problem="session_over")
    begun = tx.drawn_forms.seats(session_id, None).begun
    if begun:
        raise Conflict(f"{begun} candidates are admitted; papers are drawn before anybody is", problem="papers_handed_out", begun=begun)


def _about(made: FormDraw, kept: KeptBlueprint) -> Json:
    """Return what the log says: the seed only as its hash, so that nobody who reads the log can draw the papers before the exam."""
    rules: dict[str, Json] = {"draw": made.id, "blueprint": kept.id, "blueprint_sha256": kept.blueprint.sha256}
    return {**rules, "pool_sha256": made.pool_sha256, "seed_sha256": sha256_hex(made.seed.encode())}


def draw_missing(engine: Engine, breathe: Callable[[], None] = lambda: None) -> int:
    """Write the papers of those who wait for one, in every session that was drawn; returns how many. A chore of the sweep.

    Where the bank cannot give one any more, who waits keeps the exam's common form, which the page of the draw says.
    """
    with engine.store.read() as tx:
        unfinished = tx.drawn_forms.unfinished(engine.clock.now())
    written = 0
    for made in unfinished:
        try:
            written += _write_all(engine, made, breathe)
        except BlueprintCannotBeMet as refusal:
            log.warning("papers_not_drawn", session=made.session_id, problem=refusal.details.get("problem"))
    return written


def ensure(engine: Engine, sitting_id: SittingId) -> None:
    """See to it that a sitting whose session was drawn has its own paper, before it is handed out; nobody is kept out for want of one."""
    with engine.store.read() as tx:
        sitting = tx.sittings.get(sitting_id)
        made = tx.drawn_forms.of_session(sitting.session_id)
        if made is None or sitting.state not in BEFORE_PAPER:
            return
        origin = tx.forms.get(sitting.form_id).origin
        if origin is not None and origin.draw_id == made.id:  # one of an earlier draw counts no more
            return
    with suppress(BlueprintCannotBeMet):
        press = _ready(engine, made)
        _write(engine, press, [_drawn(engine, press, Waiting(sitting.id, sitting.registration_id))])


@dataclass(frozen=True, slots=True)
class _Press:
    """What papers of a draw are made with: the rules, and what of its pool is still approved."""

    made: FormDraw
    kept: KeptBlueprint
    pool: Pool
    drawing: Drawing


def _ready(engine: Engine, made: FormDraw) -> _Press:
    with engine.store.read() as tx:
        kept, drawn_from = tx.blueprints.get(made.blueprint_id), tx.drawn_forms.pool(made.pool_sha256)
        approved = tx.blueprints.still_approved([ItemVersionId(item.id) for item in drawn_from.items])
    pool = Pool(tuple(item for item in drawn_from.items if item.id in approved))
    return _Press(made, kept, pool, Drawing(kept.blueprint, pool))


_Paper = tuple[Waiting, Form, Json]


def _write_all(engine: Engine, made: FormDraw, breathe: Callable[[], None] = lambda: None) -> int:
    press = _ready(engine, made)
    with engine.store.read() as tx:
        waiting = tx.drawn_forms.waiting(made)
    written = 0
    for first in range(0, len(waiting), AT_ONCE):
        written += _write(engine, press, [_drawn(engine, press, one) for one in waiting[first : first + AT_ONCE]])
        breathe()
    return written


def _drawn(engine: Engine, press: _Press, one: Waiting) -> _Paper:
    made, registration_id = press.made, one.registration_id
    seed = made.seed_for(registration_id)
    origin = FormOrigin(
        blueprint_id=press.kept.id, seed=seed, pool_sha256=press.pool.sha256, draw_id=made.id, registration_id=registration_id
    )
    return one, *form_from(press.kept, press.drawing.draw(seed), origin, engine.clock.now())


def _write(engine: Engine, press: _Press, papers: Sequence[_Paper]) -> int:
    """Write papers and give them to their sittings; returns how many.

    Left out are those who were handed the common one, and papers with a version that was retired just now: they are drawn again. Who has a
    paper of this draw already keeps it.
    """
    made, written = press.made, 0
    with engine.store.begin() as tx:
        counting = tx.drawn_forms.of_session(made.session_id)
        if counting is None or counting.id != made.id:
            return 0  # drawn anew meanwhile
        approved = tx.blueprints.still_approved({item for _, form, _ in papers for item in form.items}, held=True)
        sittings, known = tx.sittings.lock([one.sitting_id for one, _, _ in papers]), tx.drawn_forms.papers(made)
        tx.drawn_forms.keep_pool(press.pool)
        for one, form, document in papers:
            sitting, mine = sittings[one.sitting_id], known.get(one.registration_id)
            if sitting.state not in BEFORE_PAPER or not (mine or approved.issuperset(form.items)):
                continue
            if mine is None:
                tx.forms.add(form, document)
            tx.sittings.save(replace(sitting, form_id=mine or form.id))
            written += 1
    return written
