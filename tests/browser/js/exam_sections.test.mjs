import assert from "node:assert/strict";
import test from "node:test";

import { announcements, clocks, deadlinesAfter, deadlinesOf, face, isOpen, partLooks, ranOut, whyLocked } from "../../../api/static/exam_sections.js";

const part = (id, state, seconds_left = null) => ({ id, state, seconds_left });
const NOON = Date.parse("2026-11-23T12:00:00Z");

test("a part without rules is open, whatever the server says of it", () => {
  assert.ok(isOpen({ id: "A" }));
  assert.equal(whyLocked({ id: "A" }), null);
  assert.deepEqual(partLooks([{ id: "A" }], "A"), [{ id: "A", state: "current", current: true, open: true, word: "part_plain", values: {} }]);
});

for (const [section, state, word, why] of [
  [part("B", "not_yet"), "not_yet", "part_not_yet", "why_not_yet"],
  [part("B", "closed"), "closed", "part_left", "why_left"],
  [part("B", "closed", 0), "closed", "part_time_over", "why_time_over"],
  [part("B", "open"), "open", "part_plain", null],
]) test(`a part that is ${word} says so, and why it cannot be entered`, () => {
  const [, look] = partLooks([part("A", "current"), section], "A");
  assert.deepEqual([look.state, look.word, look.open, whyLocked(section)], [state, word, why === null, why]);
});

test("an open part counts its answers, and is done when all are given", () => {
  const looks = partLooks([part("A", "current"), part("B", "open")], "A", { A: { answered: 1, total: 3 }, B: { answered: 2, total: 2 } });
  assert.deepEqual(looks.map(({ word }) => word), ["part_open", "part_done"]);
});

test("a part with no questions to be seen yet is not done", () => {
  assert.equal(partLooks([part("A", "open")], "B", { A: { answered: 0, total: 0 } })[0].word, "part_open");
});

test("clocks count to the moments that a contact names", () => {
  const ends = deadlinesOf({ section: "2026-11-23T12:10:00Z", item: null });
  assert.deepEqual(clocks(ends, NOON), { section: 600, item: null });
  assert.deepEqual(clocks(ends, NOON + 700_000), { section: 0, item: null });
  assert.deepEqual(clocks(deadlinesOf(null), NOON), { section: null, item: null });
});

test("a pause stops both clocks", () => {
  const ends = deadlinesOf({ section: "2026-11-23T12:10:00Z", item: "2026-11-23T12:01:00Z" });
  assert.deepEqual(clocks(ends, NOON + 300_000, NOON + 30_000), { section: 570, item: 30 });
});

test("clocks count from the seconds that a move answers", () => {
  const ends = deadlinesAfter({ section: "B", sections: [part("A", "closed", 0), part("B", "current", 90)], item_seconds_left: 45.5 }, NOON);
  assert.deepEqual(clocks(ends, NOON), { section: 90, item: 46 });
  assert.deepEqual(clocks(deadlinesAfter({ section: "B", sections: [part("B", "current")], item_seconds_left: null }, NOON), NOON), { section: null, item: null });
});

test("the end of every part that was entered is remembered", () => {
  const sections = [part("A", "closed", 0), part("B", "open", 90), part("C", "current"), part("D", "not_yet")];
  assert.deepEqual(deadlinesAfter({ section: "C", sections }, NOON).parts, { A: NOON, B: NOON + 90_000, C: null });
  assert.deepEqual(deadlinesOf({ parts: { A: "2026-11-23T12:10:00Z", B: null } }).parts, { A: NOON + 600_000, B: null });
});

test("five minutes, one minute, thirty and ten seconds are announced once", () => {
  const say = (before, now) => announcements({ section: null, item: null, ...before }, { section: null, item: null, ...now });
  assert.deepEqual(say({ section: 301 }, { section: 300 }), [{ word: "part_minutes_left", values: { n: 5 } }]);
  assert.deepEqual(say({ section: 61 }, { section: 59 }), [{ word: "part_minute_left", values: {} }]);
  assert.deepEqual(say({ item: 31 }, { item: 30 }), [{ word: "item_seconds_left", values: { n: 30 } }]);
  assert.deepEqual(say({ item: 300 }, { item: 5 }), [{ word: "item_seconds_left", values: { n: 10 } }]);
  assert.deepEqual(say({ section: 300 }, { section: 299 }), []);
  assert.deepEqual(say({}, { section: 20 }), []);
});

test("seconds are written as a clock", () => {
  assert.deepEqual([7, 727, 3727].map(face), ["00:07", "12:07", "1:02:07"]);
});

test("a limit runs out once, and one that is not there never does", () => {
  const look = (section, item) => ({ section, item });
  assert.ok(ranOut(look(90, 1), look(90, 0)));
  assert.ok(ranOut(look(1, null), look(0, null)));
  assert.ok(!ranOut(look(90, 0), look(90, 0)));
  assert.ok(!ranOut(look(null, null), look(null, 0)));
});
