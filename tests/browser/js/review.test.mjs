import assert from "node:assert/strict";
import { test } from "node:test";

import { initial, meaning, neighbour, reasonOf, secondsLeft, show, step, tick, toggle } from "../../../api/static/review_state.js";

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

const KEYS = { next: "j", previous: "k", toggle: " ", help: "?" };

test("keys mean something only when nobody writes and they are on", () => {
  assert.equal(meaning("j", KEYS), "next");
  assert.equal(meaning("?", KEYS), "help");
  assert.equal(meaning("x", KEYS), null);
  assert.equal(meaning("j", KEYS, { writing: true }), null);
  assert.equal(meaning("j", KEYS, { modified: true }), null);
  assert.equal(meaning("j", KEYS, { on: false }), null);
});

test("keys are those that a person chose", () => {
  assert.equal(meaning("n", { ...KEYS, next: "n" }), "next");
  assert.equal(meaning("j", { ...KEYS, next: "n" }), null);
});

test("a digit chooses the reason of its number, and only then", () => {
  assert.equal(reasonOf("1", 5), 0);
  assert.equal(reasonOf("6", 5), null);
  assert.equal(reasonOf("0", 5), null);
  assert.equal(reasonOf("d", 5), null);
  assert.equal(reasonOf("1", 5, { writing: true }), null);
  assert.equal(reasonOf("1", 5, { on: false }), null);
});

test("a minute is counted down to nothing, never below", () => {
  assert.equal(secondsLeft(60_000, 0), 60);
  assert.equal(secondsLeft(60_000, 59_001), 1);
  assert.equal(secondsLeft(60_000, 90_000), 0);
});

test("j and k walk the queue and stop at its ends", () => {
  assert.equal(neighbour(["a", "b"], "a", 1), "b");
  assert.equal(neighbour(["a", "b"], "b", 1), null);
  assert.equal(neighbour(["a", "b"], "gone", 1), "a");
  assert.equal(neighbour([], "gone", 1), null);
});
