"""Chains of frames that can be recomputed, secret draws and candidates' wishes, packages of evidence, and requests to erase it early."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.schema import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    _chains()
    _draws()
    _evidence()


def _of_sitting(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f(f"fk_{table}_sitting_id_sittings"))


def _by_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["people.id"], name=op.f(f"fk_{table}_{column}_people"))


def _chains() -> None:
    op.create_table(
        "chain_segments",
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("blob", sa.String(200), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        _of_sitting("chain_segments"),
        sa.PrimaryKeyConstraint("sitting_id", "ordinal", name=op.f("pk_chain_segments")),
    )
    op.create_table(
        "chain_ends",
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        _of_sitting("chain_ends"),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_chain_ends")),
    )


def _draws() -> None:
    op.create_table(
        "session_draws",
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("committed_at", Instant(), nullable=False),
        sa.Column("revealed_at", Instant()),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_session_draws_session_id_exam_sessions")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_draws")),
    )
    op.create_table(
        "draw_audits",
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("audited_by", sa.String(40)),
        sa.Column("audited_at", Instant(), nullable=False),
        _of_sitting("draw_audits"),
        _by_person("draw_audits", "audited_by"),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_draw_audits")),
    )
    op.create_table(
        "keep_wishes",
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("wished_at", Instant(), nullable=False),
        _of_sitting("keep_wishes"),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_keep_wishes")),
    )


def _evidence() -> None:
    op.create_table(
        "evidence_packages",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("made_at", Instant()),
        sa.Column("blob", sa.String(200)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("length", sa.Integer()),
        _of_sitting("evidence_packages"),
        _by_person("evidence_packages", "asked_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_packages")),
    )
    op.create_index(op.f("ix_evidence_packages_sitting_id"), "evidence_packages", ["sitting_id"])
    op.create_table(
        "erasure_requests",
        sa.Column("sitting_id", sa.String(40), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(40)),
        sa.Column("approved_at", Instant()),
        _of_sitting("erasure_requests"),
        _by_person("erasure_requests", "asked_by"),
        _by_person("erasure_requests", "approved_by"),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_erasure_requests")),
    )
