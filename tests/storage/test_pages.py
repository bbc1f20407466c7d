"""What a save asks is answered by indexes that it has to write anyway (ADR 34)."""

from pathlib import Path

from sqlalchemy import event

from assessment_engine.delivery.responses import an_offer
from assessment_engine.storage.events import exam_events
from tests.builders import a_world, an_engine


def test_the_writers_questions_use_the_primary_key_and_a_sittings_events_their_index(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    world = a_world(engine)
    asked: list[tuple[str, object]] = []
    with engine.store.read() as tx:
        event.listen(tx.connection, "before_cursor_execute", lambda _c, _cursor, words, given, *_: asked.append((words, given)))
        tx.answers.held([an_offer(world.sitting_id, world.candidate.person_id, world.items[0], 1, {"RESPONSE": "A"})])
        tx.events.of_sittings([world.sitting_id], kinds=["item_viewed"])
        tx.checkins.open_calls(world.session_id, world.organisation_id)
        plans = [
            [str(step[3]) for step in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given)]  # type: ignore[arg-type]  # as it was given
            for words, given in list(asked)
        ]

    held, events, _calls = ("\n".join(plan) for plan in plans)
    assert held.count("USING INDEX sqlite_autoindex_answers_1 (sitting_id=? AND revision") == 2
    assert "SCAN newer" not in held and "SCAN same" not in held
    assert "ix_exam_events_sitting_id_seq (sitting_id=?" in events
    assert f"SCAN {exam_events.name}" not in "\n".join(map("\n".join, plans))
    engine.store.engine.dispose()
