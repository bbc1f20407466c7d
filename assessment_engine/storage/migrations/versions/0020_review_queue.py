"""What is in review is found a page at a time, by an index of it alone; and why an import or export broke off has a code."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0020"
down_revision = "0019"

_LAST = """r.version_id = item_versions.id AND NOT EXISTS (SELECT 1 FROM item_reviews n WHERE n.version_id = r.version_id
    AND n.person_id = r.person_id AND n.ordinal > r.ordinal)"""


def upgrade() -> None:
    """Add the columns, fill one from what reviewers said, and make the index."""
    op.add_column("import_runs", sa.Column("problem_code", sa.String(60), nullable=True))
    op.add_column("item_versions", sa.Column("ready", sa.Boolean(), nullable=False, server_default=sa.false()))
    versions = sa.table(
        "item_versions", sa.column("ready", sa.Boolean()), sa.column("state"), sa.column("moved_at", Instant()), sa.column("saved_at")
    )
    waiting = versions.c.state == "in_review"
    two = sa.text(f"2 <= (SELECT COUNT(*) FROM item_reviews r WHERE r.verdict = 'accept' AND {_LAST})")  # noqa: S608  # our own words
    none = sa.text(f"NOT EXISTS (SELECT 1 FROM item_reviews r WHERE r.verdict = 'return' AND {_LAST})")  # noqa: S608  # our own words
    op.execute(sa.update(versions).where(two, none).values(ready=True))
    long_ago = sa.literal(datetime(2026, 1, 1, tzinfo=UTC), Instant())  # nobody knows since when; a page goes on by it
    op.execute(
        sa.update(versions).where(waiting, versions.c.moved_at.is_(None)).values(moved_at=sa.func.coalesce(versions.c.saved_at, long_ago))
    )
    op.create_index("ix_item_reviews_said", "item_reviews", ["version_id", "person_id", "ordinal", "verdict"])
    in_review = sa.text("state = 'in_review'")
    op.create_index(
        "ix_item_versions_in_review",
        "item_versions",
        ["organisation_id", "moved_at", "id", "subject", "ready"],
        sqlite_where=in_review,
        postgresql_where=in_review,
    )
