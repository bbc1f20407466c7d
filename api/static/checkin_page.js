// Check-in: take a picture and send it, or wait in the queue. The server knows the queue; this page only asks again.

import { probeCamera } from "./camera.js";
import { ask, say } from "./page.js";

const EVERY_MS = 3000;
const WIDTH = 640;
const HEIGHT = 480;
const QUALITY = 0.85;

const door = document.getElementById("checkin");
const at = (id) => document.getElementById(id);
const path = `/api/v1/sittings/${door.dataset.sitting}/admission`;

function show(...ids) {
  for (const id of ["live", "taken", "take", "send", "again"]) at(id).hidden = !ids.includes(id);
}

async function open() {
  const { outcome, stream } = await probeCamera();
  if (outcome !== "live") throw new Error(outcome);
  at("live").srcObject = stream;
  await at("live").play();
  addEventListener("pagehide", () => stream.getTracks().forEach((track) => track.stop()));
}

// The middle 4:3 of what the camera gives, as the queue shows it.
function take() {
  const { videoWidth, videoHeight } = at("live");
  const width = Math.min(videoWidth, (videoHeight * WIDTH) / HEIGHT);
  const height = (width * HEIGHT) / WIDTH;
  Object.assign(at("taken"), { width: WIDTH, height: HEIGHT });
  const paper = at("taken").getContext("2d");
  paper.drawImage(at("live"), (videoWidth - width) / 2, (videoHeight - height) / 2, width, height, 0, 0, WIDTH, HEIGHT);
  at("said").textContent = say("look");
  show("taken", "send", "again");
  at("send").focus(); // the button that had the focus is gone
}

function again() {
  at("said").textContent = straight;
  show("live", "take");
  at("take").focus();
}

async function send() {
  at("send").disabled = true;
  at("said").textContent = say("sending");
  try {
    const picture = await new Promise((done) => at("taken").toBlob(done, "image/jpeg", QUALITY));
    await ask(path, { method: "POST", body: picture, type: "image/jpeg" });
    location.reload();
  } catch {
    at("said").textContent = say("failed");
    at("send").disabled = false;
  }
}

function count() {
  const waited = at("waited");
  if (!waited) return;
  const seconds = Number(waited.dataset.seconds) + Math.floor((performance.now() - began) / 1000);
  waited.textContent = seconds < 60 ? say("seconds", { n: seconds }) : say("minutes", { n: Math.floor(seconds / 60) });
}

async function wait() {
  const { state, place } = await (await ask(path)).json();
  if (state !== door.dataset.state) location.reload();
  else if (at("place")) at("place").textContent = place;
}

let straight = "";
const began = performance.now();
if (at("live")) {
  straight = at("said").textContent;
  at("take").addEventListener("click", take);
  at("again").addEventListener("click", again);
  at("send").addEventListener("click", send);
  open().catch(() => {
    at("said").textContent = say("camera");
    at("take").disabled = true;
  });
} else {
  count();
  setInterval(count, 1000);
  setInterval(() => wait().catch(() => {}), EVERY_MS);
}
