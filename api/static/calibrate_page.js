// Looking at the dots: the dot moves as calibrate_state.js says, while the camera feed runs, so that the server learns what is usual.

import { startCamera } from "./camera.js";
import { dot, initial, isDone, look, passed, summary } from "./calibrate_state.js";
import { ask, csrf, say } from "./page.js";

const root = document.getElementById("calibrate");
const at = (id) => document.getElementById(id);
let state = initial();
let camera = null;
let running = false;

async function watch() {
  camera = await startCamera({
    sittingId: root.dataset.sitting,
    csrf: csrf(),
    preview: null,
    onState: () => {},
    onMessage: (message) => {
      if (running && "observable" in message) state = look(state, message);
    },
  });
}

function draw() {
  const lit = dot(state);
  if (!lit) return;
  at("dot").style.left = `${lit.x * 100}%`;
  at("dot").style.top = `${lit.y * 100}%`;
  at("left").textContent = say("left", { n: lit.secondsLeft });
}

function begin() {
  state = initial();
  running = true;
  at("dots").hidden = false;
  at("stop").focus();
  document.documentElement.requestFullscreen?.().catch(() => {});
  let before = performance.now();
  const walk = (now) => {
    if (!running) return;
    state = passed(state, now - before);
    before = now;
    draw();
    if (isDone(state)) finish();
    else requestAnimationFrame(walk);
  };
  requestAnimationFrame(walk);
}

function stop() {
  running = false;
  at("dots").hidden = true;
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  at("begin").focus();
}

async function finish() {
  stop();
  try {
    const body = JSON.stringify(summary(state));
    await ask(`/api/v1/sittings/${root.dataset.sitting}/calibration`, { method: "POST", body, type: "application/json" });
    camera?.stop();
    location.assign(root.dataset.next);
  } catch {
    at("said").textContent = say("failed");
  }
}

at("begin").addEventListener("click", begin);
at("stop").addEventListener("click", stop);
document.addEventListener("keydown", (event) => event.key === "Escape" && running && stop());
watch().catch(() => {});
