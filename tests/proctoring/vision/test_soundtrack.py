"""A recording's sound: voices found in it, noises not; any rate, no sound, half a file. Two voices only say that the pipeline works."""

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from assessment_engine.cli import main
from assessment_engine.kernel.errors import UnreadableFile
from proctoring.policy import Kind
from proctoring.sound import RATE, Ear, Floats, Lips
from proctoring.vision import soundtrack, video
from proctoring.vision.analyse import Analysis, analyse
from proctoring.vision.models import FACE_MESH, FACE_NEAR, VOICE, Models, Pixels, Voice, load
from proctoring.vision.soundtrack import Soundtrack
from tests.proctoring.vision.conftest import ASSETS, TESTDATA
from tests.proctoring.vision.test_models import files

MINUTE = np.arange(60 * RATE) / RATE
Samples = npt.NDArray[np.float64]


def rushing() -> Samples:
    return np.random.default_rng(2).normal(0, 0.1, MINUTE.size)


def typing() -> Samples:
    rng = np.random.default_rng(3)
    keys = np.zeros(MINUTE.size)
    for begins in rng.integers(0, keys.size - 800, 360):
        keys[begins : begins + 800] += 0.3 * rng.normal(size=800) * np.exp(-np.arange(800) / 120)
    return keys


def humming() -> Samples:
    tones = [0.1 / number * np.sin(2 * np.pi * 50 * number * MINUTE) for number in range(1, 8)]
    return np.asarray(np.sum(tones, axis=0), np.float64)


def ringing() -> Samples:
    return 0.2 * (np.sin(2 * np.pi * 440 * MINUTE) + np.sin(2 * np.pi * 480 * MINUTE)) * (MINUTE % 6 < 2)


NOISES: list[Callable[[], Samples]] = [rushing, typing, humming, ringing]


def write_sound(path: Path, samples: Samples, *, rate: int, layout: str = "mono", at: float = 0.0) -> None:
    """Write 16-bit sound that begins `at` seconds into the recording."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=rate)
        stream.layout = layout
        rows = np.repeat((samples * 32767).astype(np.int16)[:, None], stream.layout.nb_channels, axis=1)
        frame = av.AudioFrame.from_ndarray(rows.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts = rate, round(at * rate)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


def tone(seconds: float, rate: int) -> Samples:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)


def whole(path: Path) -> Floats:
    return np.concatenate([*soundtrack.read(path), np.zeros(0, np.float32)])


def voice_in(samples: Samples, models: Models) -> float:
    network = models.need(VOICE)
    assert isinstance(network, Voice)
    ear = Ear(network)
    ear.receive((samples + np.random.default_rng(4).normal(0, 0.001, samples.size)).astype(np.float32))
    return ear.heard().voice_s


@pytest.fixture(scope="session")
def said(models: Models) -> Analysis:
    """The recorded sitting in which somebody speaks twice, and something else is loud once."""
    recording = TESTDATA / "cv" / "sessions" / "d4_talking_audio.mp4"
    if not recording.is_file():
        pytest.skip(f"no {recording}")
    return analyse(recording, models, enrol_s=(0, 12), fps=2)


def test_talking_is_found_where_it_is_and_nowhere_else(said: Analysis) -> None:
    found = [finding for finding in said.findings if finding.kind is Kind.TALKING]

    assert [round(one.start_s) for one in found] == pytest.approx([12, 26], abs=1)
    assert [one.raised_s - begins - 3 for one, begins in zip(found, [12, 26], strict=True)] == pytest.approx([1, 1], abs=1)
    assert said.as_json()["voice_s"] == pytest.approx(12.3, abs=0.5)
    assert said.as_json()["listened_s"] == pytest.approx(56, abs=1)
    assert {row["tier"] for row in said.as_json()["incidents"]} == {"detection"}


def test_her_lips_do_not_move_with_the_voice(said: Analysis) -> None:
    assert {row["lips"] for row in said.as_json()["incidents"] if row["kind"] == "talking"} == {Lips.STILL.value}


def test_what_listening_costs_is_said_apart(said: Analysis) -> None:
    assert said.as_json()["cpu_ms_by_stage"]["sound"]["ms_per_frame"] > 0


@pytest.mark.parametrize("noise", NOISES)
def test_a_noise_is_no_voice(noise: Callable[[], Samples], models: Models) -> None:
    assert voice_in(noise(), models) == 0


@pytest.mark.parametrize(("rate", "layout"), [(8000, "mono"), (11025, "mono"), (16000, "mono"), (44100, "stereo"), (48000, "5.1")])
def test_any_rate_and_any_number_of_channels_become_one_row(tmp_path: Path, rate: int, layout: str) -> None:
    write_sound(tmp_path / "tone.mkv", tone(2, rate), rate=rate, layout=layout)

    heard = whole(tmp_path / "tone.mkv")

    assert heard.dtype == np.float32
    assert heard.size == pytest.approx(2 * RATE, abs=100)
    assert np.argmax(np.abs(np.fft.rfft(heard[:RATE]))) == 440


def test_sound_that_begins_later_begins_later(tmp_path: Path) -> None:
    write_sound(tmp_path / "late.mkv", tone(1, RATE), rate=RATE, at=2.5)

    heard = whole(tmp_path / "late.mkv")

    assert not heard[: round(2.4 * RATE)].any()
    assert heard.size == pytest.approx(3.5 * RATE, abs=100)


def test_a_moment_of_sound_is_enough_to_be_read(tmp_path: Path) -> None:
    write_sound(tmp_path / "short.mkv", tone(0.01, RATE), rate=RATE)

    assert whole(tmp_path / "short.mkv").size == 160


@pytest.fixture
def silent(tmp_path: Path, scene: Callable[..., Pixels]) -> Path:
    """Six seconds of the astronaut, without a sound track, who is said to talk."""
    video.write(tmp_path / "silent.mp4", [scene(second) for second in range(6)], fps=1)
    truth = {"segments": [{"start_s": 0, "end_s": 6, "event": "talking"}]}
    (tmp_path / "silent.timeline.json").write_text(json.dumps(truth))
    return tmp_path / "silent.mp4"


def test_without_a_sound_track_nothing_was_listened_to(silent: Path, models: Models) -> None:
    found = analyse(silent, models, fps=1)

    assert (found.as_json()["listened_s"], {one.voice for one in found.observations}) == (0, {None})


def test_without_a_voice_network_nothing_is_heard(tmp_path: Path) -> None:
    write_sound(tmp_path / "tone.mkv", tone(2, RATE), rate=RATE)
    sound = Soundtrack(tmp_path / "tone.mkv", load(files(FACE_MESH, FACE_NEAR)))

    assert sound.hear(sound.until(2.0)) is None


def test_a_missing_voice_network_is_said_and_its_signal_is_off(
    silent: Path, tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for role in models.networks.keys() - {VOICE}:
        (tmp_path / "assets").mkdir(exist_ok=True)
        (tmp_path / "assets" / role).symlink_to(ASSETS / role)
    monkeypatch.setenv("ASSETS_DIR", str(tmp_path / "assets"))

    assert main(["proctor", "evaluate", str(silent.parent), "--fps", "1"]) == 0
    words = capsys.readouterr().out

    assert "no signal looks for: talking" in words
    assert "signals are off, because there is no model for: voice" in words


@pytest.mark.parametrize("content", [b"", b"not a recording", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_a_file_without_readable_sound_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.wav").write_bytes(content)

    with pytest.raises(UnreadableFile):
        whole(tmp_path / "broken.wav")
