from random import Random

import pytest

from tests.item_bank.qti.fuzz.mutation import mutated, package
from tests.item_bank.qti.fuzz.samples import samples
from tests.item_bank.qti.fuzz.trial import tried, tried_package

EXECUTIONS = 200  # for each seed; `python -m tests.item_bank.qti.fuzz` goes on for minutes
SOUND = samples()


def test_sound_files_go_all_the_way() -> None:
    far = [tried(xml, Random(1)) for xml in SOUND]

    assert [fault for _, fault in far if fault is not None] == []
    assert sum(reached == "rendered bare" for reached, _ in far) >= len(SOUND) - 5  # tests and stimuli are no items


@pytest.mark.parametrize("seed", [1, 2])
def test_broken_files_raise_nothing_that_is_not_ours(seed: int) -> None:
    chance = Random(seed)
    for _ in range(EXECUTIONS):
        xml = mutated(chance.choice(SOUND), SOUND, chance)
        _, fault = tried(xml, chance)
        assert fault is None, f"{fault.words}\n{xml[:3000]!r}"


def test_broken_packages_raise_nothing_that_is_not_ours() -> None:
    chance = Random(3)
    for _ in range(20):
        _, fault = tried_package(package(SOUND, chance))
        assert fault is None, fault.words
