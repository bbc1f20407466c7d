"""How commands are declared and how they report: shared by all of cli/."""

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from assessment_engine.kernel.canonical import Json

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Command = Callable[[argparse.Namespace], int]


def group(commands: "Commands", name: str, words: str) -> "Commands":
    """Add a group of commands."""
    return commands.add_parser(name, help=words, description=words).add_subparsers(required=True, metavar="COMMAND")


def add(commands: "Commands", name: str, words: str, command: Command) -> argparse.ArgumentParser:
    """Add one command; every command takes --json."""
    parser = commands.add_parser(name, help=words, description=words)
    parser.add_argument("--json", action="store_true", help="report as JSON on standard output")
    parser.set_defaults(command=command)
    return parser


def report(arguments: argparse.Namespace, facts: Json, words: str) -> None:
    """Print facts as JSON, or the same in words."""
    if arguments.json:
        print_json(facts)
    else:
        print(words)


def print_json(value: Json) -> None:
    """Print JSON for people and programs alike."""
    print(json.dumps(value, ensure_ascii=False, indent=1))
