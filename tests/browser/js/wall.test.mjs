import assert from "node:assert/strict";
import { test } from "node:test";

import { bars, chip, closePanel, counts, duty, gravest, initial, isOver, move, need, openPanel, pictures, reaches, receive, reorder, ring, since, taken, unwatched } from "../../../api/static/wall_state.js";

const people = ["a", "b", "c", "d"].map((sitting, index) => ({ sitting, seat: `A${index}`, name: sitting }));
const seen = (sitting, more = {}) => ({ type: "seen", sitting, observable: true, fps: 2, lag_ms: 200, received: 100, dropped: 0, gaps: 0, ...more });
const incident = (sitting, more = {}) => ({ type: "incident", sitting, incident: "i1", kind: "nobody", tier: "alert", severity: "high", state: "open", ...more });
const after = (...messages) => messages.reduce((state, [message, now]) => receive(state, [message], now), initial(people));
const live = (more = {}) => ({ flags: [], going_on: [], paused: [], calls: [], wrote: [], to_look_at: [], looked: {}, order: {}, ...more });
const noted = (sitting) => ({ incident: "i1", sitting, kind: "nobody", tier: "detection", severity: "low" });
const flag = (sitting) => ({ incident: "i1", sitting, kind: "nobody", severity: "high" });

test("nobody is on the wall until their feed is", () => {
  const state = initial(people);
  assert.equal(ring(state.tiles.a, 0), "away");
  assert.equal(chip(state.tiles.a, 0), "no_feed");
  assert.equal(bars(state.tiles.a, 0), 0);
});

test("what could not be watched is unobservable, never an alert", () => {
  const { a } = after([seen("a", { observable: false, reason: "too_dark" }), 0]).tiles;
  assert.equal(ring(a, 100), "unobservable");
  assert.equal(chip(a, 100), "too_dark");
});

test("silence becomes unobservable and then away", () => {
  const { a } = after([seen("a"), 0]).tiles;
  assert.deepEqual([ring(a, 1000), ring(a, 7000), ring(a, 31000)], ["neutral", "unobservable", "away"]);
  assert.equal(chip(a, 7000), "feed_gap");
  assert.equal(chip(a, 31000), "feed_ended");
});

test("in a pause nobody is watched, so that silence says nothing", () => {
  const state = taken(after([seen("a"), 0]), live({ paused: ["a"] }), 0);
  assert.deepEqual([ring(state.tiles.a, 7000), chip(state.tiles.a, 31000)], ["neutral", null]);
  assert.equal(ring(receive(state, [incident("a")], 1).tiles.a, 31000), "alert");
});

test("an alert outranks a detection, and what has ended waits for a person", () => {
  const both = after([seen("a"), 0], [incident("a", { incident: "i2", kind: "book", tier: "detection", severity: "low" }), 0], [incident("a"), 0]);
  assert.equal(ring(both.tiles.a, 1), "alert");
  assert.equal(gravest(both.tiles.a).kind, "nobody");
  const closed = receive(both, [incident("a", { state: "closed" })], 2);
  assert.deepEqual([ring(closed.tiles.a, 3), chip(closed.tiles.a, 3), isOver(closed.tiles.a)], ["alert", "nobody", true]);
  assert.equal(closed.tiles.a.flags, 1);
  const book = { incident: "i2", sitting: "a", kind: "book", tier: "detection", severity: "low" };
  const decided = taken(closed, live({ going_on: [book] }), 4);
  assert.deepEqual([ring(decided.tiles.a, 5), isOver(decided.tiles.a)], ["look", false]);
});

test("a wall opened after an incident still shows that nobody has decided", () => {
  const state = taken(after([seen("a"), 0], [seen("b"), 0]), live({ flags: [flag("b")] }), 0);
  assert.deepEqual([ring(state.tiles.a, 1), ring(state.tiles.b, 1), chip(state.tiles.b, 1)], ["neutral", "alert", "nobody"]);
  assert.deepEqual(counts(state, 1).alert, 1);
});

