"""What a page may send: within its budget on every line, whatever is asked, and nothing that it kept is lost in a cut."""

from dataclasses import replace
from datetime import timedelta
from itertools import cycle, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.bench.line import BEGAN, Line
from proctoring.channel import Channel, Frame, Gap, Load, Refused, Sound
from proctoring.glance import HEIGHT, WIDTH
from proctoring.kept import MOST_BYTES, Picture, keep
from proctoring.packets import joined
from proctoring.page import Encode
from proctoring.uplink import FRAME_MOST, LADDER, Uplink

SPEECH = joined([bytes([24]) + bytes(55)] * 16)  # 928 bytes: a second of Opus at 8 kbit/s


def camera(weight: float = 1.0) -> Encode:
    """A camera whose pictures come to `weight` of a plain webcam's."""
    sizes = {(rung.width, rung.quality): int(rung.bytes * weight) for rung in LADDER}
    return lambda width, quality: b"\xff\xd8\xff\xe0" + bytes(sizes[width, quality] - 4)


def a_line(**given: object) -> Line:
    return Line(channel=Channel("sit_1"), **given)  # type: ignore[arg-type]


def run(line: Line, seconds: float, weight: float = 1.0) -> Line:
    for _ in range(int(seconds * 10)):
        line.step(camera(weight), lambda now: SPEECH if line.hears and now % 1000 == 0 else None)
    return line


def frames(line: Line) -> list[Frame]:
    return [one for one in line.said if isinstance(one, Frame)]


def refused(line: Line) -> list[Refused]:
    return [one for one in line.said if isinstance(one, Refused)]


@pytest.mark.parametrize("weight", [0.5, 1.0, 1.7, 3.0])
@pytest.mark.parametrize("hears", [False, True])
def test_on_a_good_line_there_is_a_picture_a_second_within_eighty_kilobits(weight: float, hears: bool) -> None:
    line = run(a_line(hears=hears), 180, weight)

    assert len(frames(line)) == pytest.approx(180, abs=3)
    assert line.most_kbits() <= 80
    assert sum(isinstance(one, Sound) for one in line.said) == (pytest.approx(179, abs=3) if hears else 0)
    assert refused(line) == []


@pytest.mark.parametrize("kbits", [20, 24, 40])
def test_on_a_line_that_hardly_carries_pictures_go_on_at_two_seconds_within_twenty_kilobits(kbits: float) -> None:
    line = run(a_line(hears=True, bits_a_second=kbits * 1000, late_ms=300), 60)
    line.sent.clear()
    before = len(frames(line))

    run(line, 120)

    assert line.page.uplink.mode == "survival"
    assert line.most_kbits() <= 20
    assert len(frames(line)) - before >= 45
    steps = [later.at - one.at for one, later in pairwise(frames(line)[before:])]
    assert sorted(steps)[len(steps) // 2] <= timedelta(seconds=2.6)


QUIET = [100] * (WIDTH * HEIGHT)


def test_on_a_poor_line_a_change_before_the_camera_is_sent_at_once_and_the_next_pictures_come_quicker() -> None:
    line = run(a_line(bits_a_second=24_000, late_ms=300), 60)
    for _ in range(200):
        line.step(camera(), glance=lambda: QUIET)
    began, before = line.now, len(line.sent)

    for _ in range(60):
        line.step(camera(), glance=lambda: [160] * 40 + QUIET[40:])

    sent = [at - began for at, size in line.sent[before:] if size > 1000]
    assert sent[0] <= 600
    assert sent[3] <= 5200


def test_on_a_poor_line_before_which_everything_always_moves_no_minute_has_more_than_twenty_kilobits() -> None:
    line = run(a_line(bits_a_second=40_000, late_ms=2500), 60)
    line.sent.clear()
    turns = cycle([QUIET, QUIET, [160] * 300 + QUIET[300:]])

    for _ in range(1200):
        line.step(camera(1.6), glance=lambda: next(turns))

    assert line.page.uplink.mode == "survival"
    assert line.most_kbits() <= 20
    assert refused(line) == []


def test_in_survival_pictures_keep_one_width_unless_they_are_much_too_large() -> None:
    one = Uplink().tick(0, 4000)
    widths = set()
    for size in (2000, 3000, 4000, 5000, 6000, 3500):
        one = one.came_to(size).planned()
        widths.add(LADDER[one.rung].width)
        one = one.stirred()

    assert one.mode == "survival"
    assert widths == {448}
    assert LADDER[one.came_to(20_000).planned().rung].width == 320


def test_when_the_line_is_good_again_the_page_leaves_survival_after_a_while() -> None:
    line = run(a_line(bits_a_second=16_000), 60)
    line.bits_a_second = 1e6

    run(line, 60)

    assert line.page.uplink.mode == "normal"
    assert refused(line) == []


def test_a_burst_is_paid_from_the_reserve_with_smaller_pictures_and_ends_by_itself() -> None:
    line = run(a_line(), 60)
    line.channel.ask(Load(fps=3.0), until=line.moment + timedelta(seconds=8))
    before = len(frames(line))

    run(line, 9)
    burst = len(frames(line)) - before
    run(line, 60)

    assert burst >= 20
    assert line.most_kbits() <= 80
    assert len(frames(line)) - before - burst == pytest.approx(60, abs=4)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.5, 1.0, 2.0, 5.0]), st.sampled_from([8e3, 20e3, 50e3, 1e6]), st.floats(0.3, 4.0), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    st.booleans(),
)
@settings(max_examples=15, deadline=None)
def test_whatever_the_line_and_the_server_do_no_minute_has_more_than_eighty_kilobits(
    stretches: list[tuple[float, float, float, bool]], hears: bool
) -> None:
    line = a_line(hears=hears)
    for fps, bits, weight, cut in stretches:
        line.channel.ask(Load(fps=fps))
        line.bits_a_second = bits
        if cut:
            line.cut()
        run(line, 20, weight)
        line.mend()
        run(line, 20, weight)

    assert line.most_kbits() <= 80
    assert all(one.reason in ("foreign_nonce", "untimely") for one in refused(line))


