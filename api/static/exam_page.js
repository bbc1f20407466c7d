// The exam page: puts its parts together and moves from question to question. Each behaviour is a module of its own: exam_state.js decides,
// exam_saving.js sends, exam_contact.js keeps in touch, exam_time.js is the clock, exam_finish.js the way out, exam_begin.js the way in,
// exam_moves.js the way from question to question, exam_beside.js all that lies around the question.

import * as exam from "./exam_state.js";
import * as rules from "./lease_state.js";
import { firstSitting, holdEverything, keptPaper, startOnServer } from "./exam_begin.js";
import { contactOf } from "./exam_contact.js";
import { finishOf } from "./exam_finish.js";
import { movesOf } from "./exam_moves.js";
import { questionSheet } from "./exam_question.js";
import { Refusal, callInvigilator, serverOf } from "./exam_server.js";
import { senderOf } from "./exam_saving.js";
import { notice, showState, showTab, strip } from "./exam_show.js";
import { storeOf } from "./exam_store.js";
import { clockOf } from "./exam_time.js";
import { closePalette, listenToTools, showCamera, toast, watchCandidate } from "./exam_tools.js";
import { checksOf } from "./challenge.js";
import { announce, clockTime, say, words } from "./exam_words.js";
import { lineTo, take, windowName } from "./lease_page.js";
import { openOutbox } from "./outbox.js";
import { keepShell } from "./shell.js";

const LAST_ANSWER_MS = 1000; // what was given in the last second goes first
const BACK_MS = 3000; // a room whose line is back does not come back as one
const find = (id) => document.getElementById(id);
const root = find("exam");
const sittingId = root.dataset.sitting;
const csrf = document.querySelector("meta[name=csrf-token]").content;
const sheet = questionSheet(find("question"), JSON.parse(find("question-words").textContent), (item, response) => store.change(exam.answer(store.state, item, response)));

let outbox, ask, store, clock, sender, contact, finish, moves, lease, line, paper, sitting;
let camera = null; // once it is opened, or is being opened: a promise of it
let beside = null; // the tools beside the question (exam_beside.js); the exam goes on without them
let timeOver = null; // a question to the server about the end of the time, on its way
let asking = false; // whether a question about it goes before handing in
const pages = new Map(); // item + language → what GET /items answers

const note = (kind, data, item = store.state.current) => ask("/events", { method: "POST", body: { kind, item, data } }).catch(() => {});

// — who writes

function setLease(next) {
  const before = lease;
  lease = next;
  if (before.standing !== "mine" && next.standing === "mine") line.tell(next.me);
  if (before.standing === "mine" && next.standing !== "mine") handOverCamera();
  if (next.standing === "mine") watch();
  showNotice();
  showEverything();
  if (!rules.mayWrite(before) && rules.mayWrite(next)) sender.hurry();
}

/** The camera looks where the candidate writes: what was kept in a cut is still sent from here, then the other window has it. */
function handOverCamera() {
  camera?.then((opened) => opened?.finish());
  camera = null;
  showCamera({ camera: "starting", connection: "elsewhere", message: "" }, words);
}

function watch() {
  const check = checksOf({ words, tell: (data) => note("challenge_shown", data) });
  const heard = { news: () => contact.contact(), challenge: check };
  camera ??= watchCandidate(sittingId, csrf, words, (message) => heard[message.type]?.(message), () => note("camera_changed", {}));
}

async function takeLease() {
  if (lease.standing !== "unknown") return;
  try {
    setLease(await take(lease, ask));
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "not_yet") throw error;
    await startOnServer(ask, outbox);
    setLease(await take(lease, ask));
  }
}

/** The candidate goes on in this window: one step, whoever had it. */
async function goOnHere() {
  try {
    let next = await take(lease, ask, lease.holder);
    if (next.standing === "elsewhere" && next.by === "candidate" && next.holder !== lease.holder) next = await take(next, ask, next.holder);
    if (next.standing === "mine") await contact.resync();
    setLease(next);
    if (next.standing === "mine") find("number").focus(); // the button that had the focus is gone
    if (sitting.moves) contact.contact(); // another device may have gone on to another question
  } catch {
    toast(words.no_line_now);
  }
}

async function call() {
  toast(words[(await callInvigilator(sittingId, csrf)) ? "called" : "report_failed"]);
}

// — what is said beside the work

