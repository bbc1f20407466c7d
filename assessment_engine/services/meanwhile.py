"""Two people wrote one question at once: the second one's form, with what the first changed put in, and what is left to choose.

How two forms are put together: item_bank/authoring/merging.py. Nothing is stored here; saving is authoring.py's.
"""

from dataclasses import dataclass, replace

from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import WRITERS, Actor, Person, require
from assessment_engine.services.authoring import Draft, opened_version
from assessment_engine.services.engine import Engine
from item_bank.authoring.fields import Values
from item_bank.authoring.merging import Compared, Sides, compared, merged, taken
from item_bank.items import ItemVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What somebody saved while a form was open, what of it came over, and what both changed: None where the form cannot say it."""

    version: ItemVersion
    by: Person | None
    compared: Compared | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Two:
    """What somebody made of the version that a form began from, and who; `sides` are None for what the form cannot say."""

    version: ItemVersion
    by: Person | None
    sides: Sides | None


def put_together(engine: Engine, actor: Actor, draft: Draft) -> Draft:
    """Put what was saved since a form's base into the form, which is based on that from now on; raises NotFound."""
    found = _two(engine, actor, replace(draft, since=draft.base, base=None, mine=draft.values))
    values, mine = draft.values, draft.values
    if found.sides:
        values, mine = merged(found.sides), _changed(found.sides.before, draft.values)
    return replace(draft, values=values, base=found.version.id, since=draft.base, mine=mine)


def since(engine: Engine, actor: Actor, draft: Draft) -> Meanwhile:
    """Say of a form that was put together what came over and what is left to choose, as it stands by now; raises NotFound."""
    found = _two(engine, actor, draft)
    return Meanwhile(version=found.version, by=found.by, compared=compared(found.sides, draft.values) if found.sides else None)


def take(engine: Engine, actor: Actor, draft: Draft, unit: str, *, theirs: bool) -> Draft:
    """Take what both changed as they have it, or as it was typed before they were heard of; raises NotFound."""
    sides = _two(engine, actor, draft).sides
    return replace(draft, values=taken(sides, draft.values, unit, theirs=theirs)) if sides else draft


def _two(engine: Engine, actor: Actor, draft: Draft) -> _Two:
    """Read the version `since` and the one that the form is based on, or else the newest."""
    require(actor, *WRITERS)
    with engine.store.read() as tx:
        before = tx.items.of_actor(actor, draft.since or ItemVersionId(""))
        version = tx.items.of_actor(actor, draft.base) if draft.base else tx.items.newest_of(before.item_id) or before
        by = tx.people.many([version.author_id]).get(version.author_id) if version.author_id else None
    was, now = opened_version(before), opened_version(version)
    kinds = {each.get("kind") for each in (was.values, now.values, draft.values)}
    if was.lacks or now.lacks or len(kinds) > 1:
        return _Two(version=version, by=by, sides=None)  # nothing can be compared field by field
    mine = {**was.values, **draft.mine, "kind": was.values["kind"]}
    return _Two(version=version, by=by, sides=Sides(before=was.values, theirs=now.values, mine=mine))


def _changed(before: Values, mine: Values) -> dict[str, str]:
    return {name: mine.get(name, "") for name in (*before, *mine) if mine.get(name, "") != before.get(name, "")}
