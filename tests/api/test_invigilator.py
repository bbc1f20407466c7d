"""The invigilators' pages: what they show, in both languages, and to whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from api.app import create_app
from api.pages.score_trace import traces
from api.pages.wording import LIPS
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.ids import IncidentId, new_id
from assessment_engine.people import Role
from assessment_engine.services import checkin, evidence, judgements
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import EvidenceRecord, IncidentRecord, WatchRecord
from assessment_engine.storage.people import people
from proctoring.sound import Lips
from tests.api.browsers import Browser, a_browser
from tests.builders import World, a_person, a_stored_sitting, an_organisation, heard, steer

JPEG = b"\xff\xd8\xff\xe0 a frame"
WORDS = "The chair is empty in all the pictures."


def a_minute_later(engine: Engine) -> None:
    """What was judged takes effect."""
    steer(engine).advance(60)
    judgements.take_effect(engine)


def an_invigilator(engine: Engine, world: World, name: str = "Ravi Das") -> Browser:
    return a_browser(create_app(engine), engine, a_person(engine, world.organisation_id, Role.INVIGILATOR, name=name))


def a_stranger(engine: Engine) -> Browser:
    person = a_person(engine, an_organisation(engine, "Other"), Role.INVIGILATOR, name="Noor Ali")
    return a_browser(create_app(engine), engine, person)


def a_flag(engine: Engine, world: World) -> IncidentId:
    """A flag with one frame of evidence, a score trace and the question it happened at."""
    now = engine.clock.now()
    incident_id = IncidentId(new_id("inc", now))
    blob, key = f"{world.sitting_id}/1", evidence.data_key(engine, world.sitting_id)
    evidence.store_frame(engine, key, blob, JPEG)
    finding = {"kind": "nobody", "raised_s": 100.0, "threshold": 0.5, "trace": [[90.0, 0.0], [100.0, 0.6], [110.0, 0.9]]}
    shot = EvidenceRecord(
        id=new_id("evi", now),
        incident_id=incident_id,
        sitting_id=world.sitting_id,
        seq=1,
        at=now,
        role="peak",
        blob=blob,
        sha256=sha256_hex(JPEG),
    )
    with engine.store.begin() as tx:
        tx.incidents.add(
            IncidentRecord(
                id=incident_id,
                sitting_id=world.sitting_id,
                organisation_id=world.organisation_id,
                rule="nobody",
                first_seq=1,
                kind="nobody",
                tier="alert",
                severity="high",
                confidence=0.87,
                opened_at=now,
                raised_at=now + timedelta(seconds=8),
                ended_at=now + timedelta(seconds=20),
                start_s=92,
                end_s=112,
                item_id=world.items[0],
                trace={"findings": [finding], "baseline": None},
                models={},
            )
        )
        tx.incidents.add_evidence([shot])
        tx.incidents.save_watch(WatchRecord(sitting_id=world.sitting_id, frames_received=10, observable_s=100))
        tx.invigilation.open_case(incident_id, world.sitting_id, world.organisation_id, now)
    return incident_id


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_every_page_is_there_in_both_languages(engine: Engine, world: World, lang: str) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)

    for path in (
        "/invigilator",
        "/invigilator/checkin",
        f"/invigilator/checkin?session={world.session_id}",
        f"/invigilator/sessions/{world.session_id}/wall",
        f"/invigilator/sittings/{world.sitting_id}",
        f"/invigilator/sittings/{world.sitting_id}/panel",
        "/invigilator/review",
        f"/invigilator/review/{incident}",
    ):
        answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        assert (answer.status_code, answer.headers["content-language"]) == (200, lang), path


def test_a_face_that_could_not_be_compared_is_said_where_the_watching_is_shown(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    since = datetime(2026, 11, 29, 4, 44, tzinfo=UTC)
    watch = WatchRecord(sitting_id=world.sitting_id, observable_s=100, unrecognised_since=since, unrecognised_s=420)
    with engine.store.begin() as tx:
        tx.incidents.save_watch(watch)

    for path in (f"/invigilator/sittings/{world.sitting_id}/panel", f"/invigilator/review/{incident}"):
        english, hindi = browser.get(f"{path}?lang=en").text, browser.get(f"{path}?lang=hi").text
        assert "not since 10:14:00; the pictures do not allow it · earlier not for 7 min" in english
        assert "10:14:00 से नहीं" in hindi and "not since" not in hindi


def test_the_review_names_people_in_the_readers_language(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    with engine.store.begin() as tx:
        tx.connection.execute(update(people).where(people.c.id == world.candidate.person_id).values(name_hi="आशा राव"))

    for path in ("/invigilator/review", f"/invigilator/review/{incident}", f"/invigilator/answer-file/{world.sitting_id}"):
        hindi, english = browser.get(f"{path}?lang=hi").text, browser.get(f"{path}?lang=en").text
        assert "आशा राव" in hindi and "Asha Rao" not in hindi
        assert "Asha Rao" in english and "आशा राव" not in english


def test_a_flag_waits_on_the_wall_until_this_person_has_decided(engine: Engine, world: World) -> None:
    incident_id = a_flag(engine, world)
    browser, path = an_invigilator(engine, world), f"/api/v1/sessions/{world.session_id}/wall"

    before = browser.get(path).json()["flags"]
    browser.send(f"/invigilator/review/{incident_id}/judge", verdict="dismiss", reason_code="ordinary")
    after = browser.get(path).json()["flags"]

    assert before == [{"incident": incident_id, "sitting": world.sitting_id, "kind": "nobody", "severity": "high"}]
    assert after == []
    assert a_stranger(engine).get(path).status_code == 404


def test_the_wall_names_everybody_before_any_script(engine: Engine, world: World) -> None:
    browser = an_invigilator(engine, world)

    shown = browser.get(f"/invigilator/sessions/{world.session_id}/wall").text

    assert world.candidate.name in shown
    assert f"/invigilator/sittings/{world.sitting_id}" in shown


def test_a_room_has_thirty_tiles_at_most(engine: Engine, world: World) -> None:
    for number in range(31):
        person = a_person(engine, world.organisation_id, name=f"Candidate {number}")
        a_stored_sitting(engine, person, world.exam_id, world.session_id, world.form_id)
    browser = an_invigilator(engine, world)

    wall = f"/invigilator/sessions/{world.session_id}/wall?room="
    rooms = [browser.get(f"{wall}{room}").text.count('class="watch"') for room in (1, 2, 99, 0)]

    assert rooms == [16, 16, 16, 32]  # the last is all of them


def test_another_organisation_finds_nothing(engine: Engine, world: World) -> None:
    incident, stranger = a_flag(engine, world), a_stranger(engine)
    with engine.store.read() as tx:
        [shot] = tx.incidents.evidence_of(incident)

    for path in (
        f"/invigilator/sessions/{world.session_id}/wall",
        f"/invigilator/checkin?session={world.session_id}",
        f"/invigilator/sittings/{world.sitting_id}",
        f"/invigilator/review/{incident}",
        f"/api/v1/evidence/{shot.id}",
        f"/api/v1/sessions/{world.session_id}/checkins",
    ):
        assert stranger.get(path).status_code == 404, path
    judged = stranger.send(f"/invigilator/review/{incident}/judge", verdict="dismiss", reason_code="ordinary")
    assert judged.status_code == 404
    assert stranger.send(f"/api/v1/sessions/{world.session_id}/wall-ticket").status_code == 404
    assert world.candidate.name not in stranger.get("/invigilator/review").text


def test_a_candidate_has_no_place_here(engine: Engine, world: World) -> None:
    browser = a_browser(create_app(engine), engine, world.candidate)

    for path in ("/invigilator", "/invigilator/review", f"/invigilator/sessions/{world.session_id}/wall"):
        assert browser.get(path).status_code == 403


def test_the_machines_number_and_the_first_ones_words_come_after_ones_own_judgement(engine: Engine, world: World) -> None:
    incident = a_flag(engine, world)
    first, second = an_invigilator(engine, world), an_invigilator(engine, world, "Meera Nair")
    case, judge = f"/invigilator/review/{incident}", f"/invigilator/review/{incident}/judge"

    assert "87 %" not in first.get(case).text
    assert first.send(judge, verdict="uphold", reason_code="left_the_seat", reason=WORDS).headers["location"] == f"{case}?done=judged"
    assert "87 %" not in first.get(case).text  # it can still be taken back
    a_minute_later(engine)
    assert "87 %" in first.get(case).text
    before = second.get(case).text
    with engine.store.begin() as tx:  # the exam is over, and nobody waits for the candidate
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), state=SittingState.SUBMITTED))
    heard(engine, world.candidate, incident)
    second.send(judge, verdict="uphold", reason_code="left_the_seat", reason="Nobody sits there, I agree.")
    a_minute_later(engine)

    assert "You are the second person" in before and WORDS not in before and "87 %" not in before
    assert WORDS in second.get(case).text
    with engine.store.read() as tx:
        assert tx.invigilation.case(incident, world.organisation_id).state is CaseState.UPHELD


@pytest.mark.parametrize(
    ("labels", "english", "hindi"),
    [
        (3, "score 87 %. Not calibrated: n = 3, so the score is no probability.", "अंशांकित नहीं: n = 3"),
        (50, "probability 87 % (from 50 findings like it whose truth was known)", "संभावना 87 %"),
    ],
)
def test_what_the_machines_number_rests_on_is_said(engine: Engine, world: World, labels: int, english: str, hindi: str) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    baseline = {"across": 25.0, "up": 0.0, "yaw": 0.0, "pitch": 0.0, "seconds": 40.0, "clamped": labels == 50}
    with engine.store.begin() as tx:
        row = tx.incidents.of_sitting(world.sitting_id)[0]
        tx.incidents.save(replace(row, trace={**row.trace, "labels": labels, "baseline": baseline}))
    case = f"/invigilator/review/{incident}"

    before = browser.get(f"{case}?lang=en").text
    browser.send(f"{case}/judge", verdict="uphold", reason_code="left_the_seat", reason=WORDS)
    a_minute_later(engine)

    assert english not in before
    assert english in browser.get(f"{case}?lang=en").text
    assert hindi in browser.get(f"{case}?lang=hi").text
    assert ("the limits of many people are used" in before) == (labels == 50)


def test_the_same_person_twice_is_told_why_not(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    judge = f"/invigilator/review/{incident}/judge"
    browser.send(judge, verdict="uphold", reason_code="left_the_seat", reason=WORDS)

    again = browser.send(judge, verdict="uphold", reason_code="left_the_seat", reason=WORDS)

    assert again.status_code == 422
    assert "A decision against a candidate needs a second, different person." in again.text


def test_a_judgement_without_words_keeps_what_was_written(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)

    answer = browser.send(f"/invigilator/review/{incident}/judge", verdict="uphold", reason_code="left_the_seat", reason="Empty.")

    assert answer.status_code == 422
    assert "Your judgement was not recorded" in answer.text and "Empty." in answer.text


def test_evidence_is_shown_decrypted(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    with engine.store.read() as tx:
        [shot] = tx.incidents.evidence_of(incident)

    answer = browser.get(f"/api/v1/evidence/{shot.id}")

    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")


def test_the_question_on_the_screen_is_shown_without_its_key(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)

    shown = browser.get(f"/invigilator/review/{incident}").text

    assert "Question 1" in shown
    assert "correct" not in shown.lower()


def test_a_decision_at_the_door_that_comes_too_late_says_so(engine: Engine, world: World) -> None:
    person = a_person(engine, world.organisation_id, name="Imran Khan")
    sitting = a_stored_sitting(engine, person, world.exam_id, world.session_id, world.form_id, state=SittingState.CONSENTED)
    checkin.ask_admission(engine, person, sitting, JPEG)
    browser = an_invigilator(engine, world)
    decide = f"/invigilator/checkin/{sitting}/decide"
    browser.send(decide, decision="admit", session=world.session_id)

    late = browser.send(decide, decision="refer", session=world.session_id, note="Look again, please.")

    assert "Somebody else was quicker" in browser.get(late.headers["location"]).text


def test_a_look_away_says_how_long_of_how_long_and_what_is_usual() -> None:
    finding = {"kind": "looking_away", "raised_s": 5.0, "threshold": 1.0, "trace": [[0, 0], [5, 1.1]], "away": [14.0, 60.0, 3.0]}

    assert [trace.away for trace in traces({"findings": [finding]})] == [(14.0, 60.0, 3.0)]


@pytest.mark.parametrize("lips", list(Lips))
def test_a_voice_says_what_the_lips_did(lips: Lips) -> None:
    finding = {"kind": "talking", "raised_s": 5.0, "threshold": 0.3, "trace": [[0, 0], [5, 1]], "lips": lips.value}

    assert [trace.lips for trace in traces({"findings": [finding]})] == [lips]
    assert lips in LIPS


def test_a_trace_stays_inside_its_drawing() -> None:
    finding = {"kind": "nobody", "raised_s": 5.0, "threshold": 0.5, "trace": [[0, -1], [5, 0.5], [9, 99]]}

    [trace] = traces({"findings": [finding, {**finding, "trace": [[0, 1]]}]})

    assert all(0 <= float(number) <= 440 for point in trace.points.split() for number in point.split(","))
    assert trace.rows[-1] == (9.0, 99.0)
