// Handing in, and what was not saved by then: the way out of the exam page. A sitting that the server has closed takes no answers any more;
// what this device still holds goes there as late answers, which a person decides on, and the page says so before it leaves.

import * as exam from "./exam_state.js";
import { canMakeFile, download, makeFile } from "./answer_file.js";
import { Refusal, tellLateAnswers } from "./exam_server.js";
import { notice, strip } from "./exam_show.js";
import { clockTime, words } from "./exam_words.js";
import { straysOf } from "./outbox.js";
import { forgetExam } from "./shell.js";

const find = (id) => document.getElementById(id);
const OFFERED_AFTER_MS = 120_000;

/** Make the way out; `leaving(onLeft)` puts everything else away, and says how many pictures of a cut are still to be sent. */
export function finishOf({ sittingId, store, outbox, ask, sender, leaving }) {
  let left = false;
  let telling = false;
  let lostAt = null;

  async function leave() {
    if (left) return;
    left = true;
    await new Promise((go) => leaving((count) => count > 0 && wait(go)).then(go, go));
    const strays = straysOf(await outbox.all().catch(() => []));
    if (strays.length === 0) await forgetExam(sittingId, outbox); // otherwise the receipt's page shows them (late_page.js)
    location.assign(`/candidate/sittings/${sittingId}/done`);
  }

  /** What the camera kept while there was no connection is on its way; nobody has to wait for it. */
  function wait(go) {
    notice({ title: words.handed_in, text: words.pictures_left, action: words.leave_now, act: go });
  }

  /** Everything that can be saved is: close the sitting. */
  async function handIn() {
    try {
      await ask("/submit", { method: "POST" });
      await ending();
    } catch (error) {
      store.change(exam.unreachable(store.state));
      waiting();
      if (error instanceof Refusal && error.code === "not_signed_in") strip("signed_out");
      sender.rest(exam.waitSeconds(Math.max(1, store.state.tries), Math.random()));
    }
  }

  function waiting() {
    strip("submitted_here", { time: clockTime(store.state.handedInAt ?? Date.now()) });
  }

  /** The sitting is closed: hand over what is left, then go. */
  async function ending() {
    if (telling) return;
    telling = true;
    const answers = await withoutStrays(exam.unsent(store.state));
    if (answers.length === 0) return leave();
    const outcome = await tellLate(answers);
    telling = false;
    if (outcome === "told") notice({ title: words.closed, text: words.late_told, action: words.go_on, act: leave });
    else if (outcome === "refused") notice({ title: words.closed, text: words.late_file, action: words.go_on, act: leave });
    else {
      notice({ title: words.closed, text: words.late_waiting });
      setTimeout(ending, exam.waitSeconds(3, Math.random()) * 1000);
    }
    showFile(outcome !== "told");
  }

  /** What is not in the paper would be refused together with everything that is: it stays on the device. */
  async function withoutStrays(answers) {
    const isStray = ({ item }) => !store.state.order.includes(item);
    for (const { item, revision } of answers.filter(isStray)) await outbox.refuse(item, revision, "unknown_item").catch(() => {});
    return answers.filter((one) => !isStray(one));
  }

  async function tellLate(answers) {
    try {
      await tellLateAnswers(ask, answers, (await outbox.thing("nonce").catch(() => null)) ?? "");
      return "told";
    } catch (error) {
      return error instanceof Refusal && error.code !== "unavailable" ? "refused" : "away";
    }
  }

  /** Answers to a part that was closed meanwhile: handed over while the exam goes on. */
  async function tellClosedParts() {
    const answers = Object.entries(store.state.late).map(([item, { revision, response }]) => ({ item, revision, response }));
    if (answers.length === 0 || telling) return;
    telling = true;
    if ((await tellLate(answers)) === "told") {
      store.change(exam.lateTold(store.state));
      for (const { item, revision } of answers) await outbox.remove(item, revision).catch(() => {});
    }
    telling = false;
  }

  /** After two minutes without a line, and while handing in waits: the answers as a file. */
  function offerFile() {
    const lost = store.state.tries > 0 && exam.unsent(store.state).length > 0;
    lostAt = lost ? (lostAt ?? performance.now()) : null;
    showFile(lost && (store.state.phase === "submitting" || performance.now() - lostAt >= OFFERED_AFTER_MS));
  }

  async function showFile(wanted) {
    const offered = wanted && canMakeFile(await outbox.thing("file_key").catch(() => null));
    find("file").hidden = !offered;
  }

  async function saveFile() {
    const [key, nonce] = await Promise.all([outbox.thing("file_key"), outbox.thing("nonce")]);
    download(`answers-${sittingId}.json`, await makeFile(key, sittingId, exam.unsent(store.state), nonce ?? ""));
    strip("file_saved");
  }

  find("save-file").addEventListener("click", saveFile);
  return { handIn, ending, tellClosedParts, offerFile, waiting };
}
