"""Tables and queries of access arrangements: requests, their documents (encrypted blobs with the sitting's key) and their history."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Connection, ForeignKey, Index, Integer, Row, Select, String, Table, Text, insert, select
from sqlalchemy import update as updated

from assessment_engine.arrangements import OPEN_STATES, Adjustments, Arrangement, ArrangementState, Scribe, Step
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ArrangementId, OrganisationId, PersonId, RegistrationId
from assessment_engine.storage.schema import Instant, metadata

arrangements = Table(
    "arrangements",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("registration_id", String(40), ForeignKey("registrations.id"), nullable=False),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("candidate_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("proposal", JSON),
    Column("proposed_by", String(40), ForeignKey("people.id")),
    Column("given", JSON),
    Column("scribe_name", String(200)),
    Column("scribe_blob", String(200)),
    Column("scribe_declared_at", Instant),
    Index("ix_arrangements_registration_id", "registration_id"),
    Index("ix_arrangements_organisation_id_requested_at", "organisation_id", "requested_at"),
)

arrangement_documents = Table(
    "arrangement_documents",
    metadata,
    Column("arrangement_id", String(40), ForeignKey("arrangements.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("blob", String(200), nullable=False),
)

arrangement_history = Table(
    "arrangement_history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("arrangement_id", String(40), ForeignKey("arrangements.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("what", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("gives", JSON),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementDocument:
    """One document that a candidate gave with a request: what it says is encrypted in `blob`."""

    arrangement_id: ArrangementId
    number: int
    name: str
    media_type: str
    sha256: str
    blob: str


class Arrangements:
    """Requests in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, arrangement: Arrangement) -> None:
        """Store a new request."""
        self._connection.execute(insert(arrangements).values(**_values(arrangement)))

    def save(self, arrangement: Arrangement) -> None:
        """Store what became of a request."""
        self._connection.execute(updated(arrangements).where(arrangements.c.id == arrangement.id).values(**_values(arrangement)))

    def add_document(self, document: ArrangementDocument) -> None:
        """Note a document."""
        self._connection.execute(insert(arrangement_documents).values(**asdict(document)))

    def documents(self, arrangement_id: ArrangementId) -> list[ArrangementDocument]:
        """Return a request's documents in the order they were given."""
        query = select(arrangement_documents).where(arrangement_documents.c.arrangement_id == arrangement_id)
        rows = self._connection.execute(query.order_by(arrangement_documents.c.number))
        return [ArrangementDocument(**row._mapping) for row in rows]

    def append(self, step: Step) -> None:
        """Append one line to a request's history."""
        gives = None if step.gives is None else asdict(step.gives)
        self._connection.execute(insert(arrangement_history).values(**{**asdict(step), "gives": gives}))

    def history(self, arrangement_id: ArrangementId) -> list[Step]:
        """Return a request's history, oldest first."""
        columns = [column for column in arrangement_history.columns if column.name != "seq"]
        lines = select(*columns).where(arrangement_history.c.arrangement_id == arrangement_id).order_by(arrangement_history.c.seq)
        return [Step(**{**row._mapping, "gives": _adjustments(row.gives)}) for row in self._connection.execute(lines)]

    def of_organisation(self, arrangement_id: ArrangementId, organisation_id: OrganisationId) -> Arrangement:
        """Return a request as the organisation's staff may see it, held against other writers; raises NotFound."""
        mine = (arrangements.c.id == arrangement_id) & (arrangements.c.organisation_id == organisation_id)
        return self._one(select(arrangements).where(mine).with_for_update())

    def of_candidate(self, arrangement_id: ArrangementId, candidate_id: PersonId) -> Arrangement:
        """Return a candidate's own request, held against other writers; another's is NotFound."""
        mine = (arrangements.c.id == arrangement_id) & (arrangements.c.candidate_id == candidate_id)
        return self._one(select(arrangements).where(mine).with_for_update())

    def of_registration(self, registration_id: RegistrationId) -> list[Arrangement]:
        """Return a registration's requests, oldest first."""
        return self._all(arrangements.c.registration_id == registration_id)

    def all_of_organisation(self, organisation_id: OrganisationId, *, open_only: bool) -> list[Arrangement]:
        """Return an organisation's requests, the longest waiting first."""
        condition = arrangements.c.organisation_id == organisation_id
        return self._all(condition & arrangements.c.state.in_(OPEN_STATES) if open_only else condition)

    def _one(self, query: Select[tuple[object, ...]]) -> Arrangement:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("no such request")
        return _arrangement(row)

    def _all(self, condition: ColumnElement[bool]) -> list[Arrangement]:
        rows = self._connection.execute(select(arrangements).where(condition).order_by(arrangements.c.requested_at, arrangements.c.id))
        return [_arrangement(row) for row in rows]


def _values(arrangement: Arrangement) -> dict[str, object]:
    scribe = arrangement.scribe
    values = {name: value for name, value in asdict(arrangement).items() if name != "scribe"}
    return {
        **values,
        "scribe_name": scribe.name if scribe else None,
        "scribe_blob": scribe.face_blob if scribe else None,
        "scribe_declared_at": scribe.declared_at if scribe else None,
    }


def _arrangement(row: Row[tuple[object, ...]]) -> Arrangement:
    asked = _adjustments(row.asked)
    assert asked is not None, "every request asks for something"
    return Arrangement(
        id=ArrangementId(row.id),
        organisation_id=row.organisation_id,
        registration_id=row.registration_id,
        sitting_id=row.sitting_id,
        candidate_id=row.candidate_id,
        requested_at=row.requested_at,
        asked=asked,
        text=row.text,
        state=ArrangementState(row.state),
        proposal=_adjustments(row.proposal),
        proposed_by=row.proposed_by,
        given=_adjustments(row.given),
        scribe=_scribe(row.scribe_name, row.scribe_blob, row.scribe_declared_at),
    )


def _scribe(name: str | None, blob: str | None, declared_at: datetime | None) -> Scribe | None:
    if name is None or blob is None or declared_at is None:
        return None
    return Scribe(name=name, face_blob=blob, declared_at=declared_at)


def _adjustments(document: Mapping[str, Any] | None) -> Adjustments | None:
    if document is None:
        return None
    lists = {name: tuple(document.get(name, ())) for name in ("signals_off", "objects")}
    return Adjustments(**{**document, **lists})
