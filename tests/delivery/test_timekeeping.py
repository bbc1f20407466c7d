from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.sitting import PauseReason, Sitting, SittingState
from assessment_engine.delivery.timekeeping import (
    Breaks,
    GivenBack,
    LeftOut,
    Terms,
    TimeAct,
    TimeVerb,
    breaks_of,
    breaks_used,
    done,
    end_break,
    given_twice_s,
    may_close,
    owed_s,
    seconds_for,
    settled,
    take_break,
    why_left_out,
)
from assessment_engine.delivery.timing import GracePolicy, OutagePolicy, TimePolicy
from assessment_engine.kernel.errors import AfterTime, Invalid, NoBreakLeft, NotYet, SittingPaused, SittingSealed
from tests.builders import NOON, a_sitting

S, V = SittingState, TimeVerb
HOUR = 3600


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def terms(outage: OutagePolicy = OutagePolicy.TIME_STOPS, *, most_stopped_s: int = 900, breaks: Breaks | None = None) -> Terms:
    policy = TimePolicy(duration_s=HOUR, outage=outage, most_stopped_s=most_stopped_s)
    return Terms(policy=policy, breaks=breaks or Breaks(count=2, seconds=600))


def running() -> Sitting:
    return a_sitting(state=S.ADMITTED).start(NOON, TimePolicy(duration_s=HOUR)).heard(NOON)


def contact(sitting: Sitting, rules: Terms, now: datetime) -> Sitting:
    return settled(sitting, rules, now).heard(now)


def test_a_silence_is_given_back_whole_when_it_is_over() -> None:
    back = contact(running(), terms(), later(600))

    assert back.deadline_at == later(HOUR + 600)
    assert (back.stopped_s, back.given_back_s) == (600, 600)


def test_a_short_silence_is_none() -> None:
    assert contact(running(), terms(), later(90)).deadline_at == later(HOUR)


def test_all_silences_together_give_back_at_most_what_the_exam_says() -> None:
    once = contact(running(), terms(most_stopped_s=900), later(600))
    twice = contact(once, terms(most_stopped_s=900), later(1200))

    assert (twice.given_back_s, twice.deadline_at) == (900, later(HOUR + 900))


@pytest.mark.parametrize("outage", [OutagePolicy.TIME_RUNS_ON, OutagePolicy.PERSON_DECIDES])
def test_under_the_other_policies_no_rule_gives_anything_back(outage: OutagePolicy) -> None:
    assert contact(running(), terms(outage), later(1800)).deadline_at == later(HOUR)


def test_what_a_person_gave_in_a_silence_is_not_given_again() -> None:
    given = running().give_time(600)

    assert contact(given, terms(), later(900)).deadline_at == later(HOUR + 900)


def test_a_pause_in_a_silence_is_not_counted_twice() -> None:
    sitting = running().pause(later(300), PauseReason.INVIGILATOR).resume(later(500))

    assert contact(sitting, terms(), later(800)).deadline_at == later(HOUR + 800)


def test_a_silence_before_a_pause_is_given_back_when_the_page_is_heard_in_the_pause() -> None:
    sitting = contact(running().pause(later(300), PauseReason.INVIGILATOR), terms(), later(400))

    assert sitting.resume(later(500)).deadline_at == later(HOUR + 500)


def test_a_deadline_in_a_silence_waits_until_the_limit_is_used_up() -> None:
    sitting, rules = running().heard(later(HOUR - 60)), terms(most_stopped_s=900)

    assert not may_close(sitting, rules, later(HOUR + 1))  # it may yet become an outage
    assert not may_close(sitting, rules, later(HOUR + 839))
    assert may_close(sitting, rules, later(HOUR + 901))


def test_who_was_heard_after_the_deadline_is_closed_at_once() -> None:
    assert may_close(running().heard(later(HOUR + 1)), terms(), later(HOUR + 2))
    assert owed_s(running().heard(later(HOUR + 1)), terms().policy, later(HOUR + 800)) == 0


def test_without_a_limit_left_the_deadline_is_the_deadline() -> None:
    assert may_close(running(), terms(most_stopped_s=0), later(HOUR + 1))
    assert may_close(running(), terms(OutagePolicy.TIME_RUNS_ON), later(HOUR + 1))
    assert not may_close(running(), terms(OutagePolicy.TIME_RUNS_ON), later(HOUR))


def test_waiting_for_late_devices_holds_the_seal_back() -> None:
    policy = TimePolicy(duration_s=HOUR, grace=GracePolicy.WAIT, grace_s=1800)
    sitting = a_sitting(state=S.ADMITTED).start(NOON, policy)

    assert not may_close(sitting, Terms(policy=policy), later(HOUR + 1800))
    assert may_close(sitting, Terms(policy=policy), later(HOUR + 1801))


def test_breaks_are_read_from_the_arrangement() -> None:
    assert breaks_of({"breaks": {"count": 2, "minutes": 10}}) == Breaks(count=2, seconds=600)
    assert breaks_of({}) == Breaks()
    for wrong in (3, {"count": 1}, {"count": 99, "minutes": 1}, {"count": 1, "minutes": 61}, {"count": "1", "minutes": 1}):
        with pytest.raises(Invalid):
            breaks_of({"breaks": wrong})  # type: ignore[dict-item]  # what it is about


