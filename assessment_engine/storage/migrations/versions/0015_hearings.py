"""A candidate is heard before a second person upholds a case; an upheld appeal overturns it."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant
from assessment_engine.storage.triggers import before_hearings, heard_first

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables, and the triggers that hold people to them."""
    op.create_table(
        "hearings",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("candidate_id", sa.String(40), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", Instant(), nullable=True),
        sa.Column("waived_at", Instant(), nullable=True),
        sa.CheckConstraint("due_at > opened_at", name=op.f("ck_hearings_days_to_answer")),
        sa.CheckConstraint("(reply IS NULL) = (replied_at IS NULL)", name=op.f("ck_hearings_reply_has_a_time")),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_hearings_candidate_id_people")),
        sa.ForeignKeyConstraint(["incident_id"], ["cases.incident_id"], name=op.f("fk_hearings_incident_id_cases")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_hearings_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_hearings_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_hearings")),
    )
    op.create_index(op.f("ix_hearings_sitting_id"), "hearings", ["sitting_id"])
    op.create_index(op.f("ix_hearings_candidate_id"), "hearings", ["candidate_id"])
    op.create_index("ix_hearings_due_at", "hearings", ["due_at"])
    op.create_table(
        "overturnings",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("grievance_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["grievance_id"], ["grievances.id"], name=op.f("fk_overturnings_grievance_id_grievances")),
        sa.ForeignKeyConstraint(["incident_id"], ["cases.incident_id"], name=op.f("fk_overturnings_incident_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_overturnings_person_id_people")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_overturnings_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_overturnings")),
    )
    op.create_index(op.f("ix_overturnings_sitting_id"), "overturnings", ["sitting_id"])
    dialect = op.get_bind().dialect.name
    for statement in (*before_hearings(dialect), *heard_first(dialect)):
        op.execute(sa.text(statement))
