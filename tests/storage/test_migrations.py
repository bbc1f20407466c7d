"""The migrations make exactly the tables that the repositories declare, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from assessment_engine.storage.database import open_database
from assessment_engine.storage.migrations import migrate, versions
from assessment_engine.storage.schema import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")
    database = open_database(url)
    yield database
    database.dispose()


def test_migrated_tables_are_the_declared_ones(empty_database: Engine) -> None:
    migrate(empty_database)

    with empty_database.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_migrating_twice_changes_nothing(empty_database: Engine) -> None:
    migrate(empty_database)
    migrate(empty_database)

    newest = max(path.name[:4] for path in Path(versions.__path__[0]).glob("0*.py"))
    with empty_database.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]
