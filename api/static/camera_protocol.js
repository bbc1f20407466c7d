// The page's half of the camera protocol, without camera or socket: bytes out of a frame, what is kept while the line is cut, when to try again.
// The server's half, and the protocol in words: proctoring/channel.py. Driven by camera_worker.js.

const VERSION = 1;
const HEAD = 30; // version u8, kind u8, seq u32, clock u64, nonce 16 B
const MAC = 16;

export const LIVE = 0;
export const KEPT = 1;
export const MOST_KEPT = 20;
export const MOST_KEPT_BYTES = 1 << 20;
export const KEEP_EVERY_MS = 2000;
export const MOST_WAITING = 128 * 1024; // bytes in the socket beyond which a frame is left out: the newest picture matters, not all of them

const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15000];
const ELSEWHERE_MS = 3000; // the page before this one may still be on its way out
const TICKET = 4401;
const ORIGIN = 4403;
const ELSEWHERE = 4409;

export function fromBase64url(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  return Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
}

export function importKey(text) {
  return crypto.subtle.importKey("raw", fromBase64url(text), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

// One frame as the server wants it: head, the first half of an HMAC over head and picture, picture.
export async function seal(key, { seq, nonce, kind, clock, jpeg }) {
  const message = new Uint8Array(HEAD + MAC + jpeg.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, kind);
  view.setUint32(2, seq);
  view.setBigUint64(6, BigInt(Math.round(clock)));
  message.set(nonce, 14);
  message.set(jpeg, HEAD + MAC);
  const signed = new Uint8Array(HEAD + jpeg.length);
  signed.set(message.subarray(0, HEAD));
  signed.set(jpeg, HEAD);
  message.set(new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)).subarray(0, MAC), HEAD);
  return message;
}

// What is known of a connection, from the server's messages. Numbers of frames only grow, over connections too.
export function heard(state, message) {
  if (message.type === "hello") {
    const seq = Math.max(state.seq, message.next_seq);
    const sound = { listens: message.sound === "voice", soundSeq: 0, hole: false }; // its numbers begin anew
    return { ...state, seq, ...sound, nonce: fromBase64url(message.nonce), fps: message.fps, quality: message.quality };
  }
  if (message.type === "ack") {
    return { ...state, nonce: fromBase64url(message.nonce), fps: message.fps, quality: message.quality };
  }
  return state;
}

// Frames of the time without a line, the latest of them: {at, jpeg}, at most so many and so large.
export function keep(kept, frame) {
  if (kept.length && frame.at - kept[kept.length - 1].at < KEEP_EVERY_MS) return kept;
  const all = [...kept, frame].slice(-MOST_KEPT);
  while (all.reduce((sum, one) => sum + one.jpeg.length, 0) > MOST_KEPT_BYTES) all.shift();
  return all;
}

// After a connection ended: how long to wait, and what the page is told. `null` means never.
export function afterClose(code, tries, chance) {
  if (code === ORIGIN) return { wait: null, connection: "refused" };
  if (code === ELSEWHERE) return { wait: ELSEWHERE_MS, connection: "elsewhere" };
  if (code === TICKET && tries === 0) return { wait: 0, connection: "lost" };
  const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
  return { wait: Math.round(wait * (0.75 + chance / 2)), connection: "lost" };
}
