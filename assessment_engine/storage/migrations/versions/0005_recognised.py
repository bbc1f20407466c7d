"""A watch says when the face was last compared, and for how long it could not be."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("watches", sa.Column("recognised_at", Instant(), nullable=True))
    op.add_column("watches", sa.Column("unrecognised_s", sa.Float(), nullable=False, server_default="0"))
    op.add_column("watches", sa.Column("unrecognised_since", Instant(), nullable=True))
