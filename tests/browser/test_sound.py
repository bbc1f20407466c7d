"""The microphone of a real browser, a fake one, through ingest and stream to a worker that listens: what it finds, costs and leaves."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Page, Playwright
from redis import Redis

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Role
from assessment_engine.services import delivery, incidents
from proctoring.channel import HEADER, Sound
from proctoring.incidents import Incident
from proctoring.packets import joined
from proctoring.policy import Kind
from proctoring.signals import Finding
from proctoring.vision.demo_footage import Script, write_y4m
from proctoring.vision.soundtrack import read
from tests.browser.conftest import with_camera
from tests.browser.seats import soon
from tests.browser.test_camera import START, Place, a_browser, ingest, last_state, sign_in
from tests.builders import a_person, a_world, listen_for_voices
from tests.proctoring.vision.conftest import TESTDATA
from tests.running import a_live_engine, a_proctor, a_valkey, free_port, served, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPEECH = TESTDATA / "cv" / "audio" / "d4.wav"
RATE = 16_000
MESSAGE_S = 0.96
WATCH_MICROPHONE = """() => {
  window.opened = 0;
  window.asked = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => {
    window.asked.push(wanted);
    if (wanted.audio) window.opened += 1;
    return open(wanted);
  };
}"""
LISTEN = START.replace("csrf: ", "listen: true, csrf: ")
Samples = npt.NDArray[np.float32]


def spoken() -> Samples:
    """Seven seconds of somebody who reads aloud."""
    if not SPEECH.is_file():
        pytest.skip(f"no {SPEECH}")
    sound = np.concatenate(list(read(SPEECH)))
    return sound[12 * RATE : 19 * RATE]


def a_quiet_room() -> Samples:
    """Seven seconds of what a microphone hears of nothing: noise, 50 dB below full scale."""
    return np.random.default_rng(4).normal(0, 0.003, 7 * RATE).astype(np.float32)


def a_muted_microphone() -> Samples:
    """Seven seconds of zeros."""
    return np.zeros(7 * RATE, np.float32)


def microphone(path: Path, samples: Samples) -> str:
    """Write a sound for the browser's fake microphone, which plays it again and again; returns the argument."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((np.clip(samples, -1, 1) * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return f"--use-file-for-fake-audio-capture={path}"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A candidate's page, with the exam's own pages behind it."""
    port, ingest_port = free_port(), free_port()
    engine = replace(a_live_engine(tmp_path), public_url=f"http://localhost:{port}", ingest_url=f"ws://localhost:{ingest_port}")
    world, ledger = a_world(engine), delivery.open_ledger(engine)
    sign_in(engine, world)
    with a_valkey() as valkey, served(create_app(engine, ledger), port):
        yield Place(engine=engine, valkey=valkey, world=world, ingest_port=ingest_port)
    ledger.stop()
    engine.store.engine.dispose()


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A candidate who sits still."""
    path = tmp_path_factory.mktemp("footage") / "still.y4m"
    write_y4m(path, Script(length_s=10, leaves_s=100, back_s=110), fps=2)
    yield path
    path.unlink()


def sounds(place: Place) -> list[Sound]:
    return [one.happened for one in place.entries() if isinstance(one.happened, Sound)]


def start(place: Place, page: Page) -> None:
    page.evaluate(LISTEN, [place.world.sitting_id])
    page.mouse.click(5, 5)  # as somebody who came here by the exam's pages


def findings(place: Place) -> list[Finding]:
    """The voices that were found."""
    invigilator = a_person(place.engine, place.world.organisation_id, Role.INVIGILATOR)
    shown = incidents.of_sitting(place.engine, invigilator, SittingId(place.world.sitting_id))
    found = [finding for one in shown for finding in Incident.from_json(dict(one.incident.trace)).findings]
    return [finding for finding in found if finding.kind is Kind.TALKING]


def figures(place: Place) -> dict[str, float]:
    """What the worker says of itself."""
    store = Redis.from_url(place.valkey.url, decode_responses=True)
    said = [store.hgetall(name) for name in store.keys("figures:*")]
    store.close()
    return {str(name): float(value) for one in said for name, value in one.items()}


def submit(place: Place) -> None:
    with place.engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get_locked(SittingId(place.world.sitting_id)).submit(place.engine.clock.now()))


def is_drained(place: Place) -> bool:
    with place.engine.store.read() as tx:
        watch = tx.incidents.watch(SittingId(place.world.sitting_id))
    return watch is not None and watch.drained_at is not None


def files_with(folder: Path, packets: set[bytes]) -> list[str]:
    """The files below a folder that hold any of these packets."""
    contents = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [path.name for path, content in contents.items() if any(packet in content for packet in packets)]


def evidence_of(place: Place) -> list[bytes]:
    """Everything that was kept as evidence, decrypted."""
    invigilator = a_person(place.engine, place.world.organisation_id, Role.INVIGILATOR)
    shown = incidents.of_sitting(place.engine, invigilator, SittingId(place.world.sitting_id))
    return [incidents.frame(place.engine, invigilator, one.id) for incident in shown for one in incident.evidence]


def test_a_voice_is_found_live_and_nothing_of_the_sound_is_left(
    place: Place, playwright: Playwright, tmp_path: Path, footage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listen_for_voices(place.engine, place.world)
    arguments = [*with_camera(footage), microphone(tmp_path / "speech.wav", spoken())]
    with ingest(place), a_proctor(place.engine, tmp_path, place.valkey.url), a_browser(playwright, *arguments) as browser:
        page = place.page(browser.new_context())
        start(place, page)
        assert soon(page, lambda: sounds(place))
        first = sounds(place)[0].at
        assert soon(page, lambda: last_state(page)["sound"] == "heard")
        assert soon(page, lambda: findings(place), 60)
        assert soon(page, lambda: len(sounds(place)) >= 12 and len(place.frames()) >= 12, 60)
        heard, frames = sounds(place), place.frames()
        browser.close()

        (finding,) = findings(place)
        with place.engine.store.read() as tx:
            started = tx.sittings.get(SittingId(place.world.sitting_id)).started_at
            (incident,) = [one for one in tx.incidents.of_sitting(SittingId(place.world.sitting_id)) if one.kind == "talking"]
        assert started is not None
        assert (incident.tier, incident.severity in ("low", "medium")) == ("detection", True)
        spent = figures(place)["cpu_seconds_sound"]
        submit(place)
        assert until(lambda: is_drained(place))

        # nothing of it is in the database, in the evidence or, after a minute, in the stream (how long, tests/workers/test_frames.py knows)
        packets = {packet for one in heard for packet in one.packets if len(packet) > 24}
        assert len(packets) > 100
        assert files_with(tmp_path, packets) == []
        assert all(jpeg.startswith(b"\xff\xd8") and not any(packet in jpeg for packet in packets) for jpeg in evidence_of(place))
        monkeypatch.setattr("workers.frames.ingest.FORGOTTEN_AFTER", timedelta(seconds=1))
        assert until(lambda: place.entries() == [])

    sound, pictures = rate(heard), sum(len(one.jpeg) + HEADER.size for one in frames) / (frames[-1].at - frames[0].at).total_seconds()
    assert sound < 12_000 / 8
    delay = finding.raised_s - (first - started).total_seconds() + MESSAGE_S - 3
    until_raised = sum(one.at <= started + timedelta(seconds=finding.raised_s) for one in heard) * MESSAGE_S
    assert until_raised - 3 < 8  # seconds of sound that was there: a browser on a busy machine leaves some out
    with capsys.disabled():
        print(  # noqa: T201  (figures are meant to be read)
            f"\nsound {sound * 8 / 1000:.1f} kbit/s, pictures {pictures * 8 / 1000:.0f} kbit/s; raised {delay:.1f} s after three seconds "
            f"of voice; CPU of listening {1000 * spent / (len(heard) * MESSAGE_S):.1f} ms a second; lips {finding.lips}"
        )


def rate(heard: list[Sound]) -> float:
    """Bytes a second of sound on the line, with the head of each message and of its frame of the socket."""
    sent = [len(joined(one.packets)) + HEADER.size + 8 for one in heard]
    return sum(sent[1:]) / (heard[-1].at - heard[0].at).total_seconds()


@pytest.mark.parametrize(("sound", "state"), [(a_quiet_room, "heard"), (a_muted_microphone, "muted")])
def test_a_quiet_room_is_listened_to_and_a_muted_microphone_is_not_and_neither_is_a_finding(
    place: Place, playwright: Playwright, tmp_path: Path, footage: Path, sound: Callable[[], Samples], state: str
) -> None:
    listen_for_voices(place.engine, place.world)
    arguments = [*with_camera(footage), microphone(tmp_path / "sound.wav", sound())]
    with ingest(place), a_proctor(place.engine, tmp_path, place.valkey.url), a_browser(playwright, *arguments) as browser:
        page = place.page(browser.new_context())
        start(place, page)
        assert soon(page, lambda: last_state(page)["camera"] == "seen", 60)
        assert soon(page, lambda: last_state(page)["sound"] == state)
        page.wait_for_timeout(12_000)

        assert last_state(page)["sound"] == state
        assert sounds(place)
        assert findings(place) == []


def test_where_the_exam_does_not_listen_sound_is_neither_asked_for_nor_taken(
    place: Place, playwright: Playwright, tmp_path: Path, footage: Path
) -> None:
    arguments = [*with_camera(footage), microphone(tmp_path / "speech.wav", spoken())]
    with ingest(place), a_browser(playwright, *arguments) as browser:
        page = place.page(browser.new_context())
        start(place, page)  # a page that opens the microphone all the same
        assert soon(page, lambda: len(place.frames()) >= 8)

        assert sounds(place) == []
        assert place.entries()[-1].tally.refused == 0


def test_a_microphone_that_is_refused_is_not_listened_to_and_the_camera_goes_on(place: Place, playwright: Playwright) -> None:
    listen_for_voices(place.engine, place.world)
    fake = [one for one in with_camera(None) if one != "--use-fake-ui-for-media-stream"]
    with ingest(place), a_browser(playwright, *fake, "--deny-permission-prompts") as browser:
        context = browser.new_context()
        context.grant_permissions(["camera"], origin=place.engine.public_url)
        page = place.page(context)
        start(place, page)

        assert soon(page, lambda: last_state(page)["sound"] == "denied")
        assert soon(page, lambda: len(place.frames()) >= 3)
        assert sounds(place) == []


def test_a_browser_that_cannot_encode_sound_says_so_and_never_opens_the_microphone(place: Place, chrome: Browser) -> None:
    listen_for_voices(place.engine, place.world)
    with ingest(place), chrome.new_context() as context:
        page = place.page(context)
        page.evaluate("delete globalThis.AudioEncoder")
        page.evaluate(WATCH_MICROPHONE)
        start(place, page)

        assert soon(page, lambda: last_state(page)["sound"] == "unsupported")
        assert soon(page, lambda: len(place.frames()) >= 3)
        assert page.evaluate("window.opened") == 0


def state_is(place: Place, state: SittingState) -> None:
    with place.engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(SittingId(place.world.sitting_id)), state=state))


def microphones_opened(place: Place, page: Page, step: str) -> int:
    """How often a page of the candidate's way asked for a microphone within some seconds."""
    state_is(place, SittingState.REGISTERED if step == "check" else SittingState.IN_PROGRESS)
    page.goto(f"{place.engine.public_url}/candidate/sittings/{place.world.sitting_id}/{step}")
    assert soon(page, lambda: page.evaluate("window.asked?.length"))
    page.wait_for_timeout(4000)
    return int(page.evaluate("window.opened"))


