import assert from "node:assert/strict";
import { test } from "node:test";

import { DOTS, EACH_MS, TOTAL_MS, dot, initial, isDone, look, passed, summary } from "../../../api/static/calibrate_state.js";

test("the dots take thirty seconds and visit every corner twice", () => {
  assert.equal(TOTAL_MS, 30000);
  const corners = DOTS.filter(([x, y]) => x !== 0.5 && y !== 0.5).map(String);
  assert.equal(corners.length, 8);
  assert.equal(new Set(corners).size, 4);
});

test("each dot has its turn and then there is none", () => {
  assert.equal(dot(initial()).index, 0);
  assert.equal(dot(passed(initial(), EACH_MS)).index, 1);
  assert.equal(dot(passed(initial(), TOTAL_MS - 1)).index, DOTS.length - 1);
  assert.equal(dot(passed(initial(), TOTAL_MS)), null);
});

test("time never runs backwards or past the end", () => {
  assert.equal(passed(initial(), -50).elapsed, 0);
  assert.equal(passed(initial(), 1e9).elapsed, TOTAL_MS);
  assert.equal(isDone(passed(initial(), 1e9)), true);
});

test("the server is told how well it went, not where the eyes were", () => {
  const state = passed(look(look(initial(), { observable: true }), { observable: false }), TOTAL_MS);
  assert.deepEqual(summary(state), { skipped: false, seconds: 30, looks: 2, observable: 1 });
});
