"""Taking an import back as a whole, until it is used: approved, or built upon. Nothing is deleted; its versions are found no longer.

An item that the import brought leaves the list; one that was there before goes back to its earlier version.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, ImportInUse
from assessment_engine.kernel.ids import ImportId
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_imports import ImportedVersion, ImportRun
from item_bank.items import ItemState

_USED = frozenset({ItemState.APPROVED, ItemState.RETIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What taking an import back would do, and what of it stands in the way."""

    run: ImportRun
    gone: int  # items that leave the list
    back: int  # items that go back to an earlier version
    in_review: int
    approved: tuple[ImportedVersion, ...]
    built_upon: tuple[ImportedVersion, ...]

    @property
    def is_used(self) -> bool:
        """Tell whether it is too late."""
        return bool(self.approved or self.built_upon)


def look_at_withdrawal(engine: Engine, actor: Actor, run_id: ImportId) -> Withdrawal:
    """Return what taking an import back would do; raises Conflict for one that has nothing, or that is withdrawn."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        run = _withdrawable(tx, actor, run_id)
        assert run.import_id is not None
        return _looked(run, tx.item_imports.versions_of(run.import_id))


def withdraw(engine: Engine, actor: Actor, run_id: ImportId) -> Withdrawal:
    """Take an import back; raises ImportInUse, and changes nothing, once a version of it is approved or built upon."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        run = _withdrawable(tx, actor, run_id)
        assert run.import_id is not None and run.bank_id is not None
        tx.items.lock_bank(run.bank_id)
        withdrawal = _looked(run, tx.item_imports.versions_of(run.import_id, lock=True))
        if withdrawal.is_used:
            named = ", ".join(sorted({each.identifier for each in (*withdrawal.approved, *withdrawal.built_upon)})[:5])
            raise ImportInUse(f"this import is in use: {named}", problem="import_in_use", items=named)
        tx.item_imports.withdraw(actor, run.import_id, now)
        tx.items.unfinish_import(run.import_id)
        about: dict[str, Json] = {"import": run.import_id, "versions": run.imported}
        tx.audit.append("import_withdrawn", subject=run.import_id, actor=actor.person_id, now=now, payload=about)
    return withdrawal


def _withdrawable(tx: Transaction, actor: Actor, run_id: ImportId) -> ImportRun:
    run = tx.item_imports.of_actor(actor, run_id)
    if run.import_id is None:
        raise Conflict("nothing came in by this; there is nothing to withdraw")
    if run.withdrawn_at is not None:
        raise Conflict("this import is withdrawn already")
    return run


def _looked(run: ImportRun, versions: Iterable[ImportedVersion]) -> Withdrawal:
    found = tuple(versions)
    return Withdrawal(
        run=run,
        gone=sum(1 for each in found if not each.has_earlier),
        back=sum(1 for each in found if each.has_earlier),
        in_review=sum(1 for each in found if each.state is ItemState.IN_REVIEW),
        approved=tuple(each for each in found if each.state in _USED),
        built_upon=tuple(each for each in found if each.has_later),
    )
