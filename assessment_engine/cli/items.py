"""Commands about questions in QTI: score, bind, render. Import and export are in item_imports.py."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.item_imports import add_imports
from assessment_engine.cli.output import add, group, report
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import UnreadableFile

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands


def add_items(commands: "Commands") -> None:
    """Declare the commands about questions."""
    items = group(commands, "items", "questions in QTI")
    score = add(items, "score", "score an item's responses, or a whole file of cases", _score)
    score.add_argument("item", nargs="?", type=Path)
    score.add_argument("--cases", type=Path, help="a JSON list of cases: item, responses, and the outcomes to expect (scored leniently)")
    _responses(score)
    score.add_argument("--seed", type=int, default=0, help="what template processing and random expressions draw from")
    bind = add(items, "bind", "type an item's responses, and name those that leave something to be done", _bind)
    bind.add_argument("item", type=Path)
    _responses(bind)
    render = add(items, "render", "show an item as a candidate sees it", _render)
    render.add_argument("item", type=Path)
    render.add_argument("--lang", help="the language of buttons and notices (the item's own)")
    render.add_argument("--seed", type=int, default=0, help="what template processing and the order of choices are drawn from")
    render.add_argument("--out", type=Path, help="write a whole HTML page there; without it the item alone is printed")
    add_imports(items)


def _responses(command: argparse.ArgumentParser) -> None:
    command.add_argument("--responses", type=Path, help='a JSON file such as {"RESPONSE": "A"}; - reads standard input')
    command.add_argument("--lenient", action="store_true", help="keep what fits and refuse nothing")


def _score(arguments: argparse.Namespace) -> int:
    from assessment_engine.services.item_cases import score_cases
    from assessment_engine.services.item_files import score_file

    if arguments.cases is not None:
        scored = score_cases(arguments.cases)
        report(arguments, scored, _in_words(scored))
        return 0 if scored["passed"] == scored["total"] else 1
    if arguments.item is None or arguments.responses is None:
        print("items score needs ITEM and --responses, or --cases", file=sys.stderr)
        return 2
    outcomes = score_file(arguments.item, _read(arguments.responses), seed=arguments.seed, lenient=arguments.lenient)
    report(arguments, outcomes, "\n".join(f"{name} = {_short(value)}" for name, value in outcomes.items()))
    return 0


def _bind(arguments: argparse.Namespace) -> int:
    from assessment_engine.services.item_files import bind_file

    if arguments.responses is None:
        print("items bind needs --responses", file=sys.stderr)
        return 2
    bound = bind_file(arguments.item, _read(arguments.responses), lenient=arguments.lenient)
    responses, short = bound["responses"], bound["shortcomings"]
    lines = [f"{name} = {_short(value)}" for name, value in responses.items()] if isinstance(responses, Mapping) else []
    lines += [f"{name} leaves something to be done" for name in short] if isinstance(short, list) else []
    report(arguments, bound, "\n".join(lines))
    return 0


def _render(arguments: argparse.Namespace) -> int:
    from assessment_engine.services.item_files import page_of, render_file

    if arguments.out is None:
        html = render_file(arguments.item, arguments.lang, seed=arguments.seed)
        report(arguments, {"html": html}, html)
        return 0
    folder = arguments.out.resolve().parent
    if not folder.is_dir():
        raise UnreadableFile(f"{folder}: no such folder", file=str(folder))
    html = render_file(arguments.item.resolve(), arguments.lang, seed=arguments.seed, beside=folder)
    arguments.out.write_text(page_of(arguments.item, html, arguments.lang), encoding="utf-8")
    report(arguments, {"out": str(arguments.out)}, f"written: {arguments.out}")
    return 0


def _read(path: Path) -> Json:
    """Read a JSON file, or standard input."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
        found: Json = json.loads(text)
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}", file=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: not JSON: {error}", file=str(path)) from error
    return found


def _in_words(scored: Mapping[str, Json]) -> str:
    """Say which cases failed and why, one line for each outcome that differs."""
    cases = scored["cases"]
    failed = [case for case in cases if isinstance(case, Mapping) and not case["ok"]] if isinstance(cases, list) else []
    rows = [row for case in failed for row in _rows(case)]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    lines = [f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}" for row in rows]
    return "\n".join([*lines, f"{scored['passed']} of {scored['total']} cases as expected"])


def _rows(case: Mapping[str, Json]) -> Sequence[tuple[str, str, str]]:
    name, expected, got = str(case["id"]), case["expected"], case["got"]
    if not isinstance(got, Mapping) or not isinstance(expected, Mapping):
        return [(name, str(case["item"]), str(got))]
    return [
        (name, outcome, f"expected {_short(want)}, got {_short(got.get(outcome))}")
        for outcome, want in expected.items()
        if want != got.get(outcome)
    ]


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