function showNotice() {
  if (store.state.phase === "closed") return;
  const offer = rules.offers(lease);
  if (offer === "call") notice({ title: words.elsewhere_title, text: words.elsewhere_call, action: words.call, act: call });
  else if (offer) notice({ title: words[lease.standing === "free" ? "free_title" : "elsewhere_title"], text: words.elsewhere_go_on, action: words.go_on_here, act: goOnHere });
  else if (store.state.paused) notice({ title: words.paused_title, text: `${words[`paused_${store.state.paused.reason}`] ?? store.state.paused.reason ?? ""} ${words.paused}`.trim() });
  else if (exam.strays(store.state).length > 0) notice({ title: words.stray_title, text: words.stray, action: words.call, act: call });
  else notice(null);
}

const showEverything = () => showState(store.state, { durable: store.durable, mayWrite: rules.mayWrite(lease) });

function changed() {
  showEverything();
  cover(Boolean(store.state.paused));
  showNotice();
  beside?.parts(store.state.sections, exam.sectionOf(store.state, store.state.current).id, exam.answeredIn(store.state));
  finish.offerFile();
  if (store.state.phase === "closed") lock(); // what is written now would go nowhere
  if (store.state.phase === "submitting" && store.state.tries > 0) finish.waiting();
  sender.send();
}

/**
 * Time that stands still is no time to work in: the question is out of sight and out of reach until it goes on. Where somebody is writing, the focus
 * and what is half typed stay until they leave by themselves.
 */
function cover(covered) {
  const parts = [...document.querySelectorAll("#question, .sheet__actions")];
  const opens = !covered && parts.some((part) => part.dataset.covered);
  for (const part of parts) {
    if (covered) part.dataset.covered = "yes";
    else delete part.dataset.covered;
    part.hidden = covered && !part.contains(document.activeElement);
  }
  if (opens) sheet.fetchAgain();
}

/** Whoever leaves a covered question does not come back into it unseen. */
function left({ target, relatedTarget }) {
  const part = target.closest?.("[data-covered]");
  if (part && !part.contains(relatedTarget) && document.hasFocus()) part.hidden = true;
}

/** While it is covered nothing in the question is changed; Tab leads on, and a composition that has begun may end. */
function holdStill(event) {
  if (!event.target.closest?.("[data-covered]") || event.key === "Tab" || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation();
}

// — handing in

function submit(reason, unheard = false) {
  if (!rules.mayWrite(lease)) return toast(rules.offers(lease) === "call" ? words.elsewhere_call : words.lease_first);
  sheet.takeNow();
  strip(reason);
  store.change(exam.submitting(store.state, Date.now(), unheard));
  lock();
}

function lock() {
  closePalette(); // as a drawer it would cover what the bar says now
  sheet.lock();
  disable(true);
}

function disable(off) {
  for (const control of document.querySelectorAll("#question button, .sheet__actions button, #submit")) control.disabled = off;
}

/** The time ended by this device's clock alone: handed in only when the server says the same, since somebody may have given time. */
async function handInIfOver() {
  if (asking) return;
  asking = true;
  const reached = await contact.contact().finally(() => (asking = false));
  if (!reached || store.state.phase !== "submitting") return;
  if (clock.ended) return finish.handIn();
  store.change(exam.goesOn(store.state));
  disable(false);
  await paint();
}

/** This device's clock says that the time is over; the server's word counts. Without one, the exam's policy says what happens. */
function endOfTime() {
  if (store.state.phase !== "answering" || timeOver) return;
  sheet.takeNow();
  timeOver = contact.contact().then((reached) => {
    setTimeout(() => (timeOver = null), reached ? 500 : 5000);
    if (!clock.ended || store.state.phase !== "answering" || !rules.mayWrite(lease)) return;
    if (!reached && sitting.outage === "time_stops") strip("time_held");
    else submit("time_over", !reached);
  });
}

// — the question

const fill = () => sheet.fill(store.state.questions[store.state.current].response);

async function visit(item, focus = true) {
  store.change(exam.visit(store.state, item));
  note("item_viewed", { language: store.state.questions[item].language }, item);
  closePalette();
  await paint();
  if (focus) find("number").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

async function paint() {
  const item = store.state.current;
  const { language } = store.state.questions[item];
  sheet.leave(item); // the number is the new question's already: nothing else may stand under it while the line is slow
  const page = await pageOf(item, language).catch(() => null);
  if (item !== store.state.current || language !== store.state.questions[item].language) return;
  find("marks").textContent = page ? say(page.max_score === 1 ? "one_mark" : "marks", { n: page.max_score }) : "";
  sheet.put(item, page, words.not_shown);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.hidden = page !== null && !page.languages.includes(button.dataset.language);
    button.setAttribute("aria-pressed", String(button.dataset.language === (page?.language ?? language)));
  }
  fill();
  if (store.state.phase !== "answering") lock();
  if (!page) setTimeout(() => store.state.current === item && paint(), 3000);
  else beside?.shown(item, page.language);
}

async function pageOf(item, language) {
  const key = `${item} ${language}`;
  if (!pages.has(key)) pages.set(key, paper?.pageOf(item, language) ?? (await ask(`/items/${item}?lang=${language}`)));
  return pages.get(key);
}

/** Without a paper: fetch the questions quietly, so that a lost connection loses none. */
async function fetchQuestions() {
  for (const item of store.state.order) await pageOf(item, store.state.questions[item].language).catch(() => {});
}

// — listening

function listen() {
  for (const kind of ["beforeinput", "keydown", "click", "drop", "paste"]) document.addEventListener(kind, holdStill, true);
  document.addEventListener("focusout", left);
  find("next").addEventListener("click", () => moves.next());
  find("clear").addEventListener("click", clear);
  find("mark").addEventListener("click", mark);
  find("palette").addEventListener("click", (event) => {
    const link = event.target.closest("[data-number]");
    if (!link) return;
    event.preventDefault();
    moves.go(store.state.order[link.dataset.number - 1]);
  });
  for (const button of document.querySelectorAll("[data-tab]")) button.addEventListener("click", () => showPart(button.dataset.tab));
  for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => switchLanguage(button.dataset.language));
  listenToTools(words, call);
  listenToDialogs();
  listenToBrowser();
}

