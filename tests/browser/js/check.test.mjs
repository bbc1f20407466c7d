import assert from "node:assert/strict";
import { test } from "node:test";

import { STEPS, brightnessOf, counts, initial, kbps, loudnessOf, mayGoOn, problemOf, receive } from "../../../api/static/check_state.js";

const after = (events, start = initial(0)) => events.reduce((state, [now, event]) => receive(state, event, now), start);
const live = [0, { type: "camera", outcome: "live" }];
const good = { type: "look", observable: true, faces: 1 };

test("all five steps wait at first", () => {
  assert.deepEqual(STEPS.map((name) => initial(0).steps[name].state), Array(5).fill("waiting"));
  assert.equal(mayGoOn(initial(0)), false);
});

test("each refusal of the camera has its own page", () => {
  assert.equal(problemOf("NotAllowedError"), "denied");
  assert.equal(problemOf("SecurityError"), "denied");
  assert.equal(problemOf("NotFoundError"), "absent");
  assert.equal(problemOf("OverconstrainedError"), "absent");
  assert.equal(problemOf("NotReadableError"), "in_use");
  assert.equal(problemOf("SomethingNew"), "in_use");
});

test("a picture that stays black is a problem of the camera, a dark one is advice", () => {
  const black = after([live, [0, { type: "picture", brightness: 2 }], [4000, { type: "picture", brightness: 2 }]]);
  assert.equal(black.cameraProblem, "black");
  const dark = after([live, [0, { type: "picture", brightness: 2 }], [500, { type: "picture", brightness: 30 }]]);
  assert.equal(dark.cameraProblem, null);
  assert.deepEqual(dark.steps.light, { state: "fair", help: "light.dark" });
});

test("a face is found after three good looks in a row", () => {
  const twice = after([live, [1, good], [2, good]]);
  assert.equal(twice.steps.face.state, "working");
  assert.equal(receive(twice, good, 3).steps.face.state, "good");
  const broken = after([live, [1, good], [2, good], [3, { type: "look", observable: false, reason: "too_dark", faces: 0 }], [4, good]]);
  assert.deepEqual(broken.steps.face, { state: "fair", help: "face.dark" });
});

for (const reason of ["back_lit", "cropped", "too_far"]) {
  test(`a face that is ${reason} has its own word of help`, () => {
    assert.deepEqual(after([live, [1, { type: "look", observable: false, reason, faces: 1 }]]).steps.face, { state: "fair", help: `face.${reason}` });
  });
}

test("light from behind is no good light, however bright the picture, until a look finds it gone", () => {
  const behind = after([live, [1, { type: "look", observable: false, reason: "back_lit", faces: 1 }], [2, { type: "picture", brightness: 180 }]]);
  assert.deepEqual(behind.steps.light, { state: "fair", help: "light.behind" });
  const turned = receive(receive(behind, good, 3), { type: "picture", brightness: 120 }, 4);
  assert.deepEqual(turned.steps.light, { state: "good", help: "light.good" });
});

test("a second person in the picture is advice, not an accusation", () => {
  assert.deepEqual(after([live, [1, { type: "look", observable: true, faces: 2 }]]).steps.face, { state: "fair", help: "face.several" });
});

test("when the server never looks, an invigilator will", () => {
  const state = after([live, [15001, { type: "tick" }]]);
  assert.deepEqual(state.steps.face, { state: "fair", help: "face.later" });
});

test("a silent or missing microphone does not stop anybody", () => {
  const silent = after([[0, { type: "microphone", outcome: "live" }], [9000, { type: "level", loudness: 0 }]]);
  assert.equal(silent.steps.microphone.state, "fair");
  assert.equal(receive(silent, { type: "level", loudness: 0.3 }, 9100).steps.microphone.state, "good");
  assert.equal(after([[0, { type: "microphone", outcome: "absent" }]]).steps.microphone.state, "fair");
});

test("what was heard once stays good", () => {
  const heard = after([[0, { type: "microphone", outcome: "live" }], [1, { type: "level", loudness: 0.1 }], [9999, { type: "level", loudness: 0 }]]);
  assert.equal(heard.steps.microphone.state, "good");
});

test("the connection is measured against what the camera needs", () => {
  const state = (upKbps) => after([[0, { type: "connection", outcome: "measured", upKbps }]]).steps.connection.state;
  assert.deepEqual([state(1000), state(100), state(10)], ["good", "fair", "problem"]);
  assert.equal(after([[0, { type: "connection", outcome: "failed" }]]).steps.connection.state, "problem");
});

test("one goes on when every step has an answer and none is a problem", () => {
  const ready = after([
    live,
    [0, { type: "picture", brightness: 120 }],
    [0, { type: "microphone", outcome: "absent" }],
    [1, good],
    [2, good],
    [3, good],
    [4, { type: "connection", outcome: "measured", upKbps: 900 }],
  ]);
  assert.equal(mayGoOn(ready), true);
  assert.deepEqual(counts(ready), { done: 5, of: 5 });
  assert.equal(mayGoOn(receive(ready, { type: "camera", outcome: "denied" }, 5)), false);
});

test("pictures, sound and bytes become numbers", () => {
  assert.equal(Math.round(brightnessOf(new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255]))), 128);
  assert.equal(brightnessOf(new Uint8ClampedArray()), 0);
  assert.equal(loudnessOf(new Uint8Array([128, 128])), 0);
  assert.equal(loudnessOf(new Uint8Array([0, 0])), 1);
  assert.equal(kbps(1000, 8), 1000);
  assert.equal(kbps(1000, 0), 0);
});
