import assert from "node:assert/strict";
import { test } from "node:test";

import { isOther } from "../../../api/static/camera.js";
import { MOST_KEPT_BYTES, MOST_KEPT_MS, afterClose, fromBase64url, heard, keep, takeBack } from "../../../api/static/camera_protocol.js";

const fresh = { seq: 0, nonce: null, load: { fps: 1, quality: 0.6, width: 640 } };

test("a hello gives the nonce, the load and the number to begin with", () => {
  const line = heard(fresh, { type: "hello", nonce: "AAECAw", fps: 1, quality: 0.5, next_seq: 7 });

  assert.deepEqual([...line.nonce], [0, 1, 2, 3]);
  assert.equal(line.seq, 7);
  assert.deepEqual(line.load, { fps: 1, quality: 0.5, width: 640 });
});

test("numbers only grow, whatever a hello says", () => {
  assert.equal(heard({ ...fresh, seq: 50 }, { type: "hello", nonce: "AA", fps: 2, quality: 0.6, next_seq: 7 }).seq, 50);
});

test("an acknowledgement brings a fresh nonce and another load", () => {
  const line = heard({ ...fresh, seq: 3 }, { type: "ack", seq: 2, nonce: "_w", fps: 5, quality: 0.4, width: 320 });

  assert.deepEqual([...line.nonce], [255]);
  assert.equal(line.seq, 3);
  assert.deepEqual(line.load, { fps: 5, quality: 0.4, width: 320 });
});

test("other messages change nothing of the line", () => {
  assert.equal(heard(fresh, { type: "seen", observable: true }), fresh);
});

test("base64url is read with every sign and every length", () => {
  for (const bytes of [[], [251], [251, 255], [251, 255, 254], [0, 0, 0, 0]]) {
    assert.deepEqual([...fromBase64url(Buffer.from(bytes).toString("base64url"))], bytes);
  }
});

const SECOND = 1000;

function everySecond(seconds, bytes, from = 0, kept = []) {
  for (let second = from; second < from + seconds; second += 1) kept = keep(kept, { at: second * SECOND, jpeg: new Uint8Array(bytes) });
  return kept;
}

function steps(kept) {
  return kept.slice(1).map(({ at }, place) => at - kept[place].at);
}

test("ten minutes at a picture a second are kept whole", () => {
  const kept = everySecond(600, 7000);

  assert.equal(kept.length, 600);
});

test("when there is no room the oldest stretch is thinned first, and there are never more than six megabytes or twenty minutes", () => {
  const kept = everySecond(1800, 7000);

  assert.ok(kept.reduce((sum, one) => sum + one.jpeg.length, 0) <= MOST_KEPT_BYTES);
  assert.ok(kept.at(-1).at - kept[0].at <= MOST_KEPT_MS);
  assert.deepEqual([...new Set(steps(kept))], [2 * SECOND, SECOND]);
});

test("what was under way when the line was cut is kept again, in order, but for what the server has", () => {
  const underWay = [4, 5, 6].map((seq) => ({ seq, at: seq * SECOND, sentAt: seq * SECOND, jpeg: new Uint8Array(1) }));
  const kept = everySecond(2, 10, 7);

  assert.deepEqual(takeBack(kept, underWay, { next_seq: 6 }).map(({ at }) => at / SECOND), [6, 7, 8]);
  assert.deepEqual(takeBack(kept, underWay, { next_seq: 1006, guessed: true }).map(({ at }) => at / SECOND), [4, 5, 6, 7, 8]);
});

test("a connection is tried again ever later, never in step with others, and at once with a fresh ticket", () => {
  assert.equal(afterClose(4401, 0, 0.5).wait, 0);
  assert.ok(afterClose(1006, 1, 0.5).wait > afterClose(1006, 0, 0.5).wait);
  assert.notEqual(afterClose(1006, 3, 0).wait, afterClose(1006, 3, 1).wait);
  assert.ok(afterClose(1006, 99, 1).wait <= 20000);
});

test("a page from elsewhere gives up, and one of two windows waits for the other", () => {
  assert.deepEqual(afterClose(4403, 0, 0.5), { wait: null, connection: "refused" });
  assert.equal(afterClose(4409, 0, 0.5).connection, "elsewhere");
});

test("a camera of another name than the last one in this tab is another, the first one is not", () => {
  const kept = new Map();
  const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const opened = (label) => isOther("camera sit_1", label, store);

  assert.deepEqual(["Built in", "Built in", "Virtual", "Virtual", "Built in"].map(opened), [false, false, true, false, true]);
});
