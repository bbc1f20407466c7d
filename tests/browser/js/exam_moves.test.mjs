import assert from "node:assert/strict";
import test from "node:test";

const exam = await import("../../../api/static/exam_state.js");
const moves = await import("../../../api/static/exam_moves_state.js");
const { inMemory } = await import("../../../api/static/outbox.js");

const NOON = Date.parse("2026-11-23T12:00:00Z");
const X = { RESPONSE: "X" };
const Y = { RESPONSE: "Y" };
const part = (id, items, fields = {}) => ({ id, items, navigation: "linear", item_limits: {}, time_limit_s: null, state: "not_yet", ...fields });
const sitting = (changes = {}) => ({
  language: "en", revision: 0, current_item: null, answers: {}, seal: null, moves: true,
  form: { sections: [
    part("A", ["a", "b"], { item_limits: { a: 30, b: 20 }, state: "current" }),
    part("B", ["c", "d"], { navigation: "free", time_limit_s: 60 }),
    part("C", []),
  ] },
  ...changes,
});
const at = (item) => ({ ...exam.begin(sitting()), current: item });
const moment = (seconds) => seconds && NOON + seconds * 1000;
const ends = (section, item, parts) => ({
  ...{ section: moment(section), item: moment(item) },
  ...(parts && { parts: Object.fromEntries(Object.entries(parts).map(([id, seconds]) => [id, moment(seconds)])) }),
});

test("a question whose time is not over stays", () => {
  assert.deepEqual(moves.walkAlone(at("a"), ends(null, 30), NOON), { path: [], ends: ends(null, 30), stuck: null });
});

test("without a line the next question counts from the moment at which the last one ran out", () => {
  assert.deepEqual(moves.walkAlone(at("a"), ends(null, -5), NOON), { path: ["b"], ends: ends(null, 15, { A: null }), stuck: null });
});

test("several limits may pass unseen", () => {
  assert.deepEqual(moves.walkAlone(at("a"), ends(null, -30), NOON), { path: ["b", "c"], ends: ends(50, null, { A: null, B: 50 }), stuck: null });
});

test("where the part ends first, its last questions are passed over", () => {
  assert.deepEqual(moves.walkAlone(at("a"), ends(-1, -1), NOON).path, ["c"]);
});

test("a part that this device does not have is waited for, and after the last one nothing follows", () => {
  assert.deepEqual(moves.walkAlone(at("d"), ends(-1, null), NOON), { path: [], ends: ends(-1, null), stuck: "part" });
  const { sections } = sitting().form;
  const last = { ...exam.begin(sitting({ form: { sections: sections.slice(0, 2) } })), current: "d" };
  assert.equal(moves.walkAlone(last, ends(-1, null), NOON).stuck, "paper");
});

test("a step that the candidate makes without a line has its own limits, and those of its part", () => {
  assert.deepEqual(moves.endsAt(at("a"), "b", NOON, ends(100, 7)), ends(100, 20, { A: 100 }));
  assert.deepEqual(moves.endsAt(at("b"), "c", NOON, ends(100, 7)), ends(60, null, { A: 100, B: 60 }));
  assert.deepEqual(moves.endsAt(at("c"), "d", NOON, ends(9, null)), ends(9, null, { B: 9 }));
});

// — back to a part without a line

const free = (id, items, fields = {}) => part(id, items, { navigation: "free", time_limit_s: 600, ...fields });
const three = (current, fields = {}) => {
  const sections = [free("A", ["a", "b"], { state: "open" }), free("B", ["c"], { state: "open", ...fields }), free("C", ["d"])];
  return { ...exam.begin(sitting({ form: { sections } })), current };
};

test("a part that is come back to without a line has what is left of its first entry, in both directions", () => {
  const known = ends(500, null, { A: 300, B: 500 });
  assert.equal(moves.endsAt(three("c"), "b", NOON, known).section, NOON + 300_000);
  assert.equal(moves.endsAt(three("a"), "c", NOON, { ...known, section: NOON + 300_000 }).section, NOON + 500_000);
  assert.equal(moves.endsAt(three("c"), "d", NOON, known).section, NOON + 600_000);
});

test("without a line only an open part with time left is come back to", () => {
  const may = (state, item, known) => moves.mayGoAlone(state, item, known, NOON);
  assert.ok(may(three("c"), "b", ends(500, null, { A: 300, B: 500 })));
  assert.ok(may(three("b"), "c", ends(null, null, { A: null, B: null })));
  assert.ok(!may(three("c"), "b", ends(500, null, { A: 0, B: 500 })));
  assert.ok(!may(three("b"), "c", ends(500, null, { A: 500, B: 0 })));
  assert.ok(!may(three("b", { locked: true }), "c", ends(500, null, { A: 500, B: 500 })));
  assert.ok(!may(three("b", { state: "closed" }), "c", ends(500, null, { A: 500 })));
  assert.ok(!may(three("a"), "d", ends(500, null, { A: 500, B: 500 })));
});

