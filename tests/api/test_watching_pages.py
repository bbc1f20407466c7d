"""What candidates read about being watched: what the exam promises, before they book and agree; how they were watched, afterwards."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation.demotion import Demotion
from assessment_engine.people import Role
from assessment_engine.services import hearings
from assessment_engine.services.engine import Engine
from tests.api.browsers import Browser, a_browser
from tests.builders import World, a_person, a_world, an_engine, steer
from tests.services.court import DISMISS, FIRST_SAYS, UPHOLD, Court, a_court, a_phone


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return an_engine(tmp_path)


@pytest.fixture
def court(engine: Engine) -> Court:
    return a_court(engine)


def a_reader(court: Court) -> Browser:
    return a_browser(create_app(court.engine), court.engine, court.candidate)


def promise(engine: Engine, world: World, **rules: object) -> None:
    """Change an exam's rules."""
    with engine.store.begin() as tx:
        exam = tx.exams.get(world.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, **rules)))  # type: ignore[arg-type]


def test_the_exam_s_page_tells_its_own_rules(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)
    promise(engine, world, false_alert_budget=0.05, evidence_days=120, appeal_days=45, hearing_days=9, draw_share=0.03)
    candidate = a_browser(create_app(engine), engine, world.candidate)

    page = candidate.get(f"/exams/{world.exam_id}/watching?lang=en").text

    for said in (
        "This exam allows at most 0.05 false alarms in an hour of one candidate: one in 20 hours.",
        "Not yet shown",
        "To show it takes 60 watched hours in which there was nothing to find.",
        "120 days after your result is published, or after the decision on your exam where that comes later",
        "One picture every five seconds of about 3 in 100 candidates, drawn in secret",
        "Messages between you and the invigilator",
        "you read what was seen after your exam and have 9 days to answer",
        "For 45 days after the decision or after your result, whichever is later.",
        "Your microphone is not opened. No sound is recorded.",
        "Your feelings. Nobody reads them from your face",
    ):
        assert said in page
    assert "when it lasts 8 seconds or longer" in page
    assert "The camera check failed" not in page, "no camera checks are made in this exam"


