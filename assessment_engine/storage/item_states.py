"""The states of versions: held while somebody decides, moved, and the queue of those in review. No XML is read here.

`ready` follows from the words on a version and is written with them: so the queue of whoever approves walks over what may be approved. What
counts when somebody approves is the words themselves (item_bank/item_reviews.py, item_triggers.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, literal, or_, select, update

from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.storage.item_cards import ItemCard, card_of
from assessment_engine.storage.item_parts import chunks
from assessment_engine.storage.item_reviews import item_reviews
from assessment_engine.storage.items import begun, item_versions
from item_bank.item_filters import Waited
from item_bank.item_reviews import Verdict
from item_bank.items import ItemState

_V = item_versions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class InReview:
    """Which versions in review are meant: those of some subjects (None: of all).

    Where one of the others is said, only those whose turn it is: to review what is of these subjects, to approve what may be approved.
    """

    subjects: tuple[str, ...] | None = None
    reviewing: tuple[str, ...] = ()
    approving: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One page of a queue, and where those beside it are."""

    cards: tuple[ItemCard, ...]
    before: Waited | None = None
    after: Waited | None = None


class ItemStates:
    """States of versions in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, actor: Actor, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, ItemState]:
        """Keep everybody else from moving versions of the actor's organisation until this transaction ends.

        Raises NotFound when one of them is not there.
        """
        found: dict[ItemVersionId, ItemState] = {}
        ours = (_V.organisation_id == actor.organisation_id) & ~begun()
        for chunk in chunks(sorted(set(version_ids))):
            query = select(_V.id, _V.state).where(_V.id.in_(chunk), ours).order_by(_V.id).with_for_update()
            found |= {ItemVersionId(row.id): ItemState(row.state) for row in self._connection.execute(query)}
        if len(found) != len(set(version_ids)):
            raise NotFound("no such item")
        return found

    def move(self, version_ids: Iterable[ItemVersionId], was: ItemState, to: ItemState, now: datetime) -> None:
        """Store a new state of versions that have one state; raises Conflict when somebody else moved one meanwhile."""
        for chunk in chunks(version_ids):
            asked = _V.id.in_(chunk) & (_V.state == str(was))
            moved = self._connection.execute(update(item_versions).where(asked).values(state=str(to), moved_at=now))
            if moved.rowcount != len(chunk):
                raise Conflict("somebody else changed this item meanwhile; look again")

    def say_ready(self, ready: Mapping[ItemVersionId, bool]) -> None:
        """Write which versions the cell may approve by what is said of them now."""
        for said in (True, False):
            for chunk in chunks([version_id for version_id, each in ready.items() if each is said]):
                self._connection.execute(update(item_versions).where(_V.id.in_(chunk), _V.ready.is_not(said)).values(ready=said))

    def in_review(self, actor: Actor, asked: InReview, place: Waited | None = None, *, size: int) -> Queued:
        """Return one page of what is in review, the longest waiting first."""
        back = place is not None and place.back
        query = select(item_versions).where(*_conditions(actor, asked))
        if place is not None:
            further = _V.moved_at < place.since if back else _V.moved_at > place.since
            query = query.where(or_(further, and_(_V.moved_at == place.since, _V.id < place.id if back else _V.id > place.id)))
        order = (_V.moved_at.desc(), _V.id.desc()) if back else (_V.moved_at, _V.id)
        rows = self._connection.execute(query.order_by(*order).limit(size + 1)).all()
        more, cards = len(rows) > size, tuple(map(card_of, rows[:size]))
        cards = cards[::-1] if back else cards
        return Queued(
            cards=cards,
            before=_place(cards[:1]) if (more if back else place is not None) else None,
            after=_place(cards[-1:]) if back or more else None,
        )

    def count(self, actor: Actor, asked: InReview, most: int) -> int:
        """Count what is in review, as far as `most`."""
        some = select(literal(1)).where(*_conditions(actor, asked)).limit(most).subquery()
        return self._connection.execute(select(func.count()).select_from(some)).scalar_one()


def _place(cards: tuple[ItemCard, ...]) -> Waited | None:
    return next((Waited(since=card.moved_at, id=card.id) for card in cards if card.moved_at is not None), None)


def _conditions(actor: Actor, asked: InReview) -> Iterable[ColumnElement[bool]]:
    yield _V.organisation_id == actor.organisation_id
    yield _V.state == literal(str(ItemState.IN_REVIEW), literal_execute=True)  # in the query's text: the index is of this state alone
    yield ~begun()
    if asked.subjects is not None:
        yield _V.subject.in_(asked.subjects)
    if asked.reviewing or asked.approving:
        mine = (item_reviews.c.version_id == _V.id) & (item_reviews.c.person_id == actor.person_id)
        review = and_(_V.subject.in_(asked.reviewing), _none(_accepted(actor))) if asked.reviewing else false()
        approve = and_(_V.ready, _none(select(item_reviews.c.ordinal).where(mine))) if asked.approving else false()
        yield or_(review, approve)
        yield _none(_wrote(actor))


def _none(found: Select[tuple[int]]) -> ColumnElement[bool]:
    """Tell that a row finds nothing: looked up row by row as a page is filled, never made into a join of all that there is."""
    return found.limit(1).correlate(item_versions).scalar_subquery().is_(None)


def _accepted(actor: Actor) -> Select[tuple[int]]:
    """Find a reviewer's last word on a version where that was to accept it."""
    word, later = item_reviews.alias(), item_reviews.alias()
    after = (later.c.version_id == _V.id) & (later.c.person_id == actor.person_id) & (later.c.ordinal > word.c.ordinal)
    said = (word.c.version_id == _V.id) & (word.c.person_id == actor.person_id) & (word.c.verdict == str(Verdict.ACCEPT))
    return select(word.c.ordinal).where(said, ~exists().where(after).correlate(word, item_versions))


def _wrote(actor: Actor) -> Select[tuple[int]]:
    """Find a step by which somebody is an author of a version (`item_bank.item_reviews.authors_of`, in SQL)."""
    step, rest = item_versions.alias(), item_versions.alias()
    rests = rest.c.state.in_((str(ItemState.APPROVED), str(ItemState.RETIRED)))
    between = (rest.c.item_id == _V.item_id) & (rest.c.version >= step.c.version) & (rest.c.version < _V.version) & rests
    before = (step.c.item_id == _V.item_id) & (step.c.version <= _V.version) & (step.c.author_id == actor.person_id)
    return select(step.c.version).where(before, ~exists().where(between).correlate(step, item_versions))
