"""The first tables, and the triggers that keep the promises on certificates and results."""

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage import results, triggers
from assessment_engine.storage.schema import Exact, Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, then the triggers of this dialect."""
    _make_tables()
    for rules in (results.TRIGGERS, triggers.TRIGGERS):
        for statement in rules[op.get_bind().dialect.name]:
            op.execute(sa.text(statement))


def _make_tables() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("leaf_index", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("leaf_index", name=op.f("uq_audit_entries_leaf_index")),
    )
    op.create_index(op.f("ix_audit_entries_sha256"), "audit_entries", ["sha256"], unique=False)
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("frontier", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_hi", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("argument", sa.String(length=80), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_done_at_due_at", "outbox", ["done_at", "due_at"], unique=False)
    op.create_table(
        "banks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_banks_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_banks")),
    )
    op.create_index(op.f("ix_banks_organisation_id"), "banks", ["organisation_id"], unique=False)
    op.create_table(
        "competencies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_hi", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_competencies_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competencies")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_competencies_organisation_id_code")),
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_hi", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("summary_hi", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_courses_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_courses_organisation_id_code")),
    )
    op.create_table(
        "exam_events",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=True),
        sa.Column("sitting_id", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_exam_events_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_exam_events")),
    )
    op.create_index("ix_exam_events_sitting_id_seq", "exam_events", ["sitting_id", "seq"], unique=False)
    op.create_table(
        "forms",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_hi", sa.String(length=200), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_forms_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
    )
    op.create_index(op.f("ix_forms_organisation_id"), "forms", ["organisation_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_hi", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_people_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
    )
    op.create_index(op.f("ix_people_organisation_id"), "people", ["organisation_id"], unique=False)
    op.create_table(
        "course_modules",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_hi", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hi", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_modules_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_modules")),
        sa.UniqueConstraint("course_id", "ordinal", name=op.f("uq_course_modules_course_id_ordinal")),
    )
    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("enrolled_at", Instant(), nullable=False),
        sa.Column("completed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_enrolments_course_id_courses")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_enrolments_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("course_id", "person_id", name=op.f("uq_enrolments_course_id_person_id")),
    )
    op.create_index(op.f("ix_enrolments_person_id"), "enrolments", ["person_id"], unique=False)
    op.create_table(
        "exams",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_hi", sa.String(length=200), nullable=False),
        sa.Column("form_id", sa.String(length=40), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("course_id", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_exams_course_id_courses")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_exams_form_id_forms")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_exams_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exams")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_exams_organisation_id_code")),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("bank_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("identifier", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_items_bank_id_banks")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_items_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("bank_id", "identifier", name=op.f("uq_items_bank_id_identifier")),
    )
    op.create_index("ix_items_organisation_id", "items", ["organisation_id"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("reauthenticated_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_login_sessions_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_login_sessions_person_id_people")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_login_sessions")),
    )
    op.create_index("ix_login_sessions_person_id", "login_sessions", ["person_id"], unique=False)
    op.create_table(
        "roles",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_roles_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "organisation_id", "role", "starts_on", name=op.f("pk_roles")),
    )
    op.create_table(
        "exam_sessions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("exam_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_exam_sessions_exam_id_exams")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_exam_sessions_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_sessions")),
    )
    op.create_index(op.f("ix_exam_sessions_exam_id"), "exam_sessions", ["exam_id"], unique=False)
    op.create_index(op.f("ix_exam_sessions_organisation_id"), "exam_sessions", ["organisation_id"], unique=False)
    op.create_table(
        "item_versions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("competency_id", sa.String(length=40), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["competency_id"], ["competencies.id"], name=op.f("fk_item_versions_competency_id_competencies")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_versions_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_versions")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_item_versions_item_id_version")),
    )
    op.create_table(
        "module_completions",
        sa.Column("enrolment_id", sa.String(length=40), nullable=False),
        sa.Column("module_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_module_completions_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["module_id"], ["course_modules.id"], name=op.f("fk_module_completions_module_id_course_modules")),
        sa.PrimaryKeyConstraint("enrolment_id", "module_id", name=op.f("pk_module_completions")),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("candidate_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("seat", sa.String(length=20), nullable=True),
        sa.Column("portrait_blob", sa.String(length=200), nullable=True),
        sa.Column("document_blob", sa.String(length=200), nullable=True),
        sa.Column("arrangements", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_registrations_candidate_id_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_registrations_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_registrations_session_id_exam_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("session_id", "candidate_id", name=op.f("uq_registrations_session_id_candidate_id")),
    )
    op.create_index("ix_registrations_candidate_id", "registrations", ["candidate_id"], unique=False)
    op.create_table(
        "result_batches",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_result_batches_created_by_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_result_batches_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_result_batches_session_id_exam_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_batches")),
    )
    op.create_index(op.f("ix_result_batches_organisation_id"), "result_batches", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_result_batches_session_id"), "result_batches", ["session_id"], unique=False)
    op.create_table(
        "batch_approvals",
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("officer_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("log_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["result_batches.id"], name=op.f("fk_batch_approvals_batch_id_result_batches")),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name=op.f("fk_batch_approvals_officer_id_people")),
        sa.UniqueConstraint("batch_id", "officer_id", name=op.f("uq_batch_approvals_batch_id_officer_id")),
    )
    op.create_table(
        "sittings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("registration_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("candidate_id", sa.String(length=40), nullable=False),
        sa.Column("exam_id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("form_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("consented_at", Instant(), nullable=True),
        sa.Column("admitted_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("deadline_at", Instant(), nullable=True),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("current_item", sa.String(length=40), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_sittings_candidate_id_people")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_sittings_exam_id_exams")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_sittings_form_id_forms")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_sittings_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_sittings_registration_id_registrations")),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.id"], name=op.f("fk_sittings_session_id_exam_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_sittings_registration_id")),
    )
    op.create_index("ix_sittings_candidate_id", "sittings", ["candidate_id"], unique=False)
    op.create_index("ix_sittings_session_id_state", "sittings", ["session_id", "state"], unique=False)
    op.create_index("ix_sittings_state_deadline_at", "sittings", ["state", "deadline_at"], unique=False)
    op.create_table(
        "answers",
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("response_sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item_versions.id"], name=op.f("fk_answers_item_id_item_versions")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_answers_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", "revision", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_sitting_id_item_id_revision", "answers", ["sitting_id", "item_id", "revision"], unique=False)
    op.create_table(
        "calibrations",
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_calibrations_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_calibrations")),
    )
    op.create_table(
        "checkins",
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("face_blob", sa.String(length=200), nullable=False),
        sa.Column("machine_distance", sa.Float(), nullable=True),
        sa.Column("machine_view", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_checkins_decided_by_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_checkins_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_checkins_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_checkins")),
    )
    op.create_table(
        "evidence_keys",
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_evidence_keys_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_evidence_keys")),
    )
    op.create_table(
        "grievances",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("candidate_id", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("assigned_to", sa.String(length=40), nullable=True),
        sa.Column("resolved_by", sa.String(length=40), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assigned_to"], ["people.id"], name=op.f("fk_grievances_assigned_to_people")),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_grievances_candidate_id_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_grievances_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["resolved_by"], ["people.id"], name=op.f("fk_grievances_resolved_by_people")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_grievances_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievances")),
    )
    op.create_index(op.f("ix_grievances_candidate_id"), "grievances", ["candidate_id"], unique=False)
    op.create_index("ix_grievances_organisation_id_due_at", "grievances", ["organisation_id", "due_at"], unique=False)
    op.create_index("ix_grievances_sitting_id_state", "grievances", ["sitting_id", "state"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=True),
        sa.Column("item_id", sa.String(length=40), nullable=True),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.CheckConstraint("(tier = 'could_not_watch') = (severity IS NULL)", name=op.f("ck_incidents_unobservable_accuses_nobody")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_incidents_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_incidents_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("sitting_id", "first_seq", "rule", name=op.f("uq_incidents_sitting_id_first_seq_rule")),
    )
    op.create_index("ix_incidents_organisation_id_raised_at", "incidents", ["organisation_id", "raised_at"], unique=False)
    op.create_table(
        "proctoring_decisions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("observable_share", sa.Float(), nullable=False),
        sa.Column("incidents_until", Instant(), nullable=False),
        sa.CheckConstraint("(outcome = 'unflagged') = (decided_by IS NULL)", name=op.f("ck_proctoring_decisions_people_decide")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_proctoring_decisions_decided_by_people")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_proctoring_decisions_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctoring_decisions")),
    )
    op.create_index(op.f("ix_proctoring_decisions_sitting_id"), "proctoring_decisions", ["sitting_id"], unique=False)
    op.create_table(
        "score_reports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("seal_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=False),
        sa.Column("total", Exact(), nullable=False),
        sa.Column("max", Exact(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_score_reports_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_score_reports_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_reports")),
        sa.UniqueConstraint("sitting_id", "seal_sha256", "form_sha256", name=op.f("uq_score_reports_sitting_id_seal_sha256_form_sha256")),
    )
    op.create_index("ix_score_reports_organisation_id", "score_reports", ["organisation_id"], unique=False)
    op.create_table(
        "seals",
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("ledger_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_seals_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_seals")),
    )
    op.create_table(
        "watches",
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("frames_received", sa.Integer(), nullable=False),
        sa.Column("frames_dropped", sa.Integer(), nullable=False),
        sa.Column("frames_analysed", sa.Integer(), nullable=False),
        sa.Column("observable_s", sa.Float(), nullable=False),
        sa.Column("unobservable", sa.JSON(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=True),
        sa.Column("last_frame_at", Instant(), nullable=True),
        sa.Column("baseline", sa.JSON(), nullable=True),
        sa.Column("drained_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_watches_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_watches")),
    )
    op.create_table(
        "batch_entries",
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("score_report_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["result_batches.id"], name=op.f("fk_batch_entries_batch_id_result_batches")),
        sa.ForeignKeyConstraint(["score_report_id"], ["score_reports.id"], name=op.f("fk_batch_entries_score_report_id_score_reports")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_batch_entries_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("batch_id", "sitting_id", name=op.f("pk_batch_entries")),
    )
    op.create_index("ix_batch_entries_sitting_id", "batch_entries", ["sitting_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_cases_incident_id_incidents")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_cases_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_cases_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_sitting_id"), "cases", ["sitting_id"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("candidate_id", sa.String(length=40), nullable=False),
        sa.Column("score_report_id", sa.String(length=40), nullable=False),
        sa.Column("proctoring_decision_id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("award", sa.JSON(), nullable=False),
        sa.Column("credential", sa.JSON(), nullable=False),
        sa.Column("credential_sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["result_batches.id"], name=op.f("fk_certificates_batch_id_result_batches")),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_certificates_candidate_id_people")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_certificates_organisation_id_organisations")),
        sa.ForeignKeyConstraint(
            ["proctoring_decision_id"],
            ["proctoring_decisions.id"],
            name=op.f("fk_certificates_proctoring_decision_id_proctoring_decisions"),
        ),
        sa.ForeignKeyConstraint(["score_report_id"], ["score_reports.id"], name=op.f("fk_certificates_score_report_id_score_reports")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_certificates_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("credential_sha256", name=op.f("uq_certificates_credential_sha256")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("sitting_id", "score_report_id", name=op.f("uq_certificates_sitting_id_score_report_id")),
    )
    op.create_index("ix_certificates_candidate_id", "certificates", ["candidate_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_evidence_incident_id_incidents")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_evidence_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("incident_id", "seq", name=op.f("uq_evidence_incident_id_seq")),
    )
    op.create_table(
        "grievance_history",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("grievance_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["grievance_id"], ["grievances.id"], name=op.f("fk_grievance_history_grievance_id_grievances")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grievance_history_person_id_people")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_grievance_history")),
    )
    op.create_index(op.f("ix_grievance_history_grievance_id"), "grievance_history", ["grievance_id"], unique=False)
    op.create_table(
        "adjudications",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("sitting_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason_code", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.CheckConstraint("ordinal IN (1, 2)", name=op.f("ck_adjudications_two_people")),
        sa.ForeignKeyConstraint(["incident_id"], ["cases.incident_id"], name=op.f("fk_adjudications_incident_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_adjudications_person_id_people")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_adjudications_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudications")),
        sa.UniqueConstraint("incident_id", "ordinal", name=op.f("uq_adjudications_incident_id_ordinal")),
        sa.UniqueConstraint("incident_id", "person_id", name=op.f("uq_adjudications_incident_id_person_id")),
    )
    op.create_index(op.f("ix_adjudications_sitting_id"), "adjudications", ["sitting_id"], unique=False)
    op.create_table(
        "certificate_changes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("certificate_id", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_changes_certificate_id_certificates")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certificate_changes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_changes")),
        sa.UniqueConstraint("certificate_id", "ordinal", name=op.f("uq_certificate_changes_certificate_id_ordinal")),
    )
    op.create_table(
        "competency_records",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("candidate_id", sa.String(length=40), nullable=False),
        sa.Column("competency_id", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.String(length=40), nullable=False),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_to", Instant(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_competency_records_candidate_id_people")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_competency_records_certificate_id_certificates")),
        sa.ForeignKeyConstraint(["competency_id"], ["competencies.id"], name=op.f("fk_competency_records_competency_id_competencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency_records")),
    )
    op.create_index("ix_competency_records_candidate_id", "competency_records", ["candidate_id"], unique=False)
    op.create_index("ix_competency_records_certificate_id", "competency_records", ["certificate_id"], unique=False)
