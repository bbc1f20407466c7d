from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.navigation import PartState, check_answerable, check_readable, deadlines, here, item_seconds_left, parts
from assessment_engine.delivery.progress import OWN, Progress, progress_of
from assessment_engine.delivery.sitting import PauseReason, Sitting
from assessment_engine.delivery.timing import stretched
from assessment_engine.kernel.errors import IntegrityViolation, SectionClosed, UnknownItem
from item_bank.forms import Form, Navigation
from tests.builders import NOON
from tests.delivery.parts import a_form_of, a_running, at, branch, go, item, items_of, part, rule

PLAIN = a_form_of(part("A"), part("B"))
LOCKED = a_form_of(part("A", locked=True), part("B"))
TIMED = a_form_of(part("A", time_limit_s=600), part("B", time_limit_s=300, locked=True), part("C"))
LINEAR = a_form_of(part("A", navigation=Navigation.LINEAR), part("B"))
PACED = a_form_of(part("A", navigation=Navigation.LINEAR, item_limits=dict.fromkeys(items_of("A"), 60)), part("B"))


def is_answerable(form: Form, sitting: Sitting, name: str, seconds: float) -> bool:
    try:
        check_answerable(form, sitting, item(name), at(seconds))
    except SectionClosed:
        return False
    return True


def reason(form: Form, sitting: Sitting, name: str, seconds: float) -> str:
    with pytest.raises(SectionClosed) as refused:
        check_answerable(form, sitting, item(name), at(seconds))
    return str(refused.value.details["reason"])


def refusal(form: Form, sitting: Sitting, to: str | None, seconds: float, *, leave: bool = False) -> str:
    with pytest.raises(SectionClosed) as refused:
        go(form, sitting, to, seconds, leave=leave)
    return str(refused.value.details["reason"])


def states(form: Form, sitting: Sitting, seconds: float) -> str:
    letters = {PartState.NOT_YET: "-", PartState.CURRENT: "X", PartState.OPEN: "o", PartState.CLOSED: "."}
    return "".join(letters[view.state] for view in parts(form, sitting, at(seconds)))


def test_a_form_without_limits_locks_and_rules_binds_nobody() -> None:
    sitting = a_running(progress={"path": "nonsense that nobody may look at"})

    assert not PLAIN.guided
    assert all(is_answerable(PLAIN, sitting, name, seconds) for name in PLAIN.items for seconds in (0, 9999))


def test_a_question_of_another_form_is_unknown() -> None:
    with pytest.raises(UnknownItem):
        check_answerable(LOCKED, a_running(), item("z1"), at(1))


def test_the_first_part_is_open_from_the_start_and_the_next_is_not() -> None:
    sitting = a_running()

    assert is_answerable(LOCKED, sitting, "a3", 0)
    assert reason(LOCKED, sitting, "b1", 0) == "not_yet"
    assert states(LOCKED, sitting, 0) == "X-"


def test_a_locked_part_is_closed_when_it_was_left() -> None:
    sitting = go(LOCKED, a_running(), "b2", 100)

    assert reason(LOCKED, sitting, "a1", 101) == "left"
    assert is_answerable(LOCKED, sitting, "b1", 101)
    assert refusal(LOCKED, sitting, "a1", 101) == "left"
    assert states(LOCKED, sitting, 101) == ".X"


def test_a_part_without_a_lock_can_be_entered_again() -> None:
    form = a_form_of(part("A"), part("B", locked=True))

    back = go(form, go(form, a_running(), "b1", 10), "a2", 20)

    assert states(form, back, 21) == "X."
    assert is_answerable(form, back, "a1", 21)
    assert refusal(form, back, None, 22, leave=True) == "no_way"


@pytest.mark.parametrize(
    ("to", "leave", "comes_to"), [("a2", False, "a2"), (None, False, "a2"), ("b1", False, "b1"), (None, True, "b1"), ("a1", False, "a1")]
)
def test_moves_out_of_the_first_question_of_a_linear_part(to: str | None, leave: bool, comes_to: str) -> None:
    assert go(LINEAR, a_running(), to, 10, leave=leave).progress["item"] == comes_to


