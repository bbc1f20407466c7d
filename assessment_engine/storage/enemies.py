"""Tables and queries of enemy sets: items of which a candidate may see one at most, because one gives another away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, ForeignKey, Row, String, Table, delete, func, insert, select

from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import EnemySetId, ItemId
from assessment_engine.people import Actor
from assessment_engine.storage.item_parts import chunks
from assessment_engine.storage.schema import metadata

enemy_sets = Table(
    "enemy_sets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
)

enemy_items = Table(
    "enemy_items",
    metadata,
    Column("set_id", String(40), ForeignKey("enemy_sets.id"), primary_key=True),
    Column("item_id", String(40), ForeignKey("items.id"), primary_key=True, index=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnemySet:
    """A set with its items; `name` says what they give away."""

    id: EnemySetId
    name: str
    items: tuple[ItemId, ...]


class Enemies:
    """Enemy sets in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, actor: Actor, enemies: EnemySet) -> None:
        """Insert a set of the actor's organisation with its items."""
        self._connection.execute(insert(enemy_sets).values(id=enemies.id, organisation_id=actor.organisation_id, name=enemies.name))
        self.join(enemies.id, enemies.items)

    def join(self, set_id: EnemySetId, item_ids: Sequence[ItemId]) -> None:
        """Put items into a set that they are not in."""
        if item_ids:
            self._connection.execute(insert(enemy_items), [{"set_id": set_id, "item_id": item_id} for item_id in item_ids])

    def leave(self, set_id: EnemySetId, item_id: ItemId) -> bool:
        """Take an item out of a set; a set of fewer than two is nobody's enemy, and goes. Returns whether the set stays."""
        self._connection.execute(delete(enemy_items).where(enemy_items.c.set_id == set_id, enemy_items.c.item_id == item_id))
        left = self._connection.execute(select(func.count()).where(enemy_items.c.set_id == set_id)).scalar_one()
        if left >= 2:
            return True
        self._connection.execute(delete(enemy_items).where(enemy_items.c.set_id == set_id))
        self._connection.execute(delete(enemy_sets).where(enemy_sets.c.id == set_id))
        return False

    def get(self, actor: Actor, set_id: EnemySetId) -> EnemySet:
        """Return a set of the actor's organisation; raises NotFound."""
        row = self._connection.execute(
            select(enemy_sets).where(enemy_sets.c.id == set_id, enemy_sets.c.organisation_id == actor.organisation_id)
        ).one_or_none()
        if row is None:
            raise NotFound("no such set of enemy items")
        return EnemySet(id=EnemySetId(row.id), name=row.name, items=self._items([row.id])[row.id])

    def named(self, actor: Actor, item_ids: Collection[ItemId], set_id: str = "") -> dict[EnemySetId, str]:
        """Return the names of the organisation's sets that any of these items is in, and of one set more, by name."""
        found: dict[EnemySetId, str] = {}
        for chunk in chunks(item_ids) if item_ids else ((),):
            inside = select(enemy_items.c.set_id).where(enemy_items.c.item_id.in_(chunk))
            ours = (enemy_sets.c.organisation_id == actor.organisation_id) & (enemy_sets.c.id.in_(inside) | (enemy_sets.c.id == set_id))
            found |= {EnemySetId(row.id): row.name for row in self._connection.execute(select(enemy_sets).where(ours))}
        return dict(sorted(found.items(), key=lambda each: (each[1], each[0])))

    def of_items(self, item_ids: Collection[ItemId]) -> list[EnemySet]:
        """Return the sets that any of these items is in, whole."""
        found: dict[str, Row[tuple[object, ...]]] = {}
        for chunk in chunks(item_ids):
            inside = select(enemy_items.c.set_id).where(enemy_items.c.item_id.in_(chunk))
            for row in self._connection.execute(select(enemy_sets).where(enemy_sets.c.id.in_(inside))):
                found[row.id] = row
        return self._sets(list(found.values()))

    def _sets(self, rows: Sequence[Row[tuple[object, ...]]]) -> list[EnemySet]:
        sets = [(EnemySetId(row.id), str(row.name)) for row in rows]
        items = self._items([set_id for set_id, _ in sets])
        return [EnemySet(id=set_id, name=name, items=items.get(set_id, ())) for set_id, name in sets]

    def _items(self, set_ids: Collection[EnemySetId]) -> dict[EnemySetId, tuple[ItemId, ...]]:
        found: dict[EnemySetId, list[ItemId]] = {}
        for chunk in chunks(set_ids):
            query = select(enemy_items).where(enemy_items.c.set_id.in_(chunk)).order_by(enemy_items.c.item_id)
            for row in self._connection.execute(query):
                found.setdefault(EnemySetId(row.set_id), []).append(ItemId(row.item_id))
        return {set_id: tuple(items) for set_id, items in found.items()}
