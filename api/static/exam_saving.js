// Carries answers and moves to the server, one after another in the order they were made, for as long as it takes: over plain HTTP, with
// growing waits. What becomes of each reply is exam_state.js; what the candidate reads is the page's.

import * as exam from "./exam_state.js";
import { Refusal } from "./exam_server.js";

const STAYS = new Set(["wrong_response", "too_large", "unknown_item"]); // to be mended, or for a person to look at
const SIGNED_OUT = new Set(["not_signed_in", "token_expired"]);

/**
 * Make the sender. `on` is the page: {mayWrite(), takeLease() (throws without a line), moved(details), signedOut(), overtaken(), start(), idle(),
 * closed(), retry(), arrived(reply), moveRefused(code), receipt(receipt)}.
 */
export function senderOf({ store, outbox, ask, on }) {
  let running = null;
  let wake = null;

  /** Send what waits; done when nothing more can be sent now. */
  function send() {
    if (wake) return Promise.resolve();
    running ??= sendAll().finally(() => (running = null));
    return running;
  }

  async function sendAll() {
    while (store.state.phase !== "closed" && !store.state.paused && on.mayWrite()) if (!(await sendNext())) break;
    if (store.state.phase === "closed") on.closed();
    else if (store.state.tries > 0) rest(exam.waitSeconds(store.state.tries, Math.random()));
    else if (on.mayWrite() && !store.state.paused) on.idle();
  }

  /** Send one thing; false when there is nothing more to send now. */
  async function sendNext() {
    const move = exam.nextMove(store.state);
    const entry = exam.nextToSave(store.state);
    if (!move && !entry) return false;
    if (!(await guarded(on.takeLease))) return false;
    return move ? sendMove(move) : sendAnswer(entry);
  }

  async function guarded(act) {
    try {
      await act();
      return on.mayWrite();
    } catch (error) {
      return failed(error);
    }
  }

  async function sendMove({ to }) {
    try {
      on.arrived(await ask("/moves", { method: "POST", body: { to } }));
      store.change(exam.moveTold(store.state));
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === "lease_moved") return on.moved(error.details), false;
      if (!(error instanceof Refusal) || error.code === "unavailable" || SIGNED_OUT.has(error.code)) return failed(error);
      store.change(exam.moveTold(store.state)); // the server knows better where the candidate is
      on.moveRefused(error.code, error.details);
      return true;
    }
  }

  async function sendAnswer({ item, revision, response }) {
    try {
      const receipt = await ask(`/answers/${item}`, { method: "PUT", body: { revision, response } });
      on.receipt(receipt);
      store.change(exam.acknowledged(store.state, receipt));
      await outbox.acknowledge(item, revision, receipt.server_time).catch(() => {});
      return true;
    } catch (error) {
      return error instanceof Refusal && error.code !== "unavailable" && !SIGNED_OUT.has(error.code)
        ? answerRefused(error, { item, revision, response })
        : failed(error);
    }
  }

  async function answerRefused({ code, details }, entry) {
    const replayed = store.state.pending[entry.item]?.replayed;
    store.change(exam.refused(exam.reached(store.state), entry, code, details));
    if (STAYS.has(code)) await outbox.refuse(entry.item, entry.revision, code).catch(() => {});
    else if (!store.state.pending[entry.item] && !store.state.late[entry.item]) await outbox.remove(entry.item, entry.revision).catch(() => {});
    if (code === "lease_moved") on.moved(details);
    if (code === "not_yet") await guarded(on.start);
    if (code === "stale_revision" && replayed) await on.overtaken();
    return !["lease_moved", "sitting_paused", "after_time", "sitting_sealed"].includes(code) && store.state.tries === 0;
  }

  function failed(error) {
    store.change(exam.unreachable(store.state));
    if (error instanceof Refusal && SIGNED_OUT.has(error.code)) on.signedOut();
    return false;
  }

  function rest(seconds) {
    clearTimeout(wake);
    wake = setTimeout(() => {
      wake = null;
      on.retry();
    }, seconds * 1000);
  }

  return {
    send,
    /** Try again now rather than when the wait is over. */
    hurry() {
      clearTimeout(wake);
      wake = null;
      return send();
    },
    /** Try again in a while, also when nothing waits to be saved: the line itself is looked for. */
    rest,
  };
}
