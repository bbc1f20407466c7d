"""Runs a session that was written down as JSON steps, and says what was seen at each. Pure; called by `items score --cases`.

`run_script(target, case)` takes an item, or a test with its items as `(test, {href: item})`, and a case:

    {"seed": 1, "max_attempts": 3, "control": {"show_feedback": true, …}, "steps": [STEP, …], "expect": EXPECT}
    {"seed": 1, "attempts": [{"RESPONSE": "A"}, {"responses": {"RESPONSE": "B"}, "seconds": 20, "expect": EXPECT}], "expect": EXPECT}

`attempts` is short for steps that submit. `seed` is 0, and for an item `max_attempts` is 0 (no limit) where the case is silent. A STEP is
`{"do": VERB, …, "expect": EXPECT}`, or `{"expect": EXPECT}` alone; the verbs are

    start                              enter the item or the test (the first step may leave it out)
    select     "item": KEY             go to an item of a nonlinear part; KEY is the reference's identifier, "Q1.2" for a second instance
    respond    "responses": {…}        keep responses without submitting them
    submit     "responses": {…}        end the attempt (also: attempt, end_attempt); responses that are not named stay as they are
    next                               leave the item
    end_part                           end a nonlinear part and stay, to read its feedback
    advance                            go on to the next part (ends this one where it has not ended; also: advance_part)
    tick       "seconds": 30           let time go by; any step may have `seconds`, which go by before it
    comment    "text": "…"             keep a candidate's comment on the item
    solution                           ask for the correct responses
    exit                               end the item's or the test's session

An EXPECT has any of `outcomes` {NAME: VALUE}, `variables` (the current item's, or of any item as "ITEM.NAME"), `item` (the current key or
null), `part`, `state` (ready, running, part_ended, ended; an item's: initial, interacting, closed), `completionStatus`, `numAttempts`,
`duration`, `feedback` (identifiers that the item shows: modal and in its body), `modal_feedback` (those that the outcomes call for,
shown or not), `test_feedback` (identifiers), `plan` (the keys of the test, in order), `time` (seconds in the test), `refused` (null, or
the problem or the error's code). Words may be written in any case, with "_", "-" or a space between.

The answer is `{"ok", "steps": [{"do", "ok", "seen", "refused", "wrong"}], "outcomes", "variables", "state", "completionStatus"}`: `ok`
when every expectation was met; a step that was refused changes nothing, and is ok when that was expected or nothing was. Values are
written as JSON: a list for a container, "A B" for a pair, "10 20" for a point, an object for a record, null for NULL.
"""

from collections.abc import Mapping

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, TooLarge
from item_bank.qti.model.item import QtiItem
from item_bank.qti.session.expectations import seen, wrong
from item_bank.qti.session.steps import Paper, Scene, begin, take, verb_of
from item_bank.qti.values import values_json

MAX_STEPS = 10_000


def run_script(target: QtiItem | Paper, case: Mapping[str, Json]) -> dict[str, Json]:
    """Run a case and say what was seen; raises Invalid for a case that is not one."""
    scene = begin(target, case)
    steps = _steps(case)
    if not any(verb_of(step) == "start" for step in steps[:1]):
        steps = [{"do": "start"}, *steps]
    told: list[dict[str, Json]] = []
    for step in steps:
        scene, said = _run(scene, step)
        told.append(said)
    final = seen(scene)
    missed = wrong(case.get("expect"), final, scene, "")
    values = {} if scene.item is None else values_json(scene.item.values)
    ok = not missed and all(step["ok"] is True for step in told)
    return {**final, "ok": ok, "wrong": [*missed], "steps": [*told], "variables": values}


def _run(scene: Scene, step: Mapping[str, Json]) -> tuple[Scene, dict[str, Json]]:
    taken = take(scene, step)
    view = seen(taken.scene)
    if taken.solution is not None:
        view["solution"] = values_json(taken.solution)
    missed = wrong(step.get("expect"), view, taken.scene, taken.refused)
    return taken.scene, {"do": verb_of(step), "ok": not missed, "seen": view, "refused": taken.refused or None, "wrong": [*missed]}


def _steps(case: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    attempts, steps = case.get("attempts"), case.get("steps", [])
    given: list[Json] | None = steps if isinstance(steps, list) else None
    if attempts is not None:
        given = [_submits(each) for each in attempts] if isinstance(attempts, list) else None
    if given is None or not all(isinstance(step, Mapping) for step in given):
        raise Invalid("a script needs a list of steps or attempts", problem="not_a_script")
    if len(given) > MAX_STEPS:
        raise TooLarge(f"a script may have {MAX_STEPS} steps", problem="too_many_steps")
    return [step for step in given if isinstance(step, Mapping)]


def _submits(attempt: Json) -> dict[str, Json]:
    if isinstance(attempt, Mapping) and "responses" in attempt:
        return {"do": "submit", **attempt}
    return {"do": "submit", "responses": attempt}
