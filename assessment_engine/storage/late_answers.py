"""Tables and queries of late answers and what people decided on them. Rows are only ever added (triggers, migration 0003)."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
)

from assessment_engine.delivery.late import UNDECIDED, LateAnswer, LateDecision, LateReason, Verdict, state_of
from assessment_engine.kernel.ids import LateAnswerId, OrganisationId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

late_answers = Table(
    "late_answers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("item_id", String(40), ForeignKey("item_versions.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("response", JSON, nullable=False),
    Column("response_sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("nonce_at", Instant),
    Column("contact_at", Instant),
    Column("brought_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("key_id", String(40), nullable=False),
    Column("signature", String(100), nullable=False),
    UniqueConstraint("sitting_id", "item_id", "revision", "response_sha256"),
)

late_decisions = Table(
    "late_decisions",
    metadata,
    Column("late_answer_id", String(40), ForeignKey("late_answers.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("late_answer_id", "person_id"),
)


class LateAnswers:
    """Late answers and decisions in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Sequence[LateAnswer]) -> None:
        """Insert late answers; the database refuses the same one twice."""
        if new:
            self._connection.execute(insert(late_answers), [asdict(late) for late in new])

    def decide(self, new: Sequence[LateDecision]) -> None:
        """Insert decisions; the database refuses the same person, and the same place, twice."""
        if new:
            self._connection.execute(insert(late_decisions), [asdict(decision) for decision in new])

    def of_sitting(self, sitting_id: SittingId) -> list[LateAnswer]:
        """Return a sitting's late answers in the order of their arrival."""
        return self._all(late_answers.c.sitting_id == sitting_id)

    def of_organisation(self, organisation_id: OrganisationId) -> list[LateAnswer]:
        """Return the late answers of an organisation's sittings, practice left out, in the order of their arrival."""
        ours = select(sittings.c.id).where(sittings.c.organisation_id == organisation_id, ~sittings.c.practice)
        return self._all(late_answers.c.sitting_id.in_(ours))

    def accepted(self, sitting_id: SittingId) -> list[LateAnswer]:
        """Return a sitting's late answers that were accepted."""
        accepted = select(late_decisions.c.late_answer_id).where(late_decisions.c.verdict == str(Verdict.ACCEPT))
        return self._all((late_answers.c.sitting_id == sitting_id) & late_answers.c.id.in_(accepted))

    def held(self, sitting_id: SittingId) -> tuple[int, int]:
        """Return how many late answers a sitting has, and their bytes."""
        query = select(func.count(), func.coalesce(func.sum(late_answers.c.size), 0)).where(late_answers.c.sitting_id == sitting_id)
        count, size = self._connection.execute(query).one()
        return int(count), int(size)

    def decisions(self, late_ids: Collection[LateAnswerId]) -> dict[LateAnswerId, list[LateDecision]]:
        """Return what people said to each of these, the first one first; nobody's word is an empty list."""
        query = select(late_decisions).where(among(late_decisions.c.late_answer_id, late_ids)).order_by(late_decisions.c.ordinal)
        said: dict[LateAnswerId, list[LateDecision]] = {late_id: [] for late_id in late_ids}
        for row in self._connection.execute(query):
            said[row.late_answer_id].append(_decision(row))
        return said

    def undecided(self, sitting_ids: Collection[SittingId]) -> set[SittingId]:
        """Return those of the sittings that have a late answer on which people still have to decide."""
        late = self._all(among(late_answers.c.sitting_id, sitting_ids))
        said = self.decisions([one.id for one in late])
        return {one.sitting_id for one in late if state_of(said[one.id]) in UNDECIDED}

    def _all(self, condition: ColumnElement[bool]) -> list[LateAnswer]:
        order = (late_answers.c.received_at, late_answers.c.revision, late_answers.c.id)
        rows = self._connection.execute(select(late_answers).where(condition).order_by(*order))
        return [LateAnswer(**{**row._mapping, "reason": LateReason(row.reason)}) for row in rows]


def _decision(row: Row[tuple[object, ...]]) -> LateDecision:
    return LateDecision(**{**row._mapping, "verdict": Verdict(row.verdict)})
