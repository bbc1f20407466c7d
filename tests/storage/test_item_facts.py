"""A bank from before versions had facts keeps its questions when it is brought up to date: found, held and counted like a new one."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Role
from assessment_engine.storage import migrations
from assessment_engine.storage.database import Store, open_database
from item_bank.facts import ItemFacts
from item_bank.items import ItemState, content_digest
from tests.builders import a_choice_item, an_actor

VARIANTS = {"en": a_choice_item(1), "hi": a_choice_item(1).replace('title="Item 1"', 'title="प्रश्न 1"')}
VERSION = "INSERT INTO item_versions (id, item_id, version, state, title, variants, sha256, import_id) VALUES"
ROWS = (
    "INSERT INTO organisations (id, kind, name, name_hi, starts_on) VALUES ('org_1', 'agency', 'A', 'A', '2026-01-01')",
    "INSERT INTO banks (id, organisation_id, name) VALUES ('bnk', 'org_1', 'B')",
    "INSERT INTO items (id, bank_id, organisation_id, identifier) VALUES ('itm', 'bnk', 'org_1', 'item-1')",
    "INSERT INTO item_imports (id, bank_id, begun_at) VALUES ('imp', 'bnk', '2026-11-23 12:00:00')",
    f"{VERSION} ('itv_1', 'itm', 1, 'retired', 'Item 1', :variants, 'x', NULL)",
    f"{VERSION} ('itv_2', 'itm', 2, 'approved', 'Item 1', :variants, :sha256, NULL)",
    f"{VERSION} ('itv_3', 'itm', 3, 'draft', 'Item 1', :variants, 'x', 'imp')",
    "INSERT INTO audit_entries (id, kind, subject, actor_id, at, payload, sha256) "
    "VALUES ('aud', 'item_staged', 'itv_2', 'per_1', '2026-11-23 12:00:00', '{}', 'y')",
    "INSERT INTO forms (id, organisation_id, title, title_hi, document, sha256, state) "
    "VALUES ('for', 'org_1', 'F', 'F', :form, 'f', 'approved')",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def old_bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as migration 0015 left it: an item with two versions, a third in an import that broke off, and a form."""
    url = f"sqlite:///{tmp_path / 'old.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")
    database = open_database(url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    section = {"id": "A", "title": "A", "title_hi": "A", "items": ["itv_2"]}
    values = {"variants": json.dumps(VARIANTS), "sha256": content_digest(VARIANTS), "form": json.dumps({"sections": [section]})}
    with database.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
    with database.begin() as connection:
        for row in ROWS:
            connection.execute(text(row), {name: value for name, value in values.items() if f":{name}" in row})
    yield database
    database.dispose()


def test_old_versions_are_whole_found_and_held(old_bank: Engine) -> None:
    migrations.migrate(old_bank)

    officer = an_actor(Role.CELL_OFFICER)
    with Store(old_bank).read() as tx:
        (card,) = tx.item_cards.every(officer)
        version = tx.items.get(ItemVersionId("itv_2"))
        forms = tx.item_use.forms_with([ItemVersionId("itv_2")])
    assert (card.id, card.state, card.languages, card.title_in("hi"), card.facts.kind) == (
        "itv_2",
        ItemState.APPROVED,
        ("en", "hi"),
        "प्रश्न 1",
        "choice",
    )
    assert (version.author_id, version.saved_at) == ("per_1", datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    assert (version.is_whole, version.identifier, version.facts) == (True, "item-1", ItemFacts(words=4, kind="choice"))
    assert [form.form_id for form in forms] == ["for"]
    with pytest.raises(DBAPIError), old_bank.begin() as connection:
        connection.execute(text("UPDATE item_versions SET title = 'Another'"))