function showPart(id) {
  const why = beside?.whyLocked(store.state.sections.find((section) => section.id === id)) ?? "";
  if (find("tab-why")) find("tab-why").textContent = why;
  if (!why) showTab(id, true);
}

function clear() {
  sheet.forget();
  store.change(exam.answer(store.state, store.state.current, exam.cleared(store.state.questions[store.state.current].response)));
  fill();
}

function mark() {
  sheet.takeNow();
  const { marked } = store.state.questions[store.state.current];
  store.change(exam.mark(store.state, store.state.current, !marked));
  if (!marked) moves.next();
}

async function switchLanguage(language) {
  sheet.takeNow();
  const before = store.state.questions[store.state.current].language;
  if (before === language) return;
  store.change(exam.speak(store.state, store.state.current, language));
  note("language_switched", { from: before, to: language });
  await paint();
}

function listenToDialogs() {
  const asking = find("ask");
  find("submit").addEventListener("click", () => {
    sheet.takeNow();
    find("ask-unsaved").hidden = exam.nextToSave(store.state) === null;
    asking.returnValue = "no";
    asking.showModal();
  });
  asking.addEventListener("close", () => {
    if (asking.returnValue !== "yes") return;
    submit("handing_in");
    find("number").focus(); // the button that had the focus is locked
  });
  const reporting = find("reporting");
  find("report").addEventListener("click", () => {
    reporting.returnValue = "no";
    reporting.showModal();
  });
  reporting.addEventListener("close", async () => {
    const text = find("report-text").value.trim();
    if (reporting.returnValue !== "yes" || text === "") return;
    const body = { item: store.state.current, language: store.state.questions[store.state.current].language, text };
    const sent = await ask("/question-reports", { method: "POST", body }).then(() => true, () => false);
    if (sent) find("report-text").value = "";
    toast(words[sent ? "reported" : "report_failed"]);
  });
}

function listenToBrowser() {
  addEventListener("online", () => setTimeout(retry, Math.random() * BACK_MS));
  addEventListener("pagehide", () => sheet.takeNow());
  document.addEventListener("exam:time", () => contact.contact()); // a break began or ended
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && contact.contact().then(moves.follow));
}

async function openTools() {
  const numberOf = (item) => store.state.order.indexOf(item) + 1;
  const { openBeside } = await import("./exam_beside.js");
  const keep = (ends) => outbox.setThing("deadlines", ends).catch(() => {});
  beside = openBeside({ sittingId, note, numberOf, clock: clockTime, keep, ends: await outbox.thing("deadlines").catch(() => null) });
  setInterval(() => beside.tick(clock.now(), pausedSince()) && setTimeout(moves.follow, LAST_ANSWER_MS), 500);
}

// — putting it together

/** Look for the line again: by what waits to be saved, or else by asking how things are. */
function retry() {
  if (exam.nextToSave(store.state) || exam.nextMove(store.state) || store.state.phase === "submitting") return sender.hurry();
  return contact.contact();
}

