"""The proctor workers say which networks they lack, and which sittings were watched without them."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "eyes",
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_eyes")),
    )
    op.create_table(
        "blind_watches",
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_blind_watches_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_blind_watches")),
    )
