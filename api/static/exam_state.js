// What the exam page knows and decides, without a page: pure functions from one state to the next.
// The page is exam_page.js, what is kept on the device outbox.js; the server's half is delivery/responses.py.

export const STATES = ["not_visited", "not_answered", "answered", "marked", "answered_and_marked"];
const LONGEST_WAIT_S = 15;

/**
 * Start from the server's sitting (GET /api/v1/sittings/{id}) and from what this device kept of it; `kept.outbox` has what was not
 * acknowledged. What another device told the server (`sitting.progress`) counts where this one knows nothing.
 */
export function begin(sitting, kept = {}) {
  const order = sitting.form.sections.flatMap((section) => section.items);
  const known = new Set(order);
  const waiting = (kept.outbox ?? []).filter(({ saved }) => !saved); // also to what is not in the paper: what becomes of it, the server says
  const questions = Object.fromEntries([...order, ...waiting.map(({ item }) => item)].map((item) => [item, question(sitting, kept, item)]));
  const state = {
    sections: sitting.form.sections,
    order,
    questions,
    current: place(sitting, kept, known) ?? order[0],
    revision: sitting.revision,
    pending: {},
    moves: (kept.moves ?? []).filter(({ to }) => to === null || known.has(to)),
    late: {},
    savedAt: newestTime(sitting.answers),
    tries: 0,
    paused: sitting.paused ?? null,
    phase: sitting.seal ? "closed" : kept.handed_in ? "submitting" : "answering",
    handedInAt: kept.handed_in ?? null,
    unheard: kept.unheard ?? false,
    refused: {},
  };
  return waiting.reduce(replay, state);
}

/** Where to begin: where the server has the candidate, if its parts bind and it knows all moves; inside a free part this device knows better. */
function place(sitting, kept, known) {
  const there = sitting.moves && !(kept.moves ?? []).length ? sitting.progress?.item : null;
  const free = sitting.form.sections.some(({ items, navigation }) => navigation === "free" && items.includes(there) && items.includes(kept.current));
  return [free ? null : there, kept.current, sitting.current_item].find((item) => known.has(item));
}

/** Return what waited on this device and was answered anew elsewhere, as {item, revision, …}; what the server holds as it is here is no loss. */
export function overtaken(sitting, entries) {
  return entries.filter(({ item, revision, response, saved }) => {
    const there = sitting.answers[item];
    return !saved && there && revision <= there.revision && !sameResponse(there.response, response);
  });
}

function question(sitting, kept, item) {
  const response = sitting.answers[item]?.response ?? null;
  const there = sitting.progress ?? {};
  return {
    response,
    visited: (kept.visited ?? there.visited ?? []).includes(item) || response !== null,
    marked: (kept.marked ?? there.marked ?? []).includes(item),
    language: kept.languages?.[item] ?? there.languages?.[item] ?? sitting.language,
    savedRevision: sitting.answers[item]?.revision ?? 0,
  };
}

/**
 * A sitting as the device last knew it, with what was acknowledged since: for a reload without a line. `entries` are the outbox's, `entered`
 * has every part that was entered since.
 */
export function asKept(sitting, entries, entered = {}) {
  const newer = entries.filter(({ item, revision, saved }) => saved && revision > (sitting.answers[item]?.revision ?? 0));
  const answers = Object.fromEntries(newer.map(({ item, revision, response, saved }) => [item, { revision, response, server_time: saved }]));
  const revision = Math.max(sitting.revision, ...entries.map((entry) => entry.revision));
  const progress = { ...sitting.progress, item: null }; // where the candidate is, this device knows better than the server then did
  const sections = sitting.form.sections.map((part) => (part.state === "not_yet" && part.id in entered ? { ...part, state: "open" } : part));
  return { ...sitting, form: { ...sitting.form, sections }, revision, progress, answers: { ...sitting.answers, ...answers } };
}

function newestTime(answers) {
  return Object.values(answers).map((answer) => answer.server_time).sort().at(-1) ?? null;
}

/** Put back an answer that was not acknowledged, or was refused, before the page was closed; one that the server has overtaken is dropped. */
function replay(state, entry) {
  if (entry.revision <= state.questions[entry.item].savedRevision) return state;
  const known = change(state, entry.item, { response: entry.response, visited: true });
  if (entry.refused) return { ...known, revision: Math.max(state.revision, entry.revision), refused: { ...state.refused, [entry.item]: entry.refused } };
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
  return state.order.map((item) => paletteState(state.questions[item])).reduce((sum, name) => ({ ...sum, [name]: sum[name] + 1 }), zero);
}

