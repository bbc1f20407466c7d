"""Trying a question: what the engine makes of answers to one item, in words for a page. Nothing is stored, nobody is examined.

The attempts so far come with every try and are processed again from the first, so that nothing has to be remembered between two tries.
What an item session is: item_bank/qti/session/item.py. The sample questions: gallery.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import BANK_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import page_of, shown_version
from item_bank.qti.binding import bind, shortcomings
from item_bank.qti.model import QtiItem
from item_bank.qti.processing import max_score
from item_bank.qti.render import Page, modal_feedbacks, render, value_text
from item_bank.qti.session import ItemSession
from item_bank.qti.values import Value

MOST_ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One response or outcome as it stands after the attempts; `value` is in words, "" for NULL."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tryout:
    """A question with what became of the attempts at it; without attempts there are no outcomes yet."""

    identifier: str
    title: str
    lang: str
    html: str
    max_score: float | None
    attempts: tuple[Json, ...] = ()  # the last one counts only where it could be read; see `problem`
    score: float | None = None
    by_person: bool = False  # somebody marks this, not the engine
    responses: tuple[Variable, ...] = ()  # what arrived
    outcomes: tuple[Variable, ...] = ()
    feedbacks: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()  # responses that the item asks for and that are not complete
    adaptive: bool = False
    completed: bool = False
    problem: str = ""  # why the last answer could not be read


def tryout(item: QtiItem, page: Page, attempts: Sequence[Json] = (), *, seed: int = 0) -> Tryout:
    """Process the attempts, and show the item with the last one in it. An item that is not adaptive starts anew with each attempt."""
    given = tuple(attempts)[-MOST_ATTEMPTS:]
    session, problem = _after(ItemSession.begin(item, seed=seed, max_attempts=0).enter(), given)
    response = given[-1] if given else None
    shown = replace(page, response=_without_files(response), values=session.values)
    plain = Tryout(
        identifier=item.identifier,
        title=item.title,
        lang=item.lang,
        html=render(item, shown),
        max_score=max_score(item),
        attempts=given,
        by_person="SCORE" in item.outcomes and item.outcomes["SCORE"].external_scored != "",
        adaptive=item.adaptive,
        problem=problem,
    )
    return _judged(plain, session, shown) if session.num_attempts and not problem else plain


def try_version(engine: Engine, actor: Actor, version_id: ItemVersionId, lang: str, attempts: Sequence[Json] = ()) -> Tryout:
    """Return a version of the actor's organisation after these attempts; a language that it lacks gives its first one."""
    require(actor, *BANK_STAFF)
    shown = shown_version(engine, version_id, lang, actor)
    return tryout(shown.item, page_of(shown), attempts)


def _after(session: ItemSession, attempts: Sequence[Json]) -> tuple[ItemSession, str]:
    """Submit one attempt after the other; the first that cannot be read ends it, with the reason."""
    for response in attempts:
        if not session.is_open:
            break
        try:
            session = session.attempt(bind(session.item, response))
        except WrongResponse as error:
            return session, error.message
    return session, ""


def _judged(plain: Tryout, session: ItemSession, page: Page) -> Tryout:
    score = session.outcomes.get("SCORE")
    atom = score.atom if score is not None and len(score.atoms) == 1 else None
    return replace(
        plain,
        score=float(atom) if isinstance(atom, int | float) else None,
        responses=_named(session.responses),
        outcomes=_named(session.outcomes),
        feedbacks=modal_feedbacks(session.item, page),
        unfinished=shortcomings(session.item, session.responses),
        completed=session.item.adaptive and not session.is_open,
    )


def _named(values: Mapping[str, Value | None]) -> tuple[Variable, ...]:
    return tuple(Variable(name=name, value=value_text(value, ", ")) for name, value in values.items())


def _without_files(response: Json) -> Json:
    """Leave files out of what is written into a page; its script still has them."""
    return {name: value for name, value in response.items() if not isinstance(value, dict)} if isinstance(response, dict) else response
