// What the exam page knows and decides, without a page: pure functions from one state to the next.
// The page is exam_page.js, what is kept on the device outbox.js; the server's half is delivery/responses.py.

export const STATES = ["not_visited", "not_answered", "answered", "marked", "answered_and_marked"];
export const ANNOUNCED_MINUTES = [30, 10, 5, 1];
const LONGEST_WAIT_S = 15;

/** Start from the server's sitting (GET /api/v1/sittings/{id}) and from what this device kept of it. */
export function begin(sitting, kept = {}) {
  const order = sitting.form.sections.flatMap((section) => section.items);
  const known = new Set(order);
  const questions = Object.fromEntries(order.map((item) => [item, question(sitting, kept, item)]));
  const state = {
    sections: sitting.form.sections.map(({ id, items }) => ({ id, items })),
    order,
    questions,
    current: known.has(sitting.current_item) ? sitting.current_item : order[0],
    revision: sitting.revision,
    pending: {},
    savedAt: newestTime(sitting.answers),
    tries: 0,
    phase: sitting.seal ? "closed" : "answering",
    refused: {},
  };
  return (kept.outbox ?? []).filter((entry) => known.has(entry.item)).reduce(replay, state);
}

function question(sitting, kept, item) {
  const response = sitting.answers[item]?.response ?? null;
  return {
    response,
    visited: (kept.visited ?? []).includes(item) || response !== null,
    marked: (kept.marked ?? []).includes(item),
    language: kept.languages?.[item] ?? sitting.language,
    savedRevision: sitting.answers[item]?.revision ?? 0,
  };
}

function newestTime(answers) {
  return Object.values(answers).map((answer) => answer.server_time).sort().at(-1) ?? null;
}

/** Put back an answer that was not acknowledged before the page was closed; one that the server has overtaken is dropped. */
function replay(state, entry) {
  if (entry.revision <= state.questions[entry.item].savedRevision) return state;
  const known = change(state, entry.item, { response: entry.response, visited: true });
  const pending = { ...state.pending, [entry.item]: { revision: entry.revision, response: entry.response, replayed: true } };
  return { ...known, pending, revision: Math.max(state.revision, entry.revision) };
}

function change(state, item, fields) {
  return { ...state, questions: { ...state.questions, [item]: { ...state.questions[item], ...fields } } };
}

/** Tell whether a response says anything: null, "" and [] are no answer. */
export function isAnswered(response) {
  return Object.values(response ?? {}).some((value) => (Array.isArray(value) ? value.length > 0 : value !== null && `${value}`.trim() !== ""));
}

/** Name a question's state as the palette shows it. */
export function paletteState({ visited, marked, response }) {
  const answered = isAnswered(response);
  if (marked) return answered ? "answered_and_marked" : "marked";
  if (answered) return "answered";
  return visited ? "not_answered" : "not_visited";
}

/** Count the questions of each state. */
export function counts(state) {
  const zero = Object.fromEntries(STATES.map((name) => [name, 0]));
  return Object.values(state.questions).reduce((sum, one) => ({ ...sum, [paletteState(one)]: sum[paletteState(one)] + 1 }), zero);
}

/** Go to a question. */
export function visit(state, item) {
  return { ...change(state, item, { visited: true }), current: item };
}

/** Return the item after or before another; the last is followed by itself. */
export function neighbour(state, item, step) {
  const place = state.order.indexOf(item) + step;
  return state.order[Math.min(Math.max(place, 0), state.order.length - 1)];
}

/** Mark a question for review, or take the mark away. */
export function mark(state, item, marked) {
  return change(state, item, { marked });
}

/** Choose the language of one question. */
export function speak(state, item, language) {
  return change(state, item, { language });
}

/** Note the candidate's answer: it gets the next revision and waits to be saved. An unchanged answer changes nothing. */
export function answer(state, item, response) {
  if (state.phase !== "answering" || sameResponse(state.questions[item].response, response)) return state;
  const revision = state.revision + 1;
  const { [item]: _gone, ...refused } = state.refused;
  const known = change({ ...state, refused }, item, { response, visited: true });
  return { ...known, revision, pending: { ...state.pending, [item]: { revision, response } } };
}

