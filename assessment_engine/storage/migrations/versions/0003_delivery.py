"""Exam delivery: what a running sitting needs (pauses, lease, progress), rooms, arrangements, late answers, announcements, reports.

Each part below belongs to one noun and stands beside nothing else of it; tables are declared in storage/.
"""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage import triggers
from assessment_engine.storage.schema import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and make the tables."""
    _sittings()
    _exams()
    _time_acts()
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
        sa.Column("heard_s", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("given_back_s", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("progress", sa.JSON(), nullable=False, server_default="{}"),
    ):
        op.add_column("sittings", column)


def _exams() -> None:
    op.add_column("people", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
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


def _time_acts() -> None:
    """What people did with the time of running sittings."""
    op.create_table(
        "time_acts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=True),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("act", sa.JSON(), nullable=False),
        sa.Column("sittings", sa.JSON(), nullable=True),
        sa.Column("fitting", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_time_acts_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_time_acts_session_id_exam_sessions")),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_time_acts_actor_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_acts")),
    )
    op.create_index(op.f("ix_time_acts_session_id"), "time_acts", ["session_id"], unique=False)
    op.create_index(op.f("ix_time_acts_done_at"), "time_acts", ["done_at"], unique=False)


def _rooms() -> None:
    """Centres, their rooms, the rooms that a session uses."""
    op.add_column("exam_sessions", sa.Column("change_hours", sa.Integer(), nullable=False, server_default="24"))
    op.create_table(
        "centres",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_hi", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("address_hi", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_centres_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centres")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_centres_organisation_id_code")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("centre_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("invigilator_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_rooms_centre_id_centres")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_rooms_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["invigilator_id"], ["people.id"], name=op.f("fk_rooms_invigilator_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("centre_id", "name", name=op.f("uq_rooms_centre_id_name")),
    )
    op.create_table(
        "session_rooms",
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_session_rooms_session_id_exam_sessions")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_session_rooms_room_id_rooms")),
        sa.PrimaryKeyConstraint("session_id", "room_id", name=op.f("pk_session_rooms")),
    )
    op.create_index("ix_session_rooms_room_id", "session_rooms", ["room_id"])


def _arrangements() -> None:
    """Requests for access arrangements, their documents and decisions."""
    op.create_table(
        "arrangements",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("registration_id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("candidate_id", sa.String(length=40), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=True),
        sa.Column("proposed_by", sa.String(length=40), nullable=True),
        sa.Column("given", sa.JSON(), nullable=True),
        sa.Column("scribe_name", sa.String(length=200), nullable=True),
        sa.Column("scribe_blob", sa.String(length=200), nullable=True),
        sa.Column("scribe_declared_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_arrangements_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_arrangements_registration_id_registrations")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_arrangements_sitting_id_sittings")),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_arrangements_candidate_id_people")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_arrangements_proposed_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangements")),
    )
    op.create_index("ix_arrangements_registration_id", "arrangements", ["registration_id"], unique=False)
    op.create_index("ix_arrangements_organisation_id_requested_at", "arrangements", ["organisation_id", "requested_at"], unique=False)
    op.create_table(
        "arrangement_documents",
        sa.Column("arrangement_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["arrangement_id"], ["arrangements.id"], name=op.f("fk_arrangement_documents_arrangement_id_arrangements")),
        sa.PrimaryKeyConstraint("arrangement_id", "number", name=op.f("pk_arrangement_documents")),
    )
    op.create_table(
        "arrangement_history",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("arrangement_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("gives", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["arrangement_id"], ["arrangements.id"], name=op.f("fk_arrangement_history_arrangement_id_arrangements")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_arrangement_history_person_id_people")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_arrangement_history")),
    )
    op.create_index(op.f("ix_arrangement_history_arrangement_id"), "arrangement_history", ["arrangement_id"], unique=False)
    for statement in triggers.append_only(op.get_bind().dialect.name, ("arrangement_documents", "arrangement_history")):
        op.execute(sa.text(statement))


def _late_answers() -> None:
    """What arrived after the seal, and the seals that supersede the first."""
    _make_late_answers()
    dialect = op.get_bind().dialect.name
    for statement in (*triggers.before_numbered_seals(dialect), "CREATE TABLE seals_before AS SELECT * FROM seals", "DROP TABLE seals"):
        op.execute(sa.text(statement))
    _make_seals()
    old = "sitting_id, answers, ledger_sha256, form_sha256, sealed_at, key_id, signature, sha256"
    op.execute(sa.text(f"INSERT INTO seals ({old}, number, late_answers) SELECT {old}, 1, 0 FROM seals_before"))  # noqa: S608
    op.execute(sa.text("DROP TABLE seals_before"))
    for statement in triggers.numbered_seals(dialect):
        op.execute(sa.text(statement))


def _make_late_answers() -> None:
    op.create_table(
        "late_answers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("response_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("nonce_at", Instant(), nullable=True),
        sa.Column("contact_at", Instant(), nullable=True),
        sa.Column("brought_by", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_late_answers_sitting_id_sittings")),
        sa.ForeignKeyConstraint(["item_id"], ["item_versions.id"], name=op.f("fk_late_answers_item_id_item_versions")),
        sa.ForeignKeyConstraint(["brought_by"], ["people.id"], name=op.f("fk_late_answers_brought_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_answers")),
        sa.UniqueConstraint(
            "sitting_id",
            "item_id",
            "revision",
            "response_sha256",
            name=op.f("uq_late_answers_sitting_id_item_id_revision_response_sha256"),
        ),
    )
    op.create_table(
        "late_decisions",
        sa.Column("late_answer_id", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["late_answer_id"], ["late_answers.id"], name=op.f("fk_late_decisions_late_answer_id_late_answers")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_late_decisions_person_id_people")),
        sa.PrimaryKeyConstraint("late_answer_id", "ordinal", name=op.f("pk_late_decisions")),
        sa.UniqueConstraint("late_answer_id", "person_id", name=op.f("uq_late_decisions_late_answer_id_person_id")),
    )


def _make_seals() -> None:
    op.create_table(
        "seals",
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("ledger_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("closed_by", sa.String(length=20), nullable=True),
        sa.Column("supersedes", sa.String(length=64), nullable=True),
        sa.Column("late_answers", sa.Integer(), nullable=False),
        sa.Column("late_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_seals_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", "number", name=op.f("pk_seals")),
    )


def _announcements() -> None:
    """Announcements, and questions that candidates reported."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=True),
        sa.Column("item_id", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hi", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=40), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_announcements_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_announcements_session_id_exam_sessions")),
        sa.ForeignKeyConstraint(["said_by"], ["people.id"], name=op.f("fk_announcements_said_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index("ix_announcements_session_id_said_at", "announcements", ["session_id", "said_at"], unique=False)
    for statement in triggers.append_only(op.get_bind().dialect.name, ("announcements",)):
        op.execute(sa.text(statement))
    op.create_table(
        "question_reports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen_by", sa.String(length=40), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_question_reports_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_question_reports_sitting_id_sittings")),
        sa.ForeignKeyConstraint(["item_id"], ["item_versions.id"], name=op.f("fk_question_reports_item_id_item_versions")),
        sa.ForeignKeyConstraint(["seen_by"], ["people.id"], name=op.f("fk_question_reports_seen_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_reports")),
    )
    op.create_index(op.f("ix_question_reports_sitting_id"), "question_reports", ["sitting_id"], unique=False)
    op.create_index("ix_question_reports_organisation_id_state", "question_reports", ["organisation_id", "state"], unique=False)


def _session_reports() -> None:
    """Attendance and the signed report of a session."""
    op.create_table(
        "session_reports",
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_session_reports_session_id_exam_sessions")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_session_reports_made_by_people")),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_session_reports")),
    )
    for statement in triggers.append_only(op.get_bind().dialect.name, ("session_reports",)):
        op.execute(sa.text(statement))
