"""Networks that answer no numbers, or absurd ones, in part or in whole, for a while: nobody is accused, and it passes.

`PROCTOR_LONG=1` tries every network with every fault; the short form leaves out those that differ from a neighbour in the number alone.
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from proctoring.observations import Observation
from proctoring.policy import SOFT, Tier
from proctoring.vision import models
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Floats, Models, Network, OnnxNetwork, Pixels
from proctoring.vision.objects import ObjectReader
from proctoring.watch import Watch
from tests.proctoring.sightings import closed
from tests.proctoring.vision.conftest import jpeg

pytestmark = [
    pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning"),
]

Scene = Callable[..., Pixels]
SEEING = (models.FACE_MESH, models.IRIS, models.FACE_NEAR, models.FACE_FAR, models.IDENTITY, models.OBJECTS)

VALUES, SHARES = (math.nan, math.inf, -math.inf, 3e38), (1.0, 0.3)
# No number at all is tried whole and in part of every network. The large numbers, which comparisons and sums treat alike, take turns:
# every network meets each of them, every one of them both shares, and every network both shares of them.
FAULTS = [
    (role, value, share)
    for (at, role), (turn, value), (part, share) in product(enumerate(SEEING), enumerate(VALUES), enumerate(SHARES))
    if os.environ.get("PROCTOR_LONG") == "1" or math.isnan(value) or (at + turn + part) % 2
]


class Ill:
    """A real network with a fault: while `ill`, `share` of its numbers are `value`."""

    def __init__(self, sound: Network, value: float, share: float) -> None:
        self._sound, self._value, self._share = sound, value, share
        self._chance = np.random.default_rng(1)
        self.ill = False
        if isinstance(sound, OnnxNetwork):
            self.size, self.outputs, self.metadata = sound.size, sound.outputs, sound.metadata

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        return [self._spoilt(answer) for answer in self._sound(batch)] if self.ill else self._sound(batch)

    def _spoilt(self, answer: Floats) -> Floats:
        return np.where(self._chance.random(answer.shape) < self._share, np.float32(self._value), answer).astype(np.float32)


def with_fault(loaded: Models, role: str, value: float, share: float) -> tuple[Networks, Ill]:
    ill = Ill(loaded.networks[role], value, share)
    if role != models.OBJECTS:
        return Networks(replace(loaded, networks={**loaded.networks, role: ill})), ill
    networks = Networks(loaded)
    networks.objects = ObjectReader(ill)
    return networks, ill


def seen(eyes: Eyes, ill: Ill, scene: Scene, *, ill_for: range, seconds: int) -> list[Observation]:
    found = []
    for second in range(seconds):
        ill.ill = second in ill_for
        found.append(eyes.look(jpeg(scene(second)), second, second))
    return found


@pytest.mark.parametrize(("role", "value", "share"), FAULTS)
def test_a_network_out_of_its_mind_accuses_nobody_and_is_over_when_it_is_over(
    models: Models, scene: Scene, role: str, value: float, share: float
) -> None:
    face = Eyes(Networks(models)).enrol(scene(0))
    assert face is not None
    networks, ill = with_fault(models, role, value, share)

    found = seen(Eyes(networks, enrolled=[face]), ill, scene, ill_for=range(4, 16), seconds=24)

    assert all(one.reason is None and one.head is not None for one in found[20:])
    assert all(one.identity is None or one.identity < 0.52 for one in found if one.seq not in range(4, 17))
    accused = [incident for incident in closed(found, Watch()) if incident.tier is Tier.ALERT and incident.kind not in SOFT]
    assert [incident.kind for incident in accused] == []
