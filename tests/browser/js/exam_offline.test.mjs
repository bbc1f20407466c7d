import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import test from "node:test";
import vm from "node:vm";

globalThis.crypto ??= webcrypto;
const clock = await import("../../../api/static/exam_clock_state.js");
const exam = await import("../../../api/static/exam_state.js");
const lease = await import("../../../api/static/lease_state.js");
const paper = await import("../../../api/static/paper_state.js");
const { bytes, openPaper, text } = await import("../../../api/static/paper.js");
const { makeFile } = await import("../../../api/static/answer_file.js");
const { inMemory } = await import("../../../api/static/outbox.js");

const part = (id, items, fields = {}) => ({ id, items, navigation: "free", item_limits: {}, ...fields });
const sitting = (changes = {}) => ({
  id: "sit_1", language: "en", revision: 0, current_item: null, answers: {}, seal: null,
  form: { sections: [part("A", ["a", "b"]), part("B", ["c"])] },
  ...changes,
});
const saved = (revision, response) => ({ revision, response, server_time: `2026-11-23T12:00:0${revision}.000Z` });
const X = { RESPONSE: "X" };
const Y = { RESPONSE: "Y" };

// — the clock

test("inside a page the steady clock counts, whatever the device's clock says", () => {
  const now = clock.synced(1_000_000, 400, 600);
  assert.equal(clock.serverNow(now, 10_500), 1_010_000);
});

test("a receipt moves a clock that is behind, and none that is ahead", () => {
  const now = clock.synced(1_000_000, 0, 0);
  assert.equal(clock.serverNow(clock.notBefore(now, 1_000_900, 500), 500), 1_000_900);
  assert.equal(clock.notBefore(now, 1_000_100, 500), now);
});

test("across a reload the clock goes on, and never backwards", () => {
  const kept = clock.kept(clock.synced(1_000_000, 0, 0), 5000, 77_000);
  assert.deepEqual(kept, { server: 1_005_000, wall: 77_000 });
  assert.equal(clock.serverNow(clock.revived(kept, 87_000, 10), 10), 1_015_000);
  assert.equal(clock.serverNow(clock.revived(kept, 1000, 10), 10), 1_005_000);
});

test("while the sitting is paused its time stands", () => {
  assert.equal(clock.secondsLeft(60_000, 50_000, 30_000), 30);
});

// — what the device keeps

test("a reload without a line shows what was acknowledged since the server last told", () => {
  const entries = [{ item: "a", revision: 3, response: Y, saved: "2026-11-23T12:00:03.000Z" }, { item: "b", revision: 4, response: X }];
  const state = exam.begin(exam.asKept(sitting({ revision: 1, answers: { a: saved(1, X) } }), entries), { outbox: entries });
  assert.deepEqual(state.questions.a.response, Y);
  assert.deepEqual(exam.unsent(state), [{ item: "b", revision: 4, response: X }]);
  assert.equal(exam.answer(state, "c", X).pending.c.revision, 5);
});

test("what is acknowledged stays on the device as saved until the exam is handed in", async () => {
  const outbox = inMemory();
  await outbox.put({ item: "a", revision: 1, response: X });
  await outbox.acknowledge("a", 1, "2026-11-23T12:00:01.000Z");
  assert.equal((await outbox.all())[0].saved, "2026-11-23T12:00:01.000Z");
  await outbox.put({ item: "a", revision: 2, response: Y });
  await outbox.acknowledge("a", 1, "later");
  assert.equal((await outbox.all())[0].saved, undefined);
});

test("another device knows the marks that the server was told", () => {
  const state = exam.begin(sitting({ progress: { marked: ["b"], visited: ["a", "b"], languages: { c: "hi" } } }));
  assert.deepEqual([exam.paletteState(state.questions.b), exam.paletteState(state.questions.a), state.questions.c.language], ["marked", "not_answered", "hi"]);
});

test("who handed in without a line has handed in after a reload, too", () => {
  const state = exam.submitting(exam.answer(exam.begin(sitting()), "a", X), 1234);
  const again = exam.begin(sitting(), { ...exam.keepsake(state), outbox: [{ item: "a", revision: 1, response: X }] });
  assert.deepEqual([again.phase, again.handedInAt, again.pending.a.revision], ["submitting", 1234, 1]);
  assert.equal(again.unheard, false);
});

// — refusals that keep answers

