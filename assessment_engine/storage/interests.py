"""Table and queries of declared conflicts of interest. Rows are only added: what was declared stays declared."""

from dataclasses import asdict

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, String, Table, Text, exists, insert, select

from assessment_engine.invigilation.interests import Interest, Tie
from assessment_engine.kernel.ids import OrganisationId, PersonId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.schema import Instant, metadata

conflicts_of_interest = Table(
    "conflicts_of_interest",
    metadata,
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("candidate_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("tie", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("declared_at", Instant, nullable=False),
)


def knows(person_id: PersonId) -> ColumnElement[bool]:
    """Return the condition that somebody declared that they know the candidate of a row of `sittings`."""
    theirs = conflicts_of_interest.c.person_id == person_id
    return exists().where(theirs, conflicts_of_interest.c.candidate_id == sittings.c.candidate_id)


class Interests:
    """Declarations in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def declare(self, interest: Interest) -> bool:
        """Add a declaration; False when it was declared before."""
        if interest.candidate_id in self.of(interest.person_id):
            return False
        self._connection.execute(insert(conflicts_of_interest).values(**{**asdict(interest), "tie": str(interest.tie)}))
        return True

    def of(self, person_id: PersonId) -> frozenset[PersonId]:
        """Return the candidates whom somebody may not watch or judge, themselves included."""
        query = select(conflicts_of_interest.c.candidate_id).where(conflicts_of_interest.c.person_id == person_id)
        return frozenset({person_id, *(PersonId(one) for one in self._connection.execute(query).scalars())})

    def of_organisation(self, organisation_id: OrganisationId) -> list[Interest]:
        """Return every declaration of an organisation, oldest first."""
        table = conflicts_of_interest
        rows = self._connection.execute(select(table).where(table.c.organisation_id == organisation_id).order_by(table.c.declared_at))
        return [Interest(**{**row._mapping, "tie": Tie(row.tie)}) for row in rows]
