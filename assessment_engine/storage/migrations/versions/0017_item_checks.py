"""Imports that can be left, found again and withdrawn; and the index by which near-duplicates are found, which the sweep fills."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage import triggers
from assessment_engine.storage.schema import Instant

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables, and the triggers that keep what is written."""
    _make_imports()
    _make_index()
    dialect = op.get_bind().dialect.name
    for statement in triggers.append_only(dialect, ("import_withdrawals",)):
        op.execute(sa.text(statement))


def _make_imports() -> None:
    op.create_table(
        "import_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("import_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_import_runs_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["import_id"], ["item_imports.id"], name=op.f("fk_import_runs_import_id_item_imports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    op.create_index("ix_import_runs_organisation_id", "import_runs", ["organisation_id", "id"], unique=False)
    op.create_table(
        "import_withdrawals",
        sa.Column("import_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["item_imports.id"], name=op.f("fk_import_withdrawals_import_id_item_imports")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_withdrawals")),
    )


def _make_index() -> None:
    op.create_table(
        "item_texts",
        sa.Column("version_id", sa.String(length=40), nullable=False),
        sa.Column("lang", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_item_texts_version_id_item_versions")),
        sa.PrimaryKeyConstraint("version_id", "lang", name=op.f("pk_item_texts")),
    )
    op.create_table(
        "item_buckets",
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.String(length=40), nullable=False),
        sa.Column("lang", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "version_id", "lang", name=op.f("pk_item_buckets")),
        sqlite_with_rowid=False,
    )
