"""`assessment-engine proctor`: the eyes and the judgement, without an exam: a recording, a folder of recordings with their truth."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment_engine.cli.output import add, group, report
from assessment_engine.cli.simulate import add_simulate
from assessment_engine.kernel.errors import NotFound
from assessment_engine.settings import Settings

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands
    from proctoring.calibration import CalibrationRecord
    from proctoring.evaluation import Evaluation, Session
    from proctoring.vision.models import Models

_PROFILE = "cpu"


def add_proctor(commands: "Commands") -> None:
    """Declare the commands."""
    proctor = group(commands, "proctor", "the eyes and the judgement, without an exam")
    add_simulate(proctor)
    analyse = add(proctor, "analyse", "look at a recording and list its incidents", _analyse)
    analyse.add_argument("video", type=Path, nargs="?")
    analyse.add_argument("--reference", type=Path, help="a face to compare with; otherwise the first good seconds are taken")
    analyse.add_argument("--enrol", nargs=2, type=float, metavar=("START", "END"), help="seconds in which the candidate works as usual")
    analyse.add_argument("--calibration", type=Path, metavar="RECORD", help="the limits and probabilities of a calibration record")
    analyse.add_argument("--fps", type=_rate, default=2.0, help="frames looked at a second")
    analyse.add_argument("--out", type=Path, metavar="DIR", help="write the report into this folder as well")
    analyse.add_argument(
        "--profile", nargs="?", const=_PROFILE, metavar="NAME", help="what each stage cost of the CPU; NAME is its heading"
    )
    evaluate = add(proctor, "evaluate", "look at recordings and hold what was found against their truth", _evaluate)
    evaluate.add_argument("folder", type=_folder, metavar="DIR", help="every NAME.mp4 with its NAME.timeline.json")
    evaluate.add_argument("--fps", type=_rate, default=2.0, help="frames looked at a second")
    evaluate.add_argument("--stills", type=Path, metavar="LABELS.csv", help="also phones on labelled stills, by their size")
    evaluate.add_argument(
        "--calibrate",
        nargs=2,
        type=Path,
        metavar=("RECORD", "OUT"),
        help="write RECORD with how likely findings are, as they are labelled here",
    )
    evaluate.add_argument("--sweep", action="store_true", help="also under bad light, compression, a low lens, and things that people wear")


def _rate(text: str) -> float:
    if not 0 < (rate := float(text)) <= 30:
        raise argparse.ArgumentTypeError("frames a second are more than 0 and at most 30")
    return rate


def _folder(text: str) -> Path:
    if not (folder := Path(text)).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return folder


def _models() -> "Models":
    from proctoring.vision.models import load_folder
    from proctoring.vision.thumbs import one_thread

    one_thread()
    return load_folder(Settings.from_environ(os.environ).assets_dir)


def _analyse(arguments: argparse.Namespace) -> int:
    from proctoring.policy import STANDARD
    from proctoring.vision.analyse import analyse

    if arguments.video is None and arguments.profile not in (None, _PROFILE):
        arguments.video, arguments.profile = Path(arguments.profile), _PROFILE  # `--profile VIDEO`: the name was left out
    if arguments.video is None:
        print("analyse needs a VIDEO", file=sys.stderr)
        return 2
    reference = arguments.reference.read_bytes() if arguments.reference else None
    enrol_s = (arguments.enrol[0], arguments.enrol[1]) if arguments.enrol else None
    policy = STANDARD.calibrated(_record(arguments.calibration)) if arguments.calibration else STANDARD
    analysis = analyse(arguments.video, _models(), policy, reference=reference, enrol_s=enrol_s, fps=arguments.fps).as_json()
    lines = [_incident_line(row) for row in analysis["incidents"]] or ["no incidents"]
    lines += [*_compared_lines(analysis), *_missing_lines(analysis["missing_models"])]
    if arguments.profile:
        analysis["profile"] = {"name": arguments.profile, "fps": arguments.fps, "stages": analysis["cpu_ms_by_stage"]}
        lines += ["", *_profile_lines(arguments.profile, analysis["cpu_ms_per_frame"], analysis["cpu_ms_by_stage"])]
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / f"{arguments.video.stem}.json").write_text(json.dumps(analysis, indent=1))
    report(arguments, analysis, "\n".join(lines))
    return 0


def _incident_line(row: Mapping[str, Any]) -> str:
    """Return an incident, and what its confidence is: a probability, or only a score."""
    from proctoring.probability import FEWEST

    said = f"{row['start_s']:8.1f} {row['end_s']:8.1f}  {row['tier']:16} {row['kind']:18}"
    if row["severity"] is None:
        return said.rstrip()
    if row["labels"] >= FEWEST:
        return f"{said} probability {row['confidence']:.2f} (n = {row['labels']})"
    return f"{said} score {row['confidence']:.2f} (not calibrated: n = {row['labels']})"


def _record(file: Path) -> "CalibrationRecord":
    from proctoring.calibration import CalibrationRecord

    if not file.is_file():
        raise NotFound(f"there is no {file.name}", file=file.name)
    return CalibrationRecord.from_file(file.read_bytes())


def _compared_lines(analysis: Mapping[str, Any]) -> Iterator[str]:
    """Yield whether anybody may think that the candidate was recognised."""
    if not analysis["enrolled_from"]:
        yield "no face was enrolled: who sat there was not compared"
        return
    yield f"comparisons of the face that told who it is: {analysis['recognised']}"
    if analysis["uncompared_s"]:
        yield f"for {analysis['uncompared_s']:.0f} s, in stretches of five minutes or more, it could not be compared"


def _missing_lines(roles: Sequence[str]) -> Iterator[str]:
    if roles:
        yield f"signals are off, because there is no model for: {', '.join(roles)}"


def _profile_lines(name: str, per_frame_ms: float, stages: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield the CPU table: one thread's time, whatever the machine does besides."""
    yield f"{name:16} {'of CPU':>8} {'ms/frame':>10} {'of frames':>10} {'ms when needed':>15}"
    for stage, cost in stages.items():
        yield f"{stage:16} {cost['cpu_share']:8.1%} {cost['ms_per_frame']:10.2f} {cost['frame_share']:10.1%} {cost['ms_when_needed']:15.2f}"
    yield f"{'all':16} {1:8.1%} {per_frame_ms:10.2f}"


