"""Challenges at a desk with the real networks and a real database: the demo's candidate, the screen's light put on her face."""

from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.services import challenges, watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.events import sitting_event
from proctoring.challenge.course import Asked
from proctoring.challenge.verdict import Ask, Verdict, Why
from proctoring.channel import Frame
from proctoring.observations import Box
from proctoring.policy import Tier
from proctoring.vision import demo_footage
from proctoring.vision.answering import Answering
from proctoring.vision.demo_footage import Script
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Pixels
from tests.builders import World, a_world, steer
from tests.proctoring.vision.test_switch import a_room
from workers.frames import Entry, Tally
from workers.proctor.desk import Desk

SITTING_STILL = Script(length_s=1000, leaves_s=1e6, back_s=2e6)
FACE = Box(x=0.42, y=0.13, width=0.16, height=0.32)


class Page:
    """The candidate's page before a camera that plays: hears the desk, shows what it asks, answers light where it is to."""

    def __init__(self, engine: Engine, world: World, networks: Networks, *, answers: bool, shows: bool = True) -> None:
        self.engine, self.world, self.shows = engine, world, shows
        self.desk = Desk(engine, watches.orders(engine, world.sitting_id), networks, {})
        self.answering = Answering(lambda picture: FACE, strength=0.15 if answers else 0.0)
        self.room: Pixels | None = None  # beside the candidate
        self.heard: list[dict[str, Json]] = []
        self.wall: list[dict[str, Json]] = []
        self.seq = 0

    def send(self, seconds: float, *, fps: float = 2.0) -> None:
        """Send frames for so long; five a second from where a challenge goes on."""
        ends = self.engine.clock.now() + timedelta(seconds=seconds)
        while self.engine.clock.now() < ends:
            asked = self.heard[-1:] and self.heard[-1]["ask"] != "done"
            now = steer(self.engine).advance(0.2 if asked else 1 / fps)
            at = now.timestamp()
            picture = demo_footage.picture(SITTING_STILL, at % 900)
            if self.room is not None:
                picture[:, :230], picture[:, 410:] = self.room[:, :230], self.room[:, 410:]
            jpeg = demo_footage.jpeg(self.answering.shown(picture, at))
            frame = Frame(
                seq=self.seq, at=now, kept=False, jpeg=jpeg, nonce=bytes(16), head=bytes(32), nonce_at=now - timedelta(seconds=0.3)
            )
            self.seq += 1
            self.desk.receive(Entry(sitting_id=self.world.sitting_id, happened=frame, tally=Tally(received=self.seq), id=str(self.seq)))
            self.hear()

    def wait(self, seconds: int) -> None:
        """Send nothing for so long."""
        for _ in range(seconds):
            self.desk.tick(steer(self.engine).advance(1))
            self.hear()

    def hear(self) -> None:
        for said in self.desk.said():
            message = said.message
            assert isinstance(message, dict)
            if said.channel.startswith("wall:"):
                self.wall.append(message)
            elif message["type"] == "challenge":
                self.heard.append(message)
                self.answering.hear(message, self.engine.clock.now().timestamp())
                if self.shows and message["ask"] != "done":
                    self._say_shown(message)

    def _say_shown(self, message: dict[str, Json]) -> None:
        number = message["id"]
        assert isinstance(number, int)
        with self.engine.store.begin() as tx:
            sitting = tx.sittings.get(self.world.sitting_id)
            tx.events.record(sitting_event("challenge_shown", sitting, self.engine.clock.now(), None, data={"number": number}))


def an_exam(engine: Engine, challenges: str = "light") -> World:
    world = a_world(engine)
    with engine.store.begin() as tx:
        exam = tx.exams.get(world.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, challenges=challenges)))
    return world


def judged(engine: Engine, world: World) -> list[str]:
    with engine.store.read() as tx:
        return [str(event.data["why"]) for event in tx.events.of_sittings([world.sitting_id], kinds=["challenge_judged"])]


def incidents(engine: Engine, world: World) -> list[str]:
    with engine.store.read() as tx:
        return [one.kind for one in tx.incidents.of_sitting(world.sitting_id)]


def until_asked(page: Page) -> None:
    while not page.heard:
        page.send(1, fps=0.4)


def test_a_candidate_in_the_screens_light_passes_and_it_is_written_down_with_its_figures(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine)
    page = Page(engine, world, networks, answers=True)
    until_asked(page)

    page.send(15)

    with engine.store.read() as tx:
        events = tx.events.of_sittings([world.sitting_id])
        (asked, shown, verdict) = events[-3:]
    assert [asked.kind, shown.kind, verdict.kind] == ["challenge_asked", "challenge_shown", "challenge_judged"]
    assert (verdict.data["outcome"], verdict.data["why"], verdict.data["ask"]) == ("passed", "answered", "light")
    assert float(verdict.data["p"] or 1) <= 0.01
    assert incidents(engine, world) == []


