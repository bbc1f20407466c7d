import pytest

from proctoring.challenge.course import Asked, Course, Reading
from proctoring.challenge.plan import GAP_S, RETRY_S, Plan
from proctoring.challenge.verdict import Ask, Outcome, Verdict, Why
from tests.proctoring.challenge.answers import SECRET, Candidate

BOTH = Plan(light=True, turns=True)
HALF_AN_HOUR = 1800.0


def a_candidate(plan: Plan = BOTH, *, gain: float = 0.0, turns: bool = False, hand: bool = False, shows: bool = True) -> Candidate:
    return Candidate(Course(SECRET, plan, shown=lambda number: shows), gain=gain, turns=turns, hand=hand)


def whys(candidate: Candidate) -> list[Why]:
    return [one.verdict.why for one in candidate.course.finished() if one.verdict is not None]


def test_a_lit_candidate_passes_again_and_again_and_is_never_asked_to_turn() -> None:
    candidate = a_candidate(gain=2.0)

    candidate.until(HALF_AN_HOUR)

    outcomes = whys(candidate)
    assert 3 <= len(outcomes) <= 6
    assert set(outcomes) == {Why.ANSWERED}
    assert "turn" not in {message["ask"] for message in candidate.told}
    assert candidate.course.reports() == []


def test_a_page_that_says_that_another_camera_was_opened_is_asked_soon_and_accused_of_nothing() -> None:
    candidate = a_candidate(gain=2.0)
    candidate.until(150)
    assert candidate.course.next_s > 400

    candidate.course.doubt(151)
    soon_s = candidate.course.next_s
    candidate.course.doubt(155)
    candidate.until(400)

    assert 171 <= soon_s <= 191
    assert whys(candidate) == [Why.ANSWERED, Why.ANSWERED]
    assert (candidate.course.reports(), candidate.course.for_people()) == ([], [])


def test_in_daylight_the_head_is_asked_for_and_its_turn_is_enough() -> None:
    candidate = a_candidate(turns=True)

    candidate.until(HALF_AN_HOUR)

    outcomes = whys(candidate)
    assert outcomes[:2] == [Why.TOO_WEAK, Why.ANSWERED]
    assert candidate.course.reports() == []


def test_a_replay_in_daylight_is_reported_after_a_light_two_requests_and_a_hand() -> None:
    candidate = a_candidate()

    candidate.until(330)

    assert [message["ask"] for message in candidate.told] == ["light", "done", "turn", "turn", "hand", "done"]
    assert [one.verdict.why for one in candidate.course.reports() if one.verdict] == [Why.NOT_TURNED]


def test_a_replay_that_begins_after_a_pass_fails_the_light_before_it_is_asked_to_turn() -> None:
    candidate = a_candidate(gain=2.0)
    candidate.until(150)
    candidate.gain = 0.0

    candidate.until(150 + GAP_S[1] + 120)

    outcomes = whys(candidate)
    assert outcomes[:3] == [Why.ANSWERED, Why.NO_LIGHT, Why.NOT_TURNED]
    assert len(candidate.course.reports()) == 1


def test_somebody_whose_lamp_went_on_turns_and_is_not_reported() -> None:
    candidate = a_candidate(gain=2.0, turns=True)
    candidate.until(150)
    candidate.gain = 0.0

    candidate.until(HALF_AN_HOUR)

    assert whys(candidate)[:3] == [Why.ANSWERED, Why.NO_LIGHT, Why.ANSWERED]
    assert candidate.course.reports() == []


def test_a_page_that_shows_nothing_brings_a_person_and_no_report() -> None:
    candidate = a_candidate(shows=False)

    candidate.until(700)

    assert whys(candidate)[:3] == [Why.TOO_WEAK, Why.NOT_SHOWN, Why.NOT_SHOWN]
    assert candidate.course.reports() == []
    assert {one.verdict.why for one in candidate.course.for_people() if one.verdict} == {Why.NOT_SHOWN}


def test_a_hand_before_the_face_ends_the_request_and_brings_a_person() -> None:
    candidate = a_candidate(hand=True)

    candidate.until(330)

    assert whys(candidate)[:2] == [Why.TOO_WEAK, Why.HAND_SHOWN]
    assert candidate.course.reports() == []
    assert len(candidate.course.for_people()) == 1


def test_somebody_in_the_dark_is_not_accused() -> None:
    candidate = a_candidate(Plan(light=False, turns=True))
    candidate.seen = False

    candidate.until(HALF_AN_HOUR)

    assert whys(candidate)[:3] == [Why.NOT_SEEN] * 3
    assert candidate.course.reports() == []