@pytest.mark.parametrize("ahead_ms", [0, 3_600_000, -86_400_000])
def test_a_cut_of_ten_minutes_loses_nothing_that_the_page_kept_whatever_its_clock_says(ahead_ms: int) -> None:
    line = run(a_line(hears=True, page_ahead_ms=1_800_000_000_000 + ahead_ms), 30)
    before = len(frames(line))
    line.cut()
    began = line.moment
    run(line, 600)
    kept, kept_bytes = len(line.page.kept), sum(len(one.jpeg) for one in line.page.kept)
    line.mend()
    ended = line.moment

    run(line, 20 * 60)

    late = [one for one in frames(line) if one.kept]
    live = [one for one in frames(line)[before:] if not one.kept]
    assert (kept, len(late), len(line.page.kept)) == (600, 600, 0)
    assert kept_bytes <= MOST_BYTES
    assert refused(line) == []
    shown = [one.shown_at for one in late if one.shown_at is not None]
    assert len(shown) == 600
    assert shown == sorted(set(shown))
    assert began - timedelta(seconds=2) <= shown[0]
    assert shown[-1] <= ended + timedelta(seconds=2)
    assert all(later - one < timedelta(seconds=1.3) for one, later in pairwise(shown))
    assert line.most_kbits() <= 80
    assert max(later.at - one.at for one, later in pairwise(live[1:])) < timedelta(seconds=3)  # live goes on, as watched
    assert [type(one) for one in line.said if isinstance(one, Gap)] == [Gap]


def test_what_was_under_way_when_the_line_died_silently_is_sent_again_and_once() -> None:
    line = run(a_line(), 30)
    line.bits_a_second = 1.0  # nothing comes through any more, and nothing says so
    run(line, 40)
    line.bits_a_second = 1e6

    run(line, 120)

    assert refused(line) == []
    seconds = {int(((one.shown_at or one.at) - BEGAN).total_seconds()) for one in frames(line)}
    assert len([second for second in range(1, 185) if not {second - 1, second, second + 1, second + 2} & seconds]) == 0
    assert len(frames(line)) <= 190


def test_pictures_that_the_server_does_not_believe_are_given_up_after_three() -> None:
    line = run(a_line(), 30)
    line.cut()
    run(line, 60)
    line.channel.position = replace(line.channel.position, at=line.moment)  # as if the server had never lost it
    line.mend()

    run(line, 60)

    assert [one.reason for one in refused(line)] == ["untimely"] * 3
    assert line.page.kept == []
    assert len(frames(line)) == pytest.approx(90, abs=6)


@pytest.mark.parametrize("kbits", [16, 20, 24])
def test_on_a_line_that_carries_a_little_nothing_is_kept_beside_what_comes_through(kbits: float) -> None:
    line = run(a_line(bits_a_second=kbits * 1000, late_ms=300), 120)
    line.bits_a_second = 1e6

    run(line, 60)

    assert refused(line) == []
    assert line.page.kept == []


def test_pictures_larger_than_the_whole_reserve_are_sent_when_it_is_full() -> None:
    line = run(a_line(bits_a_second=24_000), 60, weight=4)
    before = len(frames(line))

    run(line, 60, weight=4)

    assert line.page.uplink.mode == "survival"
    assert len(frames(line)) - before >= 10
    assert line.most_kbits() <= 80


def test_what_is_kept_is_thinned_from_the_oldest_on_and_never_more_than_six_megabytes_or_twenty_minutes() -> None:
    kept: list[Picture] = []
    for second in range(30 * 60):
        kept = keep(kept, Picture(at=1000 * second, jpeg=bytes(FRAME_MOST)))

    assert sum(len(one.jpeg) for one in kept) <= MOST_BYTES
    steps = [later.at - one.at for one, later in pairwise(kept)]
    assert kept[-1].at - kept[0].at == pytest.approx(20 * 60_000, abs=2000)
    assert set(steps) == {1000, 2000}
    assert steps == sorted(steps, reverse=True)


def test_of_pictures_that_lie_far_apart_the_oldest_goes_first() -> None:
    kept: list[Picture] = []
    for number in range(100):
        kept = keep(kept, Picture(at=5000 * number, jpeg=bytes(200_000)))

    assert [one.at for one in kept] == [5000 * number for number in range(100 - len(kept), 100)]


def test_an_uplink_that_failed_again_soon_waits_longer_before_it_tries_again() -> None:
    one, now, waited = Uplink(), 0, []
    for _ in range(5):
        one, began = one.tick(now, 4000), now
        while one.mode == "survival":
            now += 2000
            one = one.acknowledged(now, 500)
        waited.append(now - began)
        now += 1000

    assert waited == [22_000, 42_000, 82_000, 162_000, 162_000]