function failed(error) {
  if (error instanceof Refusal && error.code === "not_yet") return startOnServer(ask, outbox).then(contact.resync, () => {});
  if (error instanceof Refusal && error.code === "not_signed_in") strip("signed_out");
  store.change(exam.unreachable(store.state));
  return sender.rest(exam.waitSeconds(store.state.tries, Math.random()));
}

const forSender = {
  mayWrite: () => rules.mayWrite(lease),
  takeLease,
  start: () => startOnServer(ask, outbox),
  moved: (details) => setLease(rules.refused(lease, details)),
  signedOut: () => strip("signed_out"),
  overtaken: () => contact.resync().then(() => announce("elsewhere")),
  receipt(receipt) {
    clock.notBefore(receipt.server_time);
    if (store.state.tries > 0) contact.contact(); // the line is back: the exam's rule may have given the time back
  },
  arrived: (reply) => moves.arrived(reply),
  moveRefused: (code, details) => moves.refused(code, details),
  closed: () => finish.ending(),
  idle() {
    if (store.state.phase !== "submitting") finish.tellClosedParts();
    else if (store.state.unheard) handInIfOver();
    else finish.handIn();
  },
  retry,
};

const forContact = {
  writer: (writer) => setLease(rules.seen(lease, writer)),
  ending: () => finish.ending(),
  news: (news, then) => moves.heard(news, then),
  resynced: (before) => before.questions[before.current].response !== store.state.questions[before.current].response && fill(),
  failed,
  back: () => setTimeout(() => sender.hurry(), Math.random() * 500),
};

const forMoves = {
  sitting: () => sitting,
  beside: () => beside,
  mayWrite: () => rules.mayWrite(lease),
  pausedSince,
  now: () => clock.now(),
  takeNow: () => sheet.takeNow(),
  visit,
  resync: () => contact.resync(),
};

async function assemble() {
  outbox = await openOutbox(sittingId);
  lease = rules.opened(await windowName(), root.dataset.deviceChange);
  ask = serverOf(sittingId, csrf, lease.me);
  store = storeOf(outbox, changed);
  clock = clockOf({ outbox, pausedSince, onLastSecond: () => sheet.takeNow(), onEnd: endOfTime });
  sender = senderOf({ store, outbox, ask, on: forSender });
  contact = contactOf({ store, outbox, ask, clock, me: lease.me, on: forContact });
  moves = movesOf({ store, sender, page: forMoves });
  finish = finishOf({ sittingId, store, outbox, ask, sender, leaving });
  line = lineTo(sittingId, (writer) => setLease(rules.seen(lease, writer)));
}

const leaving = (onLeft) => Promise.all([camera?.then((opened) => opened?.finish(onLeft)), beside?.handedIn()]);

function pausedSince() {
  const since = store.state?.paused?.since;
  return since ? Date.parse(since) : store.state?.paused ? clock.now() : null;
}

async function begin() {
  await assemble();
  paper = await keptPaper(outbox, sittingId);
  const first = await firstSitting({ ask, outbox, clock, paper });
  sitting = first.sitting;
  if (!["in_progress", "paused"].includes(sitting.state)) return location.assign(`/candidate/sittings/${sittingId}`);
  const keepsake = await outbox.keepsake().catch(() => ({}));
  store.begin(exam.begin(sitting, { ...keepsake, outbox: first.entries }));
  if (sitting.writer) lease = rules.seen(lease, sitting.writer);
  clock.until(sitting.deadline);
  if (!first.online) store.begin(exam.unreachable(store.state));
  await tellOvertaken(exam.overtaken(sitting, first.entries));
  listen();
  setInterval(clock.tick, 250);
  setInterval(finish.offerFile, 5000);
  await openTools().catch(() => {});
  contact.keepOn();
  setTimeout(contact.contact, sitting.moves ? 0 : BACK_MS * (1 + 4 * Math.random())); // what was announced before; until when a part lasts
  await moves.go(store.state.current, { focus: false });
  clock.tick();
  changed();
  setTimeout(() => takeLease().catch(() => {}).then(moves.follow), Math.random() * BACK_MS);
  keepShell(sittingId);
  watch();
  paper = await holdEverything({ ask, outbox, sittingId, paper });
  if (!paper) fetchQuestions();
}

/** What waited here was answered anew on another device meanwhile: said once, and not kept any more. */
async function tellOvertaken(entries) {
  for (const { item, revision } of entries) await outbox.remove(item, revision).catch(() => {});
  if (entries.length > 0) toast(words.elsewhere);
}

begin().catch(() => {
  strip("not_shown");
  setTimeout(() => location.reload(), 5000);
});