@pytest.mark.parametrize(("to", "why"), [("a1", "left"), ("a3", "left"), ("b1", "left")])
def test_nobody_goes_back_into_a_linear_part(to: str, why: str) -> None:
    form = a_form_of(part("B", navigation=Navigation.LINEAR), part("A", navigation=Navigation.LINEAR), part("C"))
    sitting = go(form, go(form, go(form, a_running(), None, 1, leave=True), "a2", 2), "a3", 3)
    sitting = go(form, sitting, "c1", 4)

    assert refusal(form, sitting, to, 5) == why


def test_no_question_of_a_linear_part_is_passed_over() -> None:
    assert refusal(LINEAR, a_running(), "a3", 1) == "not_yet"
    assert refusal(LINEAR, go(LINEAR, a_running(), "a2", 1), "a1", 2) == "left"
    assert refusal(a_form_of(part("B"), part("A", navigation=Navigation.LINEAR)), a_running(), "a2", 1) == "not_yet"


def test_parts_come_one_after_another() -> None:
    assert refusal(TIMED, a_running(), "c1", 1) == "not_yet"
    assert go(TIMED, go(TIMED, a_running(), "b1", 1), "c3", 2).progress["path"] == ["A", "B", "C"]


def test_after_the_last_part_there_is_only_handing_in() -> None:
    sitting = go(LOCKED, a_running(), "b3", 1)

    assert refusal(LOCKED, sitting, None, 2) == "no_way"


def test_a_move_that_arrives_twice_is_one_move() -> None:
    once = go(LINEAR, a_running(), "a2", 10)

    assert go(LINEAR, once, "a2", 20).progress == once.progress


def test_the_time_of_a_part_ends_it_and_the_next_counts_from_there() -> None:
    late = here(TIMED, a_running(), at(700))

    assert late.document["sections"] == {"A": {"entered_s": 0.0, "left_s": 600.0}, "B": {"entered_s": 600.0, "left_s": None}}
    assert reason(TIMED, a_running(), "a1", 601) == "time_over"
    assert is_answerable(TIMED, a_running(), "a1", 600)
    assert [view.seconds_left for view in parts(TIMED, a_running(), at(700))] == [None, 200.0, None]


def test_an_outage_across_several_parts_moves_no_entry() -> None:
    after = here(TIMED, a_running(), at(5000))

    assert [(stay.entered_s, stay.left_s) for stay in after.sections.values()] == [(0, 600), (600, 900), (900, None)]
    assert after.item == "c1"


def test_grace_applies_to_parts_as_to_the_exam() -> None:
    sitting = a_running(grace_s=30)

    assert is_answerable(TIMED, sitting, "a1", 630)
    assert reason(TIMED, sitting, "a1", 631) == "time_over"


def test_what_was_on_its_way_when_a_part_was_left_is_taken_for_a_minute_at_most() -> None:
    left = go(LOCKED, a_running(grace_s=3600), "b1", 100)

    assert is_answerable(LOCKED, left, "a1", 160)
    assert reason(LOCKED, left, "a1", 161) == "left"


def test_grace_shows_no_question_again() -> None:
    left = go(LOCKED, a_running(grace_s=60), "b1", 100)

    with pytest.raises(SectionClosed):
        check_readable(LOCKED, left, item("a1"), at(101))


def test_questions_with_limits_follow_each_other_at_their_limits() -> None:
    progress = here(PACED, a_running(), at(130))

    assert (progress.item, progress.items) == ("a3", {"a1": 0.0, "a2": 60.0, "a3": 120.0})
    assert item_seconds_left(PACED, progress, 130) == 50.0
    assert reason(PACED, a_running(), "a2", 130) == "time_over"
    assert here(PACED, a_running(), at(181)).item == "b1"


