"""The camera protocol without a socket: what a page may send, what an attacker may send, and what becomes of each."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AlreadyLive, Invalid
from assessment_engine.kernel.signing import unb64url
from proctoring.channel import (
    DEAD_AFTER,
    GAP_AFTER,
    HEADER,
    IDLE_AFTER,
    MAX_JPEG,
    MOST_AT_ONCE,
    NONCES_KEPT,
    REFUSALS_ALLOWED,
    REPLAYS_TOLD,
    Channel,
    CloseCode,
    Fact,
    FactKind,
    Frame,
    Gap,
    Kind,
    Load,
    Position,
    Refusal,
    Refused,
    Sound,
    first_link,
    link,
    seal_frame,
)
from proctoring.kept import CUTS_KEPT, Cut

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
SECOND = timedelta(seconds=1)


class Page:
    """A page that knows the protocol, and keeps what the server told it."""

    def __init__(self, channel: Channel, now: datetime = NOON, *, hears: bool = False) -> None:
        self.channel, self.now, self.hears = channel, now, hears
        self.connect()

    def connect(self) -> None:
        self.number = self.channel.open(self.now, hears=self.hears)
        self.told: list[dict[str, Any]] = []
        self.listen()
        self.key = unb64url(self.told[0]["key"])
        self.seq = self.told[0]["next_seq"]

    def listen(self) -> None:
        self.told += [json.loads(text) for text in self.channel.replies()]

    @property
    def nonce(self) -> bytes:
        return unb64url([one["nonce"] for one in self.told if "nonce" in one][-1])

    def frame(self, seq: int, jpeg: bytes = JPEG, kind: Kind = Kind.LIVE) -> bytes:
        return seal_frame(self.key, seq=seq, nonce=self.nonce, jpeg=jpeg, kind=kind)

    def send(self, message: bytes, after: timedelta = SECOND) -> list[Frame | Gap | Sound | Fact | Refused]:
        self.now += after
        self.channel.receive(message, self.now)
        self.listen()
        return self.channel.events()


def a_page(start: Position | None = None) -> Page:
    return Page(Channel("sit_1", start))


def test_the_hello_gives_a_nonce_a_key_the_load_and_the_next_number() -> None:
    page = a_page()

    hello = page.told[0]

    assert hello["type"] == "hello"
    assert (len(unb64url(hello["nonce"])), len(unb64url(hello["key"]))) == (16, 32)
    assert (hello["fps"], hello["quality"], hello["width"], hello["next_seq"]) == (1.0, 0.6, 640, 0)


def test_a_good_frame_is_taken_linked_and_acknowledged_with_a_fresh_nonce() -> None:
    page = a_page()
    nonce = page.nonce

    (frame,) = page.send(page.frame(0))

    assert isinstance(frame, Frame)
    assert (frame.seq, frame.at, frame.kept, frame.jpeg) == (0, page.now, False, JPEG)
    assert frame.head == link(first_link("sit_1"), seq=0, at=page.now, picture=hashlib.sha256(JPEG).digest(), nonce=nonce)
    assert (page.told[-1]["type"], page.told[-1]["seq"]) == ("ack", 0)
    assert page.nonce != nonce


def test_an_earlier_nonce_is_good_while_frames_are_under_way() -> None:
    page = a_page()
    together = [page.frame(seq) for seq in range(NONCES_KEPT)]

    taken = [event for message in together for event in page.send(message)]

    assert [event.seq for event in taken if isinstance(event, Frame)] == list(range(NONCES_KEPT))


def test_a_frame_says_when_its_nonce_was_given_out() -> None:
    page = a_page()
    opened, first = page.now, page.frame(0)
    page.send(first)
    acknowledged = page.now

    (frame,) = page.send(page.frame(1), after=timedelta(seconds=3))

    assert isinstance(frame, Frame)
    assert (frame.nonce_at, frame.at) == (acknowledged, opened + timedelta(seconds=4))


def _flipped(message: bytes, place: int) -> bytes:
    return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]


BAD: dict[str, tuple[Refusal, Any]] = {
    "empty": (Refusal.MALFORMED, lambda page: b""),
    "shorter than its header": (Refusal.MALFORMED, lambda page: page.frame(5)[: HEADER.size - 1]),
    "of another version": (Refusal.UNKNOWN_VERSION, lambda page: b"\x02" + page.frame(5)[1:]),
    "of an unknown kind": (Refusal.UNKNOWN_VERSION, lambda page: b"\x01\x07" + page.frame(5)[2:]),
    "made with another key": (Refusal.FOREIGN_KEY, lambda page: seal_frame(bytes(32), seq=5, nonce=page.nonce, jpeg=JPEG)),
    "changed on the way": (Refusal.FOREIGN_KEY, lambda page: _flipped(page.frame(5), HEADER.size + 4)),
    "renumbered on the way": (Refusal.FOREIGN_KEY, lambda page: _flipped(page.frame(5), 5)),
    "made with a nonce that was never given": (
        Refusal.FOREIGN_NONCE,
        lambda page: seal_frame(page.key, seq=5, nonce=bytes(16), jpeg=JPEG),
    ),
    "sent twice": (Refusal.REPEATED, lambda page: page.frame(4)),
    "older than the last": (Refusal.REORDERED, lambda page: page.frame(1)),
    "numbered far ahead": (Refusal.SKIPPED_TOO_FAR, lambda page: page.frame(2**31)),
    "numbered with the last number of all": (Refusal.SKIPPED_TOO_FAR, lambda page: page.frame(2**32 - 1)),
    "not a picture": (Refusal.NOT_A_PICTURE, lambda page: page.frame(5, b"GIF89a")),
    "without a picture": (Refusal.NOT_A_PICTURE, lambda page: page.frame(5, b"")),
    "larger than the limit": (Refusal.TOO_LARGE, lambda page: page.frame(5, JPEG + bytes(MAX_JPEG))),
}


@pytest.mark.parametrize("name", BAD)
def test_a_frame_that_is_bad_is_refused_by_name_and_counted_and_changes_nothing(name: str) -> None:
    reason, message = BAD[name]
    page = a_page()
    for seq in range(5):
        page.send(page.frame(seq))
    before = page.channel.position

    (event,) = page.send(message(page))

    assert isinstance(event, Refused)
    assert event.reason is reason
    assert page.channel.position == before
    assert (page.channel.counts.received, page.channel.counts.refused) == (5, 1)
    assert (page.told[-1]["type"], page.told[-1]["code"], page.told[-1]["reason"]) == ("refused", "bad_frame", reason)


def test_a_refused_frame_does_not_disturb_the_next_good_one() -> None:
    page = a_page()
    page.send(page.frame(0))
    page.send(page.frame(0))

    (event,) = page.send(page.frame(1))

    assert isinstance(event, Frame)


def test_the_largest_picture_allowed_is_taken() -> None:
    page = a_page()

    (event,) = page.send(page.frame(0, JPEG + bytes(MAX_JPEG - len(JPEG))))

    assert isinstance(event, Frame)


def test_a_huge_frame_closes_the_connection() -> None:
    page = a_page()

    page.send(page.frame(0, bytes(MAX_JPEG + 1)))

    assert page.channel.closing is CloseCode.TOO_LARGE


def test_many_bad_frames_close_the_connection_and_the_rest_is_not_looked_at() -> None:
    page = a_page()

    for _ in range(REFUSALS_ALLOWED):
        page.send(b"")

    assert page.channel.closing is CloseCode.BAD_FRAMES
    assert page.send(page.frame(0)) == []


def test_a_flood_is_refused_unseen_and_ends_the_connection() -> None:
    page = a_page()

    events = [event for seq in range(200) for event in page.send(page.frame(seq), after=timedelta(0))]

    assert sum(isinstance(event, Frame) for event in events) == MOST_AT_ONCE
    assert {event.reason for event in events if isinstance(event, Refused)} == {Refusal.TOO_FAST}
    assert page.channel.closing is CloseCode.BAD_FRAMES


def test_numbers_left_out_are_counted_as_missing() -> None:
    page = a_page()
    page.send(page.frame(0))

    page.send(page.frame(4))

    assert page.channel.counts.missing == 3


def test_silence_becomes_a_gap_when_frames_return() -> None:
    page = a_page()
    page.send(page.frame(0))
    began = page.now

    gap, frame = page.send(page.frame(3), after=GAP_AFTER)

    assert gap == Gap(began=began, ended=began + GAP_AFTER, missing=2)
    assert isinstance(frame, Frame)


CLOCK = 86_400_000  # ms of a page whose clock is that much wrong


def after_a_cut(seconds: float = 60) -> tuple[Page, datetime, datetime]:
    """A page that was cut off and has sent one live frame since; and when the cut began and ended."""
    page = a_page()
    page.send(page.frame(0))
    began = page.now
    page.channel.close(page.number)
    page.now += timedelta(seconds=seconds)
    page.connect()
    ended = page.now
    page.send(seal_frame(page.key, seq=1, nonce=page.nonce, jpeg=JPEG, client_ms=CLOCK), after=timedelta(0))
    return page, began, ended


def send_kept(page: Page, seq: int, client_ms: int) -> Frame | Refused:
    (event,) = page.send(seal_frame(page.key, seq=seq, nonce=page.nonce, jpeg=JPEG, client_ms=client_ms, kind=Kind.KEPT))
    assert isinstance(event, (Frame, Refused))
    return event


def test_a_frame_kept_while_the_line_was_cut_says_so_and_when_it_is_believed_to_be_of() -> None:
    page, began, ended = after_a_cut(60)

    taken = [send_kept(page, seq, CLOCK - 1000 * before) for seq, before in enumerate((60, 30, 1), start=2)]

    assert [one.kept for one in taken if isinstance(one, Frame)] == [True] * 3
    assert [one.shown_at for one in taken if isinstance(one, Frame)] == [began, ended - 30 * SECOND, ended - SECOND]
    assert page.channel.position.head == taken[-1].head if isinstance(taken[-1], Frame) else False


def test_a_kept_frame_a_little_out_of_a_cut_is_believed_to_be_of_its_edge_and_never_before_the_one_before_it() -> None:
    page, began, ended = after_a_cut(60)

    first, second, last, after_it = (send_kept(page, seq, CLOCK + ms) for seq, ms in enumerate((-63_000, -62_000, 2000, 2500), start=2))

    ms = timedelta(milliseconds=1)
    assert [one.shown_at for one in (first, second, last, after_it) if isinstance(one, Frame)] == [began, began + ms, ended, ended + ms]


@pytest.mark.parametrize("client_ms", [CLOCK - 66_000, CLOCK + 6000, 0, 2**63, 2**64 - 1])
def test_a_kept_frame_of_another_time_is_refused_by_name_and_changes_nothing(client_ms: int) -> None:
    page, _began, _ended = after_a_cut(60)
    before = page.channel.position

    event = send_kept(page, 2, client_ms)

    assert event == Refused(reason=Refusal.UNTIMELY, seq=2)
    assert page.channel.position == before
    assert (page.told[-1]["code"], page.told[-1]["reason"]) == ("bad_frame", "untimely")


def test_a_kept_frame_from_before_the_last_one_is_refused() -> None:
    page, _began, _ended = after_a_cut(60)
    send_kept(page, 2, CLOCK - 20_000)

    assert send_kept(page, 3, CLOCK - 40_000) == Refused(reason=Refusal.UNTIMELY, seq=3)


def test_a_long_cut_is_not_forgotten_for_a_line_that_stalls_again_and_again() -> None:
    page, began, ended = after_a_cut(60)
    for seq in range(2, 2 + 2 * CUTS_KEPT):
        page.send(page.frame(seq), after=timedelta(seconds=4))

    assert len(page.channel.position.cuts) == CUTS_KEPT
    assert Cut(began=began, ended=ended) in page.channel.position.cuts


def test_kept_frames_of_another_time_close_nothing() -> None:
    page, _began, _ended = after_a_cut(60)

    reasons = {send_kept(page, 2, 0).reason for _ in range(2 * REFUSALS_ALLOWED)}  # type: ignore[union-attr]

    assert reasons == {Refusal.UNTIMELY}
    assert page.channel.closing is None
    assert [type(event) for event in page.send(page.frame(2))] == [Gap, Frame]
    assert isinstance(send_kept(page, 3, CLOCK - 1000), Frame)


def test_without_a_cut_nothing_can_have_been_kept() -> None:
    page = a_page()
    for seq in range(5):
        page.send(seal_frame(page.key, seq=seq, nonce=page.nonce, jpeg=JPEG, client_ms=CLOCK + 1000 * seq))

    assert send_kept(page, 5, CLOCK + 2000) == Refused(reason=Refusal.UNTIMELY, seq=5)


def test_a_kept_frame_that_comes_before_any_live_one_has_no_clock_to_be_told_by() -> None:
    page = a_page()
    page.send(page.frame(0))
    page.channel.close(page.number)
    page.now += timedelta(seconds=60)
    page.connect()

    assert send_kept(page, 1, CLOCK) == Refused(reason=Refusal.UNTIMELY, seq=1)


def test_the_cuts_of_a_chain_go_with_it_into_another_process() -> None:
    page, _began, ended = after_a_cut(60)
    send_kept(page, 2, CLOCK - 40_000)

    other = Page(Channel("sit_1", page.channel.position), page.now)
    other.send(seal_frame(other.key, seq=3, nonce=other.nonce, jpeg=JPEG, client_ms=CLOCK + 1000), after=timedelta(0))

    assert send_kept(other, 4, CLOCK - 50_000) == Refused(reason=Refusal.UNTIMELY, seq=4)
    frame = send_kept(other, 4, CLOCK - 30_000)
    assert isinstance(frame, Frame)
    assert frame.shown_at == ended - 30 * SECOND


def test_numbers_end_where_a_database_cannot_hold_them() -> None:
    page = Page(Channel("sit_1", Position(next_seq=2**31 - 2, head=first_link("sit_1"))))

    assert isinstance(page.send(page.frame(2**31 - 2))[-1], Frame)
    for number in (2**31 - 1, 2**31, 2**32 - 1):
        assert page.send(page.frame(number)) == [Refused(reason=Refusal.SKIPPED_TOO_FAR, seq=number)]


def test_a_second_connection_is_refused_while_the_first_is_alive() -> None:
    page = a_page()
    page.send(page.frame(0))

    with pytest.raises(AlreadyLive):
        page.channel.open(page.now + DEAD_AFTER - SECOND)

    assert page.channel.is_open(page.number)


def test_a_second_connection_takes_over_from_a_dead_one_and_the_chain_goes_on() -> None:
    page = a_page()
    page.send(page.frame(0))
    head = page.channel.position.head

    newer = Page(page.channel, page.now + DEAD_AFTER)

    assert not page.channel.is_open(page.number)
    assert newer.told[0]["next_seq"] == 1
    _gap, frame = newer.send(newer.frame(1))
    assert isinstance(frame, Frame)
    assert frame.head == link(head, seq=1, at=frame.at, picture=hashlib.sha256(JPEG).digest(), nonce=frame.nonce)


def test_the_end_of_an_older_connection_leaves_the_newer_one_open() -> None:
    page = a_page()
    newer = Page(page.channel, page.now + DEAD_AFTER)

    page.channel.close(page.number)

    assert page.channel.is_open(newer.number)


def test_a_frame_made_for_an_earlier_connection_is_foreign() -> None:
    page = a_page()
    old = page.frame(0)
    page.channel.close(page.number)
    newer = Page(page.channel, page.now)

    (event,) = newer.send(old)

    assert isinstance(event, Refused)
    assert event.reason is Refusal.FOREIGN_KEY


def test_a_silent_connection_is_closed() -> None:
    page = a_page()

    page.channel.tick(page.now + IDLE_AFTER)

    assert page.channel.closing is CloseCode.IDLE


def test_the_load_that_is_asked_for_reaches_the_page_with_the_next_acknowledgement() -> None:
    page = a_page()

    page.channel.ask(Load(fps=5.0, quality=0.4, width=320))
    page.send(page.frame(0))

    assert (page.told[-1]["fps"], page.told[-1]["quality"], page.told[-1]["width"]) == (5.0, 0.4, 320)


def test_a_load_that_is_asked_for_a_while_ends_by_itself_and_the_other_one_holds_again() -> None:
    page = a_page()
    page.channel.ask(Load(fps=0.5))

    page.channel.ask(Load(fps=3.0), until=page.now + 3 * SECOND)
    asked = [page.send(page.frame(seq)) and page.told[-1]["fps"] for seq in range(4)]

    assert asked == [3.0, 3.0, 0.5, 0.5]


@pytest.mark.parametrize(
    "wrong", [{"fps": 0}, {"fps": 100}, {"fps": float("nan")}, {"quality": 0}, {"quality": 1}, {"width": 10}, {"width": 4000}]
)
def test_a_load_that_no_page_could_bear_is_no_load(wrong: dict[str, float]) -> None:
    with pytest.raises(Invalid):
        Load(**wrong)  # type: ignore[arg-type]


def test_a_clock_set_back_never_turns_the_chain_around() -> None:
    page = a_page()
    page.send(page.frame(0))
    before = page.now

    (frame,) = page.send(page.frame(1), after=-SECOND)

    assert isinstance(frame, Frame)
    assert frame.at == before


def test_a_chain_goes_on_in_another_process_from_its_position() -> None:
    first = a_page()
    first.send(first.frame(0))

    second = Page(Channel("sit_1", first.channel.position), first.now)
    (frame,) = second.send(second.frame(1))

    assert isinstance(frame, Frame)
    assert frame.seq == 1


def test_a_chain_that_goes_on_from_a_guess_says_once_that_it_does_not_join() -> None:
    known = a_page().channel.position
    page = a_page(Position(next_seq=1041, head=known.head, at=NOON, guessed=True))

    first, frame = page.send(page.frame(1041))
    (after,) = page.send(page.frame(1042))

    assert first == Fact(kind=FactKind.CHAIN_LOST, at=page.now - SECOND, seq=1041, detail=known.head.hex())
    assert (type(frame), type(after)) == (Frame, Frame)
    assert not page.channel.position.guessed


def test_frames_that_were_taken_and_come_again_under_their_own_key_are_told_once() -> None:
    page = a_page()
    sent = [page.frame(seq) for seq in range(30)]
    taken = [event for message in sent[:NONCES_KEPT] for event in page.send(message)]
    page.seq = NONCES_KEPT

    told = [event for message in sent[: REPLAYS_TOLD + 3] for event in page.send(message)]

    assert len(taken) == NONCES_KEPT
    facts = [event for event in told if isinstance(event, Fact)]
    assert facts == [Fact(kind=FactKind.FRAMES_REPLAYED, at=facts[0].at, seq=NONCES_KEPT, detail=str(NONCES_KEPT))]


@pytest.mark.parametrize("message", [b"junk", seal_frame(bytes(32), seq=0, nonce=bytes(16), jpeg=JPEG)])
def test_what_carries_no_right_signature_replays_nothing(message: bytes) -> None:
    page = a_page()
    page.send(page.frame(0))

    events = [event for _ in range(REFUSALS_ALLOWED) for event in page.send(message)]

    assert {type(event) for event in events} == {Refused}


@given(st.lists(st.sampled_from(["next", "lose", "repeat", "reorder", "foreign", "junk"]), max_size=60))
def test_whatever_arrives_the_frames_taken_are_in_order_once_and_the_chain_verifies(moves: list[str]) -> None:
    page, at, taken, refused = a_page(), 0, [], 0
    for move in moves:
        if page.channel.closing:
            break
        at += {"next": 1, "lose": 3}.get(move, 0)
        seq = {"repeat": max(at - 1, 0), "reorder": max(at - 3, 0)}.get(move, at)
        message = {"foreign": seal_frame(bytes(32), seq=at, nonce=bytes(16), jpeg=JPEG), "junk": b"junk"}.get(move, page.frame(seq))
        events = page.send(message)
        taken += [event for event in events if isinstance(event, Frame)]
        refused += sum(isinstance(event, Refused) for event in events)

    head = first_link("sit_1")
    for frame in taken:
        head = link(head, seq=frame.seq, at=frame.at, picture=hashlib.sha256(frame.jpeg).digest(), nonce=frame.nonce)
        assert frame.head == head
    numbers = [frame.seq for frame in taken]
    assert numbers == sorted(set(numbers))
    counts = page.channel.counts
    assert (counts.received, counts.refused) == (len(taken), refused)
    assert counts.received + counts.missing == page.channel.position.next_seq


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_or_are_taken(message: bytes) -> None:
    page = a_page()

    (event,) = page.send(message)

    assert isinstance(event, Refused)


@given(st.integers(min_value=0, max_value=HEADER.size + len(JPEG) - 1), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_anywhere_is_refused(place: int, change: int) -> None:
    page = a_page()
    message = page.frame(0)
    forged = message[:place] + bytes([message[place] ^ change]) + message[place + 1 :]

    (event,) = page.send(forged)

    assert isinstance(event, Refused)
