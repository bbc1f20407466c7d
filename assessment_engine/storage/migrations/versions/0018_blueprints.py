"""Blueprints, the draws of a session's papers, the pools they were drawn from, and where a drawn form comes from."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.drawn_forms import drawing_triggers
from assessment_engine.storage.schema import Exact, Instant

revision = "0018"
down_revision = "0017"

_COUNTS = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    """Make the tables, and let forms say where they come from."""
    _add_blueprints()
    _add_draws()
    for name, length in (("blueprint_id", 40), ("seed", 120), ("pool_sha256", 64), ("draw_id", 40), ("registration_id", 40)):
        op.add_column("forms", sa.Column(name, sa.String(length), nullable=True))
    op.create_index("uq_forms_draw_id", "forms", ["draw_id", "registration_id"], unique=True)
    for statement in drawing_triggers(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _add_blueprints() -> None:
    op.create_table(
        "item_marks",
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("best", Exact(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_item_marks_version_id_item_versions")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_item_marks")),
    )
    op.create_table(
        "blueprints",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("replaces", sa.String(40), nullable=True),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_blueprints_made_by_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_blueprints_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["replaces"], ["blueprints.id"], name=op.f("fk_blueprints_replaces_blueprints")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blueprints")),
    )
    op.create_index("ix_blueprints_organisation_id", "blueprints", ["organisation_id"])


def _add_draws() -> None:
    op.create_table(
        "pools",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pools")),
    )
    op.create_table(
        "form_draws",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("blueprint_id", sa.String(40), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("pool_sha256", sa.String(64), nullable=False),
        sa.Column("drawn_by", sa.String(40), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("replaced_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["blueprint_id"], ["blueprints.id"], name=op.f("fk_form_draws_blueprint_id_blueprints")),
        sa.ForeignKeyConstraint(["drawn_by"], ["people.id"], name=op.f("fk_form_draws_drawn_by_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_form_draws_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["pool_sha256"], ["pools.sha256"], name=op.f("fk_form_draws_pool_sha256_pools")),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_form_draws_session_id_exam_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_draws")),
    )
    op.create_index("uq_form_draws_session_id", "form_draws", ["session_id"], unique=True, sqlite_where=_COUNTS, postgresql_where=_COUNTS)
