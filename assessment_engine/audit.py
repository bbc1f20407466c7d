"""The Merkle audit log: tree hashes, proofs and signed checkpoints. Pure: hashes in, hashes out.

Tree and proofs are RFC 6962 section 2 (verification as in RFC 9162 section 2.1); a checkpoint is C2SP tlog-checkpoint in a signed note.
Stored by storage/audit.py, driven by services/audit.py.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.signing import SigningKey, b64url, unb64url, verify

EMPTY_ROOT = hashlib.sha256(b"").digest()
_ED25519_NOTE = b"\x01"  # C2SP signed-note, signature types


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf; the zero byte keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def entry_digest(kind: str, subject: str, actor: str | None, at: datetime, payload: Json) -> str:
    """Return the SHA-256 of an entry's content in canonical form; its 32 bytes are the data of the entry's leaf."""
    return digest({"kind": kind, "subject": subject, "actor": actor, "at": iso(at), "payload": payload})


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """All that is needed to go on appending: the roots of the perfect subtrees, largest first, one for each bit set in `size`."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """Return the frontier with one more leaf hash."""
        peaks, size = [*self.peaks, leaf], self.size
        while size & 1:
            right = peaks.pop()
            peaks.append(node_hash(peaks.pop(), right))
            size >>= 1
        return Frontier(size=self.size + 1, peaks=tuple(peaks))

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """Return the frontier with more leaf hashes."""
        frontier = self
        for leaf in leaves:
            frontier = frontier.append(leaf)
        return frontier

    @property
    def root(self) -> bytes:
        """The Merkle tree hash over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash over leaf hashes."""
    return Frontier().extend(leaves).root


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (RFC 6962: k)."""
    return 1 << ((size - 1).bit_length() - 1)


TILE_BITS = 8
TILE = 1 << TILE_BITS
"""Hashes of a tile: the roots of 256 perfect subtrees of one height that stand side by side."""

ReadTile = Callable[[int, int], Sequence[bytes]]
"""Returns a tile: of level n, the roots of subtrees of 256^n leaves; the last tile of a level may be short."""