@pytest.mark.parametrize(("arrangements", "opened"), [(None, 0), ({"signals_off": ["talking"]}, 0), ({}, 1)])
def test_the_pages_of_a_candidate_open_the_microphone_only_where_the_exam_listens(
    place: Place, chrome: Browser, arrangements: dict[str, Json] | None, opened: int
) -> None:
    if arrangements is not None:
        listen_for_voices(place.engine, place.world, **arrangements)
    with ingest(place), chrome.new_context() as context:
        context.add_init_script(f"({WATCH_MICROPHONE})()")
        page = place.page(context)

        assert microphones_opened(place, page, "check") == opened
        assert microphones_opened(place, page, "exam") == opened
        if opened:
            assert soon(page, lambda: sounds(place))
            assert page.locator("#sound-words").text_content() == "Microphone: starting"  # no worker is here to say that it listens


PLAY = """async () => {  // a film of a question, as far as sound goes
  const rate = 8000, samples = new Uint8Array(44 + rate * 4), view = new DataView(samples.buffer);
  const words = [0x46464952, 36 + rate * 4, 0x45564157, 0x20746d66, 16, 0x00010001, rate, rate, 0x00080001, 0x61746164, rate * 4];
  words.forEach((word, at) => view.setUint32(at * 4, word, true));
  for (let at = 44; at < samples.length; at += 1) samples[at] = 128 + 20 * Math.sin(at / 3);
  const player = new Audio(URL.createObjectURL(new Blob([samples], { type: "audio/wav" })));
  Object.assign(player, { loop: true });
  document.body.append(player);
  await player.play();
}"""


