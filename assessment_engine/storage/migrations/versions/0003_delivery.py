"""Exam delivery: what a running sitting needs (pauses, lease, progress), rooms, arrangements, late answers, announcements, reports.

Each part below belongs to one noun and stands beside nothing else of it; tables are declared in storage/.
"""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and make the tables."""
    _sittings()
    _exams()
    _rooms()
    _arrangements()
    _late_answers()
    _announcements()
    _session_reports()


def _sittings() -> None:
    for column in (
        sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("paused_for", sa.String(length=20), nullable=True),
        sa.Column("stopped_s", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("closed_by", sa.String(length=20), nullable=True),
        sa.Column("writer", sa.String(length=40), nullable=True),
        sa.Column("contact_at", Instant(), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False, server_default="{}"),
    ):
        op.add_column("sittings", column)


def _exams() -> None:
    op.add_column("exams", sa.Column("practice_form_id", sa.String(length=40), nullable=True))
    for column in (
        sa.Column("title_hi", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("bookable", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("starts_together", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("practice_of", sa.String(length=40), nullable=True),
    ):
        op.add_column("exam_sessions", column)
    op.add_column("registrations", sa.Column("room_id", sa.String(length=40), nullable=True))


def _rooms() -> None:
    """Centres, rooms (registration)."""


def _arrangements() -> None:
    """Requests for access arrangements, their documents and decisions."""


def _late_answers() -> None:
    """What arrived after the seal, and the seals that supersede the first."""


def _announcements() -> None:
    """Announcements, and questions that candidates reported."""


def _session_reports() -> None:
    """Attendance and the signed report of a session."""
