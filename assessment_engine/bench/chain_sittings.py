"""Simulated sittings for `bench chain`: a page, a line that loses and breaks, an ingest that is restarted, killed and kept from its stores.

The real Channel, the real book, the real journal pages and the entries that are really logged; only sockets, stores and pictures are not
there. What `Taken` holds is what a package of the sitting would.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from assessment_engine.audit import Checkpoint, Tree, entry_digest, leaf_hash, sign_checkpoint, tree_root
from assessment_engine.evidence.chain_log import Kept, closing_entry, new_part, stretch_of
from assessment_engine.evidence.leaves import ProvenLeaf
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.signing import Purpose, SigningKey, unb64url
from proctoring.chain_records import ChainBook, Segment, records_of, segments_of
from proctoring.channel import Channel, Frame, Kind, Position, seal_frame

BEGAN = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ORIGIN = "exams.example/log"
JOURNAL_S, CUT_S, RECOVER_S = 2, 60, 180
MARGIN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One sitting's chain as it was kept and logged, with the pictures by number."""

    sitting_id: str
    leaves: tuple[ProvenLeaf, ...]
    files: dict[int, bytes]
    note: str
    log_key: SigningKey
    frames: dict[int, bytes]
    happened: dict[str, int]


@dataclass(slots=True)
class _Page:
    """The candidate's page: what it has of the connection, and the frames that it kept while the line was cut."""

    key: bytes = b""
    nonces: list[bytes] = field(default_factory=list)
    next_seq: int = 0
    kept: list[int] = field(default_factory=list)

    def hear(self, texts: Sequence[str]) -> None:
        """Read what the server sent."""
        for text in texts:
            said = json.loads(text)
            if "nonce" in said:
                self.nonces.append(unb64url(said["nonce"]))
            if said["type"] == "hello":
                self.key, self.nonces, self.next_seq = unb64url(said["key"]), self.nonces[-1:], max(self.next_seq, said["next_seq"])


