"""`receipts verify`: check what a candidate took home, without any server of ours."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, group, report
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import UnreadableFile

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands
    from assessment_engine.delivery.receipt_file import Checked, Keys

LARGEST_FILE = 256 * 1024 * 1024


def add_receipts(commands: "Commands") -> None:
    """Declare the commands."""
    receipts = group(commands, "receipts", "signed acknowledgements of answers")
    check = add(receipts, "verify", "check every signature of a downloaded file of receipts, or of a response sheet", _verify)
    check.add_argument("file", type=Path)
    check.add_argument("--key", help="the published public key, 64 hexadecimal digits, to compare the file's key with")
    check.add_argument("--trust", type=Path, help="the published keys, as a file: what GET /api/v1/keys answers")


def _verify(arguments: argparse.Namespace) -> int:
    from assessment_engine.delivery.receipt_file import check_file

    checked = check_file(read_json(arguments.file), _published(arguments))
    facts: Json = {
        "genuine": not checked.problems,
        "problems": list(checked.problems),
        "sitting": checked.sitting,
        "receipts": checked.receipts,
        "answers": checked.answers,
        "late_answers": checked.late_answers,
        "sealed": checked.sealed,
        "key_id": checked.key_id,
        "key_published": checked.known_key,
    }
    report(arguments, facts, "\n".join(checked.problems) or _good(checked))
    return 1 if checked.problems else 0


def _good(checked: "Checked") -> str:
    lines = ["every receipt and the seal are genuine" if checked.sealed else "every receipt is genuine; there is no seal yet"]
    lines[0] += f": {checked.receipts} receipts"
    if checked.answers is not None:
        lines.append(f"{checked.answers} answers are the ones that were acknowledged, none left out")
    if checked.late_answers:
        lines.append(f"{checked.late_answers} late answers are as they were acknowledged; they are no answers of the ledger")
    if checked.known_key is None:
        lines.append(f"compare the key {checked.key_id} with the one that the examination body publishes (--key or --trust)")
    return "\n".join(lines)


def _published(arguments: argparse.Namespace) -> "Keys | None":
    from assessment_engine.delivery.receipt_file import named_key, published_keys

    listed = published_keys(read_json(arguments.trust)) if arguments.trust else {}
    return {**listed, **(named_key(arguments.key) if arguments.key else {})} or None


def read_json(path: Path) -> Json:
    """Read a JSON file; raises UnreadableFile."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFile(f"{path} is larger than {LARGEST_FILE >> 20} MiB")
        document: Json = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path} cannot be read as JSON") from error
    return document
