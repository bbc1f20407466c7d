from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from assessment_engine.delivery.sealing import Closing, seal_ledger
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import OrganisationId, PersonId, SittingId
from assessment_engine.services.engine import Engine
from tests.builders import NOON, a_signer, a_sitting, a_world


def test_a_sitting_comes_back_as_it_was_saved(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.ADMITTED)
    with any_engine.store.begin() as tx:
        changed = tx.sittings.get(world.sitting_id)
        tx.sittings.save(changed.void())

    with any_engine.store.read() as tx:
        assert tx.sittings.get(world.sitting_id) == changed.void()


def test_saving_what_does_not_exist_is_not_found(any_engine: Engine) -> None:
    with pytest.raises(NotFound), any_engine.store.begin() as tx:
        tx.sittings.save(a_sitting())


def test_what_belongs_to_others_does_not_exist(any_engine: Engine) -> None:
    world = a_world(any_engine)

    with any_engine.store.read() as tx:
        assert tx.sittings.of_candidate(world.sitting_id, world.candidate.person_id).id == world.sitting_id
        assert tx.sittings.of_organisation(world.sitting_id, world.organisation_id).id == world.sitting_id
        with pytest.raises(NotFound):
            tx.sittings.of_candidate(world.sitting_id, PersonId("per_2"))
        with pytest.raises(NotFound):
            tx.sittings.of_organisation(world.sitting_id, OrganisationId("org_2"))
        assert tx.sittings.all_of_session(world.session_id, OrganisationId("org_2")) == []
        assert [one.id for one in tx.sittings.all_of_session(world.session_id, world.organisation_id)] == [world.sitting_id]


def test_locking_passes_over_what_does_not_exist(any_engine: Engine) -> None:
    world = a_world(any_engine)

    with any_engine.store.begin() as tx:
        assert list(tx.sittings.lock([SittingId("sit_none"), world.sitting_id])) == [world.sitting_id]
        with pytest.raises(NotFound):
            tx.sittings.get_locked(SittingId("sit_none"))


def test_the_sweep_finds_what_is_past_its_deadline(any_engine: Engine) -> None:
    world = a_world(any_engine, duration_s=60)

    with any_engine.store.read() as tx:
        assert tx.sittings.overdue(NOON + timedelta(seconds=60)) == []
        assert [one.id for one in tx.sittings.overdue(NOON + timedelta(seconds=61))] == [world.sitting_id]


def test_a_sitting_has_one_seal(any_engine: Engine) -> None:
    world = a_world(any_engine)
    seal = seal_ledger(Closing(sitting_id=world.sitting_id, form_sha256="f" * 64, at=NOON), [], a_signer().receipts)
    with any_engine.store.begin() as tx:
        assert tx.sittings.seal(world.sitting_id) is None
        tx.sittings.add_seal(seal)

    with any_engine.store.read() as tx:
        assert tx.sittings.seal(world.sitting_id) == seal
    with pytest.raises(IntegrityError), any_engine.store.begin() as tx:
        tx.sittings.add_seal(seal)
