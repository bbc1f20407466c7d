"""The files beside an item's XML: which version needs which, and their bytes by digest (append-only); and imports in short transactions."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage import triggers
from assessment_engine.storage.schema import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, the column of versions that names their import, and the triggers that keep what is written."""
    op.create_table(
        "item_imports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("bank_id", sa.String(length=40), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_item_imports_bank_id_banks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_imports")),
    )
    # in SQL, because SQLite takes a column's reference with the column only, and alembic would add it afterwards
    reference = "CONSTRAINT fk_item_versions_import_id_item_imports REFERENCES item_imports (id)"
    op.execute(sa.text(f"ALTER TABLE item_versions ADD COLUMN import_id VARCHAR(40) {reference}"))
    _make_parts()
    dialect = op.get_bind().dialect.name
    for statement in triggers.append_only(dialect, triggers.APPEND_ONLY_PARTS):
        op.execute(sa.text(statement))


def _make_parts() -> None:
    op.create_table(
        "part_contents",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_part_contents")),
    )
    op.create_table(
        "item_parts",
        sa.Column("version_id", sa.String(length=40), nullable=False),
        sa.Column("lang", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_item_parts_version_id_item_versions")),
        sa.ForeignKeyConstraint(["sha256"], ["part_contents.sha256"], name=op.f("fk_item_parts_sha256_part_contents")),
        sa.PrimaryKeyConstraint("version_id", "lang", "path", name=op.f("pk_item_parts")),
    )
    op.create_index("ix_item_parts_sha256", "item_parts", ["sha256"], unique=False)
