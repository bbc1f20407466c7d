// The page's half of the camera protocol, without camera or socket: bytes out of a frame, what is kept while the line is cut, when to try again.
// The server's half, and the protocol in words: proctoring/channel/. How much is sent: camera_budget.js. Driven by camera_worker.js.

const VERSION = 1;
const HEAD = 30; // version u8, kind u8, seq u32, clock u64, nonce 16 B
const MAC = 16;

export const LIVE = 0;
export const KEPT = 1;
export const MOST_KEPT_BYTES = 6 * 1024 * 1024;
export const MOST_KEPT_MS = 20 * 60 * 1000;
const NEAR_MS = 2500; // two pictures so far apart still count as watched
export const MOST_WAITING = 128 * 1024; // bytes in the socket beyond which sound is left out

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
export function heard(line, message) {
  if (message.type === "hello") {
    const seq = Math.max(line.seq, message.next_seq);
    const sound = { listens: message.sound === "voice", soundSeq: 0, hole: false }; // its numbers begin anew
    return { ...line, seq, ...sound, nonce: fromBase64url(message.nonce), load: loadOf(message) };
  }
  return message.type === "ack" ? { ...line, nonce: fromBase64url(message.nonce), load: loadOf(message) } : line;
}

function loadOf({ fps, quality, width = 640 }) {
  return { fps, quality, width };
}

// Pictures of the time without a line, {at, jpeg}: bounded in minutes and bytes; when full the oldest stretch is thinned first, then the next.
export function keep(kept, picture) {
  const all = [...kept.filter(({ at }) => picture.at - at <= MOST_KEPT_MS), picture];
  let total = all.reduce((sum, { jpeg }) => sum + jpeg.length, 0);
  while (total > MOST_KEPT_BYTES) total -= all.splice(leastMissed(all), 1)[0].jpeg.length;
  return all;
}

// The oldest picture between two that are near each other, else the oldest of all.
function leastMissed(all) {
  const place = all.findIndex((_, at) => at > 0 && at < all.length - 1 && all[at + 1].at - all[at - 1].at <= NEAR_MS);
  return Math.max(0, place);
}

// After a hello: what was under way when the line was cut is kept again, but for what the server says it has.
export function takeBack(kept, underWay, hello) {
  const from = hello.guessed ? 0 : hello.next_seq;
  const lost = underWay.filter(({ seq }) => seq >= from).map(({ at, jpeg }) => ({ at, jpeg }));
  return [...kept, ...lost].sort((one, other) => one.at - other.at);
}

// After a connection ended: how long to wait, and what the page is told. `null` means never.
export function afterClose(code, tries, chance) {
  if (code === ORIGIN) return { wait: null, connection: "refused" };
  if (code === ELSEWHERE) return { wait: ELSEWHERE_MS, connection: "elsewhere" };
  if (code === TICKET && tries === 0) return { wait: 0, connection: "lost" };
  const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
  return { wait: Math.round(wait * (0.75 + chance / 2)), connection: "lost" };
}
