// The camera's worker: asks the page for pictures, compresses them within its budget, signs and sends them; keeps them while the line is cut
// and sends them afterwards, beside the live ones; encodes, signs and sends sound, of which nothing is kept. Its timers run on when the tab
// is hidden. What and how much is decided in camera_protocol.js and camera_budget.js.

import {
  AGAIN_MS, CUT_MS, FRESH, GLANCE_MS, LADDER, LATE_MS, MOST_UNDER_WAY, SURVIVAL_EVERY_MS, TRIES,
  acknowledged, affords, affordsKept, asked, cameTo, everyMs, fits, pictured as countPicture, planned, spent, stirred, tick,
} from "./camera_budget.js";
import { NOTHING_SEEN, glanced, greysOf } from "./camera_glance.js";
import { brightnessOf } from "./check_state.js";
import { KEPT, LIVE, MOST_WAITING, afterClose, heard, importKey, keep, seal, takeBack } from "./camera_protocol.js";
import { BLOCK_MS, LEAST_FPS, NOTHING, SOUND, encoderConfig, gather } from "./sound_state.js";

const SMALL = [32, 24];
const PICTURE_WITHIN_MS = 2000;
const LATE_EVERY_MS = 500;
const MOST_UNTIMELY = 3;

let place = null; // {sittingId, csrf}
let line = { seq: 0, nonce: null, load: FRESH.load, listens: false, soundSeq: 0, hole: false };
let uplink = FRESH;
let key = null;
let socket = null;
let tries = 0;
let kept = []; // in memory only: nothing of a candidate's picture is left on a machine that others use too
let underWay = []; // {seq, kind, at, sentAt, jpeg}, not yet acknowledged
let heardAt = 0; // when anything was last acknowledged
let untimely = 0; // kept pictures in a row of which the server does not believe the time
let pictured = 0;
let due = 0; // when the next picture is to be sent; between two, on a poor line, the page only glances
let glances = NOTHING_SEEN;
let known = false; // whether the server ever greeted this page: what is of before that belongs to no cut
let toldClock = false; // whether a live picture went over this connection: by it the server tells the time of kept ones
let sending = Promise.resolve();
let wanted = 0; // when a picture was asked for, 0 when none is on its way
let timer = 0;
let stopped = false;
let draining = false; // the exam is over: nothing is seen or heard any more, what is kept goes on
let encoder = null;
let encoded = 0; // microseconds of sound
let spoken = NOTHING;

const canvas = new OffscreenCanvas(640, 480);
const paper = canvas.getContext("2d");
const small = new OffscreenCanvas(...SMALL).getContext("2d", { willReadFrequently: true });
small.imageSmoothingQuality = "medium"; // every pixel counts, so that a camera's grain is no news

function clock() {
  return Math.round(performance.timeOrigin + performance.now()); // never jumps, as the clock of the machine may
}

function waits(now) {
  return underWay.length ? now - underWay[0].sentAt : 0;
}

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
  socket.onclose = ({ code }) => lose(code);
}

function lose(code) {
  key = null;
  toldClock = false;
  if (!stopped) again(code);
}

// Nothing comes back any more, whatever the socket says: a dead line may take minutes to be told.
function giveUp() {
  socket.onclose = null;
  socket.onmessage = null;
  socket.close();
  lose(1006);
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
  if (message.type === "ack") settle(message.seq, true);
  else if (message.type === "refused") refuse(message);
  else postMessage({ type: "message", message });
  return undefined;
}

function settle(seq, taken) {
  const done = underWay.find((one) => one.seq === seq);
  underWay = underWay.filter((one) => one !== done);
  const now = clock();
  if (taken && done) {
    uplink = acknowledged(uplink, now, now - done.sentAt);
    heardAt = now;
    if (done.kind === KEPT) untimely = 0;
  }
  uplink = asked(uplink, line.load, line.listens);
}

function refuse({ code, reason, seq }) {
  if (code !== "bad_frame") return;
  settle(seq, false);
  if (reason === "untimely") untimely += 1;
  if (untimely >= MOST_UNTIMELY) kept = []; // of what else is kept the server would say the same
}

async function greet(message) {
  const fresh = await importKey(message.key);
  line = heard(line, message);
  kept = takeBack(kept, underWay, message);
  underWay = [];
  uplink = asked(uplink, line.load, line.listens);
  [key, known, toldClock] = [fresh, true, false];
  heardAt = clock();
  spoken = NOTHING;
  tries = 0;
  postMessage({ type: "connection", connection: "ok" });
  schedule(0);
}

function isOpen() {
  return key !== null && socket?.readyState === WebSocket.OPEN;
}

function isBusy() {
  return isOpen() && underWay.length >= MOST_UNDER_WAY[uplink.mode];
}

// One after the other: signing takes its time, and the server refuses what is out of order.
function send(picture, kind) {
  sending = sending.then(() => sendNow(picture, kind));
  return sending;
}

async function sendNow({ at, jpeg }, kind) {
  if (!isOpen()) {
    kept = takeBack(kept, [{ seq: 0, at, jpeg }], { next_seq: 0 });
    return;
  }
  const seq = line.seq;
  line = { ...line, seq: seq + 1 };
  const sentAt = clock();
  underWay.push({ seq, kind, at, sentAt, jpeg });
  const message = await seal(key, { seq, nonce: line.nonce, kind, clock: at, jpeg });
  if (!isOpen()) return; // it is under way still, and will be taken back
  socket.send(message);
  uplink = spent(uplink, message.length);
  if (kind === LIVE) toldClock = true;
}

