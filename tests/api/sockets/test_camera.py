"""The camera's socket on a real server and a real frames store: what a page gets, and what becomes of everybody else."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed

from api.ingest import LARGEST_MESSAGE, create_ingest
from assessment_engine import play
from assessment_engine.kernel.ids import SittingId
from assessment_engine.play import CameraClient
from assessment_engine.services import tickets, watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from proctoring.channel import (
    IDLE_AFTER,
    MAX_JPEG,
    REFUSALS_ALLOWED,
    CloseCode,
    Fact,
    FactKind,
    Frame,
    Refusal,
    first_link,
    link,
    seal_frame,
)
from tests.builders import a_world, an_engine, steer
from tests.running import Valkey, a_valkey, an_ingest, free_port, served, until
from workers.frames import SHARDS, Shards, shard_of

SITTING = SittingId("sit_1")
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def a_ticket(engine: Engine, kind: str = "camera", subject: str = SITTING, ttl: timedelta = timedelta(seconds=60)) -> str:
    return tickets.issue(engine, kind, subject, ttl)


def a_camera(engine: Engine, ticket: str | None = None, origin: str = "http://localhost:8000") -> AbstractContextManager[CameraClient]:
    return play.a_camera(engine.ingest_url, ticket or a_ticket(engine), origin)


def close_code(engine: Engine, **changes: str) -> int:
    """The code with which a connection is turned away."""
    with pytest.raises(ConnectionClosed) as closed, a_camera(engine, **changes):
        pass
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def frames_in(valkey: Valkey) -> int:
    store = Redis.from_url(valkey.url)
    found = int(store.xlen(f"frames:{shard_of(SITTING)}"))
    store.close()
    return found


def test_a_frame_is_acknowledged_and_reaches_its_shard(engine: Engine, valkey: Valkey) -> None:
    with a_camera(engine) as camera:
        camera.send(JPEG)

        assert camera.wait_for("ack")["seq"] == 0
        assert until(lambda: frames_in(valkey) == 1)


def test_the_chain_goes_on_over_connections(engine: Engine) -> None:
    with a_camera(engine) as camera:
        camera.send(JPEG)
        camera.wait_for("ack")

    with a_camera(engine) as camera:
        assert camera.seq == 1


def test_the_chain_goes_on_in_another_ingest_process(engine: Engine, valkey: Valkey) -> None:
    with a_camera(engine) as camera:
        camera.send(JPEG)
        camera.wait_for("ack")
        assert until(lambda: frames_in(valkey) == 1)

    with an_ingest(engine, valkey.url) as other, a_camera(other) as camera:
        assert camera.seq == 1


@pytest.mark.parametrize(
    ("name", "ticket"),
    [
        ("none", "none"),
        ("forged", "eyJraW5kIjoiY2FtZXJhIn0.AAAA"),
        ("not even text that a ticket could be", "%00%ff"),
    ],
)
def test_a_ticket_that_is_none_opens_nothing(engine: Engine, name: str, ticket: str) -> None:
    assert close_code(engine, ticket=ticket) == CloseCode.TICKET, name


def test_an_expired_ticket_opens_nothing(engine: Engine) -> None:
    assert close_code(engine, ticket=a_ticket(engine, ttl=timedelta(seconds=-1))) == CloseCode.TICKET


def test_a_wall_ticket_opens_no_camera(engine: Engine) -> None:
    assert close_code(engine, ticket=a_ticket(engine, "wall")) == CloseCode.TICKET


def test_a_ticket_that_was_used_opens_nothing_when_it_is_stolen(engine: Engine) -> None:
    ticket = a_ticket(engine)
    with a_camera(engine, ticket):
        pass

    assert close_code(engine, ticket=ticket) == CloseCode.TICKET


def test_a_page_from_elsewhere_is_turned_away_and_does_not_use_the_ticket_up(engine: Engine) -> None:
    ticket = a_ticket(engine)

    assert close_code(engine, ticket=ticket, origin="https://evil.example") == CloseCode.ORIGIN
    with a_camera(engine, ticket) as camera:
        assert camera.seq == 0


def test_a_second_socket_is_refused_and_the_first_goes_on(engine: Engine) -> None:
    with a_camera(engine) as first:
        assert close_code(engine) == CloseCode.ALREADY_LIVE

        first.send(JPEG)
        assert first.wait_for("ack")["seq"] == 0


def test_a_huge_frame_closes_the_socket(engine: Engine) -> None:
    with a_camera(engine) as camera:
        camera.send(JPEG + bytes(MAX_JPEG))

        with pytest.raises(ConnectionClosed) as closed:
            camera.wait_for("ack")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CloseCode.TOO_LARGE


def test_a_bad_frame_is_refused_by_code_and_too_many_close_the_socket(engine: Engine, valkey: Valkey) -> None:
    with a_camera(engine) as camera:
        for _ in range(REFUSALS_ALLOWED):
            camera.send_raw(b"not a frame")

        assert (camera.wait_for("refused")["code"], camera.heard[-1]["reason"]) == ("bad_frame", "malformed")
        with pytest.raises(ConnectionClosed) as closed:
            camera.wait_for("ack")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CloseCode.BAD_FRAMES
    assert frames_in(valkey) == 0


BAD: dict[str, tuple[Refusal, Callable[[CameraClient], bytes]]] = {
    "repeated": (Refusal.REPEATED, lambda camera: seal_frame(camera.key, seq=2, nonce=camera.nonce, jpeg=JPEG)),
    "reordered": (Refusal.REORDERED, lambda camera: seal_frame(camera.key, seq=0, nonce=camera.nonce, jpeg=JPEG)),
    "of another connection": (Refusal.FOREIGN_KEY, lambda camera: seal_frame(bytes(32), seq=3, nonce=camera.nonce, jpeg=JPEG)),
    "with a nonce that was never given": (Refusal.FOREIGN_NONCE, lambda camera: seal_frame(camera.key, seq=3, nonce=bytes(16), jpeg=JPEG)),
    "corrupt": (Refusal.FOREIGN_KEY, lambda camera: seal_frame(camera.key, seq=3, nonce=camera.nonce, jpeg=JPEG)[:-1] + b"?"),
    "no picture": (Refusal.NOT_A_PICTURE, lambda camera: seal_frame(camera.key, seq=3, nonce=camera.nonce, jpeg=b"MZ")),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_frame_is_refused_by_name_and_the_next_good_one_is_taken(engine: Engine, name: str) -> None:
    reason, make = BAD[name]
    with a_camera(engine) as camera:
        for _ in range(3):
            camera.send(JPEG)
            camera.wait_for("ack")

        camera.send_raw(make(camera))

        refused = camera.wait_for("refused")
        assert (refused["code"], refused["reason"]) == ("bad_frame", reason)
        camera.send(JPEG)
        assert camera.wait_for("ack")["seq"] == 3


def test_a_message_beyond_all_measure_ends_the_connection_before_it_is_read(engine: Engine, valkey: Valkey) -> None:
    with a_camera(engine) as camera:
        camera.send_raw(bytes(LARGEST_MESSAGE + 1))

        with pytest.raises(ConnectionClosed) as closed:
            camera.wait_for("ack")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009  # the protocol's own "message too big"
    assert frames_in(valkey) == 0


def test_a_webcam_that_stops_is_noticed_and_its_connection_closed(tmp_path: Path, valkey: Valkey) -> None:
    port = free_port()
    engine = replace(an_engine(tmp_path), ingest_url=f"ws://127.0.0.1:{port}")
    with served(create_ingest(engine, valkey.url), port), a_camera(engine) as camera:
        camera.send(JPEG)
        camera.wait_for("ack")

        steer(engine).advance(IDLE_AFTER.total_seconds())

        with pytest.raises(ConnectionClosed) as closed:
            camera.wait_for("ack")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == CloseCode.IDLE
        with a_camera(engine) as again:  # and when it is back, the same chain goes on
            assert again.seq == camera.seq
    engine.store.engine.dispose()


def test_what_workers_publish_reaches_the_page_and_a_wish_about_the_load_the_protocol(engine: Engine, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    with a_camera(engine) as camera:
        assert until(lambda: store.publish(f"page:{SITTING}", '{"type": "seen", "observable": true}'))
        assert camera.wait_for("seen")["observable"] is True

        store.publish(f"page:{SITTING}", '{"type": "load", "fps": 5000, "quality": 0.4}')  # that no page could bear, and changes nothing
        store.publish(f"page:{SITTING}", '{"type": "load", "fps": 5, "quality": 0.4, "width": 320}')
        assert until(lambda: camera.send(JPEG) >= 0 and camera.wait_for("ack")["fps"] == 5)
        assert (camera.heard[-1]["quality"], camera.heard[-1]["width"]) == (0.4, 320)

        wish = '{"type": "load", "fps": 3, "quality": 0.5, "seconds": 1}'  # for a moment, and then as before; said again where it is missed
        assert until(lambda: store.publish(f"page:{SITTING}", wish) and camera.send(JPEG) >= 0 and camera.wait_for("ack")["fps"] == 3)
        assert until(lambda: camera.send(JPEG) >= 0 and camera.wait_for("ack")["fps"] == 5)
    store.close()


def test_a_message_that_is_none_does_not_end_the_way_back_to_pages(engine: Engine, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    with a_camera(engine) as camera:
        assert until(lambda: store.publish(f"page:{SITTING}", "a mistake of ours"))
        store.publish(f"page:{SITTING}", '{"type": "seen", "observable": true}')

        assert camera.wait_for("seen")["observable"] is True
    store.close()


def test_a_page_that_does_not_read_holds_up_no_other(engine: Engine, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    with a_camera(engine), a_camera(engine, a_ticket(engine, subject="sit_2")) as other:  # the first never reads
        for _ in range(150):
            store.publish(f"page:{SITTING}", '{"type": "filler", "text": "' + "x" * 100_000 + '"}')
        store.publish("page:sit_2", '{"type": "seen", "observable": true}')

        assert other.wait_for("seen")["observable"] is True
    store.close()


def test_the_camera_stays_connected_while_the_frames_store_is_away(tmp_path: Path) -> None:
    with a_valkey() as valkey, an_ingest(an_engine(tmp_path), valkey.url) as engine:
        with a_camera(engine) as camera:
            camera.send(JPEG)
            camera.wait_for("ack")
            valkey.kill()

            camera.send(JPEG)
            assert camera.wait_for("ack")["seq"] == 1  # in the chain, though no store takes it

            valkey.start()
            assert until(lambda: camera.send(JPEG) and frames_in(valkey) > 0)
        engine.store.engine.dispose()


def test_without_the_frames_store_a_new_connection_asks_the_database_where_the_chain_stands(tmp_path: Path) -> None:
    with a_valkey() as valkey, an_ingest(an_engine(tmp_path), valkey.url) as engine:
        valkey.kill()

        with a_camera(engine) as camera:
            camera.send(JPEG)
            assert camera.wait_for("ack")["seq"] == 0
        valkey.start()
        engine.store.engine.dispose()


def test_after_the_loss_of_ingest_and_frames_store_the_chain_goes_on_from_what_the_watch_stored_and_says_so(tmp_path: Path) -> None:
    with a_valkey() as valkey:
        there = an_engine(tmp_path)
        world = a_world(there)
        head = bytes(range(32))
        watches.count(
            there, [WatchRecord(sitting_id=world.sitting_id, chain_head=head.hex(), last_seq=40, last_frame_at=there.clock.now())]
        )
        valkey.kill()
        valkey.start()  # empty, as it is after every crash: nothing of it is on a disk

        with an_ingest(there, valkey.url) as engine, a_camera(engine, a_ticket(engine, subject=world.sitting_id)) as camera:
            assert camera.seq == 41 + watches.SEQ_MARGIN
            camera.send(JPEG)
            camera.wait_for("ack")
            shards = Shards(valkey.url, "test")
            assert until(lambda: len(shards._range(f"frames:{shard_of(world.sitting_id)}", "-", "+")) >= 3)
            happened = [one.happened for one in shards._range(f"frames:{shard_of(world.sitting_id)}", "-", "+")]
            shards.close()

    (fact,) = [one for one in happened if isinstance(one, Fact)]
    (frame,) = [one for one in happened if isinstance(one, Frame)]
    assert (fact.kind, fact.seq, fact.detail) == (FactKind.CHAIN_LOST, frame.seq, head.hex())
    picture = hashlib.sha256(JPEG).digest()
    assert frame.head == link(head, seq=frame.seq, at=frame.at, picture=picture, nonce=frame.nonce)
    there.store.engine.dispose()


def test_the_process_says_that_it_lives_and_what_it_counted(engine: Engine) -> None:
    base = engine.ingest_url.replace("ws://", "http://")
    with a_camera(engine) as camera:
        camera.send(JPEG)
        camera.wait_for("ack")

        told = httpx.get(f"{base}/metrics").text

    assert "engine_frames_received_total" in told
    assert 'engine_camera_connections_total{outcome="opened"}' in told
    assert httpx.get(f"{base}/readyz").json() == {"ready": True, "frames": "ok"}


def test_sittings_are_spread_over_all_shards() -> None:
    assert {shard_of(f"sit_{number}") for number in range(500)} == set(range(SHARDS))


def test_every_sitting_has_a_first_link_of_its_own() -> None:
    assert first_link("sit_1") != first_link("sit_2")