test("what is going on is named before what is over", () => {
  const state = taken(after([seen("a"), 0]), live({ flags: [flag("a")] }), 0);
  const { a } = receive(state, [incident("a", { incident: "i2", kind: "phone", severity: "medium" })], 0).tiles;
  assert.deepEqual([gravest(a).kind, isOver(a)], ["phone", false]);
  assert.ok(need(a, 1) > need({ ...a, open: {} }, 1));
});

test("what the socket missed is healed by the next answer, and what it told meanwhile is not undone", () => {
  const going = { incident: "i1", sitting: "a", kind: "phone", tier: "alert", severity: "medium" };
  const opened = taken(after([seen("a"), 0]), live({ going_on: [going] }), 10, 9);
  assert.deepEqual([ring(opened.tiles.a, 11), chip(opened.tiles.a, 11)], ["alert", "phone"]);
  const missed = taken(after([seen("a"), 0], [incident("a"), 1]), live(), 10, 9); // its end was published while the line was cut
  assert.equal(ring(missed.tiles.a, 11), "neutral");
  const newer = taken(after([seen("a"), 0], [incident("a"), 9.5]), live(), 10, 9); // asked before it was found
  assert.equal(ring(newer.tiles.a, 11), "alert");
  const over = receive(opened, [incident("a", { tier: "detection", state: "closed" })], 12);
  assert.deepEqual(taken(over, live({ going_on: [going] }), 13, 11).tiles.a.open, {});
});

test("an upgrade of the same incident is one flag", () => {
  const state = after([incident("a", { severity: "medium" }), 0], [incident("a"), 1]);
  assert.equal(state.tiles.a.flags, 1);
});

test("could-not-watch incidents and what is expected do not colour the ring", () => {
  const unwatched = incident("a", { kind: "feed_gap", tier: "could_not_watch", severity: null });
  const expected = incident("a", { incident: "i2", kind: "phone", tier: "telemetry" });
  assert.equal(ring(after([seen("a"), 0], [unwatched, 0], [expected, 0]).tiles.a, 1), "neutral");
});

test("tiles stay where they are until the wall is re-ordered", () => {
  const state = after(...people.map((one) => [seen(one.sitting), 0]), [incident("c"), 0]);
  assert.deepEqual(state.order, ["a", "b", "c", "d"]);
  assert.deepEqual(reorder(state, 1).order, ["c", "a", "b", "d"]);
});

test("equal need keeps the order, a human look lowers it", () => {
  const state = after(...people.map((one) => [seen(one.sitting), 0]));
  assert.deepEqual(reorder(state, 1).order, ["a", "b", "c", "d"]);
  const looked = receive(state, [{ type: "looked", sitting: "a" }], 1);
  assert.ok(need(looked.tiles.a, 2) < need(looked.tiles.b, 2));
  assert.deepEqual(reorder(looked, 2).order, ["b", "c", "d", "a"]);
});

test("risk counts most where nobody has looked, and never more than what is going on", () => {
  const state = after(...people.map((one) => [seen(one.sitting), 0]), [incident("d", { tier: "detection", severity: "low" }), 0]);
  const risky = taken(state, live({ going_on: [noted("d")], order: { a: 9, b: 9 }, looked: { b: 0 } }), 1000);
  assert.ok(need(risky.tiles.a, 1000) > need(risky.tiles.b, 1000));
  assert.deepEqual(reorder(risky, 1000).order, ["d", "a", "b", "c"]);
});

test("whoever calls or writes comes before what is only worth a look", () => {
  const state = after(...people.map((one) => [seen(one.sitting), 0]), [incident("a", { tier: "detection", severity: "low" }), 0]);
  const going_on = [noted("a")];
  assert.deepEqual(reorder(taken(state, live({ going_on, wrote: ["b"] }), 1), 1).order.slice(0, 2), ["b", "a"]);
  assert.deepEqual(reorder(taken(state, live({ going_on, to_look_at: ["b"] }), 1), 1).order.slice(0, 2), ["b", "a"]);
});

