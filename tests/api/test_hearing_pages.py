"""The pages on which a candidate is heard: what they read, what they send and what is kept of it; and what the second person reads."""

from datetime import timedelta
from pathlib import Path

import pytest

from api.app import create_app
from assessment_engine.people import Role
from assessment_engine.services import hearings
from tests.api.browsers import Browser, a_browser
from tests.builders import a_person, an_engine, steer
from tests.services.court import DISMISS, FIRST_SAYS, UPHOLD, Court, a_court

ANSWER = "It was my calculator, which the notice allows."


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return a_court(an_engine(tmp_path))


@pytest.fixture
def candidate(court: Court) -> Browser:
    return a_browser(create_app(court.engine), court.engine, court.candidate)


def test_the_first_thing_on_the_start_page_is_the_question_with_its_date(court: Court, candidate: Browser) -> None:
    assert "You are asked" not in candidate.get("/candidate?lang=en").text
    incident = court.asked()

    english, hindi = candidate.get("/candidate?lang=en").text, candidate.get("/candidate?lang=hi").text

    assert english.index("You are asked about your exam") < english.index('class="tiles"')
    assert "You can answer until 30 Nov 2026, 17:30." in english and "7 days left" in english
    assert f'class="button button--primary" href="/candidate/hearings/{incident}"' in english
    assert "30 नव॰ 2026, 17:30 तक उत्तर" in hindi


def test_it_says_what_was_seen_and_thought_what_else_it_could_be_and_who_decides(court: Court, candidate: Browser) -> None:
    incident = court.asked()

    page = candidate.get(f"/candidate/hearings/{incident}?lang=en").text

    for said in (
        "Something was seen in your exam. Nothing is decided.",
        "Something in the picture looked like a phone.",
        "that you had material or a device that is not allowed",
        "A wallet, a calculator or a remote control is often taken for a phone.",
        "A second, different person decides.",
        "You do not have to. Saying nothing is not held against you.",
    ):
        assert said in page
    assert FIRST_SAYS not in page and court.first.person_id not in page and "Ravi Das" not in page


def test_the_pictures_stand_on_the_page_once_they_are_packaged(court: Court, candidate: Browser) -> None:
    incident = court.asked()
    assert "The file with the pictures is being made." in candidate.get(f"/candidate/hearings/{incident}?lang=en").text
    court.package()

    page = candidate.get(f"/candidate/hearings/{incident}?lang=en").text
    first = page.split(f'src="/candidate/sittings/{court.world.sitting_id}/pictures/')[1].split('"')[0]
    picture = candidate.get(f"/candidate/sittings/{court.world.sitting_id}/pictures/{first}")

    assert page.count("/pictures/") == 6
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/jpeg", "private, no-store")


def test_an_answer_is_sent_once_and_its_copy_stays(court: Court, candidate: Browser) -> None:
    incident = court.asked()
    page = f"/candidate/hearings/{incident}"

    unsure = candidate.send(f"{page}/answer", text=ANSWER)
    empty = candidate.send(f"{page}/answer", text="  ", sure="1")
    long = candidate.send(f"{page}/answer", text="x" * 4001, sure="1")
    sent = candidate.send(f"{page}/answer", text=ANSWER, sure="1")
    again = candidate.send(f"{page}/answer", text="Something else.", sure="1")

    assert [one.status_code for one in (unsure, empty, long, sent, again)] == [422, 422, 422, 303, 409]
    assert "Please tick the box" in unsure.text and ANSWER in unsure.text and "x" * 4001 in long.text
    assert "You have answered already" in again.text and ANSWER in again.text
    after = candidate.get(f"{page}?lang=en").text
    assert "Your answer has arrived" in after and ANSWER in after and "<textarea" not in after
    assert "You are asked" not in candidate.get("/candidate?lang=en").text


def test_whoever_wishes_to_say_nothing_can_change_their_mind(court: Court, candidate: Browser) -> None:
    incident = court.asked()
    page = f"/candidate/hearings/{incident}"

    candidate.send(f"{page}/waive")

    assert "That is noted, and is not held against you." in candidate.get(f"{page}?lang=en").text
    assert candidate.send(f"{page}/waive").status_code == 409
    assert candidate.send(f"{page}/answer", text=ANSWER, sure="1").status_code == 303


def test_after_the_date_one_can_still_answer_and_after_the_decision_the_words_are_given_back(court: Court, candidate: Browser) -> None:
    incident = court.asked()
    page = f"/candidate/hearings/{incident}"
    steer(court.engine).advance(timedelta(days=8).total_seconds())
    late = a_browser(create_app(court.engine), court.engine, court.candidate)
    assert "The date is over, and nobody has decided yet" in late.get(f"{page}?lang=en").text
    court.judge(incident, DISMISS, court.second)

    refused = late.send(f"{page}/answer", text=ANSWER, sure="1")

    assert refused.status_code == 409 and "People have decided meanwhile" in refused.text and ANSWER in refused.text
    assert "See the decision" in late.get(page).text


def test_nobody_else_reads_a_hearing(court: Court) -> None:
    incident = court.asked()
    neighbour = a_browser(create_app(court.engine), court.engine, a_person(court.engine, court.world.organisation_id, Role.CANDIDATE))

    for path in ("", "/answer", "/waive"):
        send = neighbour.get if not path else neighbour.send
        assert send(f"/candidate/hearings/{incident}{path}").status_code in (404, 422), path
    assert neighbour.send(f"/candidate/hearings/{incident}/answer", text=ANSWER, sure="1").status_code == 404
    assert hearings.one(court.engine, court.candidate, incident).hearing.reply is None


def test_the_second_person_sees_why_they_cannot_uphold_yet_and_then_the_answer(court: Court) -> None:
    incident = court.asked()
    second = a_browser(create_app(court.engine), court.engine, court.second)
    case = f"/invigilator/review/{incident}"
    words = {"verdict": "uphold", "reason_code": "forbidden_material", "reason": "It is lit like a screen."}

    before = second.get(f"{case}?lang=en").text
    refused = second.send(f"{case}/judge", state="awaiting_second", **words)
    queue = second.get("/invigilator/review?lang=en").text
    hearings.answer(court.engine, court.candidate, incident, ANSWER)
    after = second.get(f"{case}?lang=en").text

    assert "Upholding is possible once the candidate has answered, or after 30 Nov 2026, 17:30." in before
    assert 'id="uphold"' not in before and 'id="dismiss"' in before
    assert refused.status_code == 409 and "The candidate has not been heard yet" in refused.text and words["reason"] in refused.text
    assert "waits for the candidate until 30 Nov 2026" in queue
    assert ANSWER in after and 'id="uphold"' in after and FIRST_SAYS not in after
    assert second.send(f"{case}/judge", state="awaiting_second", **words).status_code == 303


def test_who_judged_first_is_not_told_what_the_candidate_says_before_it_is_decided(court: Court) -> None:
    incident = court.asked()
    hearings.answer(court.engine, court.candidate, incident, ANSWER)
    first = a_browser(create_app(court.engine), court.engine, court.first)
    assert ANSWER not in first.get(f"/invigilator/review/{incident}").text

    court.judge(incident, UPHOLD, court.second)

    assert ANSWER in first.get(f"/invigilator/review/{incident}").text