def test_what_the_page_plays_itself_is_not_listened_to(place: Place, chrome: Browser) -> None:
    listen_for_voices(place.engine, place.world)
    with ingest(place), chrome.new_context() as context:
        page = place.page(context)
        start(place, page)
        assert soon(page, lambda: any(any(one.packets) for one in sounds(place)))

        page.evaluate(PLAY)

        assert soon(page, lambda: not any(sounds(place)[-1].packets))
        assert len(sounds(place)[-1].packets) == 16
        page.evaluate("document.querySelector('audio').pause()")
        assert soon(page, lambda: any(sounds(place)[-1].packets))


def test_a_page_that_is_asked_for_little_sends_no_sound_and_the_next_does_not_join(place: Place, chrome: Browser) -> None:
    listen_for_voices(place.engine, place.world)
    store = Redis.from_url(place.valkey.url)
    with ingest(place), chrome.new_context() as context:
        page = place.page(context)
        start(place, page)
        assert soon(page, lambda: len(sounds(place)) >= 2)

        store.publish(f"page:{place.world.sitting_id}", json.dumps({"type": "load", "fps": 0.4, "quality": 0.6}))
        page.wait_for_timeout(5000)
        before = len(sounds(place))
        page.wait_for_timeout(4000)
        assert len(sounds(place)) == before

        store.publish(f"page:{place.world.sitting_id}", json.dumps({"type": "load", "fps": 2, "quality": 0.6}))
        assert soon(page, lambda: len(sounds(place)) >= before + 2)
        assert [one.joins for one in sounds(place)[before:][:2]] == [False, True]
    store.close()
