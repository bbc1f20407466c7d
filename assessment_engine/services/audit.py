"""Keeping the log: one sequencer gives leaves their place and signs checkpoints; anybody may recompute all of it.

The sequencer may run in several processes; a lock in the database lets one in at a time, and an entry keeps the index it got.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from assessment_engine.audit import (
    TILE,
    TILE_BITS,
    Checkpoint,
    Frontier,
    TreeHead,
    open_checkpoint,
    sign_checkpoint,
    tree_root,
    verifier_key,
    verify_inclusion,
)
from assessment_engine.kernel.errors import IntegrityViolation, Invalid, NotFound
from assessment_engine.kernel.ids import PersonId
from assessment_engine.kernel.signing import Purpose
from assessment_engine.people import Actor, Person, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.keys import public_keys
from assessment_engine.storage.audit import AuditEntry, SignedCheckpoint
from assessment_engine.storage.database import Transaction

BATCH = 500
"""Entries a transaction: few enough that no save of an answer waits for the log."""

NODES_AT_ONCE = 8
"""Roots of tiles a transaction; a log from before they were kept catches up in as many steps as it takes."""

REFUSED_SHOWN = timedelta(days=7)
"""For how long the Audit page shows that signing in was refused; the log keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What recomputing the whole log found."""

    size: int
    root: str
    checkpoints: int
    unsequenced: int
    problems: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, left out or put in."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The log at a glance, for the examination cell."""

    origin: str
    verifier_key: str
    entries: int
    sequenced: int
    checkpoints: tuple[SignedCheckpoint, ...]
    latest: tuple[AuditEntry, ...]
    refused: tuple[AuditEntry, ...]  # sign-ins, of the last days
    people: Mapping[PersonId, Person]  # who did the latest, and to whom signing in was refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows an outsider that an entry is in the log: its place, the path to the root, and the signed root."""

    entry: AuditEntry
    index: int
    path: tuple[str, ...]
    checkpoint: SignedCheckpoint


def origin(engine: Engine) -> str:
    """Return the log's name: the public address without its scheme, as C2SP recommends."""
    parts = urlsplit(engine.public_url)
    return f"{parts.netloc}{parts.path}/log"


def sequence(engine: Engine) -> int:
    """Give up to BATCH new entries their leaves and sign a checkpoint; returns how many there were. Safe from several processes."""
    with engine.store.begin() as tx:
        tx.audit.lock_sequence()
        entries = tx.audit.unsequenced(BATCH)
        if entries:
            _seal_leaves(engine, tx, entries, engine.clock.now())
            _keep_nodes(tx)
        return len(entries)


def _seal_leaves(engine: Engine, tx: Transaction, entries: list[AuditEntry], now: datetime) -> None:
    frontier = tx.audit.frontier()
    tx.audit.sequence([entry.id for entry in entries], frontier.size)
    grown = frontier.extend(entry.leaf for entry in entries)
    checkpoint = Checkpoint(origin=origin(engine), size=grown.size, root=grown.root)
    tx.audit.save_checkpoint(checkpoint, grown, sign_checkpoint(checkpoint, engine.signer.log), now)


def _keep_nodes(tx: Transaction) -> None:
    """Keep the roots of tiles that are whole by now, so that a proof need not read the log."""
    size, level = tx.audit.frontier().size, 1
    tree, below = tx.audit.tree(size), size
    while whole := below >> TILE_BITS:  # only what is kept below is built upon: else one root would read the log of years
        kept = tx.audit.nodes_kept(level)
        fresh = range(kept, min(whole, kept + NODES_AT_ONCE))
        tx.audit.keep_nodes(level, kept, [tree.tile_root(level - 1, place) for place in fresh])
        below, level = fresh.stop, level + 1


def proofs(tx: Transaction, entries: Sequence[AuditEntry]) -> tuple[SignedCheckpoint, list[list[bytes]]]:
    """Return the newest checkpoint and the paths to it of entries that have their place; raises IntegrityViolation for a wrong one."""
    checkpoint = tx.audit.checkpoints(limit=1)[0]
    tree, paths = tx.audit.tree(checkpoint.size), []
    for entry in entries:
        assert entry.leaf_index is not None
        path = tree.inclusion_proof(entry.leaf_index)
        root = bytes.fromhex(checkpoint.root)
        if not verify_inclusion(leaf=entry.leaf, index=entry.leaf_index, size=checkpoint.size, proof=path, root=root):
            raise IntegrityViolation("what is kept of the log's tree does not lead from an entry to its root")
        paths.append(path)
    return checkpoint, paths


