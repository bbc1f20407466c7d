// The system check's page: camera, light and connection are tried here, and the microphone where the exam listens; the face is by the server.
// Steps are decided in check_state.js.

import { probeCamera, startCamera } from "./camera.js";
import { STEPS, brightnessOf, initial, kbps, loudnessOf, mayGoOn, receive } from "./check_state.js";
import { ask, csrf, say } from "./page.js";
import { canSendSound } from "./sound.js";

const LOOK_MS = 250;
const SMALL = { width: 64, height: 48 };
const UPLOAD_BYTES = 65536;
const PATIENCE_MS = 8000;

const root = document.getElementById("check");
const live = document.getElementById("live");
const level = document.getElementById("level");
const listens = root.dataset.sound === "voice";
let state = initial(performance.now(), STEPS.filter((name) => listens || name !== "microphone"));

function happen(event) {
  state = receive(state, event, performance.now());
  for (const name of Object.keys(state.steps)) {
    const step = document.querySelector(`[data-step="${name}"]`);
    const { state: is, help } = state.steps[name];
    if (step.dataset.state === is && step.dataset.said === help) continue;
    Object.assign(step.dataset, { state: is, said: help });
    step.querySelector("[data-said]").textContent = say(`state.${is}`);
    if (!help.endsWith(".waiting")) step.querySelector("[data-help]").textContent = say(help);
  }
  document.getElementById("go-on").disabled = !mayGoOn(state);
  if (state.cameraProblem) location.assign(`${root.dataset.problemUrl}${state.cameraProblem}`);
}

async function openCamera() {
  const { outcome, stream } = await probeCamera();
  if (stream) {
    live.srcObject = stream;
    await live.play();
  }
  happen({ type: "camera", outcome });
  return outcome === "live";
}

function watchLight() {
  const paper = Object.assign(document.createElement("canvas"), SMALL).getContext("2d", { willReadFrequently: true });
  setInterval(() => {
    paper.drawImage(live, 0, 0, SMALL.width, SMALL.height);
    happen({ type: "picture", brightness: brightnessOf(paper.getImageData(0, 0, SMALL.width, SMALL.height).data) });
    happen({ type: "tick" });
  }, LOOK_MS);
}

// The server looks at a few pictures and says what it sees; it keeps none.
async function watchFace() {
  await startCamera({
    sittingId: root.dataset.sitting,
    csrf: csrf(),
    preview: null,
    onState: () => {},
    onMessage: (message) => "observable" in message && happen({ ...message, type: "look" }),
  });
}

// How loud it is stays on this page: nothing of it is sent.
async function openMicrophone() {
  if (!(await canSendSound())) return happen({ type: "microphone", outcome: "unsupported" });
  try {
    const sound = new AudioContext();
    const ear = sound.createAnalyser();
    sound.createMediaStreamSource(await navigator.mediaDevices.getUserMedia({ audio: true })).connect(ear);
    happen({ type: "microphone", outcome: "live" });
    const samples = new Uint8Array(ear.fftSize);
    setInterval(() => {
      ear.getByteTimeDomainData(samples);
      const loudness = loudnessOf(samples);
      level.value = Math.min(1, loudness * 4);
      happen({ type: "level", loudness });
    }, LOOK_MS);
  } catch {
    happen({ type: "microphone", outcome: "absent" });
  }
  return undefined;
}

async function measureLine() {
  happen({ type: "connection", outcome: "started" });
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await ask("/api/v1/check/download?size=1024", { signal });
    const body = crypto.getRandomValues(new Uint8Array(UPLOAD_BYTES));
    const began = performance.now();
    await ask("/api/v1/check/upload", { method: "POST", body, type: "application/octet-stream", signal });
    happen({ type: "connection", outcome: "measured", upKbps: kbps(UPLOAD_BYTES, performance.now() - began) });
  } catch {
    happen({ type: "connection", outcome: "failed" });
  }
}

async function begin() {
  measureLine();
  if (await openCamera()) {
    watchLight();
    watchFace().catch(() => {});
  }
  if (listens) await openMicrophone();
}

document.getElementById("retry").addEventListener("click", () => location.reload());
begin();
