"""`bench vision`: what seeing costs at one frame a second on one thread, with what was found for it, beside a peer on the same frames.

Frames are JPEGs as a page sends them. The CPU is this thread's, by stage, on clean stretches (nothing to find) unless a figure says
otherwise; the peer is MediaPipe's landmarker (478 points) and NanoDet on every frame, both as published: NanoDet at its 416². A second peer
has NanoDet at the size at which our eyes run it. Sound, decryption and the queue are not in it. The recordings are a folder's (as of
`proctor evaluate`), the shared ones, or the demonstration's footage: one candidate who leaves once.
"""

import gc
import json
import os
import tempfile
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from assessment_engine.bench.measure import Figure, Report, medians, seconds
from assessment_engine.settings import Settings
from proctoring.evaluation import Evaluation, Session, evaluate, hard, p95
from proctoring.intervals import share_at_least
from proctoring.vision import demo_footage, video
from proctoring.vision.analyse import ENROL_FPS, CheckedIn, check_in, judge
from proctoring.vision.costs import profile
from proctoring.vision.decode import decode
from proctoring.vision.evaluate import Recorded, as_session, recordings
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.landmarker import ROLE, Landmarker
from proctoring.vision.models import OBJECTS, OnnxNetwork, Pixels, load_folder
from proctoring.vision.objects import ObjectReader
from proctoring.vision.thumbs import one_thread
from proctoring.watch import Watch

RUNS = 3
FPS = 1.0
CANDIDATES, SECONDS = 100, 30
SHORT_CANDIDATES, SHORT_SECONDS = 5, 4
OPENING_S = 15  # of a sitting, in which everything is looked at once: much of a short recording, nothing of an exam
KEPT, SHORT_KEPT = (20, 100), (3, 10)  # whose memory is counted: long enough for every trace to be full
SCRIPT = demo_footage.Script(length_s=90, leaves_s=45, back_s=60)
SHORT_SCRIPT = demo_footage.Script(length_s=36, leaves_s=14, back_s=26)
_TESTDATA = "../shared/testdata"  # beside a checkout, as the tests have it
_PEERS = "landmarker_ms", "peer_ms", "peer_small_ms"
# Everything else belongs to the candidate's face: decoding, quality, detectors, mesh, iris. Who else is there is the others' stage.
_NOT_FACE = ("identity", "objects", "others", "watch")

