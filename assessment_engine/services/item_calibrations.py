"""Keeping what a calibration found of items; how it is found is the matter of psychometrics."""

from collections.abc import Sequence

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotFound
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from item_bank.item_calibrations import ItemCalibration, check_calibration


def keep(engine: Engine, actor: Actor, found: Sequence[ItemCalibration]) -> None:
    """Keep calibrations of versions of the actor's organisation, all or none; raises Invalid, or NotFound."""
    require(actor, Role.CELL_OFFICER)
    for each in found:
        check_calibration(each)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        known = {card.id for card in tx.item_cards.some(actor, [each.version_id for each in found])}
        if any(each.version_id not in known for each in found):
            raise NotFound("no such item")
        tx.item_calibrations.add(found)
        about: dict[str, Json] = {each.version_id: {"model": each.model, "n": each.n} for each in found}
        tx.audit.append_all("item_calibrated", about, actor=actor.person_id, now=now)