/** Count {answered, total} by part. */
export function answeredIn(state) {
  const answered = ({ items }) => items.filter((item) => isAnswered(state.questions[item].response)).length;
  return Object.fromEntries(state.sections.map((part) => [part.id, { answered: answered(part), total: part.items.length }]));
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

/** Note that the candidate went to another question where the server must know of it: told in order with the answers. */
export function moved(state, item) {
  return { ...state, moves: [...state.moves, { to: item, after: state.revision }] };
}

/** The server knows of the oldest move. */
export function moveTold(state) {
  return { ...state, moves: state.moves.slice(1) };
}

/** The newest move is taken back: it cannot be made now. */
export function moveGivenUp(state) {
  return { ...state, moves: state.moves.slice(0, -1) };
}

/** Return the move that must be told before the next answer, or null. */
export function nextMove(state) {
  const [move] = state.moves;
  const answer = nextToSave(state);
  return move && (answer === null || move.after < answer.revision) ? move : null;
}

/** Return every answer that the server has not acknowledged, in order: [{item, revision, response}]. */
export function unsent(state) {
  const all = [...Object.entries(state.late), ...Object.entries(state.pending)].map(([item, { revision, response }]) => ({ item, revision, response }));
  return all.sort((one, other) => one.revision - other.revision);
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
    case "sitting_paused":
      return { ...state, paused: state.paused ?? { since: null, reason: "" } };
    case "lease_moved":
      return state;
    case "section_closed":
      return tooLate(state, entry, code);
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

/** The part is closed: the answer is kept for a person's decision, and said so. */
function tooLate(state, { item, revision, response }, code) {
  return { ...without(state, item), late: { ...state.late, [item]: { revision, response } }, refused: { ...state.refused, [item]: code } };
}

/** The late answers were handed over. */
export function lateTold(state) {
  return { ...state, late: {} };
}

/** Another tab or device saved meanwhile: what was answered here comes after that. */
function renumbered(state, entry, newest) {
  const waiting = state.pending[entry.item];
  if (!waiting || waiting.revision !== entry.revision) return state;
  const revision = Math.max(newest ?? 0, ...Object.values(state.pending).map((one) => (one === waiting ? 0 : one.revision))) + 1;
  return { ...state, revision: Math.max(state.revision, revision), pending: { ...state.pending, [entry.item]: { ...waiting, revision } } };
}

/** Take over what the server holds, where nothing of ours waits to be saved; parts that were reached meanwhile have their questions now. */
export function adopt(state, sitting) {
  const listed = withSections(state, sitting.form.sections, sitting);
  const items = listed.order.filter((item) => !state.pending[item] && (sitting.answers[item]?.revision ?? 0) > listed.questions[item].savedRevision);
  const known = items.reduce((one, item) => change(one, item, fromServer(sitting.answers[item])), listed);
  const revision = Math.max(state.revision, sitting.revision);
  const paused = sitting.paused ?? null;
  return { ...known, revision, paused, savedAt: newestTime(sitting.answers) ?? state.savedAt, phase: sitting.seal ? "closed" : state.phase, tries: 0 };
}

function withSections(state, sections, sitting) {
  const order = sections.flatMap(({ items }) => items);
  const fresh = order.filter((item) => !state.questions[item]);
  const questions = { ...state.questions, ...Object.fromEntries(fresh.map((item) => [item, question(sitting, {}, item)])) };
  return { ...state, sections, order, questions };
}

/** The server's answer to POST /moves: where the candidate is, and what each part is now. */
export function arrived(state, reply, language) {
  const told = Object.fromEntries(reply.sections.map((part) => [part.id, part]));
  const sections = state.sections.map((part) => ({ ...part, ...told[part.id], items: part.id === reply.section && reply.items?.length ? reply.items : part.items }));
  return withSections(state, sections, { answers: {}, language });
}

/** Return the part that a question is in. */
export function sectionOf(state, item) {
  return state.sections.find(({ items }) => items.includes(item));
}

/** Tell whether the server must know before a question is shown: it is in another part, or its part goes one way only. */
export function mustAsk(state, item) {
  const [from, to] = [sectionOf(state, state.current), sectionOf(state, item)];
  return from !== to || to.navigation === "linear" || Object.keys(to.item_limits ?? {}).length > 0;
}

/** Tell whether a move may be made without a line: forward in the paper's order, never back in a part that goes one way. */
export function mayMoveAlone(state, item) {
  const [here, there] = [state.order.indexOf(state.current), state.order.indexOf(item)];
  const from = sectionOf(state, state.current);
  return sectionOf(state, item) === from ? from.navigation !== "linear" || there === here + 1 : there === here + 1;
}

function fromServer(answer) {
  return { response: answer.response, savedRevision: answer.revision, visited: true };
}

/** The server did not answer. */
export function unreachable(state) {
  return { ...state, tries: state.tries + 1 };
}

/** The server answered, whatever it said. */
export function reached(state) {
  return state.tries === 0 ? state : { ...state, tries: 0 };
}

/** The time stands still, or goes on again (null). */
export function pausedAs(state, paused) {
  return (state.paused?.since ?? null) === (paused?.since ?? null) && !state.paused === !paused ? state : { ...state, paused };
}

/** The server closed the sitting. */
export function closedBy(state) {
  return { ...state, phase: "closed" };
}

/** Seconds to wait before the next try: about 0, 1, 2, 4, 8, then 15, each up to half more or less, so that a room does not come back as one. */
export function waitSeconds(tries, random = 0.5) {
  return tries === 0 ? 0 : Math.min(2 ** (tries - 1), LONGEST_WAIT_S) * (0.5 + random);
}

/** Return the questions of refused answers that are not in the paper: there is no question to show them with. */
export function strays(state) {
  return Object.keys(state.refused).filter((item) => !state.order.includes(item));
}

/** Say how saving stands: "saved", "saving", "waiting" (not saved yet, kept here: no line, or another window writes), "refused" or "nothing". */
export function saving(state, mayWrite = true) {
  if (Object.keys(state.pending).length > 0) return state.tries > 0 || !mayWrite ? "waiting" : "saving";
  if (Object.keys(state.refused).length > 0) return "refused";
  return state.savedAt === null ? "nothing" : "saved";
}

/**
 * Handed in at `now` (ms): no more answers; "submitting" until the server has sealed. `unheard`: only this device's clock said so, without a
 * line; the server may have given time meanwhile.
 */
export function submitting(state, now = null, unheard = false) {
  return state.phase === "answering" ? { ...state, phase: "submitting", handedInAt: now, unheard } : state;
}

/** The server says that there is time after all: the candidate goes on. */
export function goesOn(state) {
  return state.phase === "submitting" ? { ...state, phase: "answering", handedInAt: null, unheard: false } : state;
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
    current: state.current,
    moves: state.moves,
    handed_in: state.handedInAt,
    unheard: state.unheard,
  };
}