test("when the time of a part that was come back to is over, the one behind all that were entered follows", () => {
  assert.deepEqual(moves.walkAlone(three("b"), ends(-1, null, { A: -1, B: 500 }), NOON).path, ["d"]);
  assert.equal(moves.walkAlone({ ...three("b"), sections: three("b").sections.slice(0, 2) }, ends(-1, null, { A: -1, B: 500 }), NOON).stuck, "paper");
});

test("the parts stand as the steps without a line left them, also after a reload", () => {
  const states = (state) => state.sections.map((one) => one.state);
  assert.deepEqual(states(moves.wentAlone(three("c", { locked: true }), "d")), ["open", "closed", "current"]);
  assert.deepEqual(states(moves.wentAlone(three("c"), "a")), ["current", "open", "not_yet"]);
  const kept = exam.asKept(sitting(), [], { A: null, B: NOON });
  assert.deepEqual(kept.form.sections.map((one) => one.state), ["current", "open", "not_yet"]);
});

test("the page goes where the server is, unless it has moved meanwhile or is inside a free part", () => {
  const state = at("a");
  assert.ok(moves.isElsewhere(state, state, "b"));
  assert.ok(moves.isElsewhere(state, state, "not yet seen"));
  for (const here of ["a", null, undefined]) assert.ok(!moves.isElsewhere(state, state, here));
  assert.ok(!moves.isElsewhere(at("c"), at("c"), "d"));
  assert.ok(!moves.isElsewhere(state, at("b"), "a"));
  assert.ok(!moves.isElsewhere(state, exam.moved(state, "b"), "b"));
});

test("a page begins where the server has the candidate, unless this device was without a line or is inside a free part", () => {
  const there = (item) => sitting({ progress: { item } });
  assert.equal(exam.begin(there("b"), { current: "a" }).current, "b");
  assert.equal(exam.begin(there("c"), { current: "d" }).current, "d");
  assert.equal(exam.begin(there("a"), { current: "b", moves: [{ to: "b", after: 0 }] }).current, "b");
  assert.equal(exam.begin(exam.asKept(there("a"), []), { current: "b" }).current, "b");
});

test("an unsent answer that another device overtook is told of; one that the server has as it is here is not", () => {
  const there = sitting({ answers: { a: { revision: 3, response: Y, server_time: "" }, b: { revision: 4, response: X, server_time: "" } } });
  const waiting = [{ item: "a", revision: 2, response: X }, { item: "b", revision: 4, response: X }, { item: "c", revision: 5, response: X }];
  assert.deepEqual(exam.overtaken(there, waiting).map(({ item }) => item), ["a"]);
  assert.deepEqual(exam.begin(there, { outbox: waiting }).questions.a.response, Y);
});

test("an answer to a question that is not in the paper is sent once, and stays with why", async () => {
  const outbox = inMemory();
  await outbox.put({ item: "z", revision: 1, response: X });
  const state = exam.begin(sitting(), { outbox: await outbox.all() });
  assert.deepEqual([exam.nextToSave(state).item, Object.values(exam.counts(state)).reduce((sum, n) => sum + n)], ["z", 4]);
  await outbox.refuse("z", 1, "unknown_item");
  for (const after of [exam.refused(state, exam.nextToSave(state), "unknown_item"), exam.begin(sitting(), { outbox: await outbox.all() })])
    assert.deepEqual([exam.nextToSave(after), exam.strays(after), exam.saving(after)], [null, ["z"], "refused"]);
});

test("an answer that does not fit is there after a reload, with why, and is not sent again before it is mended", async () => {
  const outbox = inMemory();
  await outbox.put({ item: "a", revision: 1, response: X });
  await outbox.refuse("a", 1, "wrong_response");
  const state = exam.begin(sitting(), { outbox: await outbox.all() });
  assert.deepEqual([state.questions.a.response, state.refused.a, exam.nextToSave(state)], [X, "wrong_response", null]);
  assert.deepEqual(exam.nextToSave(exam.answer(state, "a", Y)), { item: "a", revision: 2, response: Y });

  await outbox.put({ item: "a", revision: 2, response: Y });
  await outbox.refuse("a", 1, "wrong_response");
  assert.equal((await outbox.all())[0].refused, undefined);
});
