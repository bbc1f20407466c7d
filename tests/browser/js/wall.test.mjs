import assert from "node:assert/strict";
import { test } from "node:test";

import { bars, chip, closePanel, counts, gravest, initial, isOver, move, need, openPanel, receive, reorder, ring, since } from "../../../api/static/wall_state.js";

const people = ["a", "b", "c", "d"].map((sitting, index) => ({ sitting, seat: `A${index}`, name: sitting }));
const seen = (sitting, more = {}) => ({ type: "seen", sitting, observable: true, fps: 2, lag_ms: 200, received: 100, dropped: 0, gaps: 0, ...more });
const incident = (sitting, more = {}) => ({ type: "incident", sitting, incident: "i1", kind: "nobody", tier: "alert", severity: "high", state: "open", ...more });
const after = (...messages) => messages.reduce((state, [message, now]) => receive(state, message, now), initial(people));

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

test("an alert outranks a detection, and what has ended waits for a person", () => {
  const both = after([seen("a"), 0], [incident("a", { incident: "i2", kind: "book", tier: "detection", severity: "low" }), 0], [incident("a"), 0]);
  assert.equal(ring(both.tiles.a, 1), "alert");
  assert.equal(gravest(both.tiles.a).kind, "nobody");
  const closed = receive(both, incident("a", { state: "closed" }), 2);
  assert.deepEqual([ring(closed.tiles.a, 3), chip(closed.tiles.a, 3), isOver(closed.tiles.a)], ["alert", "nobody", true]);
  assert.equal(closed.tiles.a.flags, 1);
  const decided = receive(closed, { type: "waiting", flags: [] }, 4);
  assert.deepEqual([ring(decided.tiles.a, 5), isOver(decided.tiles.a)], ["look", false]);
});

test("a wall opened after an incident still shows that nobody has decided", () => {
  const flags = [{ incident: "i1", sitting: "b", kind: "nobody", severity: "high" }];
  const state = after([seen("a"), 0], [seen("b"), 0], [{ type: "waiting", flags }, 0]);
  assert.deepEqual([ring(state.tiles.a, 1), ring(state.tiles.b, 1), chip(state.tiles.b, 1)], ["neutral", "alert", "nobody"]);
  assert.deepEqual(counts(state, 1).alert, 1);
});

test("what is going on is named before what is over", () => {
  const flags = [{ incident: "i1", sitting: "a", kind: "nobody", severity: "high" }];
  const { a } = after([seen("a"), 0], [{ type: "waiting", flags }, 0], [incident("a", { incident: "i2", kind: "phone", severity: "medium" }), 0]).tiles;
  assert.deepEqual([gravest(a).kind, isOver(a)], ["phone", false]);
  assert.ok(need(a, 1) > need({ ...a, open: {} }, 1));
});

test("an upgrade of the same incident is one flag", () => {
  const state = after([incident("a", { severity: "medium" }), 0], [incident("a"), 1]);
  assert.equal(state.tiles.a.flags, 1);
});

test("could-not-watch incidents do not colour the ring", () => {
  const { a } = after([seen("a"), 0], [incident("a", { kind: "feed_gap", tier: "could_not_watch", severity: null }), 0]).tiles;
  assert.equal(ring(a, 1), "neutral");
});

test("tiles stay where they are until the wall is re-ordered", () => {
  const state = after(...people.map((one) => [seen(one.sitting), 0]), [incident("c"), 0]);
  assert.deepEqual(state.order, ["a", "b", "c", "d"]);
  assert.deepEqual(reorder(state, 1).order, ["c", "a", "b", "d"]);
});

test("equal need keeps the order, a human look lowers it", () => {
  const state = after(...people.map((one) => [seen(one.sitting), 0]));
  assert.deepEqual(reorder(state, 1).order, ["a", "b", "c", "d"]);
  const looked = receive(state, { type: "looked", sitting: "a" }, 1);
  assert.ok(need(looked.tiles.a, 2) < need(looked.tiles.b, 2));
  assert.deepEqual(reorder(looked, 2).order, ["b", "c", "d", "a"]);
});

test("arrow keys walk the grid and stop at its edges", () => {
  const state = initial(people);
  assert.equal(move(state, "ArrowRight", 2).selected, "b");
  assert.equal(move(state, "ArrowDown", 2).selected, "c");
  assert.equal(move(state, "ArrowUp", 2).selected, "a");
  assert.equal(move(state, "ArrowLeft", 2).selected, "a");
  assert.equal(move(state, "ArrowLeft", 2, true).selected, "b");
  assert.equal(move(state, "x", 2), state);
});

test("the panel opens beside the wall and closes again", () => {
  const open = openPanel(initial(people), "b");
  assert.deepEqual([open.selected, open.panel], ["b", "b"]);
  assert.equal(closePanel(open).panel, null);
});

test("a poor line has fewer bars", () => {
  const at = (more) => bars(after([seen("a", more), 0]).tiles.a, 0);
  assert.deepEqual([at({}), at({ dropped: 50 }), at({ dropped: 50, lag_ms: 4000 }), at({ dropped: 50, lag_ms: 4000, fps: 0.2 })], [4, 3, 2, 1]);
});

test("strangers and unknown messages change nothing", () => {
  const state = initial(people);
  assert.equal(receive(state, seen("zz"), 0), state);
  assert.equal(receive(state, { type: "news" }, 0), state);
});

test("time since is said in one number, and the wall is counted", () => {
  assert.deepEqual([since(5000), since(65000), since(7200000)], [[5, "s"], [1, "min"], [2, "h"]]);
  assert.deepEqual(counts(after([seen("a"), 0], [incident("b"), 0]), 1), { alert: 1, look: 0, unobservable: 0, away: 2, neutral: 1 });
});
