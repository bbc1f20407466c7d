import assert from "node:assert/strict";
import test from "node:test";

import * as clock from "../../../api/static/exam_clock_state.js";
import * as exam from "../../../api/static/exam_state.js";
import { inMemory } from "../../../api/static/outbox.js";

const sitting = (changes = {}) => ({
  id: "sit_1", language: "en", revision: 0, current_item: null, answers: {}, seal: null,
  form: { sections: [{ id: "A", items: ["a", "b"] }, { id: "B", items: ["c"] }] },
  ...changes,
});
const saved = (revision, response) => ({ revision, response, server_time: `2026-11-23T12:00:0${revision}.000Z` });
const receipt = (item, revision) => ({ item, revision, server_time: `2026-11-23T12:00:0${revision}.000Z` });
const X = { RESPONSE: "X" };
const Y = { RESPONSE: "Y" };

test("a fresh sitting shows its first question and nothing is visited", () => {
  const state = exam.begin(sitting());
  assert.equal(state.current, "a");
  assert.deepEqual(exam.counts(state), { not_visited: 3, not_answered: 0, answered: 0, marked: 0, answered_and_marked: 0 });
  assert.equal(exam.saving(state), "nothing");
});

for (const [fields, name] of [
  [{ visited: false, marked: false, response: null }, "not_visited"],
  [{ visited: true, marked: false, response: null }, "not_answered"],
  [{ visited: true, marked: false, response: X }, "answered"],
  [{ visited: true, marked: true, response: { RESPONSE: null } }, "marked"],
  [{ visited: true, marked: true, response: X }, "answered_and_marked"],
]) test(`the palette shows ${name}`, () => assert.equal(exam.paletteState(fields), name));

for (const empty of [null, {}, { RESPONSE: null }, { RESPONSE: [] }, { RESPONSE: "  " }])
  test(`${JSON.stringify(empty)} is no answer`, () => assert.equal(exam.isAnswered(empty), false));

test("zero is an answer", () => assert.equal(exam.isAnswered({ RESPONSE: 0 }), true));

test("each change gets the next revision, and only an item's newest waits", () => {
  const state = exam.answer(exam.answer(exam.answer(exam.begin(sitting({ revision: 4 })), "a", X), "b", X), "a", Y);
  assert.equal(state.revision, 7);
  assert.deepEqual(state.pending, { b: { revision: 6, response: X }, a: { revision: 7, response: Y } });
  assert.equal(exam.nextToSave(state).item, "b");
});

test("an unchanged answer changes nothing", () => {
  const state = exam.answer(exam.begin(sitting()), "a", { P: "1", Q: "2" });
  assert.equal(exam.answer(state, "a", { Q: "2", P: "1" }), state);
});

test("a receipt takes its answer out of the waiting ones, and says when", () => {
  const state = exam.acknowledged(exam.answer(exam.begin(sitting()), "a", X), receipt("a", 1));
  assert.equal(exam.saving(state), "saved");
  assert.equal(state.savedAt, "2026-11-23T12:00:01.000Z");
});

test("a receipt for what was changed meanwhile leaves the change waiting", () => {
  const state = exam.acknowledged(exam.answer(exam.answer(exam.begin(sitting()), "a", X), "a", Y), receipt("a", 1));
  assert.deepEqual(state.pending, { a: { revision: 2, response: Y } });
});

test("what was not acknowledged before a reload waits again", () => {
  const state = exam.begin(sitting({ revision: 3, answers: { a: saved(3, X) } }), { outbox: [{ item: "b", revision: 4, response: Y }] });
  assert.equal(exam.nextToSave(state).revision, 4);
  assert.equal(state.questions.b.response, Y);
  assert.equal(state.revision, 4);
});

test("what the server has overtaken meanwhile is dropped", () => {
  const state = exam.begin(sitting({ revision: 9, answers: { a: saved(9, X) } }), { outbox: [{ item: "a", revision: 4, response: Y }] });
  assert.equal(exam.nextToSave(state), null);
  assert.equal(state.questions.a.response, X);
});

test("marks, visits and languages of this device come back", () => {
  const first = exam.speak(exam.mark(exam.visit(exam.begin(sitting()), "b"), "b", true), "c", "hi");
  const again = exam.begin(sitting(), exam.keepsake(first));
  assert.equal(exam.paletteState(again.questions.b), "marked");
  assert.equal(again.questions.c.language, "hi");
});

