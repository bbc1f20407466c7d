"""The files that a candidate takes home, checked without any server of ours: receipts and seal, or the whole response sheet.

A file of receipts is `{"receipts", "seal", "public_key"}`, and anybody may see it: it has no answers. A response sheet has the same and,
besides, `answers` (every acknowledged change with its response), `seals` and `late_answers`. Before the end there is no seal, and it says
so. Whose key it is has to be compared with those that the examination body publishes (GET /api/v1/keys).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from assessment_engine.delivery.late import late_documents_sha256
from assessment_engine.delivery.responses import Receipt, is_genuine, ledger_sha256
from assessment_engine.delivery.sealing import Seal, is_signed, names_late
from assessment_engine.kernel.canonical import Json, canonical_json, digest, sha256_hex
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.errors import UnreadableFile
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import verify

BROKEN_SEAL = "the seal is not genuine, or receipts were added, changed or left out"
FOREIGN_KEY = "the file's key is not one that the examination body publishes; whoever made this file signed it too"

Keys = Mapping[str, bytes]  # public keys by their names


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenHome:
    """A file as it was read; nothing in it is believed yet."""

    sitting: str
    key_id: str
    keys: Keys
    receipts: tuple[Receipt, ...]
    seals: tuple[Seal, ...]
    answers: tuple[Mapping[str, Json], ...] | None  # None in a file of receipts
    late: tuple[Mapping[str, Json], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found: problems in words, and what it looked at."""

    problems: tuple[str, ...]
    receipts: int
    sealed: bool
    sitting: str
    key_id: str
    answers: int | None = None
    late_answers: int = 0
    known_key: bool | None = None  # None: nothing was given to compare it with


def check_file(document: Json, published: Keys | None = None) -> Checked:
    """Check a file; `published` are the keys of the examination body by their names. Raises UnreadableFile."""
    taken = _read(document)
    known = None if published is None else published.get(taken.key_id) == taken.keys[taken.key_id]
    keys = taken.keys if published is None else {**published, **taken.keys}
    problems = [FOREIGN_KEY] if known is False else []
    for check in (_key_problems, _receipt_problems, _answer_problems, _late_problems, _seal_problems):
        problems += check(taken, keys)
    return Checked(
        problems=tuple(dict.fromkeys(problems)),
        receipts=len(taken.receipts),
        sealed=bool(taken.seals),
        sitting=taken.sitting,
        key_id=taken.key_id,
        answers=None if taken.answers is None else len(taken.answers),
        late_answers=len(taken.late),
        known_key=known,
    )


def published_keys(document: Json) -> Keys:
    """Read what GET /api/v1/keys gives; raises UnreadableFile."""
    found: dict[str, bytes] = _reading(lambda: {str(row["key_id"]): bytes.fromhex(row["ed25519_hex"]) for row in _object(document)["keys"]})
    if any(not _is_named(key_id, key) for key_id, key in found.items()):
        raise UnreadableFile("a key of this list has not the name that it must have")
    return found


def named_key(ed25519_hex: str, purpose: str = "receipts") -> Keys:
    """Return a published key under the name that it must have; raises UnreadableFile for what is none."""
    key: bytes = _reading(lambda: bytes.fromhex(ed25519_hex))
    if len(key) != 32:
        raise UnreadableFile("a public key is 64 hexadecimal digits")
    return {f"{purpose}-{sha256_hex(key)[:12]}": key}


def _key_problems(taken: TakenHome, keys: Keys) -> Iterator[str]:
    if not _is_named(taken.key_id, taken.keys[taken.key_id]):
        yield "the key in the file has not the name that it must have"


def _is_named(key_id: str, key: bytes) -> bool:
    return key_id.rpartition("-")[2] == sha256_hex(key)[:12]


def _receipt_problems(taken: TakenHome, keys: Keys) -> Iterator[str]:
    for receipt in taken.receipts:
        if not is_genuine(receipt, keys.get(receipt.key_id, b"")):
            yield f"the receipt of revision {receipt.revision} is not genuine"
        elif receipt.sitting != taken.sitting:
            yield f"the receipt of revision {receipt.revision} is of another sitting"
    if len({receipt.revision for receipt in taken.receipts}) != len(taken.receipts):
        yield "a revision has two receipts"


def _answer_problems(taken: TakenHome, keys: Keys) -> Iterator[str]:
    if taken.answers is None:
        return
    receipts = {receipt.revision: receipt for receipt in taken.receipts}
    for answer in taken.answers:
        receipt = receipts.pop(int(str(answer["revision"])), None)
        if receipt is None:
            yield f"{_named(answer)} has no receipt"
        elif (receipt.item, receipt.response_sha256) != (answer["item"], digest(answer["response"])):
            yield f"{_named(answer)} is not the one that was acknowledged"
    for revision in receipts:
        yield f"the answer of revision {revision} was left out"


