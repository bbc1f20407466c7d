"""A sitting's paper before the start: it travels early and encrypted, and a short code opens it (ADR 22).

The code is derived from the deployment's tickets key and the session's id, so that nothing is stored, every process knows it, and an
invigilator can read it aloud to a room without a line. A paper holds what a page would get question by question: HTML in every language
and the pictures in it; never a key. Questions that are the same for everybody are rendered once a process.
"""

import base64
import re
import secrets
from weakref import WeakKeyDictionary

from assessment_engine.delivery.navigation import parts
from assessment_engine.delivery.paper import NONCE_BYTES, SALT_BYTES, PaperKeys, code_of, seal_paper
from assessment_engine.delivery.routing import foreseeable, route_of
from assessment_engine.delivery.sitting import ENDED, RUNNING, Sitting, SittingState
from assessment_engine.exams import ExamSession
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import NotYet, SittingSealed
from assessment_engine.kernel.ids import ItemVersionId, SessionId, SittingId
from assessment_engine.people import SESSION_STAFF, Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import RenderedItem, is_drawn, rendered_item
from assessment_engine.services.media import ADDRESS
from assessment_engine.storage.database import Store, Transaction
from item_bank.forms import Form
from item_bank.items import PartKind

LARGEST_FILE = 4 * 1024 * 1024
"""A longer film stays out of the paper; the page asks for it while there is a line."""

_HAVE_PAPER = RUNNING | {SittingState.ADMITTED}
_MEDIA = re.compile(re.escape(ADDRESS) + "([0-9a-f]{64})")
_shared: WeakKeyDictionary[Store, dict[ItemVersionId, Json]] = WeakKeyDictionary()
"""Questions that are the same for everybody, by deployment; versions never change, so this never grows stale."""


def release_code(engine: Engine, session_id: SessionId) -> str:
    """Return what opens the papers of a session, as it is read aloud: three groups of four letters and digits."""
    return code_of(engine.signer.tickets.derived("paper-release-code", session_id))


def code_to_read(engine: Engine, actor: Actor, session_id: SessionId) -> str:
    """Return the code for a room without a line; every look is in the log.

    An officer sees it at any time (to seal it in an envelope), an invigilator from the opening on; raises NotYet before.
    """
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        session = tx.exams.session_of(actor, session_id)
        if Role.CELL_OFFICER not in actor.roles and now < session.opens_at:
            raise NotYet("the code is shown when the session opens", opens_at=iso(session.opens_at))
        tx.audit.append("paper_code_shown", subject=session_id, actor=actor.person_id, now=now)
    return release_code(engine, session_id)


def session_to_read(engine: Engine, actor: Actor, session_id: SessionId) -> ExamSession:
    """Return a session of the organisation to staff who may have to read its code aloud."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        return tx.exams.session_of(actor, session_id)


def paper_of(engine: Engine, actor: Actor, sitting_id: SittingId) -> dict[str, Json]:
    """Return the candidate's own paper, encrypted; from admission on, also before the session opens."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        _check_has_paper(sitting)
        form = tx.forms.get(sitting.form_id)
    content = _content(engine, sitting, form)
    return seal_paper(content, sitting_id, _keys(engine, sitting), secrets.token_bytes(NONCE_BYTES))


def session_of(engine: Engine, actor: Actor, sitting_id: SittingId) -> ExamSession:
    """Return the session of the candidate's own sitting: when it opens, and whether everybody's time counts from then."""
    with engine.store.read() as tx:
        return tx.exams.session(tx.sittings.of_candidate(sitting_id, actor.person_id).session_id)


def check_has_paper(engine: Engine, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Return the candidate's own sitting if it may hold a paper now; raises NotYet or SittingSealed."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
    _check_has_paper(sitting)
    return sitting


def _check_has_paper(sitting: Sitting) -> None:
    if sitting.state in ENDED:
        raise SittingSealed("the sitting is closed; its paper is not handed out any more")
    if sitting.state not in _HAVE_PAPER:
        raise NotYet("the paper is handed out after admission", state=str(sitting.state))


def _keys(engine: Engine, sitting: Sitting) -> PaperKeys:
    tickets = engine.signer.tickets
    return PaperKeys(
        code=release_code(engine, sitting.session_id),
        salt=tickets.derived("paper-salt", sitting.session_id)[:SALT_BYTES],
        content_key=tickets.derived("paper-content", sitting.id),
    )


def _content(engine: Engine, sitting: Sitting, form: Form) -> Json:
    listed = _listed(engine, sitting, form)
    sections: Json = [{"id": part.id, "items": list(listed[part.id])} for part in form.sections]
    items = {str(item_id): _question(engine, sitting, item_id) for part in form.sections for item_id in listed[part.id]}
    with engine.store.read() as tx:
        media = _media(tx, items)
    return {"version": 1, "sitting": sitting.id, "form": {"id": form.id, "sections": sections}, "items": items, "media": media}


def _listed(engine: Engine, sitting: Sitting, form: Form) -> dict[str, tuple[ItemVersionId, ...]]:
    """Return the questions of each part in the candidate's own order; none for a part that marks may lead to, until it is reached."""
    route, certain = route_of(form, sitting.id), foreseeable(form)
    reached = {part.section.id for part in parts(form, sitting, engine.clock.now()) if part.items}
    return {part.id: route.items(part.id) if part.id in certain | reached else () for part in form.sections}


def _question(engine: Engine, sitting: Sitting, item_id: ItemVersionId) -> Json:
    """Return a question in all its languages; kept for the next candidate when nothing in it is drawn by chance."""
    known = _shared.setdefault(engine.store, {})
    if item_id in known:
        return known[item_id]
    first = rendered_item(engine, item_id, sitting.language, sitting_id=sitting.id)
    others = [lang for lang in first.languages if lang != first.lang]
    shown = [first, *(rendered_item(engine, item_id, lang, sitting_id=sitting.id) for lang in others)]
    question: Json = {one.lang: _page(one) for one in shown}
    if not is_drawn(engine, item_id):
        known[item_id] = question
    return question


def _page(shown: RenderedItem) -> Json:
    return {
        "item": shown.id,
        "language": shown.lang,
        "languages": list(shown.languages),
        "title": shown.title,
        "html": shown.html,
        "max_score": shown.max_score,
    }


def _media(tx: Transaction, items: object) -> Json:
    """Return the files that the questions show, in base64 by their address."""
    found: dict[str, Json] = {}
    for sha256 in sorted(set(_MEDIA.findall(repr(items)))):
        part = next((part for _, part in tx.items.parts.with_digest(sha256) if part.kind is PartKind.MEDIA), None)
        if part is not None and part.size <= LARGEST_FILE:
            data = base64.b64encode(tx.items.parts.contents(sha256)).decode()
            found[f"{ADDRESS}{sha256}"] = {"type": part.media_type, "data": data}
    return found
