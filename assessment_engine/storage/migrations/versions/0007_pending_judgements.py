"""A judgement can be taken back for a minute; who has a case open is known; a person chooses the keys of the review page."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0007"
down_revision = "0006"

_WAITS = sa.text("undone_at IS NULL AND effected_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pending_judgements",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("reason_code", sa.String(30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("effective_at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("effected_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_pending_judgements_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pending_judgements_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_judgements")),
    )
    name, table = "uq_pending_judgements_case_id", "pending_judgements"
    op.create_index(name, table, ["case_id"], unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS)
    op.create_index("ix_pending_judgements_organisation_id_given_at", "pending_judgements", ["organisation_id", "given_at"])
    op.create_table(
        "case_openings",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_case_openings_person_id_people")),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_case_openings")),
    )
    op.create_table(
        "review_keys",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_review_keys_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_review_keys")),
    )