def _named(answer: Mapping[str, Json]) -> str:
    question = answer.get("question")
    return f"the answer of revision {answer['revision']}" + (f" (question {question})" if question else "")


def _late_problems(taken: TakenHome, keys: Keys) -> Iterator[str]:
    for late in taken.late:
        signed = {name: value for name, value in _object(late["acknowledgement"]).items() if name != "signature"}
        signature = str(_object(late["acknowledgement"])["signature"])
        if not verify(keys.get(str(signed["key_id"]), b""), canonical_json(signed), signature):
            yield f"the acknowledgement of a late answer, revision {signed['revision']}, is not genuine"
        elif signed["sitting"] != taken.sitting:
            yield f"the late answer of revision {signed['revision']} is of another sitting"
        elif signed["response_sha256"] != digest(late["response"]):
            yield f"the late answer of revision {signed['revision']} is not the one that was acknowledged"


def _seal_problems(taken: TakenHome, keys: Keys) -> Iterator[str]:
    if not taken.seals:
        return
    ledger = ledger_sha256(taken.receipts)
    for number, seal in enumerate(taken.seals, start=1):
        if not is_signed(seal, keys.get(seal.key_id, b"")) or seal.ledger_sha256 != ledger:
            yield BROKEN_SEAL
        elif seal.sitting_id != taken.sitting:
            yield "the seal is of another sitting"
        elif seal.answers != len(taken.receipts):
            yield BROKEN_SEAL
        if taken.answers is not None and seal.number != number:
            yield "a seal was left out"
    yield from _chain_problems(taken)


def _chain_problems(taken: TakenHome) -> Iterator[str]:
    if taken.answers is None:
        return  # a file of receipts has the seal that counts and nothing of the late answers
    for before, after in zip(taken.seals, taken.seals[1:], strict=False):
        if after.supersedes != before.sha256:
            yield "a seal does not name the one before it"
    accepted = [_object(late["acknowledgement"]) for late in taken.late if late.get("state") == "accepted"]
    if not names_late(taken.seals[-1], late_documents_sha256(accepted)):
        yield "the newest seal does not name exactly the late answers that were accepted"


def _read(document: Json) -> TakenHome:
    def read() -> TakenHome:
        whole = _object(document)
        key = _object(whole["public_key"])
        receipts = tuple(Receipt(**{each.name: row[each.name] for each in fields(Receipt)}) for row in whole["receipts"])
        rows = whole.get("seals") or [whole["seal"]]
        seals = tuple(_seal(row) for row in rows if row is not None)
        named = [receipt.sitting for receipt in receipts] + [seal.sitting_id for seal in seals]
        return TakenHome(
            sitting=str(whole.get("sitting") or next(iter(named), "")),
            key_id=str(key["key_id"]),
            keys={str(key["key_id"]): bytes.fromhex(key["ed25519_hex"])},
            receipts=receipts,
            seals=seals,
            answers=tuple(_answer(row) for row in whole["answers"]) if "answers" in whole else None,
            late=tuple(_late(row) for row in whole.get("late_answers", [])),
        )

    taken: TakenHome = _reading(read)
    return taken


def _reading(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (AssertionError, AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableFile("this is not a file of receipts, nor a response sheet") from error


def _object(value: Any) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value


def _answer(row: Any) -> Mapping[str, Json]:
    digest(_object(row)["response"])
    return {"item": row["item"], "revision": int(row["revision"]), "response": row["response"], "question": row.get("question")}


def _late(row: Any) -> Mapping[str, Json]:
    said = _object(_object(row)["acknowledgement"])
    canonical_json(said)
    assert {"sitting", "item", "revision", "response_sha256", "server_time", "key_id", "signature"} <= said.keys()
    digest(row["response"])
    return {"acknowledgement": said, "response": row["response"], "state": row.get("state")}


def _seal(row: Mapping[str, Any]) -> Seal:
    return Seal(
        sitting_id=SittingId(str(row["sitting"])),
        answers=int(str(row["answers"])),
        ledger_sha256=str(row["ledger_sha256"]),
        form_sha256=str(row["form_sha256"]),
        sealed_at=parse_iso(str(row["sealed_at"])),
        key_id=str(row["key_id"]),
        signature=str(row["signature"]),
        closed_by=row.get("closed_by"),
        number=int(row.get("number", 1)),
        supersedes=row.get("supersedes"),
        late_answers=int(row.get("late_answers", 0)),
        late_sha256=row.get("late_sha256"),
    )
