"""Detectors that exceed their budget are demoted, and restored by two officers."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0011"
down_revision = "0010"

_STANDS = sa.text("restored_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "demotions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("exam_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("demoted_at", Instant(), nullable=False),
        sa.Column("sittings", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("false_sittings", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Float(), nullable=False),
        sa.Column("alpha", sa.Float(), nullable=False),
        sa.Column("restored_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_demotions_exam_id_exams")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_demotions_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demotions")),
    )
    op.create_index(op.f("ix_demotions_organisation_id"), "demotions", ["organisation_id"])
    name, columns = "uq_demotions_exam_id_kind", ["exam_id", "kind"]
    op.create_index(name, "demotions", columns, unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS)
    op.create_table(
        "restorations",
        sa.Column("demotion_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["demotion_id"], ["demotions.id"], name=op.f("fk_restorations_demotion_id_demotions")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_restorations_person_id_people")),
        sa.PrimaryKeyConstraint("demotion_id", "person_id", name=op.f("pk_restorations")),
    )
