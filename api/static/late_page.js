// The receipt's page, where the device still holds answers that the sitting did not take: the page was reloaded after the end of an outage. They go
// there as late answers, which a person decides on; then this device forgets the exam.

import { canMakeFile, download, makeFile } from "./answer_file.js";
import { Refusal, serverOf, tellLateAnswers } from "./exam_server.js";
import { openOutbox, straysOf } from "./outbox.js";
import { csrf, say } from "./page.js";
import { forgetExam } from "./shell.js";

const AGAIN_MS = 15_000;
const find = (id) => document.getElementById(id);
const sittingId = find("held-late").dataset.sitting;
const ask = serverOf(sittingId, csrf());

function tell(key) {
  find("held-late").hidden = false;
  find("held-late-words").textContent = say(key);
}

async function handOver(outbox, answers, strays) {
  try {
    await tellLateAnswers(ask, answers, (await outbox.thing("nonce")) ?? "");
    tell("late_told");
    return strays.length > 0 ? keep(outbox, strays) : forgetExam(sittingId, outbox);
  } catch (error) {
    const refused = error instanceof Refusal && error.code !== "unavailable";
    tell(refused ? "late_file" : "late_waiting");
    offerFile(outbox, answers);
    if (!refused) setTimeout(() => handOver(outbox, answers, strays), AGAIN_MS * (0.5 + Math.random()));
  }
}

/** Answers to questions that are not in the paper: no decision waits for them, so that they stay here until somebody has the file. */
function keep(outbox, strays) {
  tell("stray_kept");
  return offerFile(outbox, strays);
}

async function offerFile(outbox, answers) {
  const key = await outbox.thing("file_key");
  if (!canMakeFile(key)) return;
  const button = find("held-late-file");
  button.hidden = false;
  button.onclick = async () => {
    download(`answers-${sittingId}.json`, await makeFile(key, sittingId, answers, (await outbox.thing("nonce")) ?? ""));
    tell("file_saved");
  };
}

async function begin() {
  const outbox = await openOutbox(sittingId);
  const all = await outbox.all();
  const bare = ({ item, revision, response }) => ({ item, revision, response });
  const waiting = all.filter(({ saved, refused }) => !saved && !refused).map(bare); // what does not fit its question is no answer
  const strays = straysOf(all).map(bare);
  if (waiting.length > 0) return handOver(outbox, waiting, strays);
  return strays.length > 0 ? keep(outbox, strays) : forgetExam(sittingId, outbox);
}

begin().catch(() => {});
