"""The triggers of result batches, tried with plain SQL on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assessment_engine.services.engine import Engine
from assessment_engine.services.results import draft_batch
from assessment_engine.services.scoring import score_sitting
from tests.services.paper import Paper, a_paper, a_sealed_sitting


@pytest.fixture
def drafted(any_engine: Engine) -> tuple[Engine, Paper, str]:
    paper = a_paper(any_engine)
    _, sitting_id = a_sealed_sitting(any_engine, paper, {})
    score_sitting(any_engine, sitting_id)
    return any_engine, paper, draft_batch(any_engine, paper.officer, paper.session.id).id


def execute(engine: Engine, *statements: str) -> None:
    with engine.store.begin() as tx:
        for statement in statements:
            tx.connection.execute(text(statement))


def approval(batch: str, officer: str) -> str:
    return f"INSERT INTO batch_approvals (batch_id, officer_id, at, log_sha256) VALUES ('{batch}', '{officer}', '2026-11-23 12:00:00', 'x')"  # noqa: S608


def publish(batch: str) -> str:
    return f"UPDATE result_batches SET state = 'published', published_at = '2026-11-23 12:00:00' WHERE id = '{batch}'"  # noqa: S608


def test_plain_sql_cannot_publish_without_two_officers(drafted: tuple[Engine, Paper, str]) -> None:
    engine, paper, batch = drafted

    with pytest.raises(DBAPIError, match="two different officers"):
        execute(engine, publish(batch))
    execute(engine, approval(batch, paper.officer.person_id))
    with pytest.raises(DBAPIError, match="two different officers"):
        execute(engine, publish(batch))
    with pytest.raises(DBAPIError):
        execute(engine, approval(batch, paper.officer.person_id))
    execute(engine, approval(batch, paper.second.person_id), publish(batch))


def test_plain_sql_cannot_change_what_a_batch_contains(drafted: tuple[Engine, Paper, str]) -> None:
    engine, paper, batch = drafted

    for statement in (
        "UPDATE batch_entries SET score_report_id = 'x'",
        "DELETE FROM batch_entries",
        "DELETE FROM result_batches",
        "UPDATE result_batches SET sha256 = 'x'",
        "INSERT INTO result_batches SELECT 'bat_2', session_id, organisation_id, 'published', created_at, created_by, sha256, created_at "
        "FROM result_batches",
    ):
        with pytest.raises(DBAPIError):
            execute(engine, statement)
    execute(engine, approval(batch, paper.officer.person_id), approval(batch, paper.second.person_id), publish(batch))
    for statement in (
        "UPDATE result_batches SET state = 'draft'",
        "INSERT INTO batch_entries SELECT batch_id, 'sit_x', score_report_id FROM batch_entries",
    ):
        with pytest.raises(DBAPIError):
            execute(engine, statement)
