// What a candidate is told of their breaks.

import assert from "node:assert/strict";
import { test } from "node:test";

import { saidOf } from "../../../api/static/exam_break_state.js";

const WORDS = { left: "%(left)s left of %(minutes)s min", take: "Take", resting: "until %(time)s", goOn: "Go on", none: "No break left" };
const breaks = (changes) => ({ count: 2, minutes: 10, used: 0, ends: null, paused: null, state: "in_progress", ...changes });

test("who has no break is told nothing", () => assert.equal(saidOf(breaks({ count: 0 }), WORDS, "en"), null));

test("what is left is said, with the way to take it", () =>
  assert.deepEqual(saidOf(breaks({ used: 1 }), WORDS, "en"), { line: "1 left of 10 min", button: "Take" }));

test("a break says when it ends by itself, where the exam is held", () =>
  assert.deepEqual(saidOf(breaks({ used: 1, ends: "2026-11-23T08:30:00Z", paused: {}, state: "paused" }), WORDS, "en"), {
    line: "until 14:00",
    button: "Go on",
  }));

test("when all are used there is nothing to press", () => assert.deepEqual(saidOf(breaks({ used: 2 }), WORDS, "en"), { line: "No break left", button: "" }));

test("nobody takes a break while an invigilator has stopped the time", () =>
  assert.equal(saidOf(breaks({ paused: {}, state: "paused" }), WORDS, "en").button, ""));
