"""Sound becomes seconds of voice: by hysteresis, without clicks, and a muted microphone is not silence."""

from collections.abc import Iterable

import numpy as np
import pytest

from assessment_engine.kernel.errors import BadSound, Invalid
from proctoring.incidents import Incident
from proctoring.observations import Observation
from proctoring.policy import RULES, STANDARD, Kind, Severity, Tier
from proctoring.signals import Finding, detectors
from proctoring.sound import RATE, WINDOW, Ear, Floats, Heard, Lips, lips
from tests.proctoring.sightings import closed

HALF_A_SECOND = 16 * WINDOW


class Said:
    """A network that answers what a test says, window by window; the loudness of the last is its memory."""

    def __init__(self, likely: Iterable[float]) -> None:
        self._likely = iter(likely)
        self.heard: list[Floats] = []

    def listen(self, window: Floats, memory: Floats) -> tuple[float, Floats]:
        self.heard.append(window)
        return next(self._likely), memory


def noise(samples: int) -> Floats:
    return np.random.default_rng(5).normal(0, 0.01, samples).astype(np.float32)


def heard(*likely: float) -> Heard:
    ear = Ear(Said(likely))
    ear.receive(noise(len(likely) * WINDOW))
    return ear.heard()


def spoken(at: float, voice: float | None, *, mouth: float | None = None) -> Observation:
    return Observation(at=at, seq=round(at * 2), faces=1, voice=voice, mouth_open=mouth)


def talking(observations: Iterable[Observation]) -> list[Finding]:
    return [finding for incident in closed(observations) for finding in incident.findings if finding.kind is Kind.TALKING]


def test_a_voice_is_counted_from_its_beginning_until_it_has_paused() -> None:
    found = heard(*[0.1] * 10, *[0.9] * 10, *[0.4] * 5, *[0.1] * 15)

    assert found.seconds == pytest.approx(40 * 0.032)
    assert found.voice_s == pytest.approx((10 + 5 + 3) * 0.032)


def test_a_click_is_no_voice() -> None:
    assert heard(*[0.1] * 5, *[0.9] * 4, *[0.1] * 20).voice == 0


def test_what_is_only_half_likely_begins_nothing() -> None:
    assert heard(*[0.45] * 40).voice == 0


def test_the_network_hears_each_window_after_the_end_of_the_one_before() -> None:
    network, samples = Said([0.0] * 3), noise(3 * WINDOW)
    ear = Ear(network)

    for piece in np.split(samples, [7, 700, 701]):
        ear.receive(piece)

    assert [one.shape for one in network.heard] == [(1, 576)] * 3
    assert np.array_equal(network.heard[1][0], samples[WINDOW - 64 : 2 * WINDOW])
    assert not network.heard[0][0, :64].any()


def test_what_fills_no_window_waits() -> None:
    ear = Ear(Said([0.9]))

    ear.receive(noise(WINDOW - 1))
    assert ear.heard().seconds == 0

    ear.receive(noise(1))
    assert ear.heard().seconds == pytest.approx(0.032)
    assert ear.heard() == Heard()


def test_a_muted_microphone_is_not_a_quiet_room() -> None:
    ear = Ear(Said([]))

    ear.receive(np.zeros(HALF_A_SECOND, np.float32))

    assert ear.heard().voice is None


def test_a_network_that_answers_no_number_says_nothing() -> None:
    assert heard(*[float("nan")] * 20).voice is None


@pytest.mark.parametrize(
    "samples",
    [
        np.full(WINDOW, np.nan, np.float32),
        np.full(WINDOW, np.inf, np.float32),
        np.full(WINDOW, 12_000, np.float32),
        np.zeros(WINDOW, np.int16),
        np.zeros(WINDOW, np.float64),
        np.zeros((2, WINDOW), np.float32),
    ],
)
def test_what_is_no_sound_is_refused_and_changes_nothing(samples: Floats) -> None:
    network = Said([0.0, 0.0])
    ear = Ear(network)
    ear.receive(noise(WINDOW + 100))
    before = ear.heard()

    with pytest.raises(BadSound):
        ear.receive(samples)

    ear.receive(noise(WINDOW - 100))
    assert (before.seconds, ear.heard().seconds) == pytest.approx((0.032, 0.032))
    assert np.array_equal(network.heard[1][0, 64:164], noise(WINDOW + 100)[WINDOW:])


@pytest.mark.parametrize("voice", [-0.1, 1.1, float("nan")])
def test_a_share_of_voice_is_a_share(voice: float) -> None:
    with pytest.raises(Invalid):
        Observation(at=0, seq=0, voice=voice)


def test_a_voice_for_long_enough_is_a_detection_and_never_more_than_medium() -> None:
    found = closed(spoken(second / 2, 0.8 if 20 <= second < 200 else 0.0) for second in range(260))

    assert [(one.kind, one.tier, one.severity) for one in found] == [(Kind.TALKING, Tier.DETECTION, Severity.MEDIUM)]
    assert (found[0].start_s, found[0].raised_s) == (10, 13)
    assert RULES[Kind.TALKING].cap is Severity.MEDIUM


def test_a_word_now_and_then_is_nothing() -> None:
    assert talking(spoken(second / 2, 0.6 if second % 20 < 3 else 0.0) for second in range(400)) == []


def test_where_nothing_is_heard_nobody_is_said_to_talk() -> None:
    assert talking(spoken(second / 2, None, mouth=0.1 * (second % 3)) for second in range(200)) == []


def test_talking_can_be_switched_off() -> None:
    assert Kind.TALKING not in detectors(STANDARD.without(Kind.TALKING), lambda: None)


@pytest.mark.parametrize(
    ("mouths", "said"),
    [
        ([0.02, 0.021, 0.019, 0.02, 0.022], Lips.STILL),
        ([0.02, 0.2, 0.05, 0.25, 0.1, 0.3], Lips.MOVING),
        ([0.02, 0.1, 0.03, 0.11, 0.04], Lips.NOT_TOLD),
        ([0.02, 0.03], Lips.NOT_TOLD),
        ([0.02] * 50, Lips.NOT_TOLD),  # one reading, repeated while nothing stirred in the picture
        ([], Lips.NOT_TOLD),
    ],
)
def test_lips_are_still_moving_or_not_told(mouths: list[float], said: Lips) -> None:
    assert lips(mouths) is said


@pytest.mark.parametrize(("swing", "said"), [(0.004, Lips.STILL), (0.3, Lips.MOVING)])
def test_a_finding_says_whether_the_lips_moved_with_the_voice(swing: float, said: Lips) -> None:
    mouths = np.random.default_rng(1).uniform(0, swing, 60).round(4)
    found = closed(spoken(second / 2, 0.9 if 10 <= second < 40 else 0.0, mouth=float(mouths[second])) for second in range(60))

    assert [one.lead.lips for one in found] == [said]
    assert Incident.from_json(found[0].as_json()) == found[0]


def test_lips_are_read_between_two_messages_of_sound_too() -> None:
    mouths = np.random.default_rng(1).uniform(0, 0.3, 18).round(4)
    voices = [0.9 if second % 6 == 0 else None for second in range(18)]
    found = closed(spoken(second / 2, voice, mouth=float(mouth)) for second, (voice, mouth) in enumerate(zip(voices, mouths, strict=True)))

    assert [one.lead.lips for one in found] == [Lips.MOVING]


def test_a_second_is_sixteen_thousand_samples() -> None:
    assert heard(*[0.0] * (RATE // WINDOW)).seconds == pytest.approx(31 * 0.032)