def _evaluate(arguments: argparse.Namespace) -> int:
    from proctoring.evaluation import evaluate
    from proctoring.policy import STANDARD, Kind
    from proctoring.vision.evaluate import looked_at, recordings

    found = recordings(arguments.folder)
    models = _models()
    policy = STANDARD.without(Kind.TALKING) if "voice" in models.missing else STANDARD
    stills = _stills(arguments.stills, models) if arguments.stills else None
    seen = looked_at(found, models, policy, fps=arguments.fps, told=_told)
    evaluation = evaluate([session for session, _ in seen], policy)
    facts = {**evaluation.as_json(), "fps": arguments.fps, "missing_models": list(models.missing), "models": dict(models.sha256)}
    lines = [*_evaluation_lines(evaluation), *_missing_lines(models.missing)]
    if stills is not None:
        facts["stills"] = stills
        lines += ["", *_stills_lines(stills)]
    if arguments.calibrate:
        given, out = arguments.calibrate
        facts["probabilities"] = _calibrated(given, out, [session for session, _ in seen])
        lines += ["", *_probability_lines(facts["probabilities"])]
    if arguments.sweep:
        from proctoring.vision.eyes import Networks
        from proctoring.vision.sweep import sweep

        facts["sweep"] = [row.as_json() for row in sweep(found, Networks(models), fps=arguments.fps, told=_told)]
        lines += ["", *_sweep_lines(facts["sweep"])]
    report(arguments, facts, "\n".join(lines))
    return 0


def _calibrated(given: Path, out: Path, sessions: Sequence["Session"]) -> list[dict[str, Any]]:
    """Write a record with what these sessions' labels say of the probability of findings, and return its tables."""
    from proctoring.evaluation import labels
    from proctoring.probability import solved

    record = replace(_record(given), probabilities=solved(labels(sessions)))
    out.write_text(json.dumps(record.as_json(), indent=1) + "\n")
    return [{**table.as_json(), "labels": table.labels} for table in record.probabilities]


