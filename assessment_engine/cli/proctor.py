"""`assessment-engine proctor`: the eyes and the judgement, without an exam: a recording, a folder of recordings with their truth."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, group, report
from assessment_engine.settings import Settings

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands


def add_proctor(commands: "Commands") -> None:
    """Declare the commands."""
    proctor = group(commands, "proctor", "the eyes, without an exam")
    analyse = add(proctor, "analyse", "look at a recording and list its incidents", _analyse)
    analyse.add_argument("video", type=Path)
    analyse.add_argument("--reference", type=Path, help="a face to compare with; otherwise the first good seconds are taken")
    analyse.add_argument("--enrol", nargs=2, type=float, metavar=("START", "END"), help="seconds in which the candidate works as usual")
    analyse.add_argument("--fps", type=float, default=2.0, help="frames looked at a second")


def _analyse(arguments: argparse.Namespace) -> int:
    from proctoring.vision.analyse import analyse
    from proctoring.vision.models import load_folder

    models = load_folder(Settings.from_environ(os.environ).assets_dir)
    reference = arguments.reference.read_bytes() if arguments.reference else None
    enrol_s = (arguments.enrol[0], arguments.enrol[1]) if arguments.enrol else None
    analysis = analyse(arguments.video, models, reference=reference, enrol_s=enrol_s, fps=arguments.fps).as_json()
    lines = [f"{row['start_s']:8.1f} {row['end_s']:8.1f}  {row['tier']:16} {row['kind']}" for row in analysis["incidents"]]
    report(arguments, analysis, "\n".join(lines) or "no incidents")
    return 0