def test_what_takes_a_look_at_every_sitting_is_counted_once_a_minute_and_by_the_exam_s_own_index(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)
    candidate = a_browser(create_app(engine), engine, world.candidate)
    counted: list[str] = []

    @event.listens_for(engine.store.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "sum(watches.observable_s)" in statement:
            counted.append(statement)

    pages = [candidate.get(f"/exams/{world.exam_id}/watching").status_code for _ in range(5)]
    assert (pages, len(counted)) == ([200] * 5, 1)
    steer(engine).advance(61)
    candidate.get(f"/exams/{world.exam_id}/watching")
    assert len(counted) == 2
    with engine.store.read() as tx:
        plan = str(list(tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT id FROM sittings WHERE exam_id = 'x'")))
    assert "ix_sittings_exam_id" in plan


def test_one_s_own_page_says_what_an_arrangement_leaves_out_and_the_notice_leads_there(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)
    with engine.store.begin() as tx:
        tx.exams.arrange(tx.sittings.get(world.sitting_id).registration_id, {"signals_off": ["looking_away"]})
    candidate = a_browser(create_app(engine), engine, world.candidate)
    own = f"/candidate/sittings/{world.sitting_id}/watching"

    assert "Left out for you: Looking away for long" in candidate.get(f"{own}?lang=en").text
    notice = candidate.get(f"/candidate/sittings/{world.sitting_id}/notice?lang=en").text
    assert f'href="{own}"' in notice
    assert "What you and the invigilator write to each other during the exam is kept" in notice
    assert "you read what was seen and have 7 days to answer" in notice
    assert f'href="{own}"' in candidate.get("/candidate").text


def test_the_notice_tells_what_calls_a_person_from_what_is_only_noted(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)
    promise(engine, world, sound="voice")
    candidate = a_browser(create_app(engine), engine, world.candidate)
    address = f"/candidate/sittings/{world.sitting_id}/notice"

    english, hindi = candidate.get(f"{address}?lang=en").text, candidate.get(f"{address}?lang=hi").text
    flagged, noted = english.split("calls a person when it lasts:")[1].split("This is only noted on a timeline.")
    assert "A phone" in flagged and "Looking away" not in flagged and "A book" not in flagged
    assert "Looking away" in noted.split("</li>")[0] and "A book" in noted.split("</li>")[0]
    assert "A voice that lasts is noted on the timeline, and nobody is called for it" in english
    assert "यह केवल समय-रेखा पर लिखा जाता है।" in hindi
    assert "with one exception:" in english and "for as long as the other pictures that are kept" in english  # nothing is drawn here
    assert "kept for 90 days after your result is published" in english

    with engine.store.begin() as tx:
        facts = {"hours": 9.0, "sittings": 9, "false_sittings": 9, "expected": 0.1, "evidence": 1000.0, "alpha": 0.01}
        names = {"organisation_id": world.organisation_id, "exam_id": world.exam_id, "kind": "phone"}
        tx.demotion.add(Demotion(id="dem_1", demoted_at=engine.clock.now(), **names, **facts))  # type: ignore[arg-type]
    demoted = candidate.get(f"{address}?lang=en").text
    assert "A phone" not in demoted.split("calls a person when it lasts:")[1].split("This is only noted")[0]


def test_before_the_end_nothing_that_was_seen_is_told(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.IN_PROGRESS)
    candidate = a_browser(create_app(engine), engine, world.candidate)

    assert "This is told after the exam" in candidate.get(f"/candidate/sittings/{world.sitting_id}/watch?lang=en").text


def test_the_first_sentence_says_how_it_stands(court: Court) -> None:
    path, reader = f"/candidate/sittings/{court.world.sitting_id}/watch?lang=en", a_reader(court)
    assert "Nothing was flagged in your exam." in reader.get(path).text
    first, second = a_phone(court, after_minutes=70), a_phone(court, kind="several_people")
    assert "2 things were flagged, and people have not decided about all of them yet." in reader.get(path).text

    court.judge(first, DISMISS, court.first)
    court.judge(second, UPHOLD, court.first)
    hearings.open_due(court.engine)
    asked = reader.get(path).text
    assert "You are asked about something that was seen. Nothing is decided." in asked
    assert f'class="button button--primary" href="/candidate/hearings/{second}"' in asked and FIRST_SAYS not in asked

    hearings.waive(court.engine, court.candidate, second)
    court.judge(second, DISMISS, court.second)
    cleared = reader.get(path).text
    assert "2 things were flagged. People have looked at all of them, and nothing is held against you." in cleared
    assert "Nothing is held against you, and your exam counts." in cleared and "Appeal</a>" not in cleared


def test_everything_noted_stands_on_a_line_and_in_a_table_and_what_could_not_be_watched_counts_for_nothing(court: Court) -> None:
    a_phone(court, tier="detection", kind="looking_away")
    a_phone(court, tier="could_not_watch", kind="too_dark", after_minutes=80)
    a_phone(court, tier="telemetry", kind="book", after_minutes=90)

    page = a_reader(court).get(f"/candidate/sittings/{court.world.sitting_id}/watch?lang=en").text

    assert "You looked away from the screen for a long time." in page and "Only noted. Nobody was called for it." in page
    assert "The picture was too dark." in page and "Could not be watched. Never held against you." in page
    assert "In all, 3 min 20 s of your exam could not be watched: Too dark. That is held against nobody." in page
    assert "looked like a book" not in page, "what is only counted was not found"
    assert page.count('class="told__noted"') == 1 and page.count('class="told__unseen"') == 1
    assert "87 %" not in page and "0.87" not in page, "the machine's number is told to nobody"


def test_what_two_people_decided_is_told_without_names_and_leads_to_the_appeal(court: Court) -> None:
    incident = court.asked()
    hearings.answer(court.engine, court.candidate, incident, "It was my calculator.")
    court.judge(incident, replace(UPHOLD, reason="It is lit like a screen."), court.second)

    page = a_reader(court).get(f"/candidate/sittings/{court.world.sitting_id}/watch?lang=en").text

    assert "Two people decided that one thing was against the rules." in page
    assert FIRST_SAYS in page and "It is lit like a screen." in page
    assert "Ravi Das" not in page and "Meera Nair" not in page
    appeal = f"/candidate/sittings/{court.world.sitting_id}/grievance?subject={incident}"
    assert f'class="button button--primary" href="{appeal}"' in page
    assert "until 23 Dec 2026, 17:30" in page
    assert f'value="{incident}" required checked' in a_reader(court).get(appeal).text


def test_it_is_nobody_else_s(court: Court) -> None:
    neighbour = a_browser(create_app(court.engine), court.engine, a_person(court.engine, court.world.organisation_id, Role.CANDIDATE))

    for page in ("watch", "watching", "pictures/1"):
        assert neighbour.get(f"/candidate/sittings/{court.world.sitting_id}/{page}").status_code == 404, page
    asked = neighbour.send(f"/candidate/sittings/{court.world.sitting_id}/package", back="/candidate/")
    assert asked.status_code == 404


def test_everybody_of_the_organisation_reads_the_exam_s_page_and_is_led_back_only_where_they_may_go(court: Court) -> None:
    path, app = f"/exams/{court.world.exam_id}/watching", create_app(court.engine)
    officer = a_person(court.engine, court.world.organisation_id, Role.CELL_OFFICER)

    back = {who: a_browser(app, court.engine, actor).get(path).text for who, actor in (("cell", officer), ("invigilator", court.first))}

    assert f'class="heading__back"><a href="/cell/exams/{court.world.exam_id}"' in back["cell"]
    assert "heading__back" not in back["invigilator"]
    assert 'href="/candidate" aria-current="page"' in a_reader(court).get(path).text