def test_a_question_left_early_takes_nothing_from_the_next() -> None:
    sitting = go(PACED, a_running(), "a2", 10)

    assert here(PACED, sitting, at(65)).item == "a2"
    assert here(PACED, sitting, at(71)).item == "a3"
    assert reason(PACED, sitting, "a1", 11) == "left"


def test_extra_time_stretches_limits_of_parts_and_questions() -> None:
    sitting = a_running(extra=20)

    assert is_answerable(TIMED, sitting, "a1", 800)
    assert not is_answerable(TIMED, sitting, "a1", 801)
    assert parts(TIMED, sitting, at(0))[0].time_limit_s == 800
    assert here(PACED, sitting, at(80)).item == "a1"
    assert here(PACED, sitting, at(81)).item == "a2"


def test_a_pause_takes_no_time_of_a_part() -> None:
    paused = a_running().pause(at(500), PauseReason.INVIGILATOR)
    resumed = paused.resume(at(2000))

    assert parts(TIMED, paused, at(1999))[0].seconds_left == 100.0
    assert parts(TIMED, resumed, at(2000))[0].seconds_left == 100.0
    assert is_answerable(TIMED, resumed, "a1", 2100)
    assert deadlines(TIMED, resumed, at(2000)).section == at(2100)


def test_time_given_back_moves_every_limit_that_was_not_settled() -> None:
    sitting = a_running().give_time(300)

    assert is_answerable(TIMED, sitting, "a1", 900)
    assert here(TIMED, sitting, at(1000)).sections["B"].entered_s == 600.0
    assert parts(TIMED, sitting, at(1000))[1].seconds_left == 200.0


def test_a_part_with_a_limit_goes_on_while_the_candidate_is_elsewhere() -> None:
    form = a_form_of(part("A", time_limit_s=600), part("B"))
    away = go(form, a_running(), "b1", 100)

    assert states(form, away, 600) == "oX"
    assert states(form, away, 601) == ".X"
    assert refusal(form, away, "a1", 601) == "time_over"
    assert deadlines(form, away, at(200)).parts == {"A": at(600), "B": None}


def test_when_the_last_part_is_over_nothing_follows() -> None:
    form = a_form_of(part("A"), part("B", time_limit_s=60))
    over = here(form, go(form, a_running(), "b1", 10), at(100))

    assert over.item is None
    assert deadlines(form, go(form, a_running(), "b1", 10), at(100)).section is None
    assert go(form, go(form, a_running(), "b1", 10), "a2", 100).progress["item"] == "a2"


BRANCHING = a_form_of(
    part("A", locked=True, branches=(branch("A", "0.8", "C"),)),
    part("B", locked=True),
    part("C", locked=True, precondition=rule("A", "0.5")),
    part("D"),
)


@pytest.mark.parametrize(("share", "way"), [("1", "ACD"), ("0.8", "ACD"), ("0.79", "ABCD"), ("0.5", "ABCD"), ("0.49", "ABD"), ("0", "ABD")])
def test_marks_of_parts_left_decide_the_way(share: str, way: str) -> None:
    sitting = a_running()
    for second in range(1, len(way)):
        sitting = go(BRANCHING, sitting, None, second, leave=True, share=lambda _: Decimal(share))

    assert "".join(map(str, sitting.progress["path"])) == way  # type: ignore[arg-type]  # a list of texts


def test_where_nobody_may_look_at_marks_the_way_waits_for_them() -> None:
    form = a_form_of(part("A", locked=True, time_limit_s=60), part("B", precondition=rule("A", "0.5")), part("C"))
    over = here(form, a_running(), at(100))

    assert (over.item, over.path) == (None, ("A",))
    assert go(form, a_running(), None, 100).progress["sections"] == {
        "A": {"entered_s": 0.0, "left_s": 60.0},
        "C": {"entered_s": 60.0, "left_s": None},
    }


def test_questions_of_a_part_that_marks_lead_to_are_listed_when_it_is_reached() -> None:
    sitting = a_running()
    assert [bool(view.items) for view in parts(BRANCHING, sitting, at(1))] == [True, False, False, True]

    reached = go(BRANCHING, sitting, None, 2, leave=True)
    assert [bool(view.items) for view in parts(BRANCHING, reached, at(3))] == [True, True, False, True]


