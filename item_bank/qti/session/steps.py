"""The steps of a script: one JSON object each, done to an item's or a test's session. Their format is written down in script.py.

A step that is refused changes nothing but the time; the refusal is kept, for a script may expect it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, IllegalTransition, Invalid
from item_bank.qti.binding import bind
from item_bank.qti.model.assessment import AssessmentTest, ItemSessionControl
from item_bank.qti.model.item import QtiItem
from item_bank.qti.session.assessment import TestSession
from item_bank.qti.session.item import ItemSession, Variables

Paper = tuple[AssessmentTest, Mapping[str, QtiItem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a script stands: the session, and the seconds since it began."""

    session: TestSession | ItemSession
    now: float = 0.0

    @property
    def item(self) -> ItemSession | None:
        """The item in front of the candidate."""
        return self.session if isinstance(self.session, ItemSession) else self.session.current_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a step: where the script stands now, why it was refused, and the solution where one was asked for."""

    scene: Scene
    refused: str = ""
    solution: Variables | None = None


def begin(target: QtiItem | Paper, case: Mapping[str, Json]) -> Scene:
    """Set the scene for a case."""
    seed = case.get("seed")
    seed = seed if isinstance(seed, int) and seed >= 0 else 0
    if not isinstance(target, QtiItem):
        return Scene(session=TestSession.begin(target[0], target[1], seed=seed))
    attempts = case.get("max_attempts", case.get("maxAttempts"))
    limit = attempts if isinstance(attempts, int) else 0
    return Scene(session=ItemSession.begin(target, seed=seed, max_attempts=limit, control=_control(case.get("control"))))


def verb_of(step: Mapping[str, Json]) -> str:
    """Return what a step does, in this module's words."""
    word = plain(str(step.get("do", "")))
    return _SAME.get(word, word)


def plain(word: str) -> str:
    """Write a word the one way: `maxAttempts`, "max-attempts" and "Max attempts" are max_attempts."""
    split = "".join(f"_{sign}" if sign.isupper() and at and word[at - 1].islower() else sign for at, sign in enumerate(word.strip()))
    return split.lower().replace("-", "_").replace(" ", "_")


def take(scene: Scene, step: Mapping[str, Json]) -> Taken:
    """Let the step's time go by, then do it."""
    seconds = step.get("seconds")
    later = _later(scene, float(seconds) if isinstance(seconds, int | float) and seconds > 0 else 0.0)
    try:
        if verb_of(step) == "solution":
            return Taken(scene=later, solution=_shown(later).solution())
        return Taken(scene=_done(later, step))
    except AssessmentError as error:
        return Taken(scene=later, refused=str(error.details.get("problem") or error.code))


def _later(scene: Scene, seconds: float) -> Scene:
    now = scene.now + seconds
    if isinstance(scene.session, TestSession):
        return Scene(session=scene.session.pass_time(now), now=now)
    return Scene(session=scene.session.spend(seconds), now=now)


def _done(scene: Scene, step: Mapping[str, Json]) -> Scene:
    verb = verb_of(step)
    if verb in ("", "tick"):
        return scene
    if isinstance(scene.session, TestSession):
        does = _TEST.get(verb)
        after: TestSession | ItemSession | None = None if does is None else does(scene.session, step, scene.now)
    else:
        on_item = _ITEM.get(verb)
        after = None if on_item is None else on_item(scene.session, step)
    if after is None:
        raise Invalid(f"a script has no step {verb[:40]!r} here", problem="unknown_step")
    return replace(scene, session=after)


def _control(said: Json) -> ItemSessionControl:
    if not isinstance(said, Mapping):
        return ItemSessionControl()
    flags = {plain(name): value for name, value in said.items() if isinstance(value, bool)}
    known = {each.name: flags[each.name] for each in fields(ItemSessionControl) if each.name in flags and each.name != "max_attempts"}
    return ItemSessionControl(**known)


def _shown(scene: Scene) -> ItemSession:
    if scene.item is None:
        raise IllegalTransition("no item is shown", problem="not_running")
    return scene.item


def _responses(item: ItemSession | None, step: Mapping[str, Json]) -> Variables:
    """Bind what a step gives, leniently; what it does not name stays."""
    raw = step.get("responses", {})
    if item is None:
        raise IllegalTransition("no item is shown", problem="not_running")
    bound = bind(item.item, raw, lenient=True)
    return {name: value for name, value in bound.items() if not isinstance(raw, Mapping) or name in raw}


_ITEM: Mapping[str, Callable[[ItemSession, Mapping[str, Json]], ItemSession]] = {
    "start": lambda item, step: item.enter(),
    "respond": lambda item, step: item.hold(_responses(item, step)),
    "submit": lambda item, step: item.attempt(_responses(item, step)),
    "comment": lambda item, step: item.noted(str(step.get("text", ""))),
    "exit": lambda item, step: item.close(),
}
_TEST: Mapping[str, Callable[[TestSession, Mapping[str, Json], float], TestSession]] = {
    "start": lambda test, step, now: test.start(now),
    "select": lambda test, step, now: test.select(str(step.get("item", "")), now),
    "respond": lambda test, step, now: test.hold(_responses(test.current_session, step), now),
    "submit": lambda test, step, now: test.attempt(_responses(test.current_session, step), now),
    "next": lambda test, step, now: test.next(now),
    "end_part": lambda test, step, now: test.end_part(now),
    "advance": lambda test, step, now: test.advance(now),
    "comment": lambda test, step, now: test.note(str(step.get("text", "")), now),
    "exit": lambda test, step, now: test.exit(now),
}
_SAME: Mapping[str, str] = {
    "attempt": "submit",
    "end_attempt": "submit",
    "hold": "respond",
    "select_item": "select",
    "advance_part": "advance",
    "next_item": "next",
    "wait": "tick",
    "end": "exit",
}