function sameResponse(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(response) {
  return Object.entries(response ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Return the oldest answer that waits, as {item, revision, response}; null when everything is saved. */
export function nextToSave(state) {
  const waiting = Object.entries(state.pending).map(([item, entry]) => ({ item, ...entry }));
  return waiting.sort((one, other) => one.revision - other.revision)[0] ?? null;
}

/** The server holds an answer: here is its receipt. A newer answer to the same item goes on waiting. */
export function acknowledged(state, receipt) {
  const known = { ...change(state, receipt.item, { savedRevision: receipt.revision }), savedAt: receipt.server_time, tries: 0 };
  return state.pending[receipt.item]?.revision === receipt.revision ? without(known, receipt.item) : known;
}

function without(state, item) {
  const { [item]: _gone, ...pending } = state.pending;
  return { ...state, pending };
}

/** The server said no. `details.newest` is the newest revision it knows of the sitting. */
export function refused(state, entry, code, details = {}) {
  switch (code) {
    case "after_time":
    case "sitting_sealed":
      return { ...state, phase: "closed" };
    case "stale_revision":
      return state.pending[entry.item]?.replayed ? without(state, entry.item) : renumbered(state, entry, details.newest);
    case "revision_reused":
    case "revision_from_the_future":
      return renumbered(state, entry, details.newest);
    case "wrong_response":
    case "too_large":
    case "unknown_item":
      return { ...without(state, entry.item), refused: { ...state.refused, [entry.item]: code } };
    default:
      return { ...state, tries: state.tries + 1 };
  }
}

/** Another tab or device saved meanwhile: what was answered here comes after that. */
function renumbered(state, entry, newest) {
  const waiting = state.pending[entry.item];
  if (!waiting || waiting.revision !== entry.revision) return state;
  const revision = Math.max(newest ?? 0, ...Object.values(state.pending).map((one) => (one === waiting ? 0 : one.revision))) + 1;
  return { ...state, revision: Math.max(state.revision, revision), pending: { ...state.pending, [entry.item]: { ...waiting, revision } } };
}

/** Take over what the server holds, where nothing of ours waits to be saved. */
export function adopt(state, sitting) {
  const items = state.order.filter((item) => !state.pending[item] && (sitting.answers[item]?.revision ?? 0) > state.questions[item].savedRevision);
  const known = items.reduce((one, item) => change(one, item, fromServer(sitting.answers[item])), state);
  const revision = Math.max(state.revision, sitting.revision);
  return { ...known, revision, savedAt: newestTime(sitting.answers) ?? state.savedAt, phase: sitting.seal ? "closed" : state.phase, tries: 0 };
}

function fromServer(answer) {
  return { response: answer.response, savedRevision: answer.revision, visited: true };
}

/** The server did not answer. */
export function unreachable(state) {
  return { ...state, tries: state.tries + 1 };
}

/** Seconds to wait before the next try: 0, 1, 2, 4, 8, then 15. */
export function waitSeconds(tries) {
  return tries === 0 ? 0 : Math.min(2 ** (tries - 1), LONGEST_WAIT_S);
}

/** Say how saving stands: "saved", "saving", "waiting" (not saved yet, kept here), "refused" or "nothing" (nothing answered yet). */
export function saving(state) {
  if (Object.keys(state.pending).length > 0) return state.tries > 0 ? "waiting" : "saving";
  if (Object.keys(state.refused).length > 0) return "refused";
  return state.savedAt === null ? "nothing" : "saved";
}

/** The candidate handed in: no more answers; "submitting" until the server has sealed. */
export function submitting(state) {
  return state.phase === "answering" ? { ...state, phase: "submitting" } : state;
}

/** Return the whole seconds left, never below zero. */
export function secondsLeft(deadline, serverNow) {
  return Math.max(0, Math.ceil((deadline - serverNow) / 1000));
}

/** Write seconds as 00:41:07. */
export function clockFace(seconds) {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => `${part}`.padStart(2, "0")).join(":");
}

/** Return the minutes to announce between two looks at the clock, or null. */
export function announcement(before, now) {
  return ANNOUNCED_MINUTES.find((minutes) => before > minutes * 60 && now <= minutes * 60) ?? null;
}

/** Return a question's response with everything taken back. */
export function cleared(response) {
  return Object.fromEntries(Object.entries(response ?? {}).map(([name, value]) => [name, Array.isArray(value) ? [] : null]));
}

/** What this device keeps beside the outbox. */
export function keepsake(state) {
  const items = state.order.filter((item) => state.questions[item]);
  return {
    visited: items.filter((item) => state.questions[item].visited),
    marked: items.filter((item) => state.questions[item].marked),
    languages: Object.fromEntries(items.map((item) => [item, state.questions[item].language])),
  };
}
