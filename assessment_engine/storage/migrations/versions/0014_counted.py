"""When a worker last counted a watch: while it does, nobody else says that nothing is left to look at."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column."""
    op.add_column("watches", sa.Column("counted_at", Instant(), nullable=True))
