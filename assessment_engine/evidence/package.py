"""The file of evidence that a candidate takes home: a zip with a signed manifest, all that is needed to check it without us, and how.

    manifest.json      format, sitting, when, the log's name, the public keys, and the SHA-256 of every other file
    manifest.sig.json  {"key_id", "signature"}: Ed25519 by the evidence key over the bytes of manifest.json
    chain/NNNNN.bin    records of the chain, 61 bytes a frame (proctoring/chain_records.py), a minute a file
    log/leaves.json    the entries of the log about this sitting, each with its path;  log/checkpoint.txt the signed root
    frames.json        every frame of an incident: number, time, SHA-256, state, file;  frames/SEQ.jpg the pictures
    incidents.json, decisions.json, draw.json, README.txt

A frame's state is `whole`, `redacted` (others are hidden; the hash is the original's, a signed note says so), `erased` (only its hash is
left), `missing` or `altered` (the store does not have what was kept: said, never hidden).
"""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assessment_engine.kernel.canonical import Json, canonical_json, sha256_hex
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import NotFound, UnreadableFile
from assessment_engine.kernel.signing import SigningKey, verify

FORMAT = "evidence-package/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig.json"
LEAVES, CHECKPOINT = "log/leaves.json", "log/checkpoint.txt"
FRAMES, INCIDENTS, DECISIONS, README = "frames.json", "incidents.json", "decisions.json", "README.txt"

MOST_FILES = 20_000
MOST_BYTES = 512 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest moment that a zip can say: the same contents are the same bytes

Files = Mapping[str, bytes]


def as_json(value: Json) -> bytes:
    """Write JSON for a person to read, the same bytes every time."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def frame_name(seq: int, *, redacted: bool = False) -> str:
    """Return where a package keeps a frame."""
    return f"frames/{seq:010d}{'-redacted' if redacted else ''}.jpg"


def manifest_of(sitting_id: str, made_at: datetime, origin: str, keys: Mapping[str, SigningKey], files: Files) -> Json:
    """Return the manifest over files; `keys` are those of the log and of the evidence."""
    return {
        "format": FORMAT,
        "sitting": sitting_id,
        "made_at": iso(made_at),
        "log": origin,
        "keys": {purpose: {"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()} for purpose, key in keys.items()},
        "files": {name: sha256_hex(data) for name, data in sorted(files.items())},
    }


def packed_files(manifest: Json, files: Files, key: SigningKey) -> bytes:
    """Return the zip of files with their manifest, signed."""
    written = as_json(manifest)
    signature = as_json({"key_id": key.key_id, "signature": key.sign(written)})
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        for name, data in {README: files[README], MANIFEST: written, SIGNATURE: signature, **dict(sorted(files.items()))}.items():
            how = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.external_attr = how, 0o644 << 16
            package.writestr(info, data)
    return held.getvalue()


def unpacked_files(data: bytes) -> dict[str, bytes]:
    """Read a package's files, trusting nothing; raises UnreadableFile for what is no package or too large to be one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            names = [info.filename for info in infos]
            if len(names) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES or len(set(names)) != len(names):
                raise UnreadableFile("this is no package of evidence: too large, or a name stands in it twice")
            return {info.filename: _within(package, info) for info in infos}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise UnreadableFile("this is no package of evidence: it cannot be read as a zip file") from error


def file_of(data: bytes, name: str) -> bytes:
    """Read one file of a package of our own; raises NotFound."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if name not in package.namelist():
            raise NotFound("no such file is in this package")
        return _within(package, package.getinfo(name))


def _within(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Read one file and no more of it than it says."""
    with package.open(info) as held:
        data = held.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise UnreadableFile(f"{info.filename} is not as long as it says")
    return data


def redaction_note(sitting_id: str, seq: int, *, original: bytes, redacted: bytes, hidden: int, key: SigningKey) -> Json:
    """Return the signed note that a picture was made from another by hiding `hidden` faces."""
    said: dict[str, Json] = {
        "sitting": sitting_id,
        "seq": seq,
        "original_sha256": sha256_hex(original),
        "redacted_sha256": sha256_hex(redacted),
        "faces_hidden": hidden,
    }
    return {**said, "key_id": key.key_id, "signature": key.sign(canonical_json(said))}


def is_signed_note(note: Mapping[str, Any], public_bytes: bytes) -> bool:
    """Tell whether a redaction note is signed by the evidence key."""
    said = {name: value for name, value in note.items() if name not in ("key_id", "signature")}
    try:
        return verify(public_bytes, canonical_json(said), str(note.get("signature")))
    except (TypeError, ValueError):
        return False