def verify_log(engine: Engine) -> LogReport:
    """Recompute every entry, leaf, root and signature of the log, trusting none of them.

    A key that signed before the present one is believed where the log names it and a newer checkpoint of the present key stands over that.
    """
    present, past = engine.signer.log.public_bytes, _past_keys(engine)
    with engine.store.read() as tx:
        published = {checkpoint.size: checkpoint for checkpoint in tx.audit.checkpoints()}
        last = max(published, default=0)
        problems: list[str] = []
        frontier, tile, roots = Frontier(), Frontier(), []
        for entry in tx.audit.leaves(last):
            problems += _entry_problems(entry, frontier.size)
            frontier, tile = frontier.append(entry.leaf), tile.append(entry.leaf)
            if tile.size == TILE:
                roots.append(tile.root)
                tile = Frontier()
            if frontier.size in published:
                known = [present] if frontier.size == last else [present, *past]
                problems += _checkpoint_problems(engine, published[frontier.size], frontier, known)
        entries, _ = tx.audit.count()
        problems += _node_problems(tx, roots)
    if last != frontier.size:
        problems.append(f"the last checkpoint counts {last} entries, the log has {frontier.size}")
    return LogReport(
        size=frontier.size,
        root=frontier.root.hex(),
        checkpoints=len(published),
        unsequenced=entries - frontier.size,
        problems=tuple(problems),
    )


def _node_problems(tx: Transaction, roots: Sequence[bytes]) -> list[str]:
    """Hold the kept roots of tiles against those of the entries, level by level."""
    problems, level = [], 1
    while roots:
        pairs = zip(tx.audit.nodes(level), roots, strict=False)  # the newest may not be kept yet
        problems += [
            f"root {place} of level {level} is not that of its entries" for place, (kept, root) in enumerate(pairs) if kept != root
        ]
        roots = [tree_root(roots[at : at + TILE]) for at in range(0, len(roots) - TILE + 1, TILE)]
        level += 1
    return problems


def _entry_problems(entry: AuditEntry, place: int) -> list[str]:
    problems = []
    if entry.leaf_index != place:
        problems.append(f"entry {entry.leaf_index} stands where entry {place} should be")
    if entry.computed_sha256 != entry.sha256:
        problems.append(f"entry {entry.leaf_index} ({entry.kind}) does not have the content that was logged")
    return problems


def _past_keys(engine: Engine) -> list[bytes]:
    return [bytes.fromhex(one.ed25519_hex) for one in public_keys(engine) if one.purpose == Purpose.LOG and one.until is not None]


def _checkpoint_problems(engine: Engine, signed: SignedCheckpoint, frontier: Frontier, known: Sequence[bytes]) -> list[str]:
    for key in known:
        try:
            checkpoint = open_checkpoint(signed.note, origin(engine), key)
            break
        except Invalid as error:
            refusal = error.message
    else:
        return [f"checkpoint {signed.size}: {refusal}"]
    head = TreeHead(size=checkpoint.size, root=checkpoint.root)
    if head != TreeHead(size=frontier.size, root=frontier.root):
        return [f"checkpoint {signed.size} was signed over other entries than these"]
    return []


def overview(engine: Engine, actor: Actor) -> Overview:
    """Return what the Audit page shows."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        entries, sequenced = tx.audit.count()
        latest = tuple(tx.audit.latest(actor.organisation_id, 25))
        refused = tuple(tx.audit.refused_sign_ins(actor.organisation_id, engine.clock.now() - REFUSED_SHOWN, 25))
        who = [entry.actor_id for entry in latest if entry.actor_id] + [entry.subject for entry in refused]
        return Overview(
            origin=origin(engine),
            verifier_key=verifier_key(origin(engine), engine.signer.log.public_bytes),
            entries=entries,
            sequenced=sequenced,
            checkpoints=tuple(tx.audit.checkpoints(limit=10)),
            latest=latest,
            refused=refused,
            people=tx.people.many([PersonId(one) for one in who]),
        )


def prove(engine: Engine, sha256: str) -> Proof:
    """Prove that an entry is in the log under the newest checkpoint; raises NotFound while it is not sequenced."""
    with engine.store.read() as tx:
        entry = tx.audit.by_hash(sha256)
        if entry is None or entry.leaf_index is None:
            raise NotFound("the log has no such entry yet")
        checkpoint, (path,) = proofs(tx, [entry])
    return Proof(entry=entry, index=entry.leaf_index, path=tuple(part.hex() for part in path), checkpoint=checkpoint)


def latest_checkpoint(engine: Engine) -> SignedCheckpoint:
    """Return the newest checkpoint; raises NotFound while there is none."""
    with engine.store.read() as tx:
        newest = tx.audit.checkpoints(limit=1)
    if not newest:
        raise NotFound("the log has no checkpoint yet")
    return newest[0]
