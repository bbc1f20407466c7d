// The camera's worker: asks the page for pictures at the pace the server wants, compresses, signs and sends them, and keeps a few while the
// line is cut; encodes, signs and sends sound, of which nothing is kept. Its timers run on when the tab is hidden. The protocol is
// camera_protocol.js.

import { brightnessOf } from "./check_state.js";
import { KEPT, LIVE, MOST_WAITING, afterClose, heard, importKey, keep, seal } from "./camera_protocol.js";
import { BLOCK_MS, LEAST_FPS, NOTHING, SOUND, encoderConfig, gather } from "./sound_state.js";

const SMALL = [32, 24];
const PICTURE_WITHIN_MS = 2000;

let place = null; // {sittingId, csrf}
let line = { seq: 0, nonce: null, fps: 2, quality: 0.6, listens: false, soundSeq: 0, hole: false };
let key = null;
let socket = null;
let tries = 0;
let kept = [];
let sending = Promise.resolve();
let asked = 0; // when a picture was asked for, 0 when none is on its way
let stopped = false;
let encoder = null;
let encoded = 0; // microseconds of sound
let spoken = NOTHING;

const canvas = new OffscreenCanvas(640, 480);
const paper = canvas.getContext("2d");
const small = new OffscreenCanvas(...SMALL).getContext("2d", { willReadFrequently: true });

async function connect() {
  try {
    const answer = await fetch(`/api/v1/sittings/${place.sittingId}/camera-ticket`, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": place.csrf },
      cache: "no-store",
    });
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return finish("closed");
    if (!answer.ok) return again(1006);
    const { ticket, ingest_url: ingest } = await answer.json();
    open(`${ingest}/camera?ticket=${encodeURIComponent(ticket)}`);
  } catch {
    again(1006);
  }
  return undefined;
}

function open(address) {
  if (stopped) return;
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => hear(JSON.parse(data));
  socket.onclose = ({ code }) => {
    key = null;
    if (!stopped) again(code);
  };
}

function again(code) {
  const { wait, connection } = afterClose(code, tries, Math.random());
  tries += 1;
  postMessage({ type: "connection", connection });
  if (wait === null) finish(connection);
  else setTimeout(() => !stopped && connect(), wait);
}

async function hear(message) {
  if (message.type === "hello") return greet(message);
  line = heard(line, message);
  if (message.type !== "ack" && message.type !== "refused") postMessage({ type: "message", message });
  return undefined;
}

async function greet(message) {
  const fresh = await importKey(message.key);
  line = heard(line, message);
  key = fresh;
  spoken = NOTHING;
  tries = 0;
  postMessage({ type: "connection", connection: "ok" });
  const late = kept;
  kept = [];
  for (const { at, jpeg } of late) await send(jpeg, KEPT, at);
}

function isOpen() {
  return key !== null && socket?.readyState === WebSocket.OPEN;
}

// One after the other: signing takes its time, and the server refuses what is out of order.
function send(jpeg, kind, clock) {
  sending = sending.then(() => sendNow(jpeg, kind, clock));
  return sending;
}

async function sendNow(jpeg, kind, clock) {
  const seq = line.seq;
  line = { ...line, seq: seq + 1 }; // a number that is left out is seen by the server, and counted
  if (!isOpen() || socket.bufferedAmount > MOST_WAITING) return;
  const message = await seal(key, { seq, nonce: line.nonce, kind, clock, jpeg });
  if (isOpen()) socket.send(message);
}

// A block of 60 ms, or null for one that is not to be listened to.
function listen(samples, rate) {
  if (!line.listens) return;
  if (samples) encode(samples, rate);
  else speak(new Uint8Array(0), BLOCK_MS);
}

function encode(samples, rate) {
  if (encoder?.state !== "configured") encoder = openEncoder(rate);
  const format = { format: "f32-planar", sampleRate: rate, numberOfFrames: samples.length, numberOfChannels: 1 };
  const data = new AudioData({ ...format, timestamp: encoded, data: samples });
  encoded += BLOCK_MS * 1000;
  encoder.encode(data);
  data.close();
}

function openEncoder(rate) {
  const output = (chunk) => {
    const packet = new Uint8Array(chunk.byteLength);
    chunk.copyTo(packet);
    speak(packet, (chunk.duration ?? BLOCK_MS * 1000) / 1000);
  };
  const made = new AudioEncoder({ output, error: () => (encoder = null) }); // the next block makes another
  made.configure(encoderConfig(rate));
  return made;
}

function speak(packet, ms) {
  const [waiting, message] = gather(spoken, packet, ms);
  spoken = waiting;
  if (message) sending = sending.then(() => speakNow(message));
}

async function speakNow(packets) {
  if (!isOpen() || !line.listens || line.fps < LEAST_FPS || socket.bufferedAmount > MOST_WAITING) {
    line = { ...line, hole: true };
    return;
  }
  const seq = line.soundSeq + (line.hole ? 1 : 0); // a number that is left out tells of the hole
  line = { ...line, soundSeq: seq + 1, hole: false };
  const message = await seal(key, { seq, nonce: line.nonce, kind: SOUND, clock: Date.now(), jpeg: packets });
  if (isOpen()) socket.send(message);
}

function ask() {
  if (stopped) return;
  const now = Date.now();
  if (!asked || now - asked > PICTURE_WITHIN_MS) {
    asked = now;
    postMessage({ type: "picture" });
  }
  setTimeout(ask, 1000 / line.fps);
}

async function take(bitmap) {
  small.drawImage(bitmap, 0, 0, ...SMALL);
  postMessage({ type: "brightness", brightness: brightnessOf(small.getImageData(0, 0, ...SMALL).data) });
  // The middle of the picture in 4:3, as the server expects it.
  const width = Math.min(bitmap.width, (bitmap.height * 4) / 3);
  const height = Math.min(bitmap.height, (bitmap.width * 3) / 4);
  paper.drawImage(bitmap, (bitmap.width - width) / 2, (bitmap.height - height) / 2, width, height, 0, 0, 640, 480);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: line.quality });
  const jpeg = new Uint8Array(await blob.arrayBuffer());
  asked = 0;
  if (isOpen()) await send(jpeg, LIVE, Date.now());
  else kept = keep(kept, { at: Date.now(), jpeg });
}

function finish(connection) {
  stopped = true;
  socket?.close(1000);
  postMessage({ type: "connection", connection });
}

const receivers = {
  start(message) {
    place = message;
    connect();
    ask();
  },
  picture: ({ bitmap }) => take(bitmap),
  sound: ({ samples, rate }) => listen(samples, rate),
  nothing() {
    asked = 0;
  },
  stop: () => finish("closed"),
};

onmessage = ({ data }) => receivers[data.type](data);
