"""Facts of item versions, their reviews and approvals, enemy sets, calibrations, and which forms have which items.

The XML moves to a table of its own, so that a version's row is narrow and a list of twenty thousand is read quickly.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from assessment_engine.storage.item_triggers import item_triggers
from assessment_engine.storage.schema import Instant
from item_bank.gist import gist_of

revision = "0016"
down_revision = "0015"

_NEWEST = sa.text("newest")
_EXPOSED = sa.text("started_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns and tables, move what is there, and hold it by triggers."""
    _add_columns()
    _add_tables()
    _add_review_tables()
    _move_contents()
    _fill()
    _index()
    for statement in item_triggers(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _add_columns() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        _text("organisation_id", 40),
        _text("bank_id", 40),
        _text("identifier", 255),
        sa.Column("newest", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("titles", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("languages", sa.Text(), nullable=False, server_default=""),
        sa.Column("author_id", sa.String(40), nullable=True),
        sa.Column("saved_at", Instant(), nullable=True),
        sa.Column("moved_at", Instant(), nullable=True),
        _text("subject", 120),
        _text("topic", 120),
        sa.Column("bloom", sa.String(12), nullable=True),
        sa.Column("difficulty", sa.String(8), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("words", sa.Integer(), nullable=False, server_default="0"),
        _text("kind", 40),
        sa.Column("origin", sa.String(8), nullable=True),
        *(_text(name, 200) for name in ("author", "owner", "licence")),
        sa.Column("licence_ends", sa.Date(), nullable=True),
        _text("contract", 200),
    )
    for column in columns:
        op.add_column("item_versions", column)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")


def _add_tables() -> None:
    op.create_table(
        "item_contents",
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_item_contents_version_id_item_versions")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_item_contents")),
    )
    op.create_table(
        "item_words",
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_item_words_version_id_item_versions")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_item_words")),
    )
    op.create_table(
        "form_items",
        sa.Column("form_id", sa.String(40), nullable=False),
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_form_items_form_id_forms")),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_form_items_version_id_item_versions")),
        sa.PrimaryKeyConstraint("form_id", "version_id", name=op.f("pk_form_items")),
    )
    op.create_index("ix_form_items_version_id", "form_items", ["version_id"])
    op.create_table(
        "enemy_sets",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_enemy_sets_organisation_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enemy_sets")),
    )
    op.create_index("ix_enemy_sets_organisation_id", "enemy_sets", ["organisation_id"])
    op.create_table(
        "enemy_items",
        sa.Column("set_id", sa.String(40), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_enemy_items_item_id_items")),
        sa.ForeignKeyConstraint(["set_id"], ["enemy_sets.id"], name=op.f("fk_enemy_items_set_id_enemy_sets")),
        sa.PrimaryKeyConstraint("set_id", "item_id", name=op.f("pk_enemy_items")),
    )
    op.create_index("ix_enemy_items_item_id", "enemy_items", ["item_id"])
    op.create_table(
        "item_calibrations",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("model", sa.String(10), nullable=False),
        sa.Column("a", sa.Float(), nullable=True),
        sa.Column("b", sa.Float(), nullable=True),
        sa.Column("c", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_item_calibrations_version_id_item_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_calibrations")),
    )
    op.create_index("ix_item_calibrations_version_id", "item_calibrations", ["version_id"])


def _add_review_tables() -> None:
    def of_version(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f(f"fk_{table}_version_id_item_versions"))

    def of_person(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id_people"))

    op.create_table(
        "item_reviews",
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        of_version("item_reviews"),
        of_person("item_reviews"),
        sa.PrimaryKeyConstraint("version_id", "ordinal", name=op.f("pk_item_reviews")),
    )
    op.create_index("ix_item_reviews_person_id", "item_reviews", ["person_id"])
    op.create_table(
        "item_approvals",
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        of_version("item_approvals"),
        of_person("item_approvals"),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_item_approvals")),
    )
    op.create_table(
        "item_comments",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        of_version("item_comments"),
        of_person("item_comments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_comments")),
    )
    op.create_index("ix_item_comments_version_id", "item_comments", ["version_id"])
    op.create_table(
        "reviewer_subjects",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_reviewer_subjects_organisation_id_organisations")),
        of_person("reviewer_subjects"),
        sa.PrimaryKeyConstraint("person_id", "organisation_id", "subject", name=op.f("pk_reviewer_subjects")),
    )


def _move_contents() -> None:
    op.execute(sa.text("INSERT INTO item_contents (version_id, variants) SELECT id, variants FROM item_versions"))
    op.drop_column("item_versions", "variants")


def _fill() -> None:
    connection = op.get_bind()
    for of_item in ("organisation_id", "bank_id", "identifier"):
        op.execute(sa.text(f"UPDATE item_versions SET {of_item} = (SELECT i.{of_item} FROM items i WHERE i.id = item_versions.item_id)"))  # noqa: S608  # our own words
    newest = """UPDATE item_versions SET newest = true WHERE NOT EXISTS (SELECT 1 FROM item_imports m WHERE m.id = item_versions.import_id
        AND m.finished_at IS NULL) AND NOT EXISTS (SELECT 1 FROM item_versions n WHERE n.item_id = item_versions.item_id
        AND n.version > item_versions.version
        AND NOT EXISTS (SELECT 1 FROM item_imports m WHERE m.id = n.import_id AND m.finished_at IS NULL))"""
    op.execute(sa.text(newest))
    for column, said in (("author_id", "actor_id"), ("saved_at", "at")):  # who wrote a version is in the log; they are not to judge it
        logged = f"SELECT MIN(e.{said}) FROM audit_entries e WHERE e.subject = item_versions.id AND e.kind = 'item_staged'"  # noqa: S608  # our own words
        op.execute(sa.text(f"UPDATE item_versions SET {column} = ({logged})"))  # noqa: S608  # our own words
    _fill_gists(connection)
    for row in connection.execute(sa.text("SELECT id, document FROM forms")).all():
        document = json.loads(row.document) if isinstance(row.document, str) else row.document
        used = [{"form": row.id, "version": version} for section in document.get("sections", ()) for version in section["items"]]
        if used:
            connection.execute(sa.text("INSERT INTO form_items (form_id, version_id) VALUES (:form, :version)"), used)


def _fill_gists(connection: sa.Connection) -> None:
    found = "SELECT v.id, v.identifier, c.variants FROM item_versions v JOIN item_contents c ON c.version_id = v.id"
    cast = "CAST(:titles AS JSON)" if connection.dialect.name == "postgresql" else ":titles"
    for row in connection.execute(sa.text(found)).all():
        variants = json.loads(row.variants) if isinstance(row.variants, str) else row.variants
        gist = gist_of(row.identifier, variants)
        languages = f",{','.join(gist.titles)},"
        said = {"id": row.id, "languages": languages, "titles": json.dumps(dict(gist.titles)), "words": gist.words, "kind": gist.kind}
        filled = f"titles = {cast}, languages = :languages, words = :words, kind = :kind"
        connection.execute(sa.text(f"UPDATE item_versions SET {filled} WHERE id = :id"), said)  # noqa: S608  # our own words
        words = {"search": gist.search, "id": row.id}
        connection.execute(sa.text("INSERT INTO item_words (version_id, search) VALUES (:id, :search)"), words)


def _index() -> None:
    op.create_index("uq_item_versions_newest", "item_versions", ["item_id"], unique=True, sqlite_where=_NEWEST, postgresql_where=_NEWEST)
    listed = ["organisation_id", "identifier", "id"]
    op.create_index("ix_item_versions_listed", "item_versions", listed, sqlite_where=_NEWEST, postgresql_where=_NEWEST)
    op.create_index("ix_item_versions_import_id", "item_versions", ["import_id"])
    op.create_index("ix_sittings_exposed", "sittings", ["form_id"], sqlite_where=_EXPOSED, postgresql_where=_EXPOSED)
