"""A save writes the pages of as few indexes as can be: ADR 34."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NO_SAVE = sa.text("kind <> 'answer_saved'")


def upgrade() -> None:
    """Drop the ledger's index by item, and leave saves out of the events' index by sitting."""
    op.drop_index("ix_answers_sitting_id_item_id_revision", "answers")
    op.drop_index("ix_exam_events_sitting_id_seq", "exam_events")
    op.create_index("ix_exam_events_sitting_id_seq", "exam_events", ["sitting_id", "seq"], sqlite_where=_NO_SAVE, postgresql_where=_NO_SAVE)