test("the age of a look is the server's, and never older than what this wall has heard", () => {
  const state = taken(after([{ type: "looked", sitting: "a" }, 50000]), live({ looked: { a: 20, b: 20 } }), 60000);
  assert.deepEqual([state.tiles.a.lookedAt, state.tiles.b.lookedAt, state.tiles.c.lookedAt], [50000, 40000, null]);
  assert.deepEqual([since(59999), since(60000), since(3600000)], [[0, "now"], [1, "min"], [1, "h"]]);
});

test("a batch is taken over at once, and what is not for this wall changes nothing", () => {
  const state = initial(people);
  assert.equal(receive(state, [seen("x"), { type: "unknown", sitting: "a" }, {}], 0), state);
  const batch = receive(state, [seen("a"), seen("b"), incident("b")], 5);
  assert.deepEqual([batch.tiles.a.seenAt, batch.tiles.b.flags], [5, 1]);
});

test("arrow keys walk the grid and stop at its edges", () => {
  const state = initial(people);
  assert.equal(move(state, "ArrowRight", 2).selected, "b");
  assert.equal(move(state, "ArrowDown", 2).selected, "c");
  assert.equal(move(state, "ArrowUp", 2).selected, "a");
  assert.equal(move({ ...state, selected: "b" }, "ArrowRight", 2, true).selected, "a");
  assert.equal(move(state, "x", 2), state);
});

test("a panel opens and closes", () => {
  const open = openPanel(initial(people), "b");
  assert.deepEqual([open.panel, open.selected, closePanel(open).panel], ["b", "b", null]);
});

test("pictures come many in one message, and one that is cut short is left out", () => {
  const piece = (name, ...bytes) => [name.length, ...new TextEncoder().encode(name), 0, 0, 0, bytes.length, ...bytes];
  const whole = new Uint8Array([...piece("a", 1, 2), ...piece("bc", 3)]);
  assert.deepEqual(pictures(whole.buffer).map(([name, bytes]) => [name, [...bytes]]), [["a", [1, 2]], ["bc", [3]]]);
  assert.equal(pictures(whole.slice(0, whole.length - 1).buffer).length, 1);
  assert.deepEqual(pictures(new ArrayBuffer(3)), []);
});

const room = (more = {}) => ({ named: null, cover: null, offer: null, answered_for: false, tiles: 3, watched: true, room: 1, ...more });
const steps = (more, me = "r", cell = false) => duty(room(more), me, cell).steps;

test("each sees the steps that are theirs", () => {
  assert.deepEqual(steps({}), ["take"]);
  assert.deepEqual(steps({ named: "r" }), ["hand_over", "leave"]);
  assert.deepEqual(steps({ named: "n" }), ["cover"]);
  assert.deepEqual(steps({ named: "n", cover: "r" }), ["end_cover", "hand_over"]);
  assert.deepEqual(steps({ named: "n", cover: "k" }), []);
  assert.deepEqual(steps({ named: "n", offer: { to: "r", by: "n" } }), ["accept", "decline", "cover"]);
  assert.deepEqual(steps({ named: "r", offer: { to: "n", by: "r" } }), ["withdraw", "leave"]);
  assert.deepEqual(steps({ named: "n" }, "o", true), ["cover", "hand_over", "assign"]);
});

test("a room whose invigilator is away, or that nobody has, is said", () => {
  assert.deepEqual(duty(room({ named: "n", named_name: "Noor" }), "r", false).lines, [["named_away", { name: "Noor" }]]);
  assert.deepEqual(duty(room(), "r", false).lines, [["nobody", {}]]);
  assert.deepEqual(unwatched([room(), room({ room: 2, watched: false }), room({ room: 3, watched: false, tiles: 0 })]), [2]);
});

test("the candidate is told at once of what is written, and of time that stands still, goes on or ends", () => {
  assert.deepEqual(["wrote", "pause", "resume", "terminate", "dismissed"].map(reaches), [true, true, true, true, false]);
});
