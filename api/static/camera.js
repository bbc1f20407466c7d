// The candidate's camera: opened here, sent by camera_worker.js. What the page may show comes back through `onState` and `onMessage`.
//
// onState({camera, connection, message, sound}), on every change:
//   camera      "starting", "seen", "not_seen" (the server says why in `message`), "denied", "absent", "in_use" or "black"
//   connection  "starting", "ok", "lost" (it tries again by itself), "elsewhere" (another window has the camera), "refused" or "closed"
//   sound       null where nobody listens; else "starting", "heard", "not_heard" (as the server says), "muted", "denied", "absent", "in_use"
//               or "unsupported". Whatever it is, it is nothing against anybody.
//
// onOther(), when another camera than last in this tab was opened, by the name that the browser gives it. The name itself is told to nobody.

import { problemOf } from "./check_state.js";
import { openMicrophone } from "./sound.js";
import { told } from "./sound_state.js";

const WANTED = { video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 } }, audio: false };
const BLACK = 6; // mean brightness of 255
const BLACK_MS = 4000;
const RETRY_MS = 5000;
const WORKER_WITHIN_MS = 30_000; // to load, on a poor line
const WORKER_AGAIN_MS = 1000;

// Open the camera: {outcome: "live", stream}, or {outcome: "denied" | "absent" | "in_use"}.
export async function probeCamera() {
  if (!navigator.mediaDevices) return { outcome: "denied" }; // no secure connection, no camera
  try {
    return { outcome: "live", stream: await navigator.mediaDevices.getUserMedia(WANTED) };
  } catch (error) {
    return { outcome: problemOf(error.name) };
  }
}

const LATE_FOR_MS = 600_000; // as long as the server waits for pictures of a cut after handing in

// Whether a camera has another name than the last one; the first is no other. Remembered in the tab, so that loading the page anew hides nothing.
export function isOther(key, label, store) {
  const before = store.getItem(key);
  store.setItem(key, label);
  return before !== null && before !== label;
}

// Start sending; `preview` is a <video> to show the picture in, or null. Only with `listen` is the microphone opened. Answers
// {stop(), finish(onLeft)}: finish looks and listens no more, sends what was kept in a cut, says how many pictures are left, and then stops.
export async function startCamera({ sittingId, csrf, preview = null, listen = false, onState, onMessage = () => {}, onOther = () => {} }) {
  const video = preview ?? document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true });
  let state = { camera: "starting", connection: "starting", message: "", sound: listen ? "starting" : null };
  let darkSince = null;
  let stopped = false;
  let microphone = null;
  let drained = null; // {left(count), over()} once the exam is over
  const ear = { here: "starting", server: null };

  function change(changes) {
    const before = state;
    state = { ...state, ...changes };
    if (!stopped && Object.keys(state).some((name) => state[name] !== before[name])) onState({ ...state });
  }

  async function open() {
    if (stopped) return;
    const { outcome, stream } = await probeCamera();
    if (stopped) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      return;
    }
    if (outcome !== "live") {
      change({ camera: outcome });
      setTimeout(open, RETRY_MS);
      return;
    }
    const [track] = stream.getVideoTracks();
    track.onended = () => {
      change({ camera: "absent" });
      setTimeout(open, RETRY_MS);
    };
    if (isOther(`camera ${sittingId}`, track.label, sessionStorage)) onOther();
    video.srcObject = stream;
    await video.play().catch(() => {});
    change({ camera: "starting" });
  }

  function measure(brightness) {
    darkSince = brightness > BLACK ? null : (darkSince ?? Date.now());
    if (darkSince !== null && Date.now() - darkSince >= BLACK_MS) change({ camera: "black" });
    else if (state.camera === "black") change({ camera: "starting" });
  }

  function hark(changes) {
    Object.assign(ear, changes);
    if (listen) change({ sound: told(ear.here, ear.server) });
  }

  function hear(message) {
    if (message.type === "seen") hark({ server: message.sound });
    if (message.type === "seen" && !["black", "denied", "absent", "in_use"].includes(state.camera)) {
      const seen = message.observable && message.faces > 0;
      change({ camera: seen ? "seen" : "not_seen", message: seen ? "" : (message.reason ?? "") });
    }
    onMessage(message);
  }

  const receivers = {
    async picture() {
      const live = video.srcObject?.active && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
      const bitmap = live ? await createImageBitmap(video).catch(() => null) : null;
      if (bitmap) worker.postMessage({ type: "picture", bitmap }, [bitmap]);
      else worker.postMessage({ type: "nothing" });
    },
    brightness: ({ brightness }) => measure(brightness),
    left: ({ count }) => drained?.left(count),
    connection({ connection }) {
      change({ connection });
      if (["closed", "refused"].includes(connection)) drained?.over();
      if (connection !== "ok") hark({ server: null });
    },
    message: ({ message }) => hear(message),
  };

  // A worker's file that does not come (a line cut just now, a shell being exchanged) would leave the candidate unseen: another is asked for.
  function hire() {
    const hired = new Worker(new URL("./camera_worker.js", import.meta.url), { type: "module" });
    let here = false;
    const miss = () => {
      clearTimeout(patience);
      if (here || stopped) return;
      hired.terminate();
      change({ connection: "lost" });
      setTimeout(() => !stopped && (worker = hire()), WORKER_AGAIN_MS);
    };
    const patience = setTimeout(miss, WORKER_WITHIN_MS);
    hired.onerror = miss;
    hired.onmessage = ({ data }) => {
      here = true;
      receivers[data.type](data);
    };
    hired.postMessage({ type: "start", sittingId, csrf });
    return hired;
  }

  onState({ ...state });
  let worker = hire();
  open();
  if (listen) {
    const onBlock = (samples, rate) => worker.postMessage({ type: "sound", samples, rate }, samples ? [samples.buffer] : []);
    microphone = openMicrophone({ onBlock, onState: (here) => hark({ here }) }).catch(() => hark({ here: "absent" }));
  }
  function lookAway() {
    if (stopped) return; // the preview may show another's picture by now
    stopped = true;
    microphone?.then((opened) => opened?.stop());
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  }

  function stop() {
    lookAway();
    worker.postMessage({ type: "stop" });
    setTimeout(() => worker.terminate(), 500);
  }

  async function finish(onLeft = () => {}) {
    lookAway();
    await new Promise((over) => {
      drained = { left: onLeft, over };
      setTimeout(over, LATE_FOR_MS);
      worker.postMessage({ type: "drain" });
    });
    stop();
  }

  return { stop, finish };
}