def test_no_question_is_listed_before_the_start() -> None:
    waiting = a_running(started_at=None)

    assert all(not view.items and view.state is PartState.NOT_YET for form in (PLAIN, TIMED) for view in parts(form, waiting, NOON))


def test_after_the_end_the_progress_stands_still() -> None:
    ended = a_running().submit(at(500))

    assert here(TIMED, ended, at(5000)).path == ("A",)
    assert states(TIMED, ended, 5000) == "..."


def test_the_document_keeps_what_others_write_in_it() -> None:
    document = {"marked": ["a1"], "breaks_used": 1, "note": {"x": 1}}
    sitting = go(LOCKED, a_running(progress=document), "a2", 5)  # type: ignore[arg-type]  # JSON

    assert {key: value for key, value in sitting.progress.items() if key not in OWN} == document
    assert progress_of(sitting.progress).document == sitting.progress


@pytest.mark.parametrize("document", [{"sections": []}, {"path": {}}, {"items": {"a": {}}}, {"sections": {"A": {"entered_s": "x"}}}])
def test_a_progress_that_nobody_wrote_is_an_integrity_violation(document: dict[str, object]) -> None:
    with pytest.raises(IntegrityViolation):
        progress_of(document)  # type: ignore[arg-type]  # that is the test


def test_progress_of_an_empty_document_is_a_beginning() -> None:
    assert progress_of({}) == Progress()


settings_of_parts = st.fixed_dictionaries(
    {"time_limit_s": st.none() | st.integers(10, 400), "locked": st.booleans(), "navigation": st.sampled_from(Navigation)}
)
forms = st.lists(settings_of_parts, min_size=1, max_size=4).map(
    lambda chosen: a_form_of(*(part(name, **each) for name, each in zip("ABCD", chosen, strict=False)))
)
asked = st.lists(st.tuples(st.sampled_from([*(f"{p}{n}" for p in "abcd" for n in (1, 2, 3)), None]), st.integers(1, 300)), max_size=8)


@given(form=forms, moves=asked, extra=st.sampled_from([0, 20]))
def test_no_moment_of_a_progress_comes_from_a_late_message(form: Form, moves: list[tuple[str | None, int]], extra: int) -> None:
    sitting, now = a_running(extra=extra), 0
    for to, later in moves:
        now += later
        try:
            sitting = go(form, sitting, to, now)
        except (SectionClosed, UnknownItem):
            continue
    progress = here(form, sitting, at(now)) if form.guided else Progress()

    for section_id, stay in progress.sections.items():
        limit = form.section(section_id).time_limit_s
        longest = now if limit is None else stay.entered_s + stretched(limit, extra)
        assert stay.entered_s <= now
        assert (now if stay.left_s is None else stay.left_s) <= longest
    assert list(progress.path) == [section.id for section in form.sections][: len(progress.path)]


@given(form=forms, stops=st.lists(st.integers(0, 2000), max_size=6), end=st.integers(0, 2000))
def test_it_does_not_matter_how_often_the_server_looks(form: Form, stops: list[int], end: int) -> None:
    looked = a_running()
    for moment in sorted(stop for stop in stops if stop <= end):
        looked = replace(looked, progress=here(form, looked, at(moment)).document)

    assert here(form, looked, at(end)) == here(form, a_running(), at(end))


@given(form=forms, pause_at=st.integers(0, 500), pause=st.integers(0, 5000), later=st.integers(0, 500))
def test_a_pause_changes_nothing_but_the_clock_on_the_wall(form: Form, pause_at: int, pause: int, later: int) -> None:
    straight = a_running()
    paused = straight.pause(at(pause_at), PauseReason.INVIGILATOR).resume(at(pause_at + pause))

    assert here(form, paused, at(pause_at + pause + later)) == here(form, straight, at(pause_at + later))
    assert paused.elapsed_s(at(pause_at + pause) + timedelta(seconds=later)) == pause_at + later
