"""Sound on a camera's connection: what is taken, what is refused, and that the chain of frames knows nothing of it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.channel import (
    HEADER,
    MAX_SOUND,
    REFUSALS_ALLOWED,
    SOUNDS_AT_ONCE,
    Channel,
    CloseCode,
    Frame,
    Kind,
    Refusal,
    Refused,
    Sound,
    seal_frame,
)
from proctoring.packets import MOST_SECONDS, joined, parted, seconds_of
from tests.proctoring.test_channel import JPEG, SECOND, Page

PACKET = bytes([24]) + bytes(59)  # 60 ms in one frame, as a browser sends it
MESSAGE = joined([PACKET] * 16)
NOW = timedelta(0)


class Talker(Page):
    """A page that sends sound, too."""

    def sound(self, seq: int, message: bytes = MESSAGE, **others: Any) -> bytes:
        return seal_frame(**{"key": self.key, "seq": seq, "nonce": self.nonce, "jpeg": message, "kind": Kind.SOUND, **others})


def a_page(*, hears: bool = True) -> Talker:
    return Talker(Channel("sit_1"), hears=hears)


def test_the_hello_says_whether_sound_is_listened_to_and_says_nothing_of_it_elsewhere() -> None:
    assert a_page().told[0]["sound"] == "voice"
    assert "sound" not in a_page(hears=False).told[0]


def test_sound_is_taken_in_order_without_acknowledgement_and_the_chain_knows_nothing_of_it() -> None:
    page = a_page()
    page.send(page.frame(0))
    before, told = page.channel.position, len(page.told)

    first, second = (page.send(page.sound(seq)) for seq in (0, 1))

    assert first == [Sound(at=page.now - SECOND, packets=(PACKET,) * 16, joins=False)]
    assert second == [Sound(at=page.now, packets=(PACKET,) * 16, joins=True)]
    assert (page.channel.position, len(page.told)) == (before, told)
    assert isinstance(page.send(page.frame(1))[0], Frame)


def test_sound_after_numbers_that_were_left_out_does_not_join() -> None:
    page = a_page()
    page.send(page.sound(0))

    (heard,) = page.send(page.sound(3))

    assert isinstance(heard, Sound)
    assert not heard.joins


def test_numbers_begin_anew_with_a_connection_and_what_was_sent_before_does_not_fit_it() -> None:
    page = a_page()
    page.send(page.sound(0))
    old = page.sound(1)
    page.channel.close(page.number)
    page.connect()

    (refused,) = page.send(old)
    (heard,) = page.send(page.sound(0))

    assert refused == Refused(reason=Refusal.FOREIGN_KEY, seq=None)
    assert isinstance(heard, Sound)
    assert not heard.joins


BAD: dict[str, tuple[Refusal, Any]] = {
    "shorter than its header": (Refusal.MALFORMED, lambda page: page.sound(5)[: HEADER.size - 1]),
    "of another version": (Refusal.UNKNOWN_VERSION, lambda page: b"\x02" + page.sound(5)[1:]),
    "made with another key": (Refusal.FOREIGN_KEY, lambda page: page.sound(5, key=bytes(32))),
    "changed on the way": (Refusal.FOREIGN_KEY, lambda page: page.sound(5)[:-1] + b"\xff"),
    "a frame that became sound on the way": (Refusal.FOREIGN_KEY, lambda page: b"\x01\x02" + page.frame(5)[2:]),
    "made with a nonce that was never given": (Refusal.FOREIGN_NONCE, lambda page: page.sound(5, nonce=bytes(16))),
    "sent twice": (Refusal.REPEATED, lambda page: page.sound(4)),
    "older than the last": (Refusal.REORDERED, lambda page: page.sound(1)),
    "numbered far ahead": (Refusal.SKIPPED_TOO_FAR, lambda page: page.sound(2**31)),
    "a picture": (Refusal.NOT_SOUND, lambda page: page.sound(5, JPEG)),
    "nothing at all": (Refusal.NOT_SOUND, lambda page: page.sound(5, b"")),
    "cut short": (Refusal.NOT_SOUND, lambda page: page.sound(5, MESSAGE[:-1])),
    "longer than a second": (Refusal.NOT_SOUND, lambda page: page.sound(5, joined([PACKET] * 17))),
    "of packets that last for ever": (Refusal.NOT_SOUND, lambda page: page.sound(5, joined([b"\x03"]))),
    "larger than the limit": (Refusal.TOO_LARGE, lambda page: page.sound(5, bytes(MAX_SOUND + 1))),
}


@pytest.mark.parametrize("name", BAD)
def test_sound_that_is_bad_is_refused_by_name_and_changes_nothing(name: str) -> None:
    reason, message = BAD[name]
    page = a_page()
    for seq in range(5):
        page.send(page.sound(seq))
    before = page.channel.position

    (event,) = page.send(message(page))

    assert isinstance(event, Refused)
    assert event.reason is reason
    assert (page.told[-1]["type"], page.told[-1]["code"], page.told[-1]["reason"]) == ("refused", "bad_sound", reason)
    assert page.channel.position == before
    if reason is not Refusal.TOO_LARGE:
        (heard,) = page.send(page.sound(5))
        assert isinstance(heard, Sound)
        assert heard.joins
    else:
        assert page.channel.closing is CloseCode.TOO_LARGE


def test_where_nobody_listens_sound_is_refused_and_frames_go_on() -> None:
    page = a_page(hears=False)

    (event,) = page.send(page.sound(0))

    assert event == Refused(reason=Refusal.NOT_LISTENING, seq=0)
    assert isinstance(page.send(page.frame(0))[0], Frame)


def test_a_flood_of_sound_is_refused_unseen_and_takes_nothing_from_the_frames() -> None:
    page = a_page()
    for seq in range(int(SOUNDS_AT_ONCE)):
        page.send(page.sound(seq), after=NOW)

    (event,) = page.send(page.sound(int(SOUNDS_AT_ONCE)), after=NOW)

    assert event == Refused(reason=Refusal.TOO_FAST, seq=None)
    assert isinstance(page.send(page.frame(0), after=NOW)[0], Frame)
    assert isinstance(page.send(page.sound(int(SOUNDS_AT_ONCE)), after=SECOND)[0], Sound)


def test_after_some_refused_messages_the_connection_is_closed() -> None:
    page = a_page()
    for _ in range(REFUSALS_ALLOWED):
        page.send(page.sound(0, JPEG))

    assert page.channel.closing is CloseCode.BAD_FRAMES


@given(st.lists(st.binary(min_size=0, max_size=90), max_size=20))
def test_packets_that_are_read_are_those_that_were_written(packets: list[bytes]) -> None:
    read = parted(joined(packets))

    if packets and sum(map(seconds_of, packets)) <= MOST_SECONDS:
        assert read == tuple(packets)
    else:
        assert read is None


def test_half_a_length_is_no_packet() -> None:
    assert parted(b"\x00") is None


@given(st.binary(max_size=MAX_SOUND + 10))
def test_whatever_bytes_come_they_are_packets_of_a_second_at_most_or_nothing(message: bytes) -> None:
    read = parted(message)

    assert read is None or (joined(read) == message and sum(map(seconds_of, read)) <= MOST_SECONDS + 1e-6)
