// How the exam page begins: from the server, or, when the server does not answer, from what this device keeps. Then the paper: opened by the
// code that the start released or that was read aloud; without one, questions come one by one.

import * as exam from "./exam_state.js";
import { Refusal } from "./exam_server.js";
import { canOpen, holdPaper, openPaper, openedPaper } from "./paper.js";
import { startedHere } from "./paper_state.js";

const PATIENCE_MS = 6000;
const EARLY_MS = 4000; // a room that starts together fetches what it lacks over this time

/** Open what the device has of a paper; null without a paper or its code. */
export async function keptPaper(outbox, sittingId) {
  const [sealed, code] = await Promise.all([outbox.thing("paper"), outbox.thing("code")]).catch(() => [null, null]);
  if (!sealed || !code || !canOpen()) return null;
  const content = await openPaper(sealed, sittingId, code);
  return content && openedPaper(content);
}

/** Start on the server (once, however often asked) and keep the code that it releases. */
export async function startOnServer(ask, outbox) {
  const { code } = await ask("/start", { method: "POST" });
  if (code) await outbox.setThing("code", code);
}

/** Return {sitting, entries, online}: the sitting to begin with. Throws when neither the server nor the device knows it. */
export async function firstSitting({ ask, outbox, clock, paper }) {
  const [entries, known] = await Promise.all([outbox.all().catch(() => []), outbox.thing("sitting").catch(() => null)]);
  try {
    const asked = fromServer({ ask, outbox, clock });
    return { sitting: await (known ? Promise.race([asked, late()]) : asked), entries, online: true };
  } catch (error) {
    if (error instanceof Refusal && error.code !== "unavailable") throw error;
    const kept = await fromDevice({ outbox, clock, paper });
    if (!kept) throw error;
    const ends = await outbox.thing("deadlines").catch(() => null);
    return { sitting: exam.asKept(kept, entries, ends?.parts), entries, online: false };
  }
}

/** A line that is silent is no line: whoever has the exam on the device need not wait long for it. */
function late() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE_MS));
}

async function fromServer({ ask, outbox, clock }) {
  let asked = performance.now();
  let sitting = await ask("");
  if (sitting.state === "admitted" && (await outbox.thing("opened").catch(() => null))) {
    await startOnServer(ask, outbox);
    asked = performance.now();
    sitting = await ask("");
  }
  clock.synced(sitting.server_time, asked);
  await outbox.setThing("sitting", sitting).catch(() => {});
  return sitting;
}

async function fromDevice({ outbox, clock, paper }) {
  const [sitting, opened, time] = await Promise.all(["sitting", "opened", "clock"].map((name) => outbox.thing(name))).catch(() => []);
  if (!sitting) return null;
  clock.revive(time);
  if (sitting.state !== "admitted") return sitting;
  return opened && paper ? startedHere(sitting, paper.content, opened) : null;
}

/** Fetch what a later outage would need, quietly and at this page's own moment; answers the opened paper, or null. */
export async function holdEverything({ ask, outbox, sittingId, paper }) {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * EARLY_MS));
  if (!(await outbox.thing("code").catch(() => null))) await startOnServer(ask, outbox).catch(() => {});
  await holdPaper(ask, outbox).catch(() => {});
  return paper ?? keptPaper(outbox, sittingId);
}