def _probability_lines(tables: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield, for every kind and quality of picture, how many labelled findings were true, by score."""
    from proctoring.probability import FEWEST, Step

    for table in tables:
        enough = "" if table["labels"] >= FEWEST else f"; not calibrated: n = {table['labels']}, {FEWEST} are needed"
        yield f"{table['kind']} in {table['picture']} pictures{enough}"
        for step in (Step(**one) for one in table["steps"]):
            low, high = step.between
            yield (
                f"  score from {step.above:.2f}: {step.true} of {step.total} true, probability {step.probability:.2f} "
                f"(95 %: {low:.2f} to {high:.2f})"
            )
    if not tables:
        yield "no finding to label: nothing can be said of probabilities"


def _stills(labels: Path, models: "Models") -> dict[str, Any]:
    from proctoring.vision.eyes import Networks
    from proctoring.vision.models import OBJECTS
    from proctoring.vision.stills import phones

    models.need(OBJECTS)
    reader = Networks(models).objects
    assert reader is not None
    return phones(labels, reader).as_json()


def _stills_lines(stills: Mapping[str, Any]) -> Iterator[str]:
    """Yield recall by the phone's share of the picture; the stills are few and each is there at several sizes."""
    yield f"phones on {stills['stills']} stills, each at several sizes, so that the bounds are too good"
    yield f"{'share of picture':22} {'found':>7} {'at least (95 %)':>16}"
    for row in (row for row in stills["by_size"] if row["total"]):
        name = "not found at any size" if row["from"] is None else f"{row['from']:.1%} to {row['to']:.1%}"
        yield f"{name:22} {row['found']:3d}/{row['total']:<3d} {row['lower95']:16.2f}"
    without = stills["without"]
    most = f" (at most {without['upper95']:.0%}, 95 %)" if without["upper95"] is not None else ""
    yield f"without a phone: {len(without['said_to_show_one'])} of {without['stills']} said to show one{most}"


def _told(name: str) -> None:
    print(f"looking at {name}", file=sys.stderr)


def _sweep_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the table; simulated conditions, and things drawn on faces after check-in."""
    far = f"{'identity: n':>12} {'median':>7} {'p95':>6}"
    yield f"{'variant':24} {'no face':>8} {'unobservable':>13} {far} {'hard found':>12}  false alerts"
    for row in rows:
        far, events = row["identity_distance"], row["hard_events"]
        middle, most = ("–" if value is None else f"{value:.2f}" for value in (far["median"], far["p95"]))
        yield (
            f"{row['variant']:24} {row['face_missed_share']:8.1%} {row['unobservable_share']:13.1%} {far['n']:12d} {middle:>7} {most:>6} "
            f"{events['found']:8d}/{events['total']:<3d}  {', '.join(row['false_alerts']) or 'none'}"
        )
    if rows:
        yield f"n = {rows[0]['clean_frames']} clean frames of each; few people, so no rate of a population can be read from it"


def _evaluation_lines(evaluation: "Evaluation") -> Iterator[str]:
    """Yield the tables, and beside every figure what so few events can say."""
    from proctoring.intervals import share_at_least

    facts = evaluation.as_json()
    yield f"{len(evaluation.sessions)} recordings, {evaluation.hours * 60:.1f} minutes, {evaluation.clean_hours * 60:.1f} of them clean"
    yield f"{'kind':18} {'found':>7} {'recall':>8} {'at least (95 %)':>16}"
    for kind, (found, total) in evaluation.recall().items():
        yield f"{kind:18} {found:3d}/{total:<3d} {found / total:8.0%} {share_at_least(found, total):16.2f}"
    for one in (one for one in evaluation.events if not one.found):
        yield f"missed: {one.event.kind} {one.event.start_s:.1f}–{one.event.end_s:.1f} s of {one.session}"
    if evaluation.not_looked_for:
        yield f"no signal looks for: {', '.join(evaluation.not_looked_for)}"
    if evaluation.too_short:
        yield f"{len(evaluation.too_short)} events are shorter than their rule's duration and are not counted"
    if (delay := facts["delay_s"])["n"]:
        yield f"delay from the completed duration, n = {delay['n']}: median {delay['median']:.1f} s, p95 {delay['p95']:.1f} s"
    yield from _false_alert_lines(evaluation)
    yield f"could not be watched: {evaluation.could_not_watch_s:.1f} s"
    most = max((total for _, total in evaluation.recall().values()), default=0)
    yield (
        f"n is small: even {most} of {most} found only says recall of {share_at_least(most, most):.2f} or more (95 %)."
        if most
        else "no events"
    )


def _false_alert_lines(evaluation: "Evaluation") -> Iterator[str]:
    value, low, high = evaluation.false_rate()
    for alert in evaluation.false_alerts:
        yield f"false alert: {alert.kind} {alert.start_s:.1f}–{alert.end_s:.1f} s of {alert.session}"
    if value is None or high is None:
        yield "false alerts: no clean time to count them in"
        return
    yield f"false alerts: {len(evaluation.false_alerts)}, {value:.2f} per clean candidate-hour (95 %: {low:.2f} to {high:.2f})"
    if not evaluation.is_shown:
        yield f"false-alert budget: not yet shown; that takes 60 clean hours, and there are {evaluation.clean_hours:.2f}"
