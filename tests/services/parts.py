"""Forms with settings, for the tests of moves: a world whose form is given parts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import update

from assessment_engine.delivery.navigation import Move
from assessment_engine.delivery.responses import Receipt, an_offer
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import delivery, navigation
from assessment_engine.services.engine import Engine
from assessment_engine.services.navigation import Whereabouts
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.builders import World, a_world, past_trigger


@dataclass(frozen=True, kw_only=True)
class Sat:
    """A candidate who sits a form with parts, and the writer of their answers."""

    engine: Engine
    ledger: AnswerLedger
    world: World

    def item(self, number: int) -> ItemVersionId:
        """The form's items, from 1: two in each part."""
        return self.world.items[number - 1]

    def move(self, number: int | None, *, leave: bool = False, writer: str | None = None) -> Whereabouts:
        """Go to an item, or on."""
        move = Move(to=None if number is None else self.item(number), leave=leave, writer=writer)
        return navigation.move(self.engine, self.ledger, self.world.candidate, self.world.sitting_id, move)

    def answer(self, number: int, revision: int, value: str = "A") -> Receipt:
        """Save an answer; A is right."""
        offer = an_offer(self.world.sitting_id, self.world.candidate.person_id, self.item(number), revision, {"RESPONSE": value})
        return self.ledger.save(offer).result()

    @property
    def opened(self) -> delivery.OpenSitting:
        """What the candidate's page gets."""
        return delivery.open_sitting(self.engine, self.world.candidate, self.world.sitting_id)


@contextmanager
def sat(engine: Engine, *parts: Mapping[str, Json]) -> Iterator[Sat]:
    """A sitting in progress of a form with these parts (A, B, …), two items each."""
    world = a_world(engine, items=2 * len(parts))
    give_parts(engine, world, parts)
    ledger = delivery.open_ledger(engine)
    try:
        yield Sat(engine=engine, ledger=ledger, world=world)
    finally:
        ledger.stop()


def give_parts(engine: Engine, world: World, parts: Sequence[Mapping[str, Json]]) -> None:
    """Give the world's form these parts."""
    forms = metadata.tables["forms"]
    sections = [
        {"id": name, "title": f"Part {name}", "title_hi": f"भाग {name}", "items": list(world.items[2 * n : 2 * n + 2]), **settings}
        for n, (name, settings) in enumerate(zip("ABCDE", parts, strict=False))
    ]
    with engine.store.begin() as tx, past_trigger(tx.connection, "forms_stays"):
        tx.connection.execute(update(forms).where(forms.c.id == world.form_id).values(document={"sections": sections}))
