"""Faces are counted when something changed beside the candidate, and else by a schedule that knows what usually stirs; and what is new."""

import numpy as np

from proctoring.observations import Box
from proctoring.vision import quality
from proctoring.vision.counting import Counting, Often
from proctoring.vision.objects import WHOLE
from proctoring.vision.quality import Scene, View

FACE = Box(x=0.4, y=0.2, width=0.2, height=0.3)
BESIDE, ON_THE_BODY = (slice(20, 60), slice(2, 26)), (slice(70, 100), slice(60, 100))  # rows and columns of 120×160


def a_view(*changed: tuple[slice, slice]) -> View:
    """A grey wall of even light, lighter where something else is."""
    picture = np.full((120, 160, 3), 110, np.uint8)
    for place in changed:
        picture[place] = (60, 190, 230)
    return quality.view(picture)


def times(views: list[View], counting: Counting) -> list[int]:
    """Return the seconds in which faces are counted."""
    counted = []
    for second, view in enumerate(views):
        if counting.due(view, FACE, float(second)):
            counting.counted(view, float(second))
            counted.append(second)
    return counted


def test_where_nothing_stirs_faces_are_counted_every_eight_seconds() -> None:
    assert times([a_view()] * 20, Counting(Often())) == [0, 8, 16]


def test_what_appears_beside_the_candidate_is_counted_at_once() -> None:
    assert times([a_view()] * 3 + [a_view(BESIDE)] * 8, Counting(Often())) == [0, 3]


def test_what_appears_before_the_body_is_counted_within_four_seconds() -> None:
    assert times([a_view()] * 3 + [a_view(ON_THE_BODY)] * 8, Counting(Often())) == [0, 4]


def test_what_usually_stirs_is_no_news() -> None:
    swaying = [a_view((slice(70, 100), slice(60 + 4 * (second % 3), 100 + 4 * (second % 3)))) for second in range(60)]

    late = [second for second in times(swaying, Counting(Often())) if second > 20]

    assert min(np.diff(late)) >= 7


def test_what_stirs_from_the_first_second_on_is_usual_at_once() -> None:
    still, swayed = a_view(ON_THE_BODY), a_view((ON_THE_BODY[0], slice(64, 104)))

    assert times([still, *[swayed] * 14], Counting(Often())) == [0, 8]


def test_a_count_that_is_asked_for_comes_in_the_next_frame() -> None:
    counting = Counting(Often())
    counting.counted(a_view(), 0.0)

    counting.again()

    assert counting.due(a_view(), FACE, 1.0)


def novel(scene: Scene, view: View, at: float = 10.0) -> bool:
    """Whether something is new in a view that is shown twice, as a frame and the one after it."""
    return [scene.novelty(view, FACE, at) for _ in range(2)][-1] is not None


def usual(scene: Scene, views: int = 40) -> None:
    for _ in range(views):
        scene.learn(a_view(), FACE)
        scene.novelty(a_view(), FACE, 0.0)


def test_what_was_looked_at_twice_is_not_new_when_it_comes_back() -> None:
    scene, leant = Scene(), a_view(ON_THE_BODY)
    news = []
    for _ in range(4):
        usual(scene)
        news.append(novel(scene, leant))
        if news[-1]:
            scene.accept(leant, WHOLE, 0.0)

    assert news == [True, True, False, False]


def test_what_is_new_where_something_was_looked_at_twice_is_new() -> None:
    scene, phone = Scene(), np.full((120, 160, 3), 110, np.uint8)
    phone[ON_THE_BODY] = (20, 20, 25)
    for _ in range(2):
        usual(scene)
        scene.accept(a_view(ON_THE_BODY), WHOLE, 0.0)
    usual(scene)

    assert novel(scene, quality.view(phone))


def test_what_was_looked_at_elsewhere_is_new_here() -> None:
    scene, elsewhere = Scene(), Box(x=0.0, y=0.0, width=0.3, height=0.5)
    for _ in range(2):
        usual(scene)
        scene.accept(a_view(ON_THE_BODY), elsewhere, 0.0)
    usual(scene)

    assert novel(scene, a_view(ON_THE_BODY))


def test_after_a_minute_it_is_looked_at_again() -> None:
    scene = Scene()
    for _ in range(2):
        usual(scene)
        scene.accept(a_view(ON_THE_BODY), WHOLE, 0.0)
    usual(scene)

    assert not novel(scene, a_view(ON_THE_BODY), 59.0)
    assert novel(scene, a_view(ON_THE_BODY), 60.0)