class Tree:
    """A tree of `size` leaves of which the roots of some perfect subtrees are known: proofs read a few tiles, never all leaves."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    @classmethod
    def of(cls, leaves: Sequence[bytes]) -> "Tree":
        """Return the tree over leaf hashes that are all at hand."""

        def read(level: int, number: int) -> Sequence[bytes]:
            places = range(number * TILE, min((number + 1) * TILE, tree.size >> level * TILE_BITS))
            return leaves[places.start : places.stop] if level == 0 else [tree.tile_root(level - 1, place) for place in places]

        tree = cls(len(leaves), read)
        return tree

    def tile_root(self, level: int, number: int) -> bytes:
        """Return the root over one whole tile."""
        return tree_root(self._tile(level, number))

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Return the audit path of one leaf, nearest sibling first (RFC 6962 section 2.1.1); raises Invalid for one that is not there."""
        if not 0 <= index < self.size:
            raise Invalid(f"no leaf {index} in a tree of {self.size}")
        path, low, high = [], 0, self.size
        while high - low > 1:
            middle = low + _split(high - low)
            path.append(self._root(middle, high) if index < middle else self._root(low, middle))
            low, high = (low, middle) if index < middle else (middle, high)
        return path[::-1]

    def _root(self, low: int, high: int) -> bytes:
        """Return the root over leaves from `low`, where a subtree of that size can begin, up to `high`."""
        if high - low == 1 << (high - low).bit_length() - 1:
            return self._perfect((high - low).bit_length() - 1, low)
        middle = low + _split(high - low)
        return node_hash(self._root(low, middle), self._root(middle, high))

    def _perfect(self, height: int, low: int) -> bytes:
        level, above = divmod(height, TILE_BITS)
        first = low >> level * TILE_BITS
        begins = first % TILE
        return tree_root(self._tile(level, first // TILE)[begins : begins + (1 << above)])

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        if (level, number) not in self._tiles:
            self._tiles[level, number] = self._read(level, number)
        return self._tiles[level, number]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the proof leads from the leaf hash to the root of a tree of `size` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and result == root


def consistency_proof(leaves: Sequence[bytes], older: int) -> list[bytes]:
    """Return the proof that the tree of the first `older` leaves is a prefix of this one; raises Invalid for an impossible size."""
    if not 0 < older <= len(leaves):
        raise Invalid(f"no tree of {older} inside a tree of {len(leaves)}")
    return _subproof(leaves, older, complete=True)


def _subproof(leaves: Sequence[bytes], older: int, *, complete: bool) -> list[bytes]:
    """RFC 6962 section 2.1.2, SUBPROOF; `complete` says that the older tree's root is already known."""
    if older == len(leaves):
        return [] if complete else [tree_root(leaves)]
    k = _split(len(leaves))
    if older <= k:
        return [*_subproof(leaves[:k], older, complete=complete), tree_root(leaves[k:])]
    return [*_subproof(leaves[k:], older - k, complete=False), tree_root(leaves[:k])]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """A size and the root at that size."""

    size: int
    root: bytes


def verify_consistency(older: TreeHead, newer: TreeHead, proof: Sequence[bytes]) -> bool:
    """Tell whether the proof shows that the newer tree only appended to the older one (RFC 9162 section 2.1.4.2)."""
    if older.size == newer.size:
        return not proof and older.root == newer.root
    if not 0 < older.size < newer.size:
        return older.size == 0 and newer.size > 0 and not proof
    path = list(proof)
    if older.size & (older.size - 1) == 0:
        path.insert(0, older.root)
    if not path:
        return False
    place, last = older.size - 1, newer.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return _climb(path, place, last) == (older.root, newer.root)


def _climb(path: Sequence[bytes], place: int, last: int) -> tuple[bytes, bytes] | None:
    """Fold a consistency path into the roots of the older and the newer tree; None when its length is wrong."""
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What the log says about itself: its name, how many leaves it has and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text of C2SP tlog-checkpoint."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_hash(name: str, public_bytes: bytes) -> bytes:
    """Return the four bytes that name a note key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519_NOTE + public_bytes).digest()[:4]


def verifier_key(name: str, public_bytes: bytes) -> str:
    """Write a public key as C2SP signed-note has it, for an auditor to keep."""
    return f"{name}+{key_hash(name, public_bytes).hex()}+{base64.b64encode(_ED25519_NOTE + public_bytes).decode()}"


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Return the checkpoint as a signed note; the key's name is the log's origin."""
    signature = key_hash(checkpoint.origin, key.public_bytes) + unb64url(key.sign(checkpoint.text.encode()))
    return f"{checkpoint.text}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def open_checkpoint(note: str, name: str, public_bytes: bytes) -> Checkpoint:
    """Read a signed note and check our key's signature on it; raises Invalid when it is not there or wrong."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not _is_signed(text + "\n", signatures.splitlines(), name, public_bytes):
        raise Invalid("the checkpoint is not signed by this log's key")
    lines = text.split("\n")
    if len(lines) < 3 or not lines[1].isdecimal() or str(int(lines[1])) != lines[1]:
        raise Invalid("the checkpoint is not in the form of tlog-checkpoint")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=_unbase64(lines[2]))


def _is_signed(text: str, signatures: Sequence[str], name: str, public_bytes: bytes) -> bool:
    """Tell whether one of the signature lines is a good one by the key; lines of other keys are ignored, as C2SP demands."""
    prefix = f"— {name} "
    ours = [_unbase64(line.removeprefix(prefix)) for line in signatures if line.startswith(prefix)]
    known = [raw[4:] for raw in ours if raw[:4] == key_hash(name, public_bytes)]
    return bool(known) and all(verify(public_bytes, text.encode(), b64url(signature)) for signature in known)


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Invalid("the checkpoint is not in the form of tlog-checkpoint") from error
