"""Commands about questions: `assessment-engine items …`."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, group, report

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands


def add_items(commands: "Commands") -> None:
    """Declare the commands about questions."""
    items = group(commands, "items", "questions in QTI")
    score = add(items, "score", "score an item's responses, or a whole file of cases", _items_score)
    score.add_argument("item", nargs="?", type=Path)
    score.add_argument("--responses", type=Path)
    score.add_argument("--cases", type=Path)
    render = add(items, "render", "show an item as a candidate sees it", _items_render)
    render.add_argument("item", type=Path)
    render.add_argument("--lang")


def _items_score(arguments: argparse.Namespace) -> int:
    from assessment_engine.services.item_files import score_cases, score_file

    if arguments.cases is not None:
        scored = score_cases(arguments.cases)
        report(arguments, scored, f"{scored['passed']} of {scored['total']} cases as expected")
        return 0 if scored["passed"] == scored["total"] else 1
    if arguments.item is None or arguments.responses is None:
        print("items score needs ITEM and --responses, or --cases", file=sys.stderr)
        return 2
    outcomes = score_file(arguments.item, json.loads(arguments.responses.read_text()))
    report(arguments, outcomes, "\n".join(f"{name} = {value}" for name, value in outcomes.items()))
    return 0


def _items_render(arguments: argparse.Namespace) -> int:
    from assessment_engine.services.item_files import render_file

    print(render_file(arguments.item, arguments.lang))
    return 0
