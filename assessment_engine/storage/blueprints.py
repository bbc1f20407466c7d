"""Tables and queries of blueprints, and the pool of approved versions that papers are drawn from. A blueprint's document never changes.

A changed blueprint is a new row that replaces the old one, so that a form keeps leading to the rules it was drawn by.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, Boolean, Column, Connection, ForeignKey, Row, String, Table, exists, func, insert, select, update

from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import BlueprintId, ItemVersionId, OrganisationId, PersonId
from assessment_engine.people import Actor
from assessment_engine.storage.enemies import enemy_items
from assessment_engine.storage.forms import forms
from assessment_engine.storage.item_parts import chunks, item_parts
from assessment_engine.storage.items import begun, item_versions
from assessment_engine.storage.schema import Exact, Instant, metadata
from item_bank.blueprints import Blueprint, Pool, PoolItem, blueprint_of, pool_from
from item_bank.items import ItemState, PartKind

blueprints = Table(
    "blueprints",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("document", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("replaces", String(40), ForeignKey("blueprints.id")),
    Column("standing", Boolean, nullable=False),  # neither replaced nor given up
)

item_marks = Table(
    "item_marks",
    metadata,
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True),
    Column("best", Exact, nullable=False),
)
"""What each approved version is worth at most: worked out at its approval, so that no pool reads any text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBlueprint:
    """A blueprint as it is kept. `standing`: new forms may follow it."""

    id: BlueprintId
    organisation_id: OrganisationId
    blueprint: Blueprint
    made_by: PersonId
    made_at: datetime
    replaces: BlueprintId | None = None
    standing: bool = True


