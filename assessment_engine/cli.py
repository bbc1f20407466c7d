"""The console script: parse, call one function, print, exit 0 (success), 1 (negative finding) or 2 (wrong usage).

Every command that reports takes --json. Imports are inside the commands, so that `--help` never loads a model or a database driver.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError
from assessment_engine.settings import Settings

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
    parser = argparse.ArgumentParser(prog="assessment-engine", description="A proctored assessment engine for certified competency examinations.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _running(commands)
    _assets(commands)
    _items(commands)
    _proctor(commands)
    _trust(commands)
    return parser
