"""Tables and queries of imports as people see them: who asked for which files, how far it is, what came of it, and who withdrew it.
Exports of a whole list stand in the same table, told apart by their ids: they are asked for, carried out and found again the same way.

What an import wrote is in items.py (`item_imports`, `item_versions`): it is found once its row there is finished, and no longer when it is
withdrawn. Nothing is deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    insert,
    or_,
    select,
    update,
)

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import BankId, ImportId, ItemVersionId, OrganisationId
from assessment_engine.people import Actor
from assessment_engine.storage.items import banks, item_imports, item_versions
from assessment_engine.storage.people import people
from assessment_engine.storage.schema import Instant, metadata
from item_bank.items import ItemState

IMPORT, EXPORT = "run", "exp"
"""How ids of either kind begin."""

CLAIM_LASTS = timedelta(minutes=5)
LONGEST_NAME = 255
LONGEST_CODE = 60

import_runs = Table(
    "import_runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("person_id", String(40), nullable=False),  # of nobody in `people` where the console acted
    Column("asked_at", Instant, nullable=False),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("files", JSON, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("claimed_until", Instant),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("ended_at", Instant),
    Column("problem", Text),  # why it broke off, as it was said
    Column("problem_code", String(LONGEST_CODE)),
    Column("imported", Integer, nullable=False),
    Column("report", JSON(none_as_null=True)),
    Column("import_id", String(40), ForeignKey("item_imports.id")),
    Index("ix_import_runs_organisation_id", "organisation_id", "id"),
)

import_withdrawals = Table(
    "import_withdrawals",
    metadata,
    Column("import_id", String(40), ForeignKey("item_imports.id"), primary_key=True),
    Column("person_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
)

_withdrawer = people.alias("withdrawer")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One import, check or export, as somebody asked for it; `report` is None until it has ended, and in lists.

    Of an export `name` is the format, `rules` say which items are meant, and `imported` is how many were written.
    """

    id: ImportId
    organisation_id: OrganisationId
    person_id: str
    person: str
    person_hi: str = ""
    asked_at: datetime
    name: str
    files: tuple[str, ...]
    rules: Mapping[str, Json]
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    problem: str = ""
    problem_code: str = ""
    imported: int = 0
    report: Json = None
    import_id: ImportId | None = None
    bank: str = ""
    bank_id: BankId | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_by_hi: str = ""

    @property
    def check_only(self) -> bool:
        """Tell whether it changes nothing."""
        return bool(self.rules.get("dry_run"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedVersion:
    """A version that an import wrote, and whether its item has earlier and later ones."""

    id: ItemVersionId
    identifier: str
    version: int
    state: ItemState
    has_earlier: bool
    has_later: bool


class ItemImports:
    """Imports in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, run: ImportRun) -> None:
        """Insert an import that somebody asks for."""
        self._connection.execute(
            insert(import_runs).values(
                id=run.id,
                organisation_id=run.organisation_id,
                person_id=run.person_id,
                asked_at=run.asked_at,
                name=run.name[:LONGEST_NAME],
                files=list(run.files),
                rules=dict(run.rules),
                done=0,
                total=0,
                imported=0,
            )
        )

    def claim(self, run_id: ImportId, now: datetime) -> bool:
        """Take an import that has not ended and that nobody is at; returns whether it was taken."""
        free = or_(import_runs.c.claimed_until.is_(None), import_runs.c.claimed_until < now)
        taken = self._connection.execute(
            update(import_runs).where(_open(run_id), free).values(claimed_until=now + CLAIM_LASTS, done=0, total=0)
        )
        return taken.rowcount == 1

    def progress(self, run_id: ImportId, done: int, total: int, now: datetime) -> None:
        """Say how far it is; whoever does this is still at it."""
        self._connection.execute(
            update(import_runs).where(import_runs.c.id == run_id).values(done=done, total=total, claimed_until=now + CLAIM_LASTS)
        )

    def end(self, run_id: ImportId, now: datetime, *, report: Json, imported: int = 0, import_id: ImportId | None = None) -> None:
        """Keep what came of it, once; raises Conflict where somebody who was at it too has ended it."""
        came = {"report": report, "imported": imported, "import_id": import_id}
        ended = self._connection.execute(update(import_runs).where(_open(run_id)).values(ended_at=now, claimed_until=None, **came))
        if ended.rowcount != 1:
            raise Conflict("somebody else has ended this meanwhile", problem="run_ended")

    def break_off(self, run_id: ImportId, now: datetime, code: str, problem: str) -> None:
        """Keep why nothing came of it; what has ended stays as it is."""
        why = {"problem": problem[:2000], "problem_code": code[:LONGEST_CODE]}
        self._connection.execute(update(import_runs).where(_open(run_id)).values(ended_at=now, claimed_until=None, **why))

    def get(self, run_id: ImportId) -> ImportRun:
        """Return an import with its report, for the engine's own acts; raises NotFound."""
        return self._one(import_runs.c.id == run_id)

    def of_actor(self, actor: Actor, run_id: ImportId, kind: str = IMPORT) -> ImportRun:
        """Return an import or export of the actor's organisation with its report; raises NotFound."""
        return self._one((import_runs.c.id == run_id) & _ours(actor, kind))

    def page(self, actor: Actor, limit: int, before: ImportId | None = None, kind: str = IMPORT) -> list[ImportRun]:
        """Return the organisation's imports or exports without their reports, newest first."""
        ours = _ours(actor, kind)
        query = _runs().where(ours if before is None else ours & (import_runs.c.id < before))
        return [_run(row) for row in self._connection.execute(query.order_by(import_runs.c.id.desc()).limit(limit))]

    def withdraw(self, actor: Actor, import_id: ImportId, now: datetime) -> None:
        """Say who withdrew an import; raises Conflict for one that is withdrawn already."""
        known = select(import_withdrawals.c.import_id).where(import_withdrawals.c.import_id == import_id)
        if self._connection.execute(known).one_or_none() is not None:
            raise Conflict("this import is withdrawn already")
        self._connection.execute(insert(import_withdrawals).values(import_id=import_id, person_id=actor.person_id, at=now))

    def versions_of(self, import_id: ImportId, *, lock: bool = False) -> list[ImportedVersion]:
        """Return the versions of an import, and whether their items have others; `lock` keeps everybody else from moving them."""
        ours = item_versions.c.import_id == import_id
        if lock:
            self._connection.execute(select(item_versions.c.id).where(ours).order_by(item_versions.c.id).with_for_update())
        other = item_versions.alias()
        begun = select(item_imports.c.id).where(item_imports.c.id == other.c.import_id, item_imports.c.finished_at.is_(None)).exists()
        same = (other.c.item_id == item_versions.c.item_id) & ~begun
        earlier = select(other.c.id).where(same, other.c.version < item_versions.c.version).exists().label("earlier")
        later = select(other.c.id).where(same, other.c.version > item_versions.c.version).exists().label("later")
        columns = (item_versions.c.id, item_versions.c.identifier, item_versions.c.version, item_versions.c.state)
        rows = self._connection.execute(select(*columns, earlier, later).where(ours).order_by(item_versions.c.identifier))
        return [
            ImportedVersion(
                id=ItemVersionId(row.id),
                identifier=row.identifier,
                version=row.version,
                state=ItemState(row.state),
                has_earlier=row.earlier,
                has_later=row.later,
            )
            for row in rows
        ]

    def overtaken(self, import_id: ImportId) -> list[ItemVersionId]:
        """Return the versions in review whose items have newer ones by a finished import."""
        newer = item_versions.alias()
        ours = (newer.c.import_id == import_id, newer.c.item_id == item_versions.c.item_id, newer.c.version > item_versions.c.version)
        waiting = (item_versions.c.state == str(ItemState.IN_REVIEW), select(newer.c.id).where(*ours).exists())
        return [ItemVersionId(each) for each in self._connection.execute(select(item_versions.c.id).where(*waiting)).scalars()]

    def _one(self, condition: ColumnElement[bool]) -> ImportRun:
        row = self._connection.execute(_runs(import_runs.c.report).where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such import")
        return _run(row, row.report)


def _open(run_id: ImportId) -> ColumnElement[bool]:
    return (import_runs.c.id == run_id) & import_runs.c.ended_at.is_(None)


def _ours(actor: Actor, kind: str) -> ColumnElement[bool]:
    return (import_runs.c.organisation_id == actor.organisation_id) & import_runs.c.id.startswith(f"{kind}_", autoescape=True)


def _runs(*more: ColumnElement[object]) -> Select[tuple[object, ...]]:
    plain = [column for column in import_runs.c if column.name != "report"]
    bank = (banks.c.name.label("bank"), banks.c.id.label("bank_id"))
    withdrawn = (
        import_withdrawals.c.at.label("withdrawn_at"),
        _withdrawer.c.name.label("withdrawn_by"),
        _withdrawer.c.name_hi.label("withdrawn_by_hi"),
    )
    return (
        select(*plain, people.c.name.label("person"), people.c.name_hi.label("person_hi"), *bank, *withdrawn, *more)
        .outerjoin(people, people.c.id == import_runs.c.person_id)
        .outerjoin(item_imports, item_imports.c.id == import_runs.c.import_id)
        .outerjoin(banks, banks.c.id == item_imports.c.bank_id)
        .outerjoin(import_withdrawals, import_withdrawals.c.import_id == import_runs.c.import_id)
        .outerjoin(_withdrawer, _withdrawer.c.id == import_withdrawals.c.person_id)
    )


def _run(row: Row[tuple[object, ...]], report: Json = None) -> ImportRun:
    files: Sequence[str] = row.files
    return ImportRun(
        id=ImportId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        person_id=row.person_id,
        person=row.person or "",
        person_hi=row.person_hi or "",
        asked_at=row.asked_at,
        name=row.name,
        files=tuple(files),
        rules=row.rules,
        done=row.done,
        total=row.total,
        ended_at=row.ended_at,
        problem=row.problem or "",
        problem_code=row.problem_code or "",
        imported=row.imported,
        report=report,
        import_id=None if row.import_id is None else ImportId(row.import_id),
        bank=row.bank or "",
        bank_id=None if row.bank_id is None else BankId(row.bank_id),
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by or "",
        withdrawn_by_hi=row.withdrawn_by_hi or "",
    )
