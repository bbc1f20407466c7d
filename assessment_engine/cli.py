"""The console script: parse, call one function, print, exit 0 (success), 1 (negative finding) or 2 (wrong usage).

Every command that reports takes --json. Imports are inside the commands, so that `--help` never loads a model or a database driver.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError
from assessment_engine.settings import Settings

PROCESSES = {  # their rooms lie below this one, but only the process that runs one loads it
    "delivery": "api.delivery",
    "ingest": "api.ingest",
    "proctor": "workers.proctor.worker",
    "jobs": "workers.jobs",
    "sweep": "workers.sweep",
}

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Command = Callable[[argparse.Namespace], int]


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
        _print_json({"error": {"code": refusal.code, "message": refusal.message, "details": dict(refusal.details)}})
    print(f"{refusal.code}: {refusal.message}", file=sys.stderr)
    return 1


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _print_json(value: Json) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="assessment-engine", description="A proctored assessment engine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _running(commands)
    _assets(commands)
    _items(commands)
    _proctor(commands)
    _trust(commands)
    return parser


def _running(commands: "Commands") -> None:
    _add(commands, "demo", "set up a demonstration exam and run everything on this machine", _demo)
    _add(commands, "serve", "run everything on this machine until told to stop", _serve)
    _add(commands, "migrate", "bring the database to the newest schema", _migrate)
    process = _add(commands, "process", "run one process of the engine (serve starts them by itself)", _process)
    process.add_argument("name", choices=tuple(PROCESSES))
    user = _group(commands, "user", "accounts")
    add = _add(user, "add", "add a person; the password is read from the terminal or standard input", _user_add)
    add.add_argument("login")
    add.add_argument("--name", required=True)
    add.add_argument("--organisation", required=True, help="its id or its exact name; a new name makes a new agency")
    add.add_argument("--role", required=True, action="append", choices=("candidate", "invigilator", "cell_officer", "grievance_officer"))
    play = _add(commands, "play", "play a recorded candidate into a sitting, as a camera would", _play)
    play.add_argument("video", help="a video file, or `astronaut` for the demonstration's own footage")
    play.add_argument("--sitting", required=True)
    play.add_argument("--speed", type=float, default=1.0)
    play.add_argument("--repeat", action="store_true", help="begin again until the sitting is submitted")
    load = _add(commands, "seed-load", "make N candidates with open sittings (demonstration and test deployments only)", _seed_load)
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
    _report(arguments, {"person": person.id, "login": person.login, "organisation": organisation.id}, f"added {person.login}")
    return 0


def _play(arguments: argparse.Namespace) -> int:
    from assessment_engine.kernel.ids import SittingId
    from assessment_engine.play import play
    from assessment_engine.runtime import build_engine

    sent = play(build_engine(_settings()), arguments.video, SittingId(arguments.sitting), speed=arguments.speed, repeat=arguments.repeat)
    _report(arguments, {"sitting": arguments.sitting, "frames": sent}, f"{sent} frames sent")
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
    assets = _group(commands, "assets", "models, fonts and contexts")
    _add(assets, "fetch", "fetch, check, convert and prove what is missing", _assets_fetch)
    _add(assets, "list", "list what is installed, with hashes and licences", _assets_list)


def _assets_fetch(arguments: argparse.Namespace) -> int:
    from assessment_engine.assets.fetch import console_progress, fetch

    with console_progress() as progress:
        report = fetch(_settings().assets_dir, progress=progress)
    facts: Json = {"folder": str(report.folder), "fetched": list(report.fetched), "kept": list(report.kept)}
    _report(arguments, facts, f"{len(report.fetched)} fetched, {len(report.kept)} there already: {report.folder}")
    return 0


def _assets_list(arguments: argparse.Namespace) -> int:
    from assessment_engine.assets.fetch import records

    rows = records(_settings().assets_dir)
    state = {True: "installed", False: "missing"}
    lines = [f"{row['role']:32} {state[bool(row['installed_sha256'])]:10} {row['licence']:12} {row['source']}" for row in rows]
    _report(arguments, {"assets": rows}, "\n".join(lines))
    return 0


def _items(commands: "Commands") -> None:
    items = _group(commands, "items", "questions in QTI")
    score = _add(items, "score", "score an item's responses, or a whole file of cases", _items_score)
    score.add_argument("item", nargs="?", type=Path)
    score.add_argument("--responses", type=Path)
    score.add_argument("--cases", type=Path)
    render = _add(items, "render", "show an item as a candidate sees it", _items_render)
    render.add_argument("item", type=Path)
    render.add_argument("--lang")


def _items_score(arguments: argparse.Namespace) -> int:
    from assessment_engine.services.item_files import score_cases, score_file

    if arguments.cases is not None:
        report = score_cases(arguments.cases)
        _report(arguments, report, f"{report['passed']} of {report['total']} cases as expected")
        return 0 if report["passed"] == report["total"] else 1
    if arguments.item is None or arguments.responses is None:
        print("items score needs ITEM and --responses, or --cases", file=sys.stderr)
        return 2
    outcomes = score_file(arguments.item, json.loads(arguments.responses.read_text()))
    _report(arguments, outcomes, "\n".join(f"{name} = {value}" for name, value in outcomes.items()))
    return 0


def _items_render(arguments: argparse.Namespace) -> int:
    from assessment_engine.services.item_files import render_file

    print(render_file(arguments.item, arguments.lang))
    return 0


def _proctor(commands: "Commands") -> None:
    proctor = _group(commands, "proctor", "the eyes, without an exam")
    analyse = _add(proctor, "analyse", "look at a recording and list its incidents", _proctor_analyse)
    analyse.add_argument("video", type=Path)
    analyse.add_argument("--reference", type=Path, help="a face to compare with; otherwise the first good seconds are taken")
    analyse.add_argument("--enrol", nargs=2, type=float, metavar=("START", "END"), help="seconds in which the candidate works as usual")
    analyse.add_argument("--fps", type=float, default=2.0, help="frames looked at a second")


def _trust(commands: "Commands") -> None:
    credential = _group(commands, "credential", "certificates as signed files")
    verify = _add(credential, "verify", "verify a credential (JSON), a certificate (PDF) or a QR text; needs no server", _credential_verify)
    verify.add_argument("file", help="a file, or the QR code's text")
    verify.add_argument("--trust", type=Path, help="a JSON list of issuers that are trusted")
    receipts = _group(commands, "receipts", "signed acknowledgements of answers")
    check = _add(receipts, "verify", "check every signature of a downloaded receipts file", _receipts_verify)
    check.add_argument("file", type=Path)
    audit = _group(commands, "audit", "the Merkle log")
    _add(audit, "verify", "recompute the whole log and check every checkpoint", _audit_verify)


def _group(commands: "Commands", name: str, words: str) -> "Commands":
    return commands.add_parser(name, help=words, description=words).add_subparsers(required=True, metavar="COMMAND")


def _add(commands: "Commands", name: str, words: str, command: Command) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words)
    parser.add_argument("--json", action="store_true", help="report as JSON on standard output")
    parser.set_defaults(command=command)
    return parser


def _report(arguments: argparse.Namespace, facts: Json, words: str) -> None:
    if arguments.json:
        _print_json(facts)
    else:
        print(words)


def _proctor_analyse(arguments: argparse.Namespace) -> int:
    from proctoring.vision.analyse import analyse
    from proctoring.vision.models import load_folder

    models = load_folder(_settings().assets_dir)
    reference = arguments.reference.read_bytes() if arguments.reference else None
    enrol_s = (arguments.enrol[0], arguments.enrol[1]) if arguments.enrol else None
    report = analyse(arguments.video, models, reference=reference, enrol_s=enrol_s, fps=arguments.fps).as_json()
    lines = [f"{row['start_s']:8.1f} {row['end_s']:8.1f}  {row['tier']:16} {row['kind']}" for row in report["incidents"]]
    _report(arguments, report, "\n".join(lines) or "no incidents")
    return 0


def _audit_verify(arguments: argparse.Namespace) -> int:
    from assessment_engine.runtime import build_engine
    from assessment_engine.services.audit import verify_log

    report = verify_log(build_engine(_settings()))
    facts: Json = {"whole": report.is_whole, "size": report.size, "root": report.root, "problems": list(report.problems)}
    _report(arguments, facts, "\n".join(report.problems) or f"whole: {report.size} leaves, root {report.root}")
    return 0 if report.is_whole else 1


def _credential_verify(arguments: argparse.Namespace) -> int:
    from assessment_engine.kernel.clock import SystemClock, iso
    from assessment_engine.runtime.trust import contexts, trusted_issuers
    from assessment_engine.services.verification import verify_alone

    settings, path = _settings(), Path(arguments.file)
    data = path.read_bytes() if path.is_file() else arguments.file.encode()
    verdict = verify_alone(data, contexts(settings.assets_dir), trusted_issuers(settings, arguments.trust), SystemClock().now())
    facts: Json = {"answer": verdict.answer, "code": verdict.code, "as_of": iso(verdict.as_of), "issuer": verdict.issuer}
    _report(arguments, facts, f"{verdict.reason} ({verdict.code}, as of {iso(verdict.as_of)})")
    return 0 if verdict.is_valid else 1


def _receipts_verify(arguments: argparse.Namespace) -> int:
    from assessment_engine.delivery.receipt_file import receipt_problems

    problems = receipt_problems(json.loads(arguments.file.read_text()))
    _report(arguments, {"genuine": not problems, "problems": problems}, "\n".join(problems) or "every receipt and the seal are genuine")
    return 1 if problems else 0
