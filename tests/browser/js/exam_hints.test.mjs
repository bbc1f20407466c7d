import assert from "node:assert/strict";
import test from "node:test";

import { HERE, noticed } from "../../../api/static/exam_hints.js";

/** Play events of [milliseconds, event]; answers every hint. */
const played = (...events) =>
  events.reduce(
    ({ state, hints }, [at, event]) => {
      const next = noticed(state, event, at);
      return { state: next.state, hints: [...hints, ...next.hints] };
    },
    { state: HERE, hints: [] },
  ).hints;

test("leaving the window for twelve seconds is told at once and when it is over", () => {
  assert.deepEqual(played([0, { type: "blur" }], [12_000, { type: "focus" }]), [{ what: "left", how: "window" }, { what: "back", how: "window", seconds: 12 }]);
});

test("a tab that is hidden loses its window too, and that is one absence", () => {
  const hints = played([0, { type: "blur" }], [5, { type: "hidden" }], [3000, { type: "visible", focused: true }], [3001, { type: "focus" }]);
  assert.deepEqual(hints, [{ what: "left", how: "window" }, { what: "back", how: "tab", seconds: 3 }]);
});

test("a page that is seen again but not worked in is still left", () => {
  assert.deepEqual(played([0, { type: "hidden" }], [1000, { type: "visible", focused: false }]), [{ what: "left", how: "tab" }]);
});

test("coming without having left is nothing", () => assert.deepEqual(played([0, { type: "focus" }]), []));

test("pasting tells how much and not what", () => {
  assert.deepEqual(played([0, { type: "paste", characters: 240 }], [1, { type: "copy" }], [2, { type: "cut" }]), [{ what: "paste", characters: 240 }, { what: "copy" }, { what: "copy" }]);
});

test("full screen is told both ways", () => {
  assert.deepEqual(played([0, { type: "full_screen", on: true }], [1, { type: "full_screen", on: false }]), [{ what: "full_screen" }, { what: "window" }]);
});

test("a second screen is told once, one screen only after two", () => {
  const screens = (at, several) => [at, { type: "screens", several }];
  assert.deepEqual(played(screens(0, false), screens(1, false)), []);
  assert.deepEqual(played(screens(0, true), screens(1, true), screens(2, false)), [{ what: "second_screen" }, { what: "one_screen" }]);
});

test("twenty hints a minute are told, then that there were more, then nothing until a minute has gone", () => {
  const copies = Array.from({ length: 30 }, (_, n) => [n, { type: "copy" }]);
  const hints = played(...copies, [70_000, { type: "copy" }]);
  assert.equal(hints.filter(({ what }) => what === "copy").length, 21);
});
