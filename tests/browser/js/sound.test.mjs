import assert from "node:assert/strict";
import { test } from "node:test";

import { initial, mayGoOn, receive } from "../../../api/static/check_state.js";
import { heard } from "../../../api/static/camera_protocol.js";
import { BLOCK_MS, MESSAGE_MS, NOTHING, encoderConfig, gather, isSilent, joined, microphone, told } from "../../../api/static/sound_state.js";

const packet = (size) => new Uint8Array(size).fill(24);

test("a message has sixteen packets of sixty milliseconds, in order, and what comes next waits", () => {
  let waiting = NOTHING;
  const messages = [];
  for (let number = 0; number < 40; number += 1) {
    const [next, message] = gather(waiting, new Uint8Array([24, number]), BLOCK_MS);
    waiting = next;
    if (message) messages.push(message);
  }

  assert.equal(MESSAGE_MS, 16 * BLOCK_MS);
  assert.equal(messages.length, 2);
  assert.deepEqual([...messages[1].subarray(0, 8)], [0, 2, 24, 16, 0, 2, 24, 17]);
  assert.equal(waiting.packets.length, 8);
});

test("packets of other lengths never make a message longer than a second", () => {
  let waiting = NOTHING;
  for (let number = 0; number < 200; number += 1) {
    const [next] = gather(waiting, packet(10), 20);
    assert.ok(next.ms <= MESSAGE_MS);
    waiting = next;
  }
});

test("an empty packet stands for what was not listened to", () => {
  assert.deepEqual([...joined([packet(2), packet(0), packet(1)])], [0, 2, 24, 24, 0, 0, 0, 1, 24]);
});

test("only a muted microphone is without any noise", () => {
  assert.equal(isSilent(new Float32Array(960)), true);
  assert.equal(isSilent(new Float32Array(960).fill(0, 0, 959).fill(1e-6, 959)), false);
});

test("a microphone is live while it is heard, and muted when it has not been for a while", () => {
  assert.equal(microphone(1000, 0, null), "starting");
  assert.equal(microphone(3000, 0, null), "muted");
  assert.equal(microphone(9000, 0, 8000), "live");
  assert.equal(microphone(12000, 0, 8000), "muted");
});

test("what is wrong here is told before what the server says, and nothing is good until the server says so", () => {
  assert.equal(told("denied", "heard"), "denied");
  assert.equal(told("live", "heard"), "heard");
  assert.equal(told("live", "not_heard"), "not_heard");
  assert.equal(told("live", null), "starting");
});

test("the encoder is asked for eight kilobits, one channel and packets of sixty milliseconds", () => {
  const { codec, bitrate, numberOfChannels, sampleRate, opus } = encoderConfig(48000);

  assert.deepEqual([codec, bitrate, numberOfChannels, sampleRate, opus.frameDuration], ["opus", 8000, 1, 48000, 60000]);
});

test("a page listens only when the server's hello says so, and its numbers begin anew with each", () => {
  const hello = { type: "hello", nonce: "AA", fps: 2, quality: 0.6, next_seq: 0 };
  const before = { seq: 0, nonce: null, fps: 2, quality: 0.6, listens: true, soundSeq: 9, hole: true };

  assert.equal(heard(before, hello).listens, false);
  assert.deepEqual([heard(before, { ...hello, sound: "voice" }).listens, heard(before, { ...hello, sound: "voice" }).soundSeq], [true, 0]);
});

test("where the exam does not listen the check has no step for it, and one goes on without", () => {
  const check = initial(0, ["camera", "light", "face", "connection"]);
  const good = Object.fromEntries(Object.keys(check.steps).map((name) => [name, { state: "good", help: "" }]));

  assert.equal("microphone" in check.steps, false);
  assert.equal(mayGoOn({ ...check, steps: good }), true);
});

test("a browser that cannot send sound stops nobody", () => {
  const after = receive(initial(0), { type: "microphone", outcome: "unsupported" }, 0);

  assert.deepEqual(after.steps.microphone, { state: "fair", help: "microphone.unsupported" });
});