test("a time that ended by this device's clock alone is remembered as that, and goes on when the server has given some", () => {
  const state = exam.submitting(exam.begin(sitting()), 1234, true);
  const again = exam.begin(sitting(), exam.keepsake(state));
  assert.deepEqual([again.phase, again.unheard], ["submitting", true]);

  const on = exam.goesOn(again);
  assert.deepEqual([on.phase, on.handedInAt, on.unheard], ["answering", null, false]);
  assert.equal(exam.begin(sitting(), exam.keepsake(on)).phase, "answering");
});

test("a paused sitting's answers wait", () => {
  const state = exam.answer(exam.begin(sitting()), "a", X);
  const after = exam.refused(state, { item: "a", ...state.pending.a }, "sitting_paused");
  assert.deepEqual(after.pending.a, state.pending.a);
  assert.ok(after.paused);
  assert.equal(exam.pausedAs(after, null).paused, null);
});

test("an answer to a closed part is kept for a person's decision and does not hold up the others", () => {
  const state = exam.answer(exam.answer(exam.begin(sitting()), "a", X), "c", Y);
  const after = exam.refused(state, { item: "a", revision: 1, response: X }, "section_closed");
  assert.equal(exam.nextToSave(after).item, "c");
  assert.equal(after.refused.a, "section_closed");
  assert.deepEqual(exam.unsent(after).map(({ item }) => item), ["a", "c"]);
});

test("what a lost lease holds up stays", () => {
  const state = exam.answer(exam.begin(sitting()), "a", X);
  assert.equal(exam.refused(state, { item: "a", revision: 1 }, "lease_moved"), state);
});

test("waits differ from page to page", () => {
  assert.deepEqual([exam.waitSeconds(3, 0), exam.waitSeconds(3, 1), exam.waitSeconds(9, 0.5)], [2, 6, 15]);
});

// — moves

const guided = () => exam.begin(sitting({ form: { sections: [part("A", ["a", "b"], { navigation: "linear" }), part("B", ["c"]), part("C", [])] } }));

test("the server is asked before another part and before every question of a part that goes one way", () => {
  const state = guided();
  assert.equal(exam.mustAsk(state, "b"), true);
  assert.equal(exam.mustAsk({ ...state, current: "c" }, "c"), false);
  assert.equal(exam.mustAsk(state, "c"), true);
});

test("without a line only the next step is made alone", () => {
  const state = guided();
  assert.deepEqual(["b", "c"].map((item) => exam.mayMoveAlone(state, item)), [true, false]);
  assert.equal(exam.mayMoveAlone({ ...state, current: "b" }, "a"), false);
});

test("a move is told after the answers before it and before the answers after it", () => {
  let state = exam.moved(exam.answer(guided(), "a", X), "b");
  assert.equal(exam.nextMove(state), null);
  state = exam.answer({ ...state, current: "b" }, "b", Y);
  state = exam.acknowledged(state, { item: "a", revision: 1, server_time: "2026-11-23T12:00:01.000Z" });
  assert.deepEqual(exam.nextMove(state), { to: "b", after: 1 });
  assert.equal(exam.nextMove(exam.moveTold(state)), null);
});

test("a part that is reached lists its questions", () => {
  const reply = { item: "d", section: "C", items: ["d", "e"], sections: [{ id: "C", state: "current", seconds_left: 60 }], item_seconds_left: null };
  const state = exam.arrived(guided(), reply, "hi");
  assert.deepEqual(state.order, ["a", "b", "c", "d", "e"]);
  assert.equal(state.questions.e.language, "hi");
  assert.equal(exam.sectionOf(state, "e").seconds_left, 60);
});

// — the lease

test("a window that nobody disputes may write", () => {
  const mine = lease.opened("win-1");
  assert.ok(lease.mayWrite(mine));
  assert.equal(lease.offers(lease.seen(mine, "win-1")), null);
  assert.equal(lease.seen(mine, null), mine);
});

test("a window that lost the lease offers to go on, or to call where only an invigilator moves it", () => {
  const lost = lease.seen(lease.seen(lease.opened("win-1"), "win-1"), "win-2");
  assert.deepEqual([lease.mayWrite(lost), lost.holder, lease.offers(lost)], [false, "win-2", "go_on"]);
  const kept = lease.refused(lost, { writer: "win-2", by: "invigilator" });
  assert.equal(lease.offers(kept), "call");
  assert.equal(lease.offers(lease.seen(kept, null)), "go_on");
  const second = lease.seen(lease.opened("win-3", "invigilator"), "win-1"); // knows the exam's rule before it asks
  assert.equal(lease.offers(second), "call");
});

