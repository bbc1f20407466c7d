import assert from "node:assert/strict";
import { test } from "node:test";

import { KEEP_EVERY_MS, MOST_KEPT, MOST_KEPT_BYTES, afterClose, fromBase64url, heard, keep } from "../../../api/static/camera_protocol.js";

const fresh = { seq: 0, nonce: null, fps: 2, quality: 0.6 };

test("a hello gives the nonce, the load and the number to begin with", () => {
  const line = heard(fresh, { type: "hello", nonce: "AAECAw", fps: 1, quality: 0.5, next_seq: 7 });

  assert.deepEqual([...line.nonce], [0, 1, 2, 3]);
  assert.deepEqual([line.seq, line.fps, line.quality], [7, 1, 0.5]);
});

test("numbers only grow, whatever a hello says", () => {
  assert.equal(heard({ ...fresh, seq: 50 }, { type: "hello", nonce: "AA", fps: 2, quality: 0.6, next_seq: 7 }).seq, 50);
});

test("an acknowledgement brings a fresh nonce and another load", () => {
  const line = heard({ ...fresh, seq: 3 }, { type: "ack", seq: 2, nonce: "_w", fps: 5, quality: 0.4 });

  assert.deepEqual([...line.nonce], [255]);
  assert.deepEqual([line.seq, line.fps], [3, 5]);
});

test("other messages change nothing of the line", () => {
  assert.equal(heard(fresh, { type: "seen", observable: true }), fresh);
});

test("base64url is read with every sign and every length", () => {
  for (const bytes of [[], [251], [251, 255], [251, 255, 254], [0, 0, 0, 0]]) {
    assert.deepEqual([...fromBase64url(Buffer.from(bytes).toString("base64url"))], bytes);
  }
});

test("while the line is cut a frame is kept every two seconds, the latest of them, bounded in number and size", () => {
  let kept = [];
  for (let at = 0; at < 200000; at += 500) kept = keep(kept, { at, jpeg: new Uint8Array(20000) });

  assert.equal(kept.length, MOST_KEPT);
  assert.equal(kept[1].at - kept[0].at, KEEP_EVERY_MS);
  assert.ok(kept.at(-1).at > 197000);

  for (let at = 200000; at < 300000; at += 2000) kept = keep(kept, { at, jpeg: new Uint8Array(300000) });
  assert.ok(kept.reduce((sum, one) => sum + one.jpeg.length, 0) <= MOST_KEPT_BYTES);
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
