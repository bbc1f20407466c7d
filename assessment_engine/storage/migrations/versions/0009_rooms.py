"""Rooms of the wall have a named invigilator; conflicts of interest, messages, dismissed things; what is known of an enrolled scribe."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage import triggers
from assessment_engine.storage.schema import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    _rooms()
    _people()
    op.create_table(
        "dismissals",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("things", sa.JSON(), nullable=False),
        _refers("dismissals", "incident_id", "incidents"),
        _refers("dismissals", "sitting_id", "sittings"),
        _refers("dismissals", "organisation_id", "organisations"),
        _refers("dismissals", "person_id", "people"),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_dismissals")),
    )
    op.create_index(op.f("ix_dismissals_sitting_id"), "dismissals", ["sitting_id"])
    op.add_column("watches", sa.Column("scribe", sa.String(20), nullable=True))
    for statement in triggers.append_only(op.get_bind().dialect.name, ("conflicts_of_interest", "messages", "dismissals")):
        op.execute(statement)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _rooms() -> None:
    op.create_table(
        "room_duties",
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("named", sa.String(40), nullable=True),
        sa.Column("cover", sa.String(40), nullable=True),
        sa.Column("offered_to", sa.String(40), nullable=True),
        sa.Column("offered_by", sa.String(40), nullable=True),
        sa.Column("offer_note", sa.Text(), nullable=True),
        sa.Column("offered_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _refers("room_duties", "session_id", "exam_sessions"),
        _refers("room_duties", "organisation_id", "organisations"),
        *(_refers("room_duties", name, "people") for name in ("named", "cover", "offered_to", "offered_by")),
        sa.PrimaryKeyConstraint("session_id", "room", name=op.f("pk_room_duties")),
    )
    op.create_table(
        "wall_presences",
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        _refers("wall_presences", "session_id", "exam_sessions"),
        _refers("wall_presences", "person_id", "people"),
        sa.PrimaryKeyConstraint("session_id", "room", "person_id", name=op.f("pk_wall_presences")),
    )


def _people() -> None:
    op.create_table(
        "conflicts_of_interest",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("candidate_id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("tie", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        _refers("conflicts_of_interest", "person_id", "people"),
        _refers("conflicts_of_interest", "candidate_id", "people"),
        _refers("conflicts_of_interest", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("person_id", "candidate_id", name=op.f("pk_conflicts_of_interest")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("from_candidate", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hi", sa.Text(), nullable=False),
        sa.Column("sentence", sa.String(20), nullable=False),
        _refers("messages", "organisation_id", "organisations"),
        _refers("messages", "session_id", "exam_sessions"),
        _refers("messages", "sitting_id", "sittings"),
        _refers("messages", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_sitting_id_at", "messages", ["sitting_id", "at"])
