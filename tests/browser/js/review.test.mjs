import assert from "node:assert/strict";
import { test } from "node:test";

import { initial, meaning, neighbour, show, step, tick, toggle } from "../../../api/static/review_state.js";

test("the scrubber stays within the pictures", () => {
  assert.equal(show(initial(9), 99).at, 8);
  assert.equal(step(initial(9), -1).at, 0);
});

test("playing walks to the end and stops there", () => {
  let state = toggle(initial(3));
  state = tick(tick(state));
  assert.deepEqual([state.at, state.playing], [2, false]);
  assert.deepEqual([toggle(state).at, toggle(state).playing], [0, true]);
});

test("one picture cannot be played", () => {
  assert.equal(toggle(initial(1)).playing, false);
  assert.equal(tick(initial(1)).at, 0);
});

test("scrubbing by hand stops the playing", () => {
  assert.equal(show(toggle(initial(9)), 4).playing, false);
});

test("keys mean something only when nobody writes and they are on", () => {
  assert.equal(meaning("j"), "next");
  assert.equal(meaning("?"), "help");
  assert.equal(meaning("x"), null);
  assert.equal(meaning("j", { writing: true }), null);
  assert.equal(meaning("j", { modified: true }), null);
  assert.equal(meaning("j", { on: false }), null);
});

test("j and k walk the queue and stop at its ends", () => {
  assert.equal(neighbour(["a", "b"], "a", 1), "b");
  assert.equal(neighbour(["a", "b"], "b", 1), null);
  assert.equal(neighbour(["a", "b"], "gone", 1), "a");
  assert.equal(neighbour([], "gone", 1), null);
});
