"""A deployment from before seals had numbers keeps its seals, and all that holds them, when it is brought up to date."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from assessment_engine.storage import migrations
from assessment_engine.storage.database import Store, Transaction, open_database

_ROWS = (
    "INSERT INTO organisations (id, kind, name, name_hi, starts_on) VALUES ('org', 'agency', 'A', 'A', '2026-01-01')",
    "INSERT INTO people (id, organisation_id, login, name, name_hi, language, password_hash, active) "
    "VALUES ('per', 'org', 'l', 'N', 'N', 'en', 'none', TRUE)",
    "INSERT INTO forms (id, organisation_id, title, title_hi, document, sha256, state) "
    "VALUES ('for', 'org', 'F', 'F', '{}', 'f', 'approved')",
    "INSERT INTO exams (id, organisation_id, code, title, title_hi, form_id, duration_s, policy, state) "
    "VALUES ('exa', 'org', 'E', 'E', 'E', 'for', 60, '{}', 'open')",
    "INSERT INTO exam_sessions (id, exam_id, organisation_id, title, opens_at, closes_at) "
    "VALUES ('ses', 'exa', 'org', 'S', '2026-11-23 12:00:00', '2026-11-23 13:00:00')",
    "INSERT INTO registrations (id, session_id, candidate_id, organisation_id, arrangements) VALUES ('reg', 'ses', 'per', 'org', '{}')",
    "INSERT INTO sittings (id, registration_id, organisation_id, candidate_id, exam_id, session_id, form_id, language, state, grace_s, "
    "revision, simulated) VALUES ('sit', 'reg', 'org', 'per', 'exa', 'ses', 'for', 'en', 'submitted', 0, 0, FALSE)",
    "INSERT INTO seals (sitting_id, answers, ledger_sha256, form_sha256, sealed_at, key_id, signature, sha256) "
    "VALUES ('sit', 3, 'l', 'f', '2026-11-23 12:30:00', 'k', 's', 'n')",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def old_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as migration 0002 left it, with one sealed sitting."""
    url = f"sqlite:///{tmp_path / 'old.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")
    database = open_database(url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with database.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    with database.begin() as connection:
        for row in _ROWS:
            connection.execute(text(row))
    yield database
    database.dispose()


def test_a_seal_from_before_is_the_first_one_and_stays(old_database: Engine) -> None:
    migrations.migrate(old_database)

    with Store(old_database).read() as tx:
        seal = tx.sittings.seals("sit")[0]  # type: ignore[arg-type]
    assert (seal.number, seal.answers, seal.closed_by, seal.supersedes, seal.late_answers) == (1, 3, None, None, 0)
    assert "closed_by" not in seal.document
    for statement, words in (
        ("DELETE FROM seals", "what is written"),
        ("UPDATE seals SET answers = 4", "what is written"),
        ("INSERT INTO answers (sitting_id, revision, item_id, response, response_sha256, received_at, key_id, signature) "
         "VALUES ('sit', 1, 'i', '{}', 'x', '2026-11-23 12:31:00', 'k', 's')", "takes no answer"),
        ("INSERT INTO certificates (id, number, sitting_id, organisation_id, candidate_id, score_report_id, proctoring_decision_id, "
         "batch_id, award, credential, credential_sha256, issued_at) VALUES ('c', 'n', 'sit', 'org', 'per', 'r', 'd', 'b', '{}', '{}', "
         "'x', '2026-11-23 12:31:00')", "a certificate needs a passed score report"),
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match=words), old_database.begin() as connection:
            Transaction(connection).connection.execute(text(statement))
