"""The console script: parse, call one function, print, exit 0 (success), 1 (negative finding) or 2 (wrong usage).

Every command that reports takes --json. Imports are inside the commands, so that `--help` never loads a model or a database driver.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.bench import add_bench
from assessment_engine.cli.evidence import add_evidence
from assessment_engine.cli.forms import add_forms
from assessment_engine.cli.items import add_items
from assessment_engine.cli.output import Command, add, group, print_json, report
from assessment_engine.cli.proctor import add_proctor
from assessment_engine.cli.receipts import add_receipts
from assessment_engine.cli.rosters import add_rosters
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError
from assessment_engine.settings import Settings

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands

PROCESSES = {  # their rooms lie below this one, but only the process that runs one loads it
    "delivery": "api.delivery",
    "ingest": "api.ingest",
    "proctor": "workers.proctor.worker",
    "jobs": "workers.jobs",
    "sweep": "workers.sweep",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command(arguments)
    except AssessmentError as refusal:
        return _refuse(refusal, as_json=getattr(arguments, "json", False))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output had enough; nothing may be written at exit either
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        return 0


def _refuse(refusal: AssessmentError, *, as_json: bool) -> int:
    if as_json:
        print_json({"error": {"code": refusal.code, "message": refusal.message, "details": dict(refusal.details)}})
    print(f"{refusal.code}: {refusal.message}", file=sys.stderr)
    return 1


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="assessment-engine", description="A proctored assessment engine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _running(commands)
    _assets(commands)
    add_items(commands)
    add_forms(commands)
    add_rosters(commands)
    add_proctor(commands)
    _trust(commands)
    add_bench(commands)
    return parser


def _running(commands: "Commands") -> None:
    add(commands, "demo", "set up a demonstration exam and run everything on this machine", _demo)
    add(commands, "serve", "run everything on this machine until told to stop", _serve)
    add(commands, "migrate", "bring the database to the newest schema", _migrate)
    process = add(commands, "process", "run one process of the engine (serve starts them by itself)", _process)
    process.add_argument("name", choices=tuple(PROCESSES))
    user = group(commands, "user", "accounts")
    new = add(user, "add", "add a person; the password is read from the terminal or standard input", _user_add)
    new.add_argument("login")
    new.add_argument("--name", required=True)
    new.add_argument("--organisation", required=True, help="its id or its exact name; a new name makes a new agency")
    roles = ("candidate", "invigilator", "cell_officer", "grievance_officer", "item_author", "item_reviewer")
    new.add_argument("--role", required=True, action="append", choices=roles)
    play = add(commands, "play", "play a recorded candidate into a sitting, as a camera would", _play)
    play.add_argument("video", help="a video file, or `astronaut` for the demonstration's own footage")
    play.add_argument("--sitting", required=True)
    play.add_argument("--speed", type=float, default=1.0)
    play.add_argument("--answers-challenges", action="store_true", help="put the light of camera checks on the face (simulated)")
    play.add_argument("--repeat", action="store_true", help="begin again until the sitting is submitted")
    load = add(commands, "seed-load", "make N candidates with open sittings (demonstration and test deployments only)", _seed_load)
    load.add_argument("count", type=int)


def _demo(arguments: argparse.Namespace) -> int:
    from assessment_engine.demo.run import run

    run(_settings())
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from assessment_engine.runtime import serve

    serve(_settings())
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    from assessment_engine.runtime.serve import prepare

    prepare(_settings())
    return 0


def _process(arguments: argparse.Namespace) -> int:
    from importlib import import_module

    import_module(PROCESSES[arguments.name]).main(_settings())
    return 0


def _user_add(arguments: argparse.Namespace) -> int:
    from getpass import getpass

    from assessment_engine.people import Role
    from assessment_engine.runtime import build_engine
    from assessment_engine.services import people

    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    engine = build_engine(_settings())
    organisation = people.named_organisation(engine, arguments.organisation)
    roles = tuple(Role(role) for role in arguments.role)
    new = people.NewPerson(login=arguments.login, name=arguments.name, password=password, roles=roles)
    person = people.add_person(engine, organisation.id, new)
    report(arguments, {"person": person.id, "login": person.login, "organisation": organisation.id}, f"added {person.login}")
    return 0


def _play(arguments: argparse.Namespace) -> int:
    from assessment_engine.kernel.ids import SittingId
    from assessment_engine.play import play
    from assessment_engine.runtime import build_engine

    settings, how = _settings(), {"speed": arguments.speed, "repeat": arguments.repeat}
    answers = settings.assets_dir if arguments.answers_challenges else None
    sent = play(build_engine(settings), arguments.video, SittingId(arguments.sitting), answers=answers, **how)
    report(arguments, {"sitting": arguments.sitting, "frames": sent}, f"{sent} frames sent")
    return 0


def _seed_load(arguments: argparse.Namespace) -> int:
    from assessment_engine.demo.run import furnish
    from assessment_engine.runtime import build_engine
    from assessment_engine.services.seed_load import seed_load

    settings = _settings()
    if settings.demo:
        furnish(settings)
    for seeded in seed_load(build_engine(settings), arguments.count):
        print(json.dumps(seeded))
    return 0


def _assets(commands: "Commands") -> None:
    assets = group(commands, "assets", "models, fonts and contexts")
    add(assets, "fetch", "fetch, check, convert and prove what is missing", _assets_fetch)
    add(assets, "list", "list what is installed, with hashes and licences", _assets_list)


def _assets_fetch(arguments: argparse.Namespace) -> int:
    from assessment_engine.assets.fetch import console_progress, fetch

    with console_progress() as progress:
        got = fetch(_settings().assets_dir, progress=progress)
    facts: Json = {"folder": str(got.folder), "fetched": list(got.fetched), "kept": list(got.kept)}
    report(arguments, facts, f"{len(got.fetched)} fetched, {len(got.kept)} there already: {got.folder}")
    return 0


def _assets_list(arguments: argparse.Namespace) -> int:
    from assessment_engine.assets.fetch import records

    rows = records(_settings().assets_dir)
    state = {True: "installed", False: "missing"}
    lines = [f"{row['role']:32} {state[bool(row['installed_sha256'])]:10} {row['licence']:12} {row['source']}" for row in rows]
    report(arguments, {"assets": rows}, "\n".join(lines))
    return 0


def _trust(commands: "Commands") -> None:
    credential = group(commands, "credential", "certificates as signed files")
    verify = add(credential, "verify", "verify a credential (JSON), a certificate (PDF) or a QR text; needs no server", _credential_verify)
    verify.add_argument("file", help="a file, or the QR code's text")
    verify.add_argument("--trust", type=Path, help="a JSON list of issuers that are trusted")
    add_receipts(commands)
    add_evidence(commands)
    audit = group(commands, "audit", "the Merkle log")
    add(audit, "verify", "recompute the whole log and check every checkpoint", _audit_verify)


def _audit_verify(arguments: argparse.Namespace) -> int:
    from assessment_engine.runtime import build_engine
    from assessment_engine.services.audit import verify_log

    log = verify_log(build_engine(_settings()))
    facts: Json = {"whole": log.is_whole, "size": log.size, "root": log.root, "problems": list(log.problems)}
    report(arguments, facts, "\n".join(log.problems) or f"whole: {log.size} leaves, root {log.root}")
    return 0 if log.is_whole else 1


def _credential_verify(arguments: argparse.Namespace) -> int:
    from assessment_engine.kernel.clock import SystemClock, iso
    from assessment_engine.runtime.trust import contexts, trusted_issuers
    from assessment_engine.services.verification import verify_alone

    settings, path = _settings(), Path(arguments.file)
    data = path.read_bytes() if path.is_file() else arguments.file.encode()
    verdict = verify_alone(data, contexts(settings.assets_dir), trusted_issuers(settings, arguments.trust), SystemClock().now())
    facts: Json = {"answer": verdict.answer, "code": verdict.code, "as_of": iso(verdict.as_of), "issuer": verdict.issuer}
    report(arguments, facts, f"{verdict.reason} ({verdict.code}, as of {iso(verdict.as_of)})")
    return 0 if verdict.is_valid else 1
