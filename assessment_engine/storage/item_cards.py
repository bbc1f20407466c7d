"""Lists of items: the newest version of each, filtered, counted and cut into pages by the database. No XML is read for a list.

A page goes on where the one before ended (by the value it is sorted by, and the id), so that the last of four hundred pages costs as
much as the first.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from assessment_engine.kernel.ids import BankId, CompetencyId, ItemId, ItemVersionId, PersonId
from assessment_engine.people import Actor
from assessment_engine.storage.enemies import enemy_items
from assessment_engine.storage.item_calibrations import item_calibrations
from assessment_engine.storage.item_parts import chunks, item_parts
from assessment_engine.storage.item_use import ItemUse, exposed
from assessment_engine.storage.items import begun, facts_of, item_versions, item_words
from item_bank.facts import Difficulty, ItemFacts
from item_bank.gist import searched
from item_bank.item_filters import Exposure, ItemFilter, Order, Place, Rights
from item_bank.items import ItemState, PartKind

ENDS_SOON = timedelta(days=90)
SEEN_OFTEN = 100

_V = item_versions.c
_EXPOSED = exposed().subquery("exposed")
_EXPOSURES = func.coalesce(_EXPOSED.c.exposures, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """A version as a list shows it."""

    id: ItemVersionId
    item_id: ItemId
    bank_id: BankId
    identifier: str
    version: int
    state: ItemState
    titles: Mapping[str, str]
    competency_id: CompetencyId | None
    level: int | None
    facts: ItemFacts
    author_id: PersonId | None
    saved_at: datetime | None
    moved_at: datetime | None
    exposures: int = 0

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages it speaks."""
        return tuple(sorted(self.titles))

    def title_in(self, lang: str) -> str:
        """Return its title in a language, or in its first one."""
        return self.titles.get(lang) or (self.titles[min(self.titles)] if self.titles else self.identifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """One page of a list, and where those beside it are; `states` counts what the filter finds, by state, as if no state were asked for."""

    cards: tuple[ItemCard, ...]
    states: Mapping[ItemState, int]
    asked: ItemState | None
    before: Place | None = None
    after: Place | None = None

    @property
    def total(self) -> int:
        """Return how many items the filter finds."""
        return sum(self.states.values()) if self.asked is None else self.states.get(self.asked, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What an organisation's newest versions say, for the filters: every value there is."""

    subjects: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    items: int = 0
    states: Mapping[ItemState, int] = field(default_factory=dict)


class ItemCards:
    """Lists of items in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, actor: Actor, asked: ItemFilter, order: Order, today: date, *, place: Place | None = None, size: int) -> CardPage:
        """Return one page of the newest versions that a filter finds."""
        by = _value(order.key)
        query = self._found(actor, asked, order, today).add_columns(by.label("sorted_by"))
        back = place is not None and place.back
        down = order.down is not back
        if place is not None:
            query = query.where(_beyond(by, place, down=down))
        query = query.order_by(by.desc() if down else by, _V.id.desc() if down else _V.id).limit(size + 1)
        rows = self._connection.execute(query).all()
        more, rows = len(rows) > size, rows[:size]
        if back:
            rows = rows[::-1]
        first, last = (rows[0], rows[-1]) if rows else (None, None)
        state = asked.equal.get("state")
        return CardPage(
            cards=self._counted(rows),
            states=self.states(actor, asked, today),
            asked=None if state is None else ItemState(str(state)),
            before=_place(first, order) if (more if back else place is not None) else None,
            after=_place(last, order) if back or more else None,
        )

    def all(self, actor: Actor, asked: ItemFilter, order: Order, today: date, *, most: int | None = None) -> list[ItemCard]:
        """Return all newest versions that a filter finds, or so many of them."""
        by = _value(order.key)
        query = self._found(actor, asked, order, today).order_by(by.desc() if order.down else by, _V.id.desc() if order.down else _V.id)
        return list(self._counted(self._connection.execute(query.limit(most)).all()))

    def states(self, actor: Actor, asked: ItemFilter, today: date) -> dict[ItemState, int]:
        """Return how many items a filter finds in each state, whatever state it asks for."""
        rest = {name: value for name, value in asked.equal.items() if name != "state"}
        query = _joined(select(_V.state, func.count().label("items")), asked).where(*_conditions(actor, asked, rest, today))
        return {ItemState(row.state): row.items for row in self._connection.execute(query.group_by(_V.state))}

    def some(self, actor: Actor, version_ids: Collection[ItemVersionId]) -> list[ItemCard]:
        """Return those of these versions, the newest or not, that the actor's organisation finds, by identifier."""
        found = []
        for chunk in chunks(version_ids):
            query = _cards().where(_V.organisation_id == actor.organisation_id, _V.id.in_(chunk), ~begun())
            found += [card_of(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda card: (card.identifier, card.id))

    def every(self, actor: Actor) -> list[ItemCard]:
        """Return the newest version of every item of the actor's organisation, by identifier."""
        query = _cards().where(_V.organisation_id == actor.organisation_id, _V.newest).order_by(_V.identifier, _V.id)
        return [card_of(row) for row in self._connection.execute(query)]

    def named(self, actor: Actor, names: Sequence[str]) -> dict[str, ItemCard]:
        """Return items by what they are called by: an identifier means the newest version, an id the version itself."""
        ours, found = (_V.organisation_id == actor.organisation_id) & ~begun(), {}
        for chunk in chunks(names):
            for row in self._connection.execute(_cards().where(ours, or_(_V.id.in_(chunk), and_(_V.identifier.in_(chunk), _V.newest)))):
                card = card_of(row)
                found.update(dict.fromkeys((row.identifier if row.newest else row.id, row.id), card))
        return {name: found[name] for name in names if name in found}

    def of_items(self, item_ids: Collection[ItemId]) -> list[ItemCard]:
        """Return the newest versions of items, by identifier."""
        found = []
        for chunk in chunks(item_ids):
            found += [card_of(row) for row in self._connection.execute(_cards().where(_V.item_id.in_(chunk), _V.newest))]
        return sorted(found, key=lambda card: (card.identifier, card.id))

    def versions_of(self, item_id: ItemId) -> list[ItemCard]:
        """Return every version of an item that can be found, newest first, with how many candidates have seen each."""
        query = _cards().where(_V.item_id == item_id, ~begun()).order_by(_V.version.desc())
        return list(self._counted(self._connection.execute(query).all()))

    def beside(self, actor: Actor, sha256s: Collection[str]) -> list[ItemCard]:
        """Return the newest versions that stand beside one of these texts, by identifier."""
        uses = select(item_parts.c.version_id).where(item_parts.c.sha256.in_(sha256s), item_parts.c.kind == str(PartKind.STIMULUS))
        query = _cards().where(_V.organisation_id == actor.organisation_id, _V.newest, _V.id.in_(uses)).order_by(_V.identifier)
        return [card_of(row) for row in self._connection.execute(query)]

    def choices(self, actor: Actor) -> Choices:
        """Return what the organisation's newest versions say, and how many there are in each state."""
        ours = (_V.organisation_id == actor.organisation_id) & _V.newest
        rows = self._connection.execute(
            select(_V.subject, _V.topic, _V.kind, _V.languages, _V.state, func.count().label("items"))
            .where(ours)
            .group_by(_V.subject, _V.topic, _V.kind, _V.languages, _V.state)
        ).all()
        states: dict[ItemState, int] = {}
        for row in rows:
            states[ItemState(row.state)] = states.get(ItemState(row.state), 0) + row.items
        return Choices(
            subjects=tuple(sorted({row.subject for row in rows} - {""})),
            topics=tuple(sorted({row.topic for row in rows} - {""})),
            kinds=tuple(sorted({row.kind for row in rows} - {""})),
            languages=tuple(sorted({lang for row in rows for lang in row.languages.split(",")} - {""})),
            items=sum(states.values()),
            states=states,
        )

    def _found(self, actor: Actor, asked: ItemFilter, order: Order, today: date) -> Select[tuple[object, ...]]:
        query = _joined(_cards(), asked, by_exposure=order.key == "exposures")
        return query.where(*_conditions(actor, asked, asked.equal, today))

    def _counted(self, rows: Sequence[Row[tuple[object, ...]]]) -> tuple[ItemCard, ...]:
        """Return cards with how many candidates have seen each."""
        cards = tuple(map(card_of, rows))
        seen = ItemUse(self._connection).exposures([card.id for card in cards])
        return tuple(replace(card, exposures=seen.get(card.id, 0)) for card in cards)


def _cards() -> Select[tuple[object, ...]]:
    return select(item_versions)


def _joined(query: Select[Any], asked: ItemFilter, *, by_exposure: bool = False) -> Select[Any]:
    """Join what only some filters and orders look at."""
    if asked.exposure is not None or by_exposure:
        query = query.outerjoin(_EXPOSED, _EXPOSED.c.version_id == _V.id)
    return query


def _conditions(actor: Actor, asked: ItemFilter, equal: Mapping[str, str | int], today: date) -> Iterator[ColumnElement[bool]]:
    yield _V.organisation_id == actor.organisation_id
    yield _V.newest
    yield from (_V[name] == value for name, value in equal.items())
    if words := searched(asked.words).split():
        having = and_(*(item_words.c.search.contains(word, autoescape=True) for word in words))
        yield _V.id.in_(select(item_words.c.version_id).where(having))  # one pass over a narrow table
    if asked.lang:
        yield _V.languages.contains(f",{asked.lang},", autoescape=True)
    if asked.lacks_lang:
        yield ~_V.languages.contains(f",{asked.lacks_lang},", autoescape=True)
    if asked.rights is not None:
        yield _RIGHTS[asked.rights](today)
    if asked.exposure is not None:
        yield {Exposure.NEVER: _EXPOSURES == 0, Exposure.SEEN: _EXPOSURES > 0, Exposure.OFTEN: _EXPOSURES >= SEEN_OFTEN}[asked.exposure]
    if asked.calibrated is not None:
        known = select(item_calibrations.c.id).where(item_calibrations.c.version_id == _V.id).exists()
        yield known if asked.calibrated else ~known
    if asked.stimulus:
        beside = (item_parts.c.version_id == _V.id, item_parts.c.kind == str(PartKind.STIMULUS), item_parts.c.sha256 == asked.stimulus)
        yield select(item_parts.c.version_id).where(*beside).exists()
    if asked.enemies:
        yield _V.item_id.in_(select(enemy_items.c.item_id).where(enemy_items.c.set_id == asked.enemies))


_RIGHTS: Mapping[Rights, Callable[[date], ColumnElement[bool]]] = {
    Rights.LAPSED: lambda today: _V.licence_ends < today,
    Rights.ENDING: lambda today: _V.licence_ends.between(today, today + ENDS_SOON),
    Rights.LASTING: lambda today: or_(_V.licence_ends.is_(None), _V.licence_ends > today + ENDS_SOON),
}


def _value(key: str) -> ColumnElement[Any]:
    """Return what a list is sorted by; never NULL, so that a page can go on after it."""
    values: Mapping[str, ColumnElement[Any]] = {
        "identifier": _V.identifier,
        "title": func.lower(_V.title),
        "state": case({str(state): place for place, state in enumerate(ItemState)}, value=_V.state),
        "level": func.coalesce(_V.level, 0),
        "difficulty": case({str(each): place for place, each in enumerate(Difficulty, start=1)}, value=_V.difficulty, else_=0),
        "saved": _V.id,  # ids are made in the order of time
        "exposures": _EXPOSURES,
    }
    return values[key]


def _beyond(by: ColumnElement[Any], place: Place, *, down: bool) -> ColumnElement[bool]:
    further = by < place.value if down else by > place.value
    return or_(further, and_(by == place.value, _V.id < place.id if down else _V.id > place.id))


def _place(row: Row[tuple[object, ...]] | None, order: Order) -> Place | None:
    return None if row is None else Place(order=order, value=row.sorted_by, id=row.id)


def card_of(row: Row[tuple[object, ...]]) -> ItemCard:
    """Read a version's row as a list shows it."""
    return ItemCard(
        id=ItemVersionId(row.id),
        item_id=ItemId(row.item_id),
        bank_id=BankId(row.bank_id),
        identifier=row.identifier,
        version=row.version,
        state=ItemState(row.state),
        titles=row.titles,
        competency_id=None if row.competency_id is None else CompetencyId(row.competency_id),
        level=row.level,
        facts=facts_of(row),
        author_id=None if row.author_id is None else PersonId(row.author_id),
        saved_at=row.saved_at,
        moved_at=row.moved_at,
    )