_Thing = TypeVar("_Thing")
Jpegs = Sequence[tuple[float, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One recording as its page would have sent it."""

    recorded: Recorded
    frames: Jpegs
    known: CheckedIn

    @property
    def clean(self) -> Jpegs:
        """Return the frames in which there is nothing to find."""
        return [(at, jpeg) for at, jpeg in self.frames if self.recorded.truth.is_clean(at)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What everybody could put together in a day: the landmarker and a detector on every frame, nothing spared."""

    task: Path
    objects: ObjectReader | None
    small: ObjectReader | None

    def seconds(self, clean: Jpegs) -> tuple[float, float, float]:
        """Return the seconds on frames: the landmarker alone, with NanoDet as published, with it small; 0 without its models."""
        if not self.task.is_file() or self.objects is None or self.small is None or not clean:
            return 0.0, 0.0, 0.0
        with Landmarker(self.task) as landmarker:
            landmarker.read(decode(clean[0][1]), 0.0)  # what is made at the first call is no frame's cost
            # The landmarker has threads of its own, so this is the process's time.
            pictures = [decode(jpeg) for _, jpeg in clean]
            faces = seconds(lambda: [landmarker.read(decode(jpeg), at + 1) for at, jpeg in clean])
        objects, small = (seconds(partial(_find_in_each, reader, pictures)) for reader in (self.objects, self.small))
        return faces, faces + objects, faces + small


def _find_in_each(reader: ObjectReader, pictures: Sequence[Pixels]) -> None:
    for picture in pictures:
        reader.find(picture)


def run(short: bool, folder: Path | None = None) -> Report:
    """Measure; the short form takes one recording and a tenth of the candidates."""
    one_thread()
    assets = Settings.from_environ(os.environ).assets_dir
    models = load_folder(assets)
    networks = Networks(models)
    with _recordings(short, folder) as found:
        sittings = [_sitting(networks, one) for one in (found[:1] if short else found)]
    peer = Peer(task=assets / ROLE / "face_landmarker.task", objects=_as_published(assets), small=networks.objects)
    crowd = (SHORT_CANDIDATES, SHORT_SECONDS) if short else (CANDIDATES, SECONDS)
    runs = [{**_side_by_side(networks, peer, sittings), **_crowd(networks, sittings, *crowd)} for _ in range(RUNS)]
    middle, memory_mb = medians(runs), _memory_mb(networks, sittings, *(SHORT_KEPT if short else KEPT))
    return Report(name="vision", runs=runs, figures=_figures(middle, memory_mb), ratios=_ratios(middle))


def _as_published(assets: Path) -> ObjectReader | None:
    """Return the object network at the size it was exported for; None when it is not there."""
    file = next(iter(sorted((assets / OBJECTS).glob("*.onnx"))), None)
    return ObjectReader(OnnxNetwork(file)) if file is not None else None


@contextmanager
def _recordings(short: bool, folder: Path | None) -> Iterator[list[Recorded]]:
    shared = Path(os.environ.get("ASSESSMENT_TESTDATA", _TESTDATA), "cv", "sessions")
    if folder is not None or (shared.is_dir() and not short):
        yield recordings(folder or shared)
        return
    script = SHORT_SCRIPT if short else SCRIPT
    with tempfile.TemporaryDirectory() as made:
        video.write(Path(made) / "demo.mp4", (picture for _, picture in demo_footage.scene(script, fps=FPS)), fps=FPS)
        away = (script.leaves_s, script.back_s + demo_footage.WALK_S)
        named = ((0.0, away[0], "normal"), (*away, "no_face"), (away[1], script.length_s, "normal"))
        segments = [{"start_s": start, "end_s": end, "event": event} for start, end, event in named]
        truth = {"enrol_from_s": [0, 12], "segments": segments}
        (Path(made) / "demo.timeline.json").write_text(json.dumps(truth))
        yield recordings(Path(made))


def _sitting(networks: Networks, one: Recorded) -> Sitting:
    known = check_in(networks, video.read(one.file, fps=ENROL_FPS), enrol_s=one.truth.enrol_s)
    return Sitting(recorded=one, frames=list(demo_footage.jpegs_of(one.file, fps=FPS)), known=known)


def _side_by_side(networks: Networks, peer: Peer, sittings: Sequence[Sitting]) -> dict[str, float]:
    """Judge every recording, each followed by the peer on its clean frames, so that both meet the machine in the same mood."""
    clean: list[Mapping[str, float]] = []
    every: list[Mapping[str, float]] = []
    settled: list[Mapping[str, float]] = []
    sessions: list[Session] = []
    peers = [0.0] * len(_PEERS)
    for sitting in sittings:
        analysis = judge(networks, sitting.frames, sitting.known)
        sessions.append(as_session(sitting.recorded, analysis))
        every += analysis.spent
        looked = zip(analysis.observations, analysis.spent, strict=True)
        unsuspected = [(seen.at, spent) for seen, spent in looked if sitting.recorded.truth.is_clean(seen.at)]
        clean += [spent for _, spent in unsuspected]
        settled += [spent for at, spent in unsuspected if at >= OPENING_S]
        peers = [sum(each) for each in zip(peers, peer.seconds(sitting.clean), strict=True)]
    spent = {name: 1000 * peer_s / len(clean) for name, peer_s in zip(_PEERS, peers, strict=True) if peer_s}
    later = {"settled_ms": _mean_ms(settled)} if settled else {}
    return {**_costs(clean, every), **later, **spent, **_found(evaluate(sessions))}


def _costs(clean: Sequence[Mapping[str, float]], every: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return what a frame costs, by stage on the clean ones."""
    stages = {stage: cost["ms_per_frame"] for stage, cost in profile(clean).items()}
    return {
        "face_ms": sum(ms for stage, ms in stages.items() if not stage.startswith(_NOT_FACE)),
        "all_ms": sum(stages.values()),
        "events_too_ms": _mean_ms(every),
        "clean_frames": float(len(clean)),
        **{f"stage_{stage}": ms for stage, ms in stages.items()},
    }


def _mean_ms(frames: Sequence[Mapping[str, float]]) -> float:
    return 1000 * sum(sum(frame.values()) for frame in frames) / len(frames)


def _found(evaluation: Evaluation) -> dict[str, float]:
    """Return what was found of everything that a rule looks for and that is not soft."""
    events = hard(evaluation)
    delays = sorted(one.delay_s for one in events if one.delay_s is not None)
    found = sum(one.found for one in events)
    return {
        "events": float(len(events)),
        "found": found / max(1, len(events)),
        "found_at_least": share_at_least(found, len(events)),
        "delay_median_s": median(delays) if delays else 0.0,
        "delay_p95_s": p95(delays) or 0.0,
        "false_alerts": float(len(evaluation.false_alerts)),
    }


def _crowd(networks: Networks, sittings: Sequence[Sitting], candidates: int, length_s: int) -> dict[str, float]:
    """Look at many candidates in turn, second by second, as a worker does; return how many one core bears."""
    spent = seconds(lambda: _watched(networks, sittings, candidates, length_s))
    return {"candidates_per_core": candidates * length_s * FPS / spent}


def _memory_mb(networks: Networks, sittings: Sequence[Sitting], candidates: int, length_s: int) -> float:
    """Return what each of many sittings keeps in memory; apart from the timed runs, which counting would slow."""
    tracemalloc.start()
    kept = _watched(networks, sittings, candidates, length_s)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(kept) / 1e6


def _watched(networks: Networks, sittings: Sequence[Sitting], candidates: int, length_s: int) -> list[tuple[Eyes, Watch]]:
    """Return candidates who were each looked at for so many seconds, at different places of the clean frames."""
    clean = [sitting.clean for sitting in sittings]
    watched = [(Eyes(networks, enrolled=one.known.faces), Watch(baseline=one.known.baseline)) for one in _in_turn(sittings, candidates)]
    for second in range(length_s):
        for number, ((eyes, watch), frames) in enumerate(zip(watched, _in_turn(clean, candidates), strict=True)):
            watch.receive(eyes.look(frames[_there_and_back(second + number, len(frames))][1], float(second), second))
    return watched


def _in_turn(things: Sequence[_Thing], count: int) -> list[_Thing]:
    return [things[number % len(things)] for number in range(count)]


def _there_and_back(step: int, length: int) -> int:
    """Return the place of a walk to the end of a list and back, so that no frame jumps."""
    place = step % max(1, 2 * (length - 1))
    return min(place, 2 * (length - 1) - place)


def _ratios(seen: Mapping[str, float]) -> dict[str, float]:
    peers = {"times_the_peer": ("peer_ms", "all_ms"), "times_the_small_peer": ("peer_small_ms", "all_ms")}
    settled = {"times_the_peer_once_settled": ("peer_ms", "settled_ms")}
    return {name: seen[peer] / seen[ours] for name, (peer, ours) in (peers | settled).items() if peer in seen and ours in seen}


def _figures(seen: Mapping[str, float], memory_mb: float) -> dict[str, Figure]:
    figures = {
        "face_path": Figure(value=seen["face_ms"], unit="ms/frame", bar="<= 5"),
        "all_but_sound": Figure(value=seen["all_ms"], unit="ms/frame", bar="<= 10"),
        **({"settled": Figure(value=seen["settled_ms"], unit="ms/frame")} if "settled_ms" in seen else {}),
        "events_too": Figure(value=seen["events_too_ms"], unit="ms/frame"),
        "clean_frames": Figure(value=seen["clean_frames"], unit="frames"),
        "candidates_per_core": Figure(value=seen["candidates_per_core"], unit="at 1 fps", bar=">= 100"),
        "memory_per_sitting": Figure(value=memory_mb, unit="MB", bar="<= 2"),
        "events": Figure(value=seen["events"], unit="events"),
        "events_found": Figure(value=seen["found"], unit="share", bar=">= 1"),
        "events_found_at_least": Figure(value=seen["found_at_least"], unit="share, 95 %"),
        "delay_median": Figure(value=seen["delay_median_s"], unit="s", bar="<= 3"),
        "delay_p95": Figure(value=seen["delay_p95_s"], unit="s", bar="<= 8"),
        "false_alerts": Figure(value=seen["false_alerts"], unit="alerts", bar="== 0"),
    }
    if "peer_ms" in seen:
        figures["landmarker"] = Figure(value=seen["landmarker_ms"], unit="ms/frame")
        figures["peer"] = Figure(value=seen["peer_ms"], unit="ms/frame")
        figures["peer_small"] = Figure(value=seen["peer_small_ms"], unit="ms/frame")
        figures["times_the_peer"] = Figure(value=_ratios(seen)["times_the_peer"], unit="times", bar=">= 8")
        figures["times_the_small_peer"] = Figure(value=_ratios(seen)["times_the_small_peer"], unit="times")
    stages = {name: Figure(value=value, unit="ms/frame") for name, value in seen.items() if name.startswith("stage_")}
    return {**figures, **stages}