class Blueprints:
    """Blueprints in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, kept: KeptBlueprint) -> None:
        """Insert a blueprint; one that it replaces stands no more. Raises Conflict where that one was replaced meanwhile."""
        if kept.replaces is not None:
            self.give_up(kept.replaces)
        self._connection.execute(
            insert(blueprints).values(
                id=kept.id,
                organisation_id=kept.organisation_id,
                document=kept.blueprint.document,
                sha256=kept.blueprint.sha256,
                made_by=kept.made_by,
                made_at=kept.made_at,
                replaces=kept.replaces,
                standing=kept.standing,
            )
        )

    def give_up(self, blueprint_id: BlueprintId) -> None:
        """Let a blueprint stand no more; raises Conflict where it does not already."""
        done = self._connection.execute(
            update(blueprints).where(blueprints.c.id == blueprint_id, blueprints.c.standing).values(standing=False)
        )
        if done.rowcount != 1:
            raise Conflict("this blueprint was changed or given up meanwhile; look again", problem="blueprint_changed")

    def of_actor(self, actor: Actor, blueprint_id: BlueprintId) -> KeptBlueprint:
        """Return a blueprint of the actor's organisation; raises NotFound."""
        kept = self.get(blueprint_id)
        if kept.organisation_id != actor.organisation_id:
            raise NotFound("no such blueprint")
        return kept

    def get(self, blueprint_id: BlueprintId) -> KeptBlueprint:
        """Return a blueprint, for the engine's own acts; raises NotFound."""
        row = self._connection.execute(select(blueprints).where(blueprints.c.id == blueprint_id)).one_or_none()
        if row is None:
            raise NotFound("no such blueprint")
        return _kept(row)

    def all_of(self, actor: Actor) -> list[KeptBlueprint]:
        """Return the organisation's standing blueprints, newest first."""
        query = select(blueprints).where(blueprints.c.organisation_id == actor.organisation_id, blueprints.c.standing)
        return [_kept(row) for row in self._connection.execute(query.order_by(blueprints.c.id.desc()))]

    def used(self, blueprint_id: BlueprintId) -> int:
        """Return how many fixed forms follow a blueprint, and how many sessions' papers were drawn by it."""
        fixed = select(func.count()).where(forms.c.blueprint_id == blueprint_id, forms.c.draw_id.is_(None))
        draws = select(func.count(forms.c.draw_id.distinct())).where(forms.c.blueprint_id == blueprint_id)
        return sum(int(self._connection.execute(query).scalar_one()) for query in (fixed, draws))

    def without_marks(self, organisation_id: OrganisationId) -> list[ItemVersionId]:
        """Return the approved versions of an organisation whose marks nobody worked out yet."""
        known = exists().where(item_marks.c.version_id == item_versions.c.id)
        ours = (item_versions.c.organisation_id == organisation_id) & (item_versions.c.state == str(ItemState.APPROVED))
        return [ItemVersionId(one) for one in self._connection.execute(select(item_versions.c.id).where(ours, ~known)).scalars()]

    def keep_marks(self, best: Mapping[ItemVersionId, Decimal]) -> None:
        """Keep what versions are worth at most; what is known stays."""
        known = set[str]()
        for chunk in chunks(best):
            known |= set(self._connection.execute(select(item_marks.c.version_id).where(item_marks.c.version_id.in_(chunk))).scalars())
        rows = [{"version_id": version_id, "best": marks} for version_id, marks in best.items() if version_id not in known]
        if rows:
            self._connection.execute(insert(item_marks), rows)

    def still_approved(self, version_ids: Collection[ItemVersionId], *, held: bool = False) -> set[ItemVersionId]:
        """Return those of the versions that are approved; `held` keeps them so until this transaction ends."""
        found = set[ItemVersionId]()
        for chunk in chunks(sorted(version_ids)):
            approved = (item_versions.c.id.in_(chunk)) & (item_versions.c.state == str(ItemState.APPROVED))
            query = select(item_versions.c.id).where(approved).order_by(item_versions.c.id)
            rows = self._connection.execute(query.with_for_update(read=True) if held else query)
            found |= {ItemVersionId(one) for one in rows.scalars()}
        return found

    def pool(self, organisation_id: OrganisationId) -> Pool:
        """Return every approved version of an organisation's items, with their enemies and passages, without reading any text."""
        ours = (item_versions.c.organisation_id == organisation_id) & (item_versions.c.state == str(ItemState.APPROVED))
        enemies = defaultdict[str, set[str]](set)
        of_ours = select(enemy_items).join(item_versions, item_versions.c.item_id == enemy_items.c.item_id).where(ours)
        for row in self._connection.execute(of_ours):
            enemies[row.item_id].add(row.set_id)
        passages = select(item_parts.c.version_id, func.min(item_parts.c.sha256).label("sha256")).join(
            item_versions, item_versions.c.id == item_parts.c.version_id
        )
        passages = passages.where(ours, item_parts.c.kind == str(PartKind.STIMULUS)).group_by(item_parts.c.version_id)
        stimuli = {row.version_id: row.sha256 for row in self._connection.execute(passages)}
        priced = select(item_versions, item_marks.c.best).outerjoin(item_marks, item_marks.c.version_id == item_versions.c.id)
        rows = self._connection.execute(priced.where(ours, ~begun()))
        return pool_from(_pool_item(row, frozenset(enemies[row.item_id]), stimuli.get(row.id, "")) for row in rows)


def _kept(row: Row[tuple[object, ...]]) -> KeptBlueprint:
    return KeptBlueprint(
        id=BlueprintId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        blueprint=blueprint_of(row.document),
        made_by=PersonId(row.made_by),
        made_at=row.made_at,
        replaces=None if row.replaces is None else BlueprintId(row.replaces),
        standing=row.standing,
    )


def _pool_item(row: Row[tuple[object, ...]], enemies: frozenset[str], stimulus: str) -> PoolItem:
    return PoolItem(
        id=row.id,
        item=row.item_id,
        sha256=row.sha256,
        version=row.version,
        competency=row.competency_id or "",
        level=row.level,
        subject=row.subject,
        topic=row.topic,
        kind=row.kind,
        bloom=row.bloom or "",
        difficulty=row.difficulty or "",
        seconds=row.seconds,
        words=row.words,
        marks=row.best or Decimal(0),
        stimulus=stimulus,
        enemies=enemies,
        languages=frozenset(row.titles),
        licence_ends=row.licence_ends,
    )
