"""Bursts from a bucket of tokens, and the short track of what may be a phone."""

from dataclasses import replace
from itertools import pairwise

import pytest

from proctoring.observations import Box, Thing, ThingName
from proctoring.vision.attention import Attention, Pace
from proctoring.vision.objects import WHOLE

FACE = Box(x=0.4, y=0.2, width=0.2, height=0.3)
HANDS = Box(x=0.6, y=0.6, width=0.2, height=0.3)
PHONE = Thing(name=ThingName.PHONE, score=0.9, box=Box(x=0.66, y=0.66, width=0.08, height=0.2))
QUIET_S = 100


def rested() -> Attention:
    """One that has had nothing but its round to do for a while, with every token back but the round's."""
    attention = Attention()
    for at in range(QUIET_S):
        part = attention.part(float(at), FACE, novel=None, glance_down=False)
        if part is not None:
            attention.saw([], part, float(at))
    return attention


def looks(attention: Attention, seconds: range, *, novel: Box | None = None, glance_down: bool = False) -> list[tuple[int, Box]]:
    found = []
    for at in seconds:
        part = attention.part(float(at), FACE, novel=novel, glance_down=glance_down)
        if part is not None:
            attention.saw([], part, float(at))
            found.append((at, part))
    return found


@pytest.mark.parametrize(("novel", "glance_down"), [(HANDS, False), (None, True)])
def test_motion_or_a_glance_down_brings_a_burst_that_ends_with_the_tokens(novel: Box | None, glance_down: bool) -> None:
    pace = Pace()

    burst = looks(rested(), range(QUIET_S, QUIET_S + 60), novel=novel, glance_down=glance_down)

    assert [at for at, _ in burst[:2]] == [QUIET_S, QUIET_S + 1]  # at once, and again
    assert len(burst) <= pace.tokens + 60 / pace.token_s
    later = [at for at, _ in burst[int(pace.tokens) :]]
    assert all(after - before >= pace.token_s - 1 for before, after in pairwise(later))


def test_a_burst_looks_where_something_moved_or_at_the_lap() -> None:
    moved = looks(rested(), range(QUIET_S, QUIET_S + 2), novel=HANDS)
    down = looks(rested(), range(QUIET_S, QUIET_S + 1), glance_down=True)

    assert any(part.overlap(HANDS) > 0.1 and part != WHOLE for _, part in moved)
    assert down[0][1].y + down[0][1].height == pytest.approx(1)


def test_a_clock_set_back_fills_no_bucket() -> None:
    attention, pace = rested(), Pace()
    times = [QUIET_S + i % 2 for i in range(200)]

    found = [at for at in times if attention.part(float(at), FACE, novel=HANDS, glance_down=False) is not None]

    assert len(found) <= pace.tokens + 100 / pace.token_s + 1  # what went forward again counts as time, half of the steps


def test_a_track_follows_what_is_held_and_ends_when_it_is_gone() -> None:
    attention = Attention()
    attention.saw([PHONE], WHOLE, 0.0)
    box, held = PHONE.box, []
    for at in range(1, 7):  # it moves a little from look to look
        box = replace(box, x=box.x - 0.02)
        part = attention.part(float(at), FACE, novel=None, glance_down=False)
        assert part is not None
        held.append(part.x <= box.x + box.width / 2 <= part.x + part.width)
        attention.saw([replace(PHONE, box=box)], part, float(at))

    gone = looks(attention, range(7, 60))

    assert all(held)
    closer = [at for at, part in gone if part not in (WHOLE,) and part.overlap(box) > 0.02]
    assert len(closer) < 10  # a few misses, then no look is spent on it but by the round


def test_what_may_have_passed_brings_a_look_at_once_but_never_takes_the_last_token() -> None:
    hasty, lasting = rested(), rested()
    found: dict[bool, list[int]] = {True: [], False: []}
    for at in range(QUIET_S, QUIET_S + 4):
        for is_hasty, attention in ((True, hasty), (False, lasting)):
            if attention.part(float(at), FACE, novel=HANDS, hasty=is_hasty, glance_down=False) is not None:
                found[is_hasty].append(at)

    assert found[True][0] == found[False][0] == QUIET_S
    assert len(found[True]) == len(found[False]) - 1
