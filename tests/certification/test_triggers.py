"""Promises 4, 5 and 8 as the database keeps them: plain SQL against SQLite and PostgreSQL, each precondition missing in turn."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assessment_engine.delivery.late import Said, Verdict
from assessment_engine.delivery.responses import an_offer
from assessment_engine.invigilation import Outcome
from assessment_engine.services.engine import Engine
from assessment_engine.services.late_answers import keep_late
from assessment_engine.services.late_decisions import decide_late
from tests.builders import a_person
from tests.certification.story import Story, a_story, install_triggers, tell
from tests.services.test_results import give_password

Step = Callable[[Story], None]


@pytest.fixture
def story(any_engine: Engine) -> Story:
    install_triggers(any_engine)
    return a_story(any_engine)


def execute(story: Story, *statements: str) -> None:
    with story.engine.store.begin() as tx:
        for statement in statements:
            tx.connection.execute(text(statement))


def insert_certificate(story: Story, **changes: str) -> None:
    row = {
        "id": "crt_1",
        "number": "26-AAAA-BBBB-CCCC",
        "sitting_id": story.sitting_id,
        "organisation_id": story.world.organisation_id,
        "candidate_id": story.world.candidate.person_id,
        "score_report_id": story.report_id,
        "proctoring_decision_id": story.decision_id,
        "batch_id": story.batch_id,
        "award": "{}",
        "credential": "{}",
        "credential_sha256": "cc" * 32,
        "issued_at": "2026-11-23 12:30:00",
        **changes,
    }
    values = ", ".join(f"'{value}'" for value in row.values())
    execute(story, f"INSERT INTO certificates ({', '.join(row)}) VALUES ({values})")  # noqa: S608


def insert_record(story: Story, candidate_id: str, certificate_id: str = "'crt_1'") -> None:
    columns = "id, candidate_id, competency_id, level, certificate_id, valid_from, recorded_at"
    values = f"'cpr_1', '{candidate_id}', '{story.competency_id}', 3, {certificate_id}, '2026-11-23 12:30:00', '2026-11-23 12:30:00'"
    execute(story, f"INSERT INTO competency_records ({columns}) VALUES ({values})")  # noqa: S608


def nothing(story: Story) -> None:
    """Leave a step out."""


def a_flag_after_the_decision(story: Story) -> None:
    story.decide(Outcome.UNFLAGGED)
    story.tick()
    story.flag(case="dismissed")


def a_newer_decision(story: Story) -> None:
    story.decide(Outcome.UNFLAGGED)
    first = story.decision_id
    story.tick()
    story.decide(Outcome.ADVERSE)
    story.decision_id = first


def a_seal_after_the_score(story: Story) -> None:
    """Let an officer accept a late answer, so that a second seal supersedes the one that was scored."""
    engine, sitting_id, officer = story.engine, story.sitting_id, story.officers[0]
    offer = an_offer(sitting_id, story.world.candidate.person_id, story.world.items[0], 1, {"RESPONSE": "A"})
    kept = keep_late(engine, story.world.candidate, sitting_id, [offer], "")
    give_password(engine, officer)
    decide_late(engine, officer, sitting_id, [kept.late[0].id], Said(verdict=Verdict.ACCEPT, reason="The line was cut."))
    story.watch()


def a_decision_after(**flag: str | None) -> Step:
    def step(story: Story) -> None:
        story.flag(**flag)
        story.tick()
        story.decide(Outcome.CLEARED)

    return step


def test_a_certificate_whose_conditions_are_all_met_is_accepted(story: Story) -> None:
    tell(story)

    insert_certificate(story)
    insert_record(story, story.world.candidate.person_id)


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"score": lambda story: story.score(seal_sha256="ab" * 32)}, "score report over exactly that seal"),
        ({"watch": a_seal_after_the_score}, "score report over exactly that seal"),
        ({"score": lambda story: story.score(passed=False)}, "score report over exactly that seal"),
        ({"decide": lambda story: story.decide(Outcome.ADVERSE)}, "decision that lets it pass"),
        ({"decide": a_newer_decision}, "decision that stands"),
        ({"decide": a_flag_after_the_decision}, "newer than the last flag"),
        ({"decide": a_decision_after(case="open")}, "every flag decided"),
        ({"decide": a_decision_after(case="awaiting_second")}, "every flag decided"),
        ({"decide": a_decision_after(case="upheld")}, "every flag decided"),
        ({"decide": a_decision_after(case=None)}, "every flag decided"),
        ({"decide": lambda story: story.decide(observable_share=0.5)}, "enough of the sitting seen"),
        ({"watch": lambda story: story.watch(drained=False)}, "drained stream"),
        ({"watch": nothing}, "drained stream"),
        ({"publish": nothing}, "published batch"),
        ({"publish": lambda story: story.grieve("assigned") or story.publish()}, "open grievance"),
    ],
)
def test_a_certificate_with_a_condition_unmet_is_refused(story: Story, instead: Mapping[str, Step], words: str) -> None:
    tell(story, instead=instead)

    with pytest.raises(DBAPIError, match=words):
        insert_certificate(story)


def test_a_sitting_that_is_not_sealed_gets_none(story: Story) -> None:
    tell(story)
    execute(story, *_drop(story, "seals_no_delete"), "DELETE FROM seals")

    with pytest.raises(DBAPIError, match="a sealed sitting"):
        insert_certificate(story)


def test_one_officer_is_not_two(story: Story) -> None:
    tell(story, until="second")
    execute(story, *_drop(story, "result_batches_publish"))
    story.publish()

    with pytest.raises(DBAPIError, match="two different officers"):
        insert_certificate(story)


def test_a_batch_with_another_score_report_does_not_count(story: Story) -> None:
    tell(story, instead={"draft": lambda one: one.draft(entries=False)})

    with pytest.raises(DBAPIError, match="contains exactly that score report"):
        insert_certificate(story)


def test_a_certificate_names_its_own_candidate(story: Story) -> None:
    tell(story)
    other = a_person(story.engine, story.world.organisation_id, name="Somebody Else")

    with pytest.raises(DBAPIError, match="the sitting of that candidate"):
        insert_certificate(story, candidate_id=other.person_id)


def test_a_person_may_say_that_enough_was_seen(story: Story) -> None:
    tell(story, instead={"decide": lambda one: one.decide(Outcome.ENOUGH_SEEN, observable_share=0.3)})

    insert_certificate(story)


def test_a_resolved_grievance_and_a_dismissed_flag_hold_nothing(story: Story) -> None:
    story.grieve("resolved")
    tell(story, instead={"decide": a_decision_after(case="dismissed")})

    insert_certificate(story)


def test_a_sitting_gets_one_certificate_for_one_score_report(story: Story) -> None:
    tell(story)
    insert_certificate(story)

    with pytest.raises(DBAPIError):
        insert_certificate(story, id="crt_2", number="26-AAAA-BBBB-DDDD", credential_sha256="dd" * 32)


def test_a_competency_record_needs_its_holders_certificate(story: Story) -> None:
    tell(story)
    insert_certificate(story)
    other = a_person(story.engine, story.world.organisation_id, name="Somebody Else")

    with pytest.raises(DBAPIError):
        insert_record(story, story.world.candidate.person_id, certificate_id="NULL")
    with pytest.raises(DBAPIError, match="its holder"):
        insert_record(story, other.person_id)


def an_answer(story: Story, revision: int) -> str:
    names = "sitting_id, revision, item_id, response, response_sha256, received_at, key_id, signature"
    values = f"'{story.sitting_id}', {revision}, '{story.world.items[0]}', '{{}}', 'x', '2026-11-23 12:00:00', 'k', 's'"
    return f"INSERT INTO answers ({names}) VALUES ({values})"  # noqa: S608


def test_a_sealed_ledger_takes_no_answer(story: Story) -> None:
    execute(story, an_answer(story, 1))
    tell(story, until="score")

    with pytest.raises(DBAPIError, match="a sealed ledger takes no answer"):
        execute(story, an_answer(story, 2))


def test_time_that_could_not_be_watched_never_has_a_severity(story: Story) -> None:
    story.flag(case=None)

    with pytest.raises(DBAPIError, match="unobservable_accuses_nobody"):
        execute(story, "UPDATE incidents SET tier = 'could_not_watch'")
    execute(story, "UPDATE incidents SET tier = 'could_not_watch', severity = NULL")


def test_what_is_written_stays(story: Story) -> None:
    execute(story, an_answer(story, 1))
    tell(story)
    insert_certificate(story)
    insert_record(story, story.world.candidate.person_id)
    change = "'cch_1', 'crt_1', 1, 'suspended', 'x', '2026-11-23 12:31:00'"
    execute(story, f"INSERT INTO certificate_changes (id, certificate_id, ordinal, state, reason, at) VALUES ({change})")  # noqa: S608

    for statement in (
        "UPDATE certificates SET number = 'x'",
        "UPDATE certificate_changes SET state = 'issued'",
        "UPDATE seals SET answers = 9",
        "UPDATE answers SET response = '{}'",
        "DELETE FROM answers",
        "UPDATE score_reports SET passed = NOT passed",
        "UPDATE proctoring_decisions SET outcome = 'cleared'",
        "UPDATE batch_approvals SET officer_id = 'x'",
        "UPDATE competency_records SET level = 5",
        "UPDATE audit_entries SET payload = '{}'",
        "DELETE FROM competency_records",
        "DELETE FROM audit_entries",
        *(f"DELETE FROM {table}" for table in ("certificate_changes", "certificates", "batch_approvals", "score_reports", "seals")),  # noqa: S608
    ):
        with pytest.raises(DBAPIError, match="what is written"):
            execute(story, statement)


def test_a_record_is_superseded_and_an_entry_sequenced_once(story: Story) -> None:
    tell(story)
    insert_certificate(story)
    insert_record(story, story.world.candidate.person_id)
    moment = f"'{(story.engine.clock.now() + timedelta(days=1)).replace(tzinfo=None)}'"

    for table, column, value in (("competency_records", "superseded_at", moment), ("audit_entries", "leaf_index", "0")):
        only = f"WHERE id = (SELECT min(id) FROM {table})"  # noqa: S608
        execute(story, f"UPDATE {table} SET {column} = {value} {only}")  # noqa: S608
        with pytest.raises(DBAPIError, match="what is written"):
            execute(story, f"UPDATE {table} SET {column} = NULL {only}")  # noqa: S608


def _drop(story: Story, trigger: str) -> tuple[str, ...]:
    """Take one trigger away, as somebody with the keys of the database could, to see that the next one still stands."""
    on = f" ON {trigger.rpartition('_no_')[0] or 'result_batches'}" if story.engine.store.engine.dialect.name == "postgresql" else ""
    return (f"DROP TRIGGER {trigger}{on}",)
