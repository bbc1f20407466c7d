"""How much of a sitting was watched afterwards, in pictures that the page kept while its line was cut."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column."""
    op.add_column("watches", sa.Column("afterwards_s", sa.Float(), nullable=False, server_default="0"))
