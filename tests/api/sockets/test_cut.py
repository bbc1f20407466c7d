"""Ten minutes without a line, on a real socket, a real ingest process and a real store: what the page kept comes afterwards, all of it."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import pytest

from api.ingest import create_ingest
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.kernel.ids import SittingId
from assessment_engine.play import CameraClient, Player, a_camera
from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame, Kind, link, milliseconds, seal_frame
from proctoring.page import CameraPage
from proctoring.uplink import LADDER
from proctoring.vision import demo_footage
from tests.builders import a_world, an_engine, steer
from tests.running import Valkey, free_port, served, until
from workers.frames import Shards, shard_of

SITTING = SittingId("sit_cut")
SIZES = {(rung.width, rung.quality): rung.bytes for rung in LADDER}
CUT_S = 600


@pytest.fixture
def slow(tmp_path: Path, valkey: Valkey) -> Iterator[Engine]:
    """An ingest process whose clock goes as the test wants it."""
    port = free_port()
    engine = replace(an_engine(tmp_path), ingest_url=f"ws://127.0.0.1:{port}")
    with served(create_ingest(engine, valkey.url), port):
        yield engine
    engine.store.engine.dispose()


class Browser:
    """A page on a real socket; a tenth of a second passes when it is told to."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._open = engine, ExitStack()
        self.page = CameraPage()
        self.client: CameraClient | None = None
        self.sent: list[tuple[int, int]] = []
        self.pictures = 0

    def connect(self) -> None:
        ticket = tickets.issue(self._engine, tickets.TicketKind.CAMERA, SITTING)
        self.client = self._open.enter_context(a_camera(self._engine.ingest_url, ticket, self._engine.public_url))
        self.page.greet(self.client.hello)

    def cut(self) -> None:
        self._open.close()
        self.client = None
        self.page.lose()

    def step(self) -> None:
        now = milliseconds(steer(self._engine).advance(0.1))
        messages = self.page.take(now, self._picture) if self.page.is_due(now) else self.page.late(now) if now % 500 == 0 else []
        for message in messages:
            assert self.client is not None
            self.sent.append((now, len(message) + 8))
            self.client.send_raw(message)
            self.page.hear(self.client.wait_for("ack"), now)

    def _picture(self, width: int, quality: float) -> bytes:
        self.pictures += 1
        return b"\xff\xd8\xff\xe0" + self.pictures.to_bytes(4, "big") + bytes(SIZES[width, quality] - 8)


def frames(valkey: Valkey, sitting_id: str) -> list[Frame]:
    shards = Shards(valkey.url, "test")
    found = [one.happened for one in shards._range(f"frames:{shard_of(sitting_id)}", "-", "+") if one.sitting_id == sitting_id]
    shards.close()
    return [one for one in found if isinstance(one, Frame)]


def after(head: bytes, one: Frame) -> bytes:
    """Return the head of a chain after a frame."""
    return link(head, seq=one.seq, at=one.at, picture=hashlib.sha256(one.jpeg).digest(), nonce=one.nonce)


def test_after_ten_minutes_without_a_line_all_that_was_kept_comes_within_the_budget(slow: Engine, valkey: Valkey) -> None:
    browser = Browser(slow)
    browser.connect()
    for _ in range(200):
        browser.step()
    browser.cut()
    began = slow.clock.now()
    for _ in range(10 * CUT_S):
        browser.step()
    kept = list(browser.page.kept)
    browser.connect()
    ended = slow.clock.now()
    browser.sent.clear()

    while browser.page.kept and len(browser.sent) < 3 * CUT_S:
        browser.step()

    assert until(lambda: sum(one.kept for one in frames(valkey, SITTING)) == CUT_S)
    late = [one for one in frames(valkey, SITTING) if one.kept]
    assert [one.jpeg for one in late] == [one.jpeg for one in kept]
    assert len({one.jpeg for one in late}) == CUT_S
    assert all(one.shown_at is not None and began <= one.shown_at <= ended for one in late)
    seconds = (browser.sent[-1][0] - browser.sent[0][0]) / 1000
    assert sum(size for _, size in browser.sent) * 8 / seconds <= 80_000 * (1 + 60 / seconds)
    assert seconds <= 20 * 60
    browser.cut()


def test_a_kept_picture_of_another_time_is_refused_and_the_chain_goes_on(slow: Engine) -> None:
    browser = Browser(slow)
    browser.connect()
    for _ in range(30):
        browser.step()
    client = browser.client
    assert client is not None
    long_ago = milliseconds(slow.clock.now()) - 3_600_000

    client.send_raw(
        seal_frame(client.key, seq=browser.page.seq, nonce=client.nonce, jpeg=b"\xff\xd8\xff kept", client_ms=long_ago, kind=Kind.KEPT)
    )

    refused = client.wait_for("refused")
    assert (refused["code"], refused["reason"]) == ("bad_frame", "untimely")
    for _ in range(20):
        browser.step()  # every one of its frames is acknowledged
    browser.cut()


def test_a_played_candidate_keeps_what_cannot_be_sent_and_sends_it_when_ingest_is_back(tmp_path: Path, valkey: Valkey) -> None:
    port = free_port()
    engine = replace(an_engine(tmp_path), ingest_url=f"ws://127.0.0.1:{port}", clock=SystemClock())
    world = a_world(engine)
    pictures = demo_footage.scene(demo_footage.Script(length_s=60, leaves_s=100, back_s=110), fps=4)
    player = Player(engine, world.sitting_id)
    with served(create_ingest(engine, valkey.url), port):
        player.show(next(pictures) for _ in range(6))
    player.show(next(pictures) for _ in range(10))  # two and a half seconds, and nobody there
    assert len(player.page.kept) >= 2

    with served(create_ingest(engine, valkey.url), port):
        player.show(one for one in islice(pictures, 200) if player.page.kept)
        player.close()
        assert not player.page.kept
        assert until(lambda: sum(one.kept for one in frames(valkey, world.sitting_id)) >= 2)

    found = frames(valkey, world.sitting_id)
    neighbours = [(one, another) for one, another in pairwise(found) if another.seq == one.seq + 1]
    assert len(neighbours) >= 3  # a live frame that waited half a second for the store may have made way for the next one
    assert all(another.head == after(one.head, another) for one, another in neighbours)
    engine.store.engine.dispose()
