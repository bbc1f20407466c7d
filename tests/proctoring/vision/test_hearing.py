"""A microphone's packets: voices in them are counted, holes and what is no sound are not listened to, and a sitting's ear is small."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import BadSound
from proctoring.channel import Sound
from proctoring.packets import seconds_of
from proctoring.sound import RATE, Floats
from proctoring.vision import encode
from proctoring.vision.hearing import Hearing, OpusDecoder
from proctoring.vision.models import VOICE, Models, Voice
from proctoring.vision.soundtrack import read
from tests.proctoring.vision.conftest import TESTDATA

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPEECH = TESTDATA / "cv" / "audio" / "d4.wav"


def messages(packets: list[bytes]) -> list[Sound]:
    """What the channel hands out: sixteen packets at a time, each nearly a second after the last."""
    parts = [packets[first : first + 16] for first in range(0, len(packets), 16)]
    return [
        Sound(at=NOON + timedelta(seconds=0.96 * number), packets=tuple(part), joins=number > 0)
        for number, part in enumerate(parts, start=1)
    ]


def recorded(first_s: float, last_s: float) -> Floats:
    if not SPEECH.is_file():
        pytest.skip(f"no {SPEECH}")
    sound = np.concatenate(list(read(SPEECH)))
    return sound[round(first_s * RATE) : round(last_s * RATE)]


def quiet(seconds: float) -> Floats:
    return np.random.default_rng(6).normal(0, 0.003, round(seconds * RATE)).astype(np.float32)


@pytest.fixture
def hearing(models: Models) -> Hearing:
    network = models.networks[VOICE]
    assert isinstance(network, Voice)
    return Hearing(network)


def heard(hearing: Hearing, sound: list[Sound]) -> list[float | None]:
    """The share of voice in each message."""
    shares = []
    for message in sound:
        hearing.receive(message)
        shares.append(hearing.voice())
    return shares


def test_speech_is_heard_after_eight_kilobits_and_a_quiet_room_is_not_muted(hearing: Hearing) -> None:
    packets = encode.spoken(recorded(12, 19))

    spoken = heard(hearing, messages(packets))
    silent = heard(hearing, messages(encode.spoken(quiet(7))))

    assert {round(seconds_of(packet), 3) for packet in packets} == {0.06}
    assert sum(len(packet) for packet in packets) * 8 / 7 < 9000
    assert sum(share is not None and share > 0.3 for share in spoken) >= 6
    assert set(silent) == {0.0}


def test_packets_that_never_came_and_those_that_were_not_listened_to_say_nothing(hearing: Hearing) -> None:
    unheard = Sound(at=NOON, packets=(b"",) * 16, joins=False)

    assert hearing.voice() is None
    assert heard(hearing, [unheard]) == [None]
    assert hearing.heard_at is None

    hearing.receive(messages(encode.spoken(quiet(0.96)))[0])
    assert hearing.voice() == 0.0
    assert hearing.heard_at == NOON + timedelta(seconds=0.96)


def test_a_hole_joins_nothing_so_that_pieces_of_a_click_never_make_a_voice(hearing: Hearing) -> None:
    packets = encode.spoken(recorded(13, 18))
    apart = [Sound(at=NOON, packets=tuple(packets[first : first + 3]), joins=False) for first in range(0, 80, 8)]

    assert max(share or 0.0 for share in heard(hearing, apart)) == 0.0


def test_what_is_no_sound_is_counted_and_what_follows_is_heard(hearing: Hearing) -> None:
    good = messages(encode.spoken(recorded(12, 19)))
    hearing.receive(Sound(at=NOON, packets=(b"\xff" * 60, b"\x0b\xff" + bytes(1200)), joins=True))

    assert hearing.unreadable == 2
    assert hearing.voice() is None
    assert max(share or 0.0 for share in heard(hearing, good)) > 0.5


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_some_samples_or_refused(packet: bytes) -> None:
    try:
        samples = OpusDecoder().decode(packet)
    except BadSound:
        return

    assert samples.dtype == np.float32
    assert samples.size <= 0.13 * RATE  # 120 ms is the longest that a packet can be
    assert np.isfinite(samples).all()


def test_the_ear_of_a_sitting_takes_less_than_half_a_megabyte(models: Models) -> None:
    network, sound = models.networks[VOICE], messages(encode.spoken(recorded(12, 14)))
    assert isinstance(network, Voice)
    heard(Hearing(network), sound)
    before = resident()

    ears = [Hearing(network) for _ in range(100)]
    for ear in ears:
        heard(ear, sound)

    assert (resident() - before) / len(ears) < 500_000


def resident() -> int:
    """Bytes of memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
