// A camera check on the page: when which colour is due, and what is said.

import assert from "node:assert/strict";
import { test } from "node:test";

import { asked, colourAt, mayPaint, saidOf } from "../../../api/static/challenge_state.js";

const LIGHT = { type: "challenge", id: 3, ask: "light", in_ms: 1500, step_ms: 1000, colours: ["#a00000", "#00b000", "#0000c0"] };
const TURN = { type: "challenge", id: 4, ask: "turn", try: 1, turns: ["left", "up"], lasts_ms: 15000 };
const WORDS = { check_hand: "hand", check_left: "to the left", check_up: "up" };
const say = (key, values) => `${key} ${Object.values(values).join(" ")}`;

test("each colour is painted for its second, after the announcement and in order", () => {
  const check = asked(LIGHT, 10_000);

  const seen = [10_000, 11_499, 11_500, 12_499, 12_500, 13_500, 14_499, 14_500].map((now) => colourAt(check, now));
  assert.deepEqual(seen, [null, null, "#a00000", "#a00000", "#00b000", "#0000c0", "#0000c0", null]);
});

test("a request to turn paints nothing", () => assert.equal(colourAt(asked(TURN, 0), 500), null));

test("done ends what was asked", () => assert.equal(asked({ type: "challenge", id: 3, ask: "done" }, 0), null));

test("what a newer server may ask for is not shown at all", () => assert.equal(asked({ type: "challenge", id: 3, ask: "dance" }, 0), null));

test("it is said how long the light lasts", () => assert.equal(saidOf(asked(LIGHT, 0), WORDS, say), "check_light 3"));

test("the turns are said in their order, and that it is the second time", () => {
  assert.equal(saidOf(asked(TURN, 0), WORDS, say), "check_turn to the left up");
  assert.equal(saidOf(asked({ ...TURN, try: 2 }, 0), WORDS, say), "check_again to the left up");
  assert.equal(saidOf(asked({ ...TURN, ask: "hand" }, 0), WORDS, say), "hand");
});

test("whoever asked the browser for less motion, or has colours of their own, sees no light", () => {
  assert.equal(mayPaint(() => false), true);
  assert.equal(mayPaint((query) => query.includes("reduced-motion")), false);
  assert.equal(mayPaint((query) => query.includes("forced-colors")), false);
});
