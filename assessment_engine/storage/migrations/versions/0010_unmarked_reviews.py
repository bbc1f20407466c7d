"""Cases that measure reviewing: second looks, planted cases and audits, with what people answered; and the library of planted cases."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "unmarked_reviews",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("incident_id", sa.String(40), nullable=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("for_person", sa.String(40), nullable=True),
        sa.Column("not_for", sa.String(40), nullable=True),
        sa.Column("truth", sa.String(10), nullable=True),
        sa.Column("start_s", sa.Float(), nullable=True),
        sa.Column("end_s", sa.Float(), nullable=True),
        sa.Column("person_id", sa.String(40), nullable=True),
        sa.Column("verdict", sa.String(10), nullable=True),
        sa.Column("reason_code", sa.String(30), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) = (verdict IS NULL)", name=op.f("ck_unmarked_reviews_answers_are_whole")),
        sa.CheckConstraint("(origin = 'audit') = (incident_id IS NULL)", name=op.f("ck_unmarked_reviews_an_audit_has_no_incident")),
        sa.ForeignKeyConstraint(["for_person"], ["people.id"], name=op.f("fk_unmarked_reviews_for_person_people")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_unmarked_reviews_incident_id_incidents")),
        sa.ForeignKeyConstraint(["not_for"], ["people.id"], name=op.f("fk_unmarked_reviews_not_for_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_unmarked_reviews_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_unmarked_reviews_person_id_people")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_unmarked_reviews_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmarked_reviews")),
    )
    op.create_index("ix_unmarked_reviews_organisation_id_opened_at", "unmarked_reviews", ["organisation_id", "opened_at"])
    op.create_index("ix_unmarked_reviews_sitting_id", "unmarked_reviews", ["sitting_id"])
    op.create_table(
        "planted_cases",
        sa.Column("incident_id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("truth", sa.String(10), nullable=False),
        sa.Column("added_by", sa.String(40), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_planted_cases_added_by_people")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_planted_cases_incident_id_incidents")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_planted_cases_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_planted_cases")),
    )
    op.create_index(op.f("ix_planted_cases_organisation_id"), "planted_cases", ["organisation_id"])