test("a revision that another tab used is numbered anew and sent again", () => {
  const state = exam.answer(exam.begin(sitting()), "a", X);
  const after = exam.refused(state, { item: "a", ...state.pending.a }, "revision_reused", { newest: 8 });
  assert.equal(after.pending.a.revision, 9);
  assert.equal(exam.answer(after, "b", Y).pending.b.revision, 10);
});

test("two waiting answers never get the same number", () => {
  const state = exam.answer(exam.answer(exam.begin(sitting()), "a", X), "b", X);
  const after = exam.refused(state, exam.nextToSave(state), "revision_reused", { newest: 1 });
  assert.deepEqual([after.pending.a.revision, after.pending.b.revision], [3, 2]);
});

test("what the candidate answered here is the last word over another tab", () => {
  const state = exam.answer(exam.begin(sitting()), "a", X);
  assert.equal(exam.refused(state, { item: "a", ...state.pending.a }, "stale_revision", { newest: 5 }).pending.a.revision, 6);
});

test("what was only replayed gives way to a newer answer", () => {
  const state = exam.begin(sitting(), { outbox: [{ item: "a", revision: 4, response: Y }] });
  const after = exam.refused(state, exam.nextToSave(state), "stale_revision", { newest: 5 });
  assert.equal(exam.nextToSave(after), null);
  assert.equal(exam.adopt(after, sitting({ revision: 5, answers: { a: saved(5, X) } })).questions.a.response, X);
});

test("what the server holds never overwrites what waits to be saved", () => {
  const state = exam.answer(exam.begin(sitting()), "a", Y);
  const after = exam.adopt(state, sitting({ revision: 5, answers: { a: saved(5, X), b: saved(4, X) } }));
  assert.deepEqual([after.questions.a.response, after.questions.b.response], [Y, X]);
});

for (const code of ["after_time", "sitting_sealed"])
  test(`${code} closes the page for answers`, () => {
    const state = exam.refused(exam.answer(exam.begin(sitting()), "a", X), { item: "a", revision: 1 }, code);
    assert.equal(state.phase, "closed");
    assert.equal(exam.answer(state, "b", Y), state);
  });

test("an answer of the wrong shape is named and does not hold up the others", () => {
  const state = exam.answer(exam.answer(exam.begin(sitting()), "a", X), "b", X);
  const after = exam.refused(state, { item: "a", revision: 1 }, "wrong_response");
  assert.equal(exam.nextToSave(after).item, "b");
  assert.equal(exam.saving(exam.acknowledged(after, receipt("b", 2))), "refused");
  assert.equal(exam.answer(after, "a", Y).refused.a, undefined);
});

test("a silent server makes the page wait longer each time, and say so", () => {
  let state = exam.answer(exam.begin(sitting()), "a", X);
  assert.equal(exam.saving(state), "saving");
  assert.equal(exam.saving(state, false), "waiting");
  const waits = [];
  for (let tries = 0; tries < 7; tries += 1) {
    waits.push(exam.waitSeconds(state.tries));
    state = exam.unreachable(state);
  }
  assert.deepEqual(waits, [0, 1, 2, 4, 8, 15, 15]);
  assert.equal(exam.saving(state), "waiting");
});

test("no answer is taken once it is handed in", () => {
  const state = exam.submitting(exam.begin(sitting()));
  assert.equal(exam.answer(state, "a", X), state);
});

test("the way ends at both ends", () => {
  const state = exam.begin(sitting());
  assert.deepEqual([exam.neighbour(state, "a", -1), exam.neighbour(state, "b", 1), exam.neighbour(state, "c", 1)], ["a", "c", "c"]);
});

test("the clock shows what is left and never less than nothing", () => {
  assert.equal(clock.clockFace(clock.secondsLeft(2_467_500, 500)), "00:41:07");
  assert.equal(clock.clockFace(clock.secondsLeft(0, 1)), "00:00:00");
});

for (const [before, now, minutes] of [[1801, 1800, 30], [1800, 1799, null], [605, 598, 10], [61, 60, 1], [59, 58, null]])
  test(`from ${before} s to ${now} s the page says ${minutes}`, () => assert.equal(clock.announcement(before, now), minutes));

test("clearing keeps the shape", () => assert.deepEqual(exam.cleared({ P: "A", Q: ["B"] }), { P: null, Q: [] }));

test("the outbox forgets what is acknowledged, not what came after", async () => {
  const outbox = inMemory();
  await outbox.put({ item: "a", revision: 2, response: Y });
  await outbox.remove("a", 1);
  assert.equal((await outbox.all()).length, 1);
  await outbox.remove("a", 2);
  assert.deepEqual(await outbox.all(), []);
});
