"""`evidence verify`: check a package of a sitting's evidence, without any server of ours."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, group, report
from assessment_engine.kernel.errors import UnreadableFile

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands
    from assessment_engine.evidence.verifier import Checked

LARGEST_FILE = 512 * 1024 * 1024
MOST_TOLD = 50


def add_evidence(commands: "Commands") -> None:
    """Declare the commands."""
    evidence = group(commands, "evidence", "packages of a sitting's evidence")
    check = add(evidence, "verify", "recompute the chain of frames, and hold everything in a package against the signed log", _verify)
    check.add_argument("package", type=Path)
    check.add_argument("--trust", type=Path, help="the published keys, as a file: what GET /api/v1/keys answers")


def _verify(arguments: argparse.Namespace) -> int:
    from assessment_engine.cli.receipts import read_json
    from assessment_engine.delivery.receipt_file import published_keys
    from assessment_engine.evidence.verifier import check_package

    published = published_keys(read_json(arguments.trust)) if arguments.trust else None
    checked = check_package(_package(arguments.package), published)
    report(arguments, checked.as_json(), "\n".join(_told(checked)))
    return 0 if checked.is_whole else 1


def _told(checked: "Checked") -> list[str]:
    lines = [f"{one.kind}: {one.place}: {one.text}" for one in checked.findings[:MOST_TOLD]]
    if len(checked.findings) > MOST_TOLD:
        lines.append(f"and {len(checked.findings) - MOST_TOLD} more findings; --json has them all")
    lines += [f"{one.kind}: {one.place}: {one.text}" for one in checked.notes[:MOST_TOLD]]
    if len(checked.notes) > MOST_TOLD:
        lines.append(f"and {len(checked.notes) - MOST_TOLD} more notes; --json has them all")
    pictures = ", ".join(f"{count} {state}" for state, count in sorted(checked.pictures.items())) or "none"
    verdict = "whole: nothing was changed, left out or put in" if checked.is_whole else f"BROKEN: {len(checked.findings)} findings"
    lines.append(f"{verdict}; sitting {checked.sitting}, {checked.frames_in_chain} frames in the chain, pictures: {pictures}")
    if checked.keys_known is None:
        named = " and ".join(sorted(checked.keys.values()))
        lines.append(f"compare the keys {named} with those that the examination body publishes (--trust)")
    return lines


def _package(path: Path) -> bytes:
    """Read the file; raises UnreadableFile."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFile(f"{path} is larger than {LARGEST_FILE >> 20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read") from error
