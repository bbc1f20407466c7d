// The page before the start. It fetches the sealed paper early and at its own moment, so that the start needs one small answer only; and where the
// line is down, a code that is read out opens the paper: the exam then begins on this device, and the server learns of it later.

import { startOnServer } from "./exam_begin.js";
import { clockFace, secondsLeft } from "./exam_clock_state.js";
import { Refusal, serverOf } from "./exam_server.js";
import { canOpen, holdPaper, openPaper } from "./paper.js";
import { openOutbox } from "./outbox.js";
import { csrf, say } from "./page.js";
import { keepShell, sheetFirst } from "./shell.js";

const SPREAD_MS = 20_000; // the candidates of a session come to this page together; their papers are fetched over this time
const SOON_MS = 60_000;
const RETRY_MS = 15_000;
const TOGETHER_MS = 2000;
const find = (id) => document.getElementById(id);
const form = find("start");
const { sitting: sittingId, seconds, opens, now, together } = form.dataset;
const exam = `/candidate/sittings/${sittingId}/exam`;
const ask = serverOf(sittingId, csrf());
let outbox;
let offset = 0; // the server's time minus this device's, for the moment of a start without a line

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fetch everything that a start without a line needs; again and again until it is here. */
async function hold() {
  find("held").textContent = say("holding");
  for (;;) {
    try {
      const sitting = await ask("");
      offset = Date.parse(sitting.server_time) - Date.now();
      await outbox.setThing("sitting", sitting);
      await outbox.setThing("clock", { server: Date.parse(sitting.server_time), wall: Date.now() });
      await holdPaper(ask, outbox);
      await keepShell(sittingId, { sheet: true });
      break;
    } catch {
      find("held").textContent = say("not_held");
      await pause(RETRY_MS * (0.5 + Math.random()));
    }
  }
  const held = await outbox.thing("paper");
  find("held").textContent = held ? say("held") : "";
  find("code-place").hidden = !held;
}

/** Start as usual; only the code comes back. */
async function start() {
  try {
    await startOnServer(ask, outbox);
    location.assign(exam);
  } catch (error) {
    if (error instanceof Refusal && error.code === "not_yet") return answered("not_yet");
    if (error instanceof Refusal && error.code !== "unavailable") return form.submit(); // the page that the server answers says why not
    answered("no_line");
    if (await outbox.thing("paper")) find("code-place").open = true;
  }
}

/** Say what became of a start, in a line of its own: how the paper is kept goes on changing. */
function answered(key) {
  find("start-says").textContent = say(key);
  find("start-says").hidden = false;
}

/** Open the paper by a code that was read out. */
async function open(code) {
  const sealed = await outbox.thing("paper");
  const content = sealed && (await openPaper(sealed, sittingId, code));
  if (!content) return problem("wrong_code");
  problem("opening");
  await outbox.setThing("code", code);
  const refused = await startOnServer(ask, outbox).then(() => null, (error) => (error instanceof Refusal && error.code !== "unavailable" ? error.code : null));
  if (refused) return refused === "not_yet" ? problem("not_yet") : form.submit();
  await outbox.setThing("opened", { opened: Date.now() + offset, opens: Date.parse(opens), seconds: Number(seconds), together: Boolean(together) });
  await sheetFirst(sittingId);
  location.assign(exam);
}

/** Count down to the opening, by the server's clock; where all start together the exam then begins by itself, each page a moment apart. */
function countDown() {
  const seconds = secondsLeft(Date.parse(opens), Date.now() + offset);
  find("opens-in").hidden = seconds === 0;
  find("opens-in").textContent = say(together ? "begins_by_itself" : "opens_in", { time: clockFace(seconds) });
  if (seconds > 0) return setTimeout(countDown, 250);
  if (together) setTimeout(start, Math.random() * TOGETHER_MS);
}

function problem(key) {
  find("code-problem").textContent = say(key);
  find("code-problem").hidden = false;
}

async function begin() {
  outbox = await openOutbox(sittingId);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  find("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    open(find("code").value);
  });
  if (await outbox.thing("opened")) return start(); // it began on this device, and now there is a line
  if ((await outbox.thing("paper")) && canOpen()) find("code-place").hidden = false;
  if (Date.parse(opens) > Date.parse(now)) {
    offset = Date.parse(now) - performance.timeOrigin; // as of when the page was asked for; the first answer says it exactly
    countDown();
  }
  const wait = Date.parse(opens) - Date.now() > SOON_MS ? SPREAD_MS : SPREAD_MS / 10;
  await pause(Math.random() * wait);
  await hold();
}

begin().catch(() => {});
