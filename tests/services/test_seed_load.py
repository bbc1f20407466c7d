import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from assessment_engine.delivery.responses import an_offer
from assessment_engine.kernel.errors import Invalid, NotAllowed, NotFound
from assessment_engine.services import delivery, people
from assessment_engine.services.seed_load import seed_load
from tests.builders import a_world, an_engine


def test_seeded_candidates_can_answer_at_once(tmp_path: Path) -> None:
    engine = an_engine(tmp_path, demo=True)
    a_world(engine)
    ledger = delivery.open_ledger(engine)

    seeded = list(seed_load(engine, 250))

    assert len({one["sitting"] for one in seeded}) == 250
    one = seeded[-1]
    actor = people.actor_of(engine, one["token"]).actor
    offer = an_offer(one["sitting"], actor.person_id, one["items"][0], 1, {"RESPONSE": "A"})
    assert asyncio.run(delivery.save_answer(engine, ledger, offer)).revision == 1
    assert delivery.my_sitting(engine, actor, one["sitting"]).simulated
    ledger.stop()


def test_candidates_are_seeded_in_demonstrations_only(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)

    with pytest.raises(NotAllowed):
        seed_load(engine, 1)


def test_seeding_needs_an_exam_and_a_number(tmp_path: Path) -> None:
    engine = replace(an_engine(tmp_path), demo=True)

    with pytest.raises(NotFound):
        list(seed_load(engine, 1))
    with pytest.raises(Invalid):
        seed_load(engine, 0)
