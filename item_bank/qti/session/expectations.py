"""What a script sees, as JSON, and where that differs from what it expected. The format is written down in script.py."""

from collections import Counter
from collections.abc import Mapping

from assessment_engine.kernel.canonical import Json
from item_bank.qti.session.assessment import TestSession
from item_bank.qti.session.comparing import is_same
from item_bank.qti.session.item import ItemSession
from item_bank.qti.session.steps import Scene, plain
from item_bank.qti.values import Value, value_json, values_json

_NAMES: Mapping[str, str] = {
    "completion_status": "completionStatus",
    "num_attempts": "numAttempts",
    "modal_feedback_identifiers": "modal_feedback",
    "test_feedback_identifiers": "test_feedback",
    "current_item": "item",
    "current_part": "part",
}


def seen(scene: Scene) -> dict[str, Json]:
    """Say what is to be seen now."""
    item = scene.item
    of_item: dict[str, Json] = {} if item is None else _of_item(item)
    if isinstance(scene.session, ItemSession):
        return {"outcomes": values_json(scene.session.outcomes), **of_item, "state": scene.session.state.value}
    return {**of_item, **_of_test(scene.session)}


def _of_item(item: ItemSession) -> dict[str, Json]:
    modal = [each.shown.identifier for each in item.feedbacks]
    inside = [each.shown.identifier for each in item.integrated_feedbacks] if item.shows_integrated_feedback else []
    return {
        "completionStatus": item.completion_status,
        "numAttempts": item.num_attempts,
        "duration": item.duration,
        "modal_feedback": [*modal],
        "feedback": list(dict.fromkeys([*(modal if item.shows_feedback else ()), *inside])),
    }


def _of_test(session: TestSession) -> dict[str, Json]:
    return {
        "outcomes": values_json(session.outcomes),
        "item": None if session.current is None else session.current.key,
        "part": None if session.part is None else session.part.identifier,
        "state": session.state.value,
        "test_feedback": [each.shown.identifier for each in session.feedbacks],
        "plan": [each.key for each in session.plan.items],
        "time": session.spent.test,
    }


def wrong(expected: Json, view: Mapping[str, Json], scene: Scene, refused: str) -> list[Json]:
    """Return where what is seen differs from what was expected; a refusal that nobody expected differs too, where anything was expected."""
    if not isinstance(expected, Mapping):
        return []
    found: list[Json] = []
    wanted = {_NAMES.get(plain(name), plain(name)): value for name, value in expected.items()}
    for name, value in wanted.items():
        if name in ("outcomes", "variables"):
            found.extend(_wrong_variables(value, name, scene))
        elif name != "refused" and not agrees(value, view.get(name), in_order=name == "plan"):
            found.append({"what": name, "expected": value, "got": view.get(name)})
    if wanted.get("refused") not in (refused or None, bool(refused)):
        found.append({"what": "refused", "expected": wanted.get("refused"), "got": refused or None})
    return found


def _wrong_variables(expected: Json, kind: str, scene: Scene) -> list[Json]:
    found: list[Json] = []
    for name, value in expected.items() if isinstance(expected, Mapping) else ():
        got = _variable(scene, name, kind)
        if not is_same(got, value):
            found.append({"what": name, "expected": value, "got": value_json(got)})
    return found


def _variable(scene: Scene, name: str, kind: str) -> Value | None:
    session = scene.session
    if isinstance(session, ItemSession):
        return session.values.get(name)
    if kind == "outcomes" and name in session.outcomes:
        return session.outcomes[name]
    item, dot, variable = name.partition(".")
    if dot:
        return session.results.variable(item, variable, "")
    return None if scene.item is None else scene.item.values.get(name)


def agrees(expected: Json, got: Json, *, in_order: bool = False) -> bool:
    """Tell whether what is seen is what was expected: numbers also as text, within rounding; lists in any order unless it counts."""
    if isinstance(expected, list) and isinstance(got, list):
        words = [[_word(each) for each in values] for values in (expected, got)]
        return words[0] == words[1] if in_order else Counter(words[0]) == Counter(words[1])
    return _word(expected) == _word(got)


def _word(value: Json) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    try:
        return format(round(float(value), 9) + 0.0, ".9g") if isinstance(value, str | int | float) else repr(value)
    except ValueError:
        return str(value)