class SimulatedSitting:
    """One sitting, second by second; `taken` ends it and says what is kept of it."""

    def __init__(self, seed: int, seconds: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311  # a simulation
        self.sitting_id = f"sit_{seed:08d}"
        self._seconds, self._skew_s = seconds, 0.0
        self._page, self._book = _Page(), ChainBook()
        self._channel = Channel(self.sitting_id)
        self._book.begin(self.sitting_id, self._channel.position)
        self._number: int | None = None
        self._stored = self._channel.position  # what the frames store would remember
        self._journal: list[bytes] = []
        self._left: list[tuple[int, list[bytes]]] = []  # journals of processes that died, and since when
        self._unkept: list[Segment] = []
        self._away_until = 0
        self._kept: list[Kept] = []
        self._files: dict[int, bytes] = {}
        self._entries: list[tuple[str, datetime, dict[str, Json]]] = []
        self.frames: dict[int, bytes] = {}
        self.happened = dict.fromkeys(("frames", "lost", "cuts", "restarts", "kills", "kills_of_both", "stores_away", "clock_steps"), 0)

    def run(self) -> Taken:
        """Play the whole sitting."""
        for second in range(self._seconds):
            self._chance(second)
            self._camera(second)
            self._duties(second)
        return self._taken()

    def _now(self, second: float) -> datetime:
        return BEGAN + timedelta(seconds=second + self._skew_s)

    def _chance(self, second: int) -> None:
        """Let something go wrong, sometimes."""
        fate = self._rng.random()
        if fate < 0.012:
            self._cut()
        elif fate < 0.016:
            self._restart(second)
        elif fate < 0.020:
            self._kill(second)
        elif fate < 0.022:
            self.happened["stores_away"] += 1
            self._away_until = second + self._rng.randint(5, 200)
        elif fate < 0.024:
            self.happened["clock_steps"] += 1
            self._skew_s += self._rng.uniform(-2.0, 2.0)
        elif fate < 0.030:
            self._connect(second)  # a reload, or another window once the first is dead

    def _cut(self) -> None:
        self.happened["cuts"] += 1
        if self._number is not None:
            self._channel.close(self._number)
        self._number = None

    def _connect(self, second: int) -> None:
        self._cut()
        self._number = self._channel.open(self._now(second))
        self._page.hear(self._channel.replies())

    def _camera(self, second: int) -> None:
        """Take a picture or two, send them or keep them; some never arrive."""
        if self._number is None and self._rng.random() < 0.15:
            self._connect(second)
        for part in range(self._rng.randint(0, 2)):
            seq = self._page.next_seq
            self._page.next_seq += 1 + (self._rng.random() < 0.02) * self._rng.randint(1, 5)  # the page drops some itself
            if self._number is None:
                self._page.kept = [*self._page.kept, seq][-40:]
            elif self._rng.random() < 0.03:
                self.happened["lost"] += 1
            else:
                self._send_kept(second)
                self._send(seq, Kind.LIVE, second + part / 2)

    def _send_kept(self, second: int) -> None:
        kept, self._page.kept = self._page.kept, []
        for seq in kept:
            self._send(seq, Kind.KEPT, second)

    def _send(self, seq: int, kind: Kind, second: float) -> None:
        jpeg = b"\xff\xd8\xff" + self._rng.randbytes(24)
        nonce = self._rng.choice(self._page.nonces[-8:])
        self._channel.receive(seal_frame(self._page.key, seq=seq, nonce=nonce, jpeg=jpeg, kind=kind), self._now(second))
        self._page.hear(self._channel.replies())
        for event in self._channel.events():
            if isinstance(event, Frame):
                self.frames[event.seq] = event.jpeg
                self.happened["frames"] += 1
                self._book.note(self.sitting_id, event)
                if self._rng.random() < 0.995:  # the flusher's pipeline, 25 ms later
                    self._stored = self._channel.position

    def _duties(self, second: int) -> None:
        away = second < self._away_until
        if second % JOURNAL_S == 0 and not away and (page := self._book.page()):
            self._journal.append(page)
        if second % CUT_S == CUT_S - 1:
            self._keep(second, away=away)
        if not away:
            for died, pages in [one for one in self._left if second - one[0] >= RECOVER_S]:
                self._log(segments_of(pages), second)
                self._left.remove((died, pages))

    def _keep(self, second: int, *, away: bool) -> None:
        self._unkept += self._book.cut()
        if not away:
            self._log(self._unkept, second)
            self._unkept, self._journal = [], []

    def _log(self, segments: Sequence[Segment], second: int) -> None:
        """Keep stretches as services/chains.py does, a moment later."""
        now = self._now(second + self._rng.uniform(0.0, 1.5))
        for segment in segments:
            part = new_part(segment, self._kept)
            if part is None:
                continue
            ordinal, stretch = len(self._kept), stretch_of(part)
            self._entries.append(("chain_checkpoint", now, stretch.entry(ordinal, self._kept[-1].head if self._kept else None)))
            self._files[ordinal] = part.records
            self._kept.append(stretch.kept(ordinal))

    def _restart(self, second: int) -> None:
        """Stop the ingest process as one should, and start another, which asks the frames store where the chain stands."""
        self.happened["restarts"] += 1
        if second >= self._away_until:
            self._keep(second, away=False)
            self._stored = self._channel.position
            self._begin(self._stored)
        else:
            self._kill(second)

    def _kill(self, second: int) -> None:
        """Kill the process; sometimes the frames store with it: then the chain goes on from what the watch had stored, with a margin."""
        self.happened["kills"] += 1
        self._left.append((second, self._journal))
        position = self._stored
        if self._rng.random() < 0.25:
            self.happened["kills_of_both"] += 1
            at = self._stored.at
            position = Position(next_seq=self._stored.next_seq + MARGIN, head=self._stored.head, at=at)
        self._begin(position)

    def _begin(self, position: Position) -> None:
        self._cut()
        self._channel, self._book = Channel(self.sitting_id, position), ChainBook()
        self._book.begin(self.sitting_id, position)
        self._stored, self._journal, self._unkept = position, [], []

    def _taken(self) -> Taken:
        end = self._seconds
        self._keep(end, away=False)
        for _, pages in self._left:
            self._log(segments_of(pages), end + RECOVER_S)
        if self._kept:
            self._entries.append(("chain_closed", self._now(end + 2 * RECOVER_S), closing_entry(self._kept)))
        recorded = {row.seq for data in self._files.values() for row in records_of(data)}
        kept = {seq: jpeg for seq, jpeg in self.frames.items() if seq in recorded}
        leaves, note, key = logged(self.sitting_id, self._entries, self._rng)
        return Taken(
            sitting_id=self.sitting_id, leaves=leaves, files=self._files, note=note, log_key=key, frames=kept, happened=self.happened
        )


def logged(
    sitting_id: str, entries: Sequence[tuple[str, datetime, dict[str, Json]]], rng: random.Random
) -> tuple[tuple[ProvenLeaf, ...], str, SigningKey]:
    """Put entries into a log among those of others, and sign it."""
    key = SigningKey(purpose=Purpose.LOG, seed=rng.randbytes(32))
    hashes: list[bytes] = []
    places: list[int] = []
    for kind, at, about in entries:
        hashes += [leaf_hash(rng.randbytes(32)) for _ in range(rng.randint(0, 3))]
        places.append(len(hashes))
        hashes.append(leaf_hash(bytes.fromhex(entry_digest(kind, sitting_id, None, at, about))))
    note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=len(hashes), root=tree_root(hashes)), key)
    tree = Tree.of(hashes)
    rows = zip(entries, places, map(tree.inclusion_proof, places), strict=True)
    leaves = [
        ProvenLeaf(kind=kind, subject=sitting_id, actor=None, at=at, payload=about, index=place, path=tuple(part.hex() for part in path))
        for (kind, at, about), place, path in rows
    ]
    return tuple(leaves), note, key