// A kept picture, where there is room for it beside the live ones.
function sendLate() {
  const now = clock();
  uplink = tick(uplink, now, waits(now));
  if (draining) drain(now);
  if (!kept.length || !toldClock || !isOpen() || underWay.length > 1) return;
  const affordable = draining ? affords : affordsKept;
  if (affordable(uplink, kept[0].jpeg.length)) send(kept.shift(), KEPT);
}

// After the exam: until everything that is kept was taken, or the server has closed the door.
function drain(now) {
  const left = kept.length + underWay.filter(({ kind }) => kind === KEPT).length;
  if (!left) return finish("closed");
  postMessage({ type: "left", count: left });
  if (isOpen() && waits(now) >= CUT_MS) giveUp();
  else if (isOpen() && !toldClock && !underWay.length) tellClock(now);
  return undefined;
}

// The server compares clocks by a live picture; this one shows nothing.
async function tellClock(at) {
  const black = new OffscreenCanvas(16, 12);
  black.getContext("2d"); // without it nothing can be encoded
  const blob = await black.convertToBlob({ type: "image/jpeg" });
  await send({ at, jpeg: new Uint8Array(await blob.arrayBuffer()) }, LIVE);
}

// A block of 60 ms, or null for one that is not to be listened to.
function listen(samples, rate) {
  if (!line.listens || draining) return;
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
  const poor = uplink.mode === "survival" || line.load.fps < LEAST_FPS;
  if (!isOpen() || !line.listens || poor || socket.bufferedAmount > MOST_WAITING) {
    line = { ...line, hole: true };
    return;
  }
  const seq = line.soundSeq + (line.hole ? 1 : 0); // a number that is left out tells of the hole
  line = { ...line, soundSeq: seq + 1, hole: false };
  const message = await seal(key, { seq, nonce: line.nonce, kind: SOUND, clock: clock(), jpeg: packets });
  if (!isOpen()) return;
  socket.send(message);
  uplink = spent(uplink, message.length);
}

function schedule(ms) {
  clearTimeout(timer);
  timer = setTimeout(ask, ms);
}

function ask() {
  if (stopped || draining) return;
  const now = clock();
  uplink = tick(uplink, now, waits(now));
  if (isOpen() && waits(now) >= CUT_MS) giveUp();
  const busy = isBusy();
  if ((!busy || isStalled(now)) && (!wanted || now - wanted > PICTURE_WITHIN_MS)) {
    wanted = now;
    postMessage({ type: "picture" });
  }
  schedule(busy ? AGAIN_MS : isPoor() ? GLANCE_MS : everyMs(uplink, isOpen() && kept.length > 0));
}

function isPoor() {
  return isOpen() && uplink.mode === "survival";
}

// Whether there is nothing to send yet: nothing stirs, and no picture is due.
function isEarly(pixels, now) {
  if (!isPoor()) return false;
  glances = glanced(glances, greysOf(pixels));
  if (glances.news) [uplink, due] = [stirred(uplink), now];
  return now < due;
}

// Nothing comes through, though nothing says that the line is cut: pictures are kept now and then.
function isStalled(now) {
  return isBusy() && now - heardAt >= LATE_MS && now - pictured >= SURVIVAL_EVERY_MS;
}

async function take(bitmap) {
  if (draining) return bitmap.close();
  small.drawImage(bitmap, 0, 0, ...SMALL);
  const pixels = small.getImageData(0, 0, ...SMALL).data;
  postMessage({ type: "brightness", brightness: brightnessOf(pixels) });
  const at = clock();
  if (isEarly(pixels, at)) {
    bitmap.close();
    wanted = 0;
    return undefined;
  }
  const jpeg = await compress(bitmap);
  bitmap.close();
  wanted = 0;
  if (isOpen() && !isBusy() && affords(uplink, jpeg.length)) {
    due = at + everyMs(uplink, false);
    uplink = countPicture(uplink);
    await send({ at, jpeg }, LIVE);
  } else if (isOpen() ? isStalled(at) : known) kept = keep(kept, { at, jpeg });
  else return schedule(AGAIN_MS); // no room now
  pictured = at;
  return undefined;
}

// As good and as large as the budget has room for: what the last one came to says how, and a picture that is too large is made again.
async function compress(bitmap) {
  uplink = planned(uplink);
  for (let turn = 1; ; turn += 1) {
    const { rung } = uplink;
    const jpeg = await jpegOf(bitmap, ...LADDER[rung]);
    uplink = cameTo(uplink, jpeg.length);
    const plan = planned(uplink);
    if (turn === TRIES || fits(uplink, jpeg.length) || plan.rung === rung) return jpeg;
    uplink = plan;
  }
}

// The middle of the picture in 4:3, as the server expects it.
async function jpegOf(bitmap, wide, quality) {
  if (canvas.width !== wide) [canvas.width, canvas.height] = [wide, (wide * 3) / 4];
  const width = Math.min(bitmap.width, (bitmap.height * 4) / 3);
  const height = Math.min(bitmap.height, (bitmap.width * 3) / 4);
  paper.imageSmoothingQuality = "medium";
  paper.drawImage(bitmap, (bitmap.width - width) / 2, (bitmap.height - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Uint8Array(await blob.arrayBuffer());
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
    setInterval(() => !stopped && sendLate(), LATE_EVERY_MS);
  },
  picture: ({ bitmap }) => take(bitmap),
  sound: ({ samples, rate }) => listen(samples, rate),
  nothing() {
    wanted = 0;
  },
  drain() {
    draining = true;
    sendLate();
  },
  stop: () => finish("closed"),
};

onmessage = ({ data }) => receivers[data.type](data);