def test_a_break_stops_the_time_and_ends_by_itself() -> None:
    rules = terms(OutagePolicy.PERSON_DECIDES)

    resting = take_break(running(), rules.breaks, later(100))
    back = settled(resting, rules, later(2000))

    assert (resting.state, resting.paused_for, breaks_used(resting)) == (S.PAUSED, PauseReason.BREAK, 1)
    assert (back.state, back.deadline_at) == (S.IN_PROGRESS, later(HOUR + 600))


def test_a_break_can_end_early_and_taking_it_twice_is_once() -> None:
    breaks = terms().breaks
    resting = take_break(running(), breaks, later(100))

    assert take_break(resting, breaks, later(101)) == resting
    back = end_break(resting, breaks, later(160))
    assert back.deadline_at == later(HOUR + 60)
    assert end_break(back, breaks, later(161)) == back


def test_a_break_needs_one_that_is_left_and_a_running_sitting() -> None:
    breaks = Breaks(count=1, seconds=60)
    used = end_break(take_break(running(), breaks, later(1)), breaks, later(2))
    with pytest.raises(NoBreakLeft):
        take_break(used, breaks, later(3))
    with pytest.raises(SittingPaused):
        take_break(running().pause(later(1), PauseReason.INVIGILATOR), breaks, later(2))
    with pytest.raises(AfterTime):
        take_break(running(), breaks, later(HOUR + 1))
    with pytest.raises(SittingSealed):
        take_break(running().submit(later(1)), breaks, later(2))
    with pytest.raises(NotYet):
        take_break(a_sitting(), breaks, later(2))


def test_an_invigilators_pause_takes_over_a_break() -> None:
    rules = terms()
    resting = take_break(running(), rules.breaks, later(100))

    held = done(resting, TimeAct(verb=V.PAUSE), later(200))

    assert settled(held, rules, later(5000)).state is S.PAUSED
    assert held.resume(later(5000)).deadline_at == later(HOUR + 4900)


ON_A_BREAK = running().pause(NOON, PauseReason.BREAK)
PAUSED = running().pause(NOON, PauseReason.INVIGILATOR)
GIVE = TimeAct(verb=V.GIVE_TIME, seconds=600)


@pytest.mark.parametrize(
    ("sitting", "act", "why"),
    [
        (running(), TimeAct(verb=V.PAUSE), None),
        (running(), TimeAct(verb=V.RESUME), LeftOut.NOT_PAUSED),
        (running(), TimeAct(verb=V.TERMINATE), None),
        (running(), GIVE, None),
        (PAUSED, TimeAct(verb=V.PAUSE), LeftOut.ALREADY_PAUSED),
        (PAUSED, TimeAct(verb=V.RESUME), None),
        (PAUSED, TimeAct(verb=V.TERMINATE), None),
        (PAUSED, GIVE, None),
        (ON_A_BREAK, TimeAct(verb=V.PAUSE), None),
        (ON_A_BREAK, TimeAct(verb=V.RESUME), LeftOut.ON_BREAK),
        (running().submit(NOON), TimeAct(verb=V.PAUSE), LeftOut.ENDED),
        (a_sitting(state=S.VOIDED), TimeAct(verb=V.TERMINATE), LeftOut.ENDED),
        (a_sitting(state=S.ADMITTED), GIVE, LeftOut.NOT_STARTED),
        (replace(running(), deadline_at=NOON), GIVE, LeftOut.TIME_OVER),
        (running(), TimeAct(verb=V.GIVE_TIME, since=later(-600), until=NOON), LeftOut.NOT_THEN),
    ],
)
def test_every_act_says_where_it_does_not_fit(sitting: Sitting, act: TimeAct, why: LeftOut | None) -> None:
    assert why_left_out(sitting, act, terms(OutagePolicy.PERSON_DECIDES), later(1)) is why


def test_where_time_runs_on_only_the_cell_gives_any() -> None:
    rules = terms(OutagePolicy.TIME_RUNS_ON)

    assert why_left_out(running(), GIVE, rules, later(1)) is LeftOut.RUNS_ON
    assert why_left_out(running(), replace(GIVE, for_the_cell=True), rules, later(1)) is None


def test_who_started_in_an_outage_is_given_the_rest_of_it() -> None:
    outage = TimeAct(verb=V.GIVE_TIME, since=later(-300), until=later(300))

    assert seconds_for(running(), outage, later(1000)) == 300
    assert seconds_for(a_sitting(started_at=later(-1000)), outage, later(1000)) == 600


RETURNED = GivenBack(since=NOON, until=NOON + timedelta(seconds=110), seconds=110)
CAPPED = replace(RETURNED, seconds=60)