def test_a_photograph_before_the_camera_takes_the_light_and_is_asked_to_turn() -> None:
    candidate = a_candidate(gain=2.0)
    candidate.moves = False

    candidate.until(1020)

    assert whys(candidate)[:2] == [Why.ANSWERED, Why.NOT_TURNED]
    assert len(candidate.course.reports()) == 1


def test_a_steady_screen_is_never_painted() -> None:
    candidate = a_candidate(Plan(light=False, turns=True), turns=True)

    candidate.until(HALF_AN_HOUR)

    assert {message["ask"] for message in candidate.told} == {"turn", "done"}
    assert set(whys(candidate)) == {Why.ANSWERED}


def test_an_exam_without_challenges_asks_nothing() -> None:
    candidate = a_candidate(Plan(light=False, turns=False))

    candidate.until(HALF_AN_HOUR)

    assert candidate.told == []


def test_of_whom_nothing_may_be_asked_a_person_looks_and_nothing_is_shown() -> None:
    candidate = a_candidate(Plan(light=False, turns=False, people=True))

    candidate.until(HALF_AN_HOUR)

    assert set(whys(candidate)) == {Why.NOT_ASKED}
    assert {message["ask"] for message in candidate.told} == {"done"}
    assert len(candidate.course.for_people()) >= 3
    assert candidate.course.reports() == []


def test_frames_that_were_sealed_before_the_question_are_no_answer() -> None:
    candidate = a_candidate(gain=2.0)
    course, receive = candidate.course, candidate.course.receive
    course.receive = lambda reading: receive(  # type: ignore[method-assign]
        Reading(seen=reading.seen, digest=reading.digest, nonce_s=min(reading.nonce_s or 0.0, 50.0), tint=reading.tint)
    )

    candidate.until(200)

    assert whys(candidate) == [Why.TOO_FEW_FRAMES]


def test_a_gap_in_the_middle_is_nobodys_fault_and_is_followed_by_another_challenge() -> None:
    candidate = a_candidate(gain=2.0)
    while not candidate.course.asks:
        candidate.until(candidate.at + 1)

    candidate.course.gap(candidate.at + 9)

    assert whys(candidate) == [Why.INTERRUPTED]
    assert RETRY_S[0] <= candidate.course.next_s - (candidate.at + 9) <= RETRY_S[1]
    assert candidate.course.reports() == []


def test_after_a_gap_a_challenge_comes_that_else_would_come_later() -> None:
    candidate = a_candidate(gain=2.0)
    candidate.until(150)
    assert candidate.course.next_s > 150 + 180

    candidate.course.gap(170)

    assert 170 + RETRY_S[0] <= candidate.course.next_s <= 170 + RETRY_S[1]


def test_nothing_is_asked_while_nothing_is_seen() -> None:
    course = Course(SECRET, BOTH)

    for second in range(1, 600):
        course.gap(float(second))

    assert not course.asks
    assert course.messages() == []
    assert course.next_s > 600


def test_a_new_owner_goes_on_with_the_same_light_at_the_same_time() -> None:
    first = a_candidate(gain=2.0)
    first.until(200)
    asked = first.course.finished()

    later = Course(SECRET, BOTH, asked, now_s=200)

    assert later.next_s == pytest.approx(first.course.next_s, abs=15)
    for course in (first.course, later):
        course.tick(2000)
    assert [message for message in first.course.messages() if message["ask"] == "light"] == later.messages()


def test_what_a_dead_owner_had_asked_is_asked_again_and_held_against_nobody() -> None:
    later = Course(SECRET, BOTH, [Asked(number=0, ask=Ask.LIGHT, at_s=100)], now_s=104)

    (one,) = later.finished()
    assert one.verdict is not None
    assert (one.number, one.verdict.why, one.verdict.outcome) == (0, Why.INTERRUPTED, Outcome.INCONCLUSIVE)
    assert 104 + RETRY_S[0] <= later.next_s <= 104 + RETRY_S[1]
    assert later.reports() == []


def test_one_challenge_at_a_time() -> None:
    candidate = a_candidate()

    candidate.until(HALF_AN_HOUR)

    open_now = 0
    for message in candidate.told:
        open_now = 0 if message["ask"] == "done" else open_now + (1 if message.get("try", 1) == 1 and message["ask"] != "hand" else 0)
        assert open_now <= 1


def test_two_sittings_are_not_asked_at_the_same_times() -> None:
    passed = [Asked(number=0, ask=Ask.LIGHT, at_s=10, verdict=Verdict(ask=Ask.LIGHT, why=Why.ANSWERED, gain=2.0))]

    times = {Course(bytes([secret]) * 32, BOTH, passed).next_s for secret in range(20)}

    assert len(times) == 20