def test_a_page_that_says_that_another_camera_was_opened_is_checked_soon_once(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine)
    page = Page(engine, world, networks, answers=True)
    until_asked(page)
    page.send(20)
    page.heard.clear()
    with engine.store.begin() as tx:
        tx.events.record(sitting_event("camera_changed", tx.sittings.get(world.sitting_id), engine.clock.now(), None, data={}))
    changed = challenges.cameras_changed(engine, [world.sitting_id])
    page.desk.expect(page.desk.expected, changed[world.sitting_id])

    page.send(42, fps=0.4)

    assert [message["ask"] for message in page.heard][:1] == ["light"]
    page.heard.clear()
    page.desk.expect(page.desk.expected, changed[world.sitting_id])
    page.send(45, fps=0.4)
    assert "light" not in [message["ask"] for message in page.heard]
    assert incidents(engine, world) == []


def test_a_camera_that_seems_switched_is_noted_and_checked_soon_and_alarms_nobody(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine)
    page = Page(engine, world, networks, answers=True)
    page.room, other = (cv2.resize(a_room(seed), (640, 480)).astype(np.uint8) for seed in (3, 4))
    until_asked(page)
    page.send(20)
    page.heard.clear()

    page.room = other
    page.send(50, fps=1)

    assert [message["ask"] for message in page.heard][:1] == ["light"]
    with engine.store.read() as tx:
        found = {one.kind: one.tier for one in tx.incidents.of_sitting(world.sitting_id)}
    assert found["camera_switched"] == Tier.DETECTION
    assert Tier.ALERT not in found.values()


def test_a_replay_is_put_before_a_person_after_light_head_and_hand(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine, "head_turn")
    page = Page(engine, world, networks, answers=False)
    until_asked(page)

    page.send(45)

    assert [message["ask"] for message in page.heard] == ["turn", "turn", "hand", "done"]
    assert judged(engine, world) == ["not_turned"]
    assert incidents(engine, world) == ["challenge_failed"]


def test_a_page_that_never_says_that_it_shows_anything_brings_nobody_an_accusation(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine, "head_turn")
    page = Page(engine, world, networks, answers=False, shows=False)
    until_asked(page)

    page.send(45)

    assert judged(engine, world) == ["not_shown"]
    assert incidents(engine, world) == []


def test_a_worker_that_dies_in_the_middle_is_nobodys_fault(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine, "head_turn")
    page = Page(engine, world, networks, answers=False)
    until_asked(page)

    later = Page(engine, world, networks, answers=False)  # another owner of the watch
    later.hear()

    assert judged(engine, world) == ["interrupted"]
    assert [message["ask"] for message in later.heard] == ["done"]
    assert "challenge_failed" not in incidents(engine, world)
    assert challenges.standing(engine, world.sitting_id).past[0].verdict is not None


def test_while_the_sitting_stands_still_nothing_is_asked(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine)
    page = Page(engine, world, networks, answers=False)
    page.desk.sitting = replace(page.desk.sitting, state=SittingState.PAUSED)

    page.send(130, fps=0.4)

    assert page.heard == []


def test_a_line_that_is_cut_in_the_middle_ends_the_question_without_an_answer(engine: Engine, networks: Networks) -> None:
    world = an_exam(engine, "head_turn")
    page = Page(engine, world, networks, answers=False)
    until_asked(page)

    page.wait(8)

    assert judged(engine, world) == ["interrupted"]
    assert "challenge_failed" not in incidents(engine, world)


@pytest.mark.parametrize(
    ("arrangements", "policy", "asks"),
    [
        ({}, "off", (False, False, False)),
        ({}, "light", (True, True, True)),
        ({}, "head_turn", (False, True, True)),
        ({"steady_screen": True}, "light", (False, True, True)),
        ({"signals_off": ["looking_away"]}, "light", (True, False, True)),
        ({"signals_off": ["looking_away"], "steady_screen": True}, "light", (False, False, True)),
    ],
)
def test_what_may_be_asked_follows_the_exam_and_the_arrangements(
    engine: Engine, arrangements: dict[str, Json], policy: str, asks: tuple[bool, bool, bool]
) -> None:
    world = an_exam(engine, policy)
    with engine.store.begin() as tx:
        sitting = tx.sittings.get(world.sitting_id)
        tx.exams.arrange(sitting.registration_id, arrangements)

    plan = challenges.standing(engine, world.sitting_id).plan

    assert (plan.light, plan.turns, plan.people) == asks


def test_who_watches_reads_the_last_checks_newest_first(engine: Engine) -> None:
    world = an_exam(engine)
    with engine.store.read() as tx:
        sitting = tx.sittings.get(world.sitting_id)
    whys = [Why.TOO_WEAK, Why.ANSWERED, Why.ANSWERED, Why.NOT_SEEN, Why.INTERRUPTED]
    for number, why in enumerate(whys):
        asked = Asked(number=number, ask=Ask.TURN, at_s=100.0 * number, verdict=Verdict(ask=Ask.TURN, why=why))
        challenges.ask(engine, sitting, replace(asked, verdict=None))
        challenges.judge(engine, sitting, asked)

    latest = challenges.latest(engine, world.sitting_id)

    assert [event.data["why"] for event in latest] == [why.value for why in whys[:0:-1]]
    assert [one.verdict.why for one in challenges.standing(engine, world.sitting_id).past if one.verdict] == whys