@pytest.mark.parametrize(
    ("since", "until", "earlier", "twice"),
    [
        (0, 110, [RETURNED], 110),
        (-60, 300, [RETURNED], 110),
        (50, 80, [RETURNED], 30),
        (-60, 20, [RETURNED], 20),
        (110, 300, [RETURNED], 0),
        (-60, 0, [RETURNED], 0),
        (0, 110, [CAPPED], 60),
        (0, 110, [], 0),
        (0, 400, [RETURNED, GivenBack(since=later(200), until=later(300), seconds=100)], 210),
    ],
)
def test_what_the_rule_gave_back_is_known_when_a_person_gives_it_again(
    since: int, until: int, earlier: list[GivenBack], twice: int
) -> None:
    assert given_twice_s(TimeAct(verb=V.GIVE_TIME, since=later(since), until=later(until)), earlier) == twice


def test_minutes_that_name_no_outage_are_no_second_gift_of_one() -> None:
    assert given_twice_s(TimeAct(verb=V.GIVE_TIME, seconds=600), [RETURNED]) == 0


@given(silent=st.integers(91, 900), begins=st.integers(-900, 900), lasts=st.integers(1, 900))
def test_rule_and_person_together_give_what_was_lost_and_what_is_marked_as_twice(silent: int, begins: int, lasts: int) -> None:
    act = TimeAct(verb=V.GIVE_TIME, since=later(begins), until=later(begins + lasts))
    lost = len({*range(silent), *range(begins, begins + lasts)})

    assert silent + lasts == lost + given_twice_s(act, [GivenBack(since=NOON, until=later(silent), seconds=silent)])


def test_time_is_given_within_bounds() -> None:
    for seconds in (0, -60, 7201):
        with pytest.raises(Invalid):
            TimeAct(verb=V.GIVE_TIME, seconds=seconds)
    with pytest.raises(Invalid):
        TimeAct(verb=V.GIVE_TIME, since=NOON)


STEPS = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "give", "contact", "break", "work", "silence"]), st.integers(1, 400)), max_size=40
)


@given(steps=STEPS, outage=st.sampled_from(OutagePolicy), bound=st.integers(0, 2000))
def test_the_deadline_is_always_start_plus_time_allowed_plus_what_stopped(
    steps: list[tuple[str, int]], outage: OutagePolicy, bound: int
) -> None:
    rules, sitting, now = terms(outage, most_stopped_s=bound), running(), NOON

    for what, seconds in steps:
        now += timedelta(seconds=seconds, milliseconds=137)
        sitting = _step(sitting, rules, what, now)

        assert sitting.deadline_at == NOON + timedelta(seconds=rules.policy.seconds + sitting.stopped_s)
        assert 0 <= sitting.given_back_s <= bound
        assert sitting.given_back_s == 0 or outage is OutagePolicy.TIME_STOPS


def _step(sitting: Sitting, rules: Terms, what: str, now: datetime) -> Sitting:
    match what:
        case "pause" if why_left_out(sitting, TimeAct(verb=V.PAUSE), rules, now) is None:
            return done(sitting, TimeAct(verb=V.PAUSE), now)
        case "resume" if why_left_out(sitting, TimeAct(verb=V.RESUME), rules, now) is None:
            return done(sitting, TimeAct(verb=V.RESUME), now)
        case "give" if why_left_out(sitting, replace(GIVE, for_the_cell=True), rules, now) is None:
            return done(sitting, GIVE, now)
        case "break" if sitting.state is S.IN_PROGRESS and breaks_used(sitting) < 2 and not sitting.is_over(now):
            return take_break(sitting, rules.breaks, now)
        case "contact" | "work":
            return contact(sitting, rules, now)
        case _:
            return sitting


@given(silences=st.lists(st.tuples(st.integers(1, 80), st.integers(91, 900)), max_size=6))
def test_no_time_is_lost_to_outages_while_the_limit_lasts(silences: list[tuple[int, int]]) -> None:
    rules, sitting, now, worked = terms(most_stopped_s=10_000), running(), NOON, 0

    for work, silence in silences:
        now += timedelta(seconds=work)
        sitting = contact(sitting, rules, now)
        now += timedelta(seconds=silence)
        sitting = contact(sitting, rules, now)
        worked += work

    assert sitting.deadline_at is not None
    assert (sitting.deadline_at - now).total_seconds() >= HOUR - worked


@given(pauses=st.lists(st.tuples(st.integers(1, 300), st.integers(1, 3000)), max_size=8))
def test_no_time_is_lost_to_pauses(pauses: list[tuple[int, int]]) -> None:
    sitting, now, worked = running(), NOON, 0

    for work, pause in pauses:
        now += timedelta(seconds=work, milliseconds=250)
        sitting = sitting.pause(now, PauseReason.INVIGILATOR)
        now += timedelta(seconds=pause, milliseconds=250)
        sitting = sitting.resume(now)
        worked += work

    assert sitting.deadline_at is not None
    left = (sitting.deadline_at - now).total_seconds()
    assert HOUR - worked - len(pauses) <= left <= HOUR - worked + len(pauses)
    assert left >= HOUR - worked - 0.25 * len(pauses)
