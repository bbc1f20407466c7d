"""Another calibration of an exam is proposed and signed by two officers."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0013"
down_revision = "0012"

_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "recalibrations",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("exam_id", sa.String(40), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.String(40), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_recalibrations_exam_id_exams")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_recalibrations_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_recalibrations_proposed_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalibrations")),
    )
    op.create_index("uq_recalibrations_exam_id", "recalibrations", ["exam_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "recalibration_signatures",
        sa.Column("proposal_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recalibration_signatures_person_id_people")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["recalibrations.id"], name=op.f("fk_recalibration_signatures_proposal_id_recalibrations")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name=op.f("pk_recalibration_signatures")),
    )