test("what an invigilator freed is taken by nobody without a word", () => {
  const freed = lease.seen(lease.seen(lease.opened("win-1"), "win-1"), null);
  assert.deepEqual([freed.standing, lease.mayWrite(freed)], ["free", false]);
});

// — the paper

for (const typed of ["7kq4 m0zd r1t2", "7KQ4-M0ZD-R1T2", " 7KQ4MOZDRIT2 ", "7k q4–mo zd.rlT2"])
  test(`“${typed}” is understood`, () => assert.equal(paper.normalised(typed), "7KQ4M0ZDR1T2"));

for (const typed of ["", "7KQ4-M0ZD-R1T", "7KQ4-M0ZD-R1T22", "7KQ4-M0ZD-R1T²"])
  test(`“${typed}” is no code`, () => assert.equal(paper.normalised(typed), null));

test("a start without a line counts from the common start, or from the opening of the paper", () => {
  const before = sitting({ state: "admitted", form: { sections: [part("A", []), part("B", [])] } });
  const inPaper = { form: { sections: [{ id: "A", items: ["b", "a"] }, { id: "B", items: ["c"] }] } };
  const times = { opened: Date.parse("2026-11-23T12:05:00Z"), opens: Date.parse("2026-11-23T12:00:00Z"), seconds: 3600 };
  const alone = paper.startedHere(before, inPaper, { ...times, together: false });
  assert.deepEqual([alone.deadline, alone.form.sections[0].items], ["2026-11-23T13:05:00.000Z", ["b", "a"]]);
  assert.equal(paper.startedHere(before, inPaper, { ...times, together: true }).deadline, "2026-11-23T13:00:00.000Z");
});

test("pictures of the paper stand in for the server's, others stay", () => {
  const [known, unknown] = [`/api/v1/media/${"a".repeat(64)}`, `/api/v1/media/${"b".repeat(64)}`];
  const html = paper.addressed(`<img src="${known}"><img src="${unknown}">`, (address) => (address === known ? "blob:1" : null));
  assert.equal(html, `<img src="blob:1"><img src="${unknown}">`);
});

test("base64url goes there and back", () => assert.deepEqual([...bytes(text(new Uint8Array([0, 250, 251, 252])))], [0, 250, 251, 252]));

test("a paper that is no paper opens with no code", async () => assert.equal(await openPaper({ salt: "", iterations: 1, wrapped_key: "", nonce: "", ciphertext: "" }, "sit_1", "7KQ4-M0ZD-R1T2"), null));

// — the answer file

test("an answer file shows nothing of the answers, and opens with its sitting's key and id", async () => {
  const key = text(new Uint8Array(32).fill(7));
  const file = JSON.parse(await makeFile(key, "sit_1", [{ item: "a", revision: 1, response: X }], "nonce"));
  assert.deepEqual([file.version, file.sitting], [1, "sit_1"]);
  const secret = await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["decrypt"]);
  const open = (sittingId) => crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(file.nonce), additionalData: new TextEncoder().encode(sittingId) }, secret, bytes(file.ciphertext));
  assert.deepEqual(JSON.parse(new TextDecoder().decode(await open("sit_1"))), { answers: [{ item: "a", revision: 1, response: X }], nonce: "nonce" });
  await assert.rejects(open("sit_2"));
});

// — the service worker

test("the service worker keeps pages of exams and static files, and nothing of /api", async () => {
  const source = `const VERSION = "1"; const SHELL = [];\n${await readFile(new URL("../../../api/static/sw.js", import.meta.url), "utf8")}\nkindOf`;
  const kindOf = vm.runInNewContext(source, { self: { addEventListener: () => {} }, URL });
  const kind = (address) => kindOf(new URL(address, "http://localhost"));
  assert.equal(kind("/candidate/sittings/sit_1/exam?lang=hi"), "page");
  assert.equal(kind("/candidate/sittings/sit_1/sheet"), "page");
  assert.equal(kind("/static/exam_state.js"), "static");
  assert.equal(kind("/static/app.css?v=123"), "hashed");
  for (const address of ["/api/v1/sittings/sit_1", "/api/v1/media/x", "/candidate", "/candidate/sittings/sit_1/done", "/login"]) assert.equal(kind(address), null);
});
