// The exam page: puts exam_state.js on the screen and carries answers to the server. Decisions are made there; here is only doing.

import * as exam from "./exam_state.js";
import { questionSheet } from "./exam_question.js";
import { Refusal, callInvigilator, serverOf } from "./exam_server.js";
import { closePalette, listenToTools, toast, watchCandidate } from "./exam_tools.js";
import { openOutbox } from "./outbox.js";

const RESYNC_MS = 60_000;
const find = (id) => document.getElementById(id);
const root = find("exam");
const sittingId = root.dataset.sitting;
const csrf = document.querySelector("meta[name=csrf-token]").content;
const words = JSON.parse(find("words").textContent);
const sheet = questionSheet(find("question"), JSON.parse(find("question-words").textContent), (item, response) => change(exam.answer(state, item, response)));
const ask = serverOf(sittingId, csrf);
const done = `/candidate/sittings/${sittingId}/done`;

let state;
let outbox;
let deadline = 0;
let clockOffset = 0; // the server's time minus this device's
let lastSeconds = Infinity;
let sending = false;
let wake = null;
let handedInAt = null;
const pages = new Map(); // item + language → {html, languages}

// — words and hints

const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`%(${name})s`, value), words[key]);

const clockTime = (moment) =>
  new Intl.DateTimeFormat(document.documentElement.lang === "hi" ? "hi-IN-u-nu-latn" : "en-IN", { timeStyle: "medium", hourCycle: "h23" }).format(new Date(moment));

const note = (kind, data, item = state.current) => ask("/events", { method: "POST", body: { kind, item, data } }).catch(() => {});

// — saving

function change(next) {
  if (next === state) return;
  const before = state;
  state = next;
  for (const [item, entry] of Object.entries(state.pending)) if (before.pending[item] !== entry) outbox.put({ item, ...entry }).catch(() => {});
  outbox.keep(exam.keepsake(state)).catch(() => {});
  show();
  send();
}

async function send() {
  if (sending || wake) return;
  sending = true;
  while (state.phase !== "closed") {
    const entry = exam.nextToSave(state);
    if (!entry) break;
    if (!(await sendOne(entry)) && state.tries > 0) {
      rest(exam.waitSeconds(state.tries));
      break;
    }
  }
  sending = false;
  if (state.phase === "closed") leave();
  else if (state.phase === "submitting" && !exam.nextToSave(state)) handIn();
}

async function sendOne({ item, revision, response }) {
  try {
    const receipt = await ask(`/answers/${item}`, { method: "PUT", body: { revision, response } });
    clockOffset = Math.max(clockOffset, Date.parse(receipt.server_time) - Date.now()); // the receipt is at least this old
    change(exam.acknowledged(state, receipt));
    await outbox.remove(item, revision).catch(() => {});
    return true;
  } catch (error) {
    const code = error instanceof Refusal ? error.code : null;
    const replayed = state.pending[item]?.replayed;
    change(code ? exam.refused(state, { item, revision, response }, code, error.details) : exam.unreachable(state));
    if (!state.pending[item]) await outbox.remove(item, revision).catch(() => {});
    if (code === "not_signed_in" || code === "token_expired") strip("signed_out");
    if (code === "stale_revision" && replayed) await resync().then(() => announce("elsewhere"));
    return false;
  }
}

function rest(seconds) {
  wake = setTimeout(() => {
    wake = null;
    send();
  }, seconds * 1000);
}

function hurry() {
  clearTimeout(wake);
  wake = null;
  send();
}

async function resync() {
  const asked = Date.now();
  const sitting = await ask("").catch(() => null);
  if (!sitting) return;
  clockOffset = Date.parse(sitting.server_time) - (asked + Date.now()) / 2;
  if (Date.parse(sitting.deadline) > deadline) announce("time_given");
  deadline = Date.parse(sitting.deadline);
  const before = state.questions[state.current].response;
  change(exam.adopt(state, sitting));
  if (before !== state.questions[state.current].response) fill();
}

// — handing in

async function handIn() {
  try {
    await ask("/submit", { method: "POST" });
    leave();
  } catch {
    change(exam.unreachable(state));
    strip("submitted_here", { time: clockTime(handedInAt) });
    setTimeout(() => send(), exam.waitSeconds(Math.max(1, state.tries)) * 1000);
  }
}

function submit(reason) {
  sheet.takeNow();
  handedInAt = Date.now();
  strip(reason);
  change(exam.submitting(state));
  lock();
  send();
}

function lock() {
  sheet.lock();
  for (const control of document.querySelectorAll("#question button, .sheet__actions button, #submit")) control.disabled = true;
}

let camera = null;
let left = false;
async function leave() {
  if (left) return;
  left = true;
  camera?.stop();
  await outbox.forget().catch(() => {});
  location.assign(done);
}

// — the question

const fill = () => sheet.fill(state.questions[state.current].response);

async function go(item, { focus = true } = {}) {
  sheet.takeNow();
  change(exam.visit(state, item));
  note("item_viewed", { language: state.questions[item].language }, item);
  closePalette();
  await paint();
  if (focus) find("number").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

async function paint() {
  const item = state.current;
  const { language } = state.questions[item];
  const page = await pageOf(item, language).catch(() => null);
  if (item !== state.current || language !== state.questions[item].language) return;
  find("marks").textContent = page ? say(page.max_score === 1 ? "one_mark" : "marks", { n: page.max_score }) : "";
  sheet.put(item, page, words.not_shown);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.hidden = page !== null && !page.languages.includes(button.dataset.language);
    button.setAttribute("aria-pressed", String(button.dataset.language === (page?.language ?? language)));
  }
  fill();
  if (state.phase !== "answering") lock();
  if (!page) setTimeout(() => state.current === item && paint(), 3000);
}

async function pageOf(item, language) {
  const key = `${item} ${language}`;
  if (!pages.has(key)) pages.set(key, await ask(`/items/${item}?lang=${language}`));
  return pages.get(key);
}

/** Fetch the whole paper quietly, so that a lost connection loses no question. */
async function fetchPaper() {
  for (const item of state.order) await pageOf(item, state.questions[item].language).catch(() => {});
}

// — showing

function show() {
  showSaving();
  showPalette();
  const number = state.order.indexOf(state.current) + 1;
  find("number").textContent = say("question", { number, total: state.order.length });
  const section = state.sections.findIndex(({ items }) => items.includes(state.current));
  const title = document.querySelectorAll("[data-section]")[section]?.dataset.title ?? "";
  find("section").textContent = say("section", { number: section + 1, total: state.sections.length, title });
  find("mark").textContent = state.questions[state.current].marked ? words.unmark : words.mark;
  const refusal = state.refused[state.current];
  find("refused").hidden = !refusal;
  find("refused-words").textContent = refusal ? words[refusal] : "";
}

function showSaving() {
  const saving = exam.saving(state);
  put("saved", { waiting: "caution", refused: "caution", saved: "good" }[saving] ?? "plain", say(saving, { time: state.savedAt ? clockTime(state.savedAt) : "" }));
  if (state.phase !== "answering") return;
  if (saving === "waiting") strip(outbox.durable ? "offline" : "offline_memory", {}, true);
  else find("offline").hidden = true;
}

function strip(key, values = {}, keep = false) {
  const text = say(key, values);
  const line = find("offline");
  if (keep && !line.hidden && line.textContent === say("signed_out")) return;
  if (line.textContent !== text) line.textContent = text;
  line.hidden = false;
}

function put(id, kind, text) {
  find(id).dataset.kind = kind;
  const line = find(`${id}-words`);
  if (line.textContent !== text) line.textContent = text;
}

let tab = null;
function showPalette() {
  const names = paletteNames();
  for (const link of document.querySelectorAll(".palette [data-number]")) {
    const item = state.order[link.dataset.number - 1];
    const name = exam.paletteState(state.questions[item]);
    link.dataset.state = name;
    link.setAttribute("aria-label", say("state", { number: link.dataset.number, state: names[name] }));
    link.toggleAttribute("aria-current", item === state.current);
    if (item === state.current) link.setAttribute("aria-current", "true");
  }
  const counts = exam.counts(state);
  for (const count of document.querySelectorAll("[data-count]")) count.textContent = counts[count.dataset.count];
  showTab(tab ?? state.sections.find(({ items }) => items.includes(state.current)).id);
}

function paletteNames() {
  return Object.fromEntries([...document.querySelectorAll("#palette .legend [data-state]")].map((sign) => [sign.dataset.state, sign.parentElement.lastChild.textContent.trim()]));
}

function showTab(id) {
  for (const part of document.querySelectorAll("[data-section]")) part.hidden = part.dataset.section !== id;
  for (const button of document.querySelectorAll("[data-tab]")) button.setAttribute("aria-pressed", String(button.dataset.tab === id));
}

function announce(key, values) {
  find("announce").textContent = say(key, values);
}

// — the clock

function tick() {
  const seconds = exam.secondsLeft(deadline, Date.now() + clockOffset);
  find("clock").textContent = exam.clockFace(seconds);
  const minutes = exam.announcement(lastSeconds, seconds);
  if (minutes !== null && lastSeconds !== Infinity) announce(minutes === 1 ? "minute_left" : "minutes_left", { n: minutes });
  if (seconds <= 1) sheet.takeNow();
  if (seconds === 0 && state.phase === "answering") submit("time_over");
  lastSeconds = seconds;
}

// — listening

function listen() {
  find("next").addEventListener("click", () => go(exam.neighbour(state, state.current, 1)));
  find("clear").addEventListener("click", clear);
  find("mark").addEventListener("click", mark);
  for (const link of document.querySelectorAll(".palette [data-number]"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(state.order[link.dataset.number - 1]);
    });
  for (const button of document.querySelectorAll("[data-tab]"))
    button.addEventListener("click", () => {
      tab = button.dataset.tab;
      showTab(tab);
    });
  for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => switchLanguage(button.dataset.language));
  listenToTools(words, async () => toast(words[(await callInvigilator(sittingId, csrf)) ? "called" : "report_failed"]));
  listenToDialogs();
  listenToBrowser();
}

function clear() {
  sheet.forget();
  change(exam.answer(state, state.current, exam.cleared(state.questions[state.current].response)));
  fill();
}

function mark() {
  sheet.takeNow();
  const { marked } = state.questions[state.current];
  change(exam.mark(state, state.current, !marked));
  if (!marked) go(exam.neighbour(state, state.current, 1));
}

async function switchLanguage(language) {
  sheet.takeNow();
  const before = state.questions[state.current].language;
  if (before === language) return;
  change(exam.speak(state, state.current, language));
  note("language_switched", { from: before, to: language });
  await paint();
}

function listenToDialogs() {
  const asking = find("ask");
  find("submit").addEventListener("click", () => {
    sheet.takeNow();
    find("ask-unsaved").hidden = exam.nextToSave(state) === null;
    asking.returnValue = "no";
    asking.showModal();
  });
  asking.addEventListener("close", () => asking.returnValue === "yes" && submit("handing_in"));
  const reporting = find("reporting");
  find("report").addEventListener("click", () => {
    reporting.returnValue = "no";
    reporting.showModal();
  });
  reporting.addEventListener("close", async () => {
    const text = find("report-text").value.trim();
    if (reporting.returnValue !== "yes" || text === "") return;
    const body = { kind: "question_reported", item: state.current, data: { language: state.questions[state.current].language, text } };
    const sent = await ask("/events", { method: "POST", body }).then(() => true, () => false);
    if (sent) find("report-text").value = "";
    toast(words[sent ? "reported" : "report_failed"]);
  });
}

function listenToBrowser() {
  addEventListener("online", hurry);
  addEventListener("pagehide", () => sheet.takeNow());
  document.addEventListener("visibilitychange", () => {
    note("browser_hint", { what: document.visibilityState });
    if (document.visibilityState === "visible") resync().then(hurry);
  });
  document.addEventListener("fullscreenchange", () => note("browser_hint", { what: document.fullscreenElement ? "full_screen" : "window" }));
  addEventListener("blur", () => note("browser_hint", { what: "blur" }));
}

// — beginning

async function begin() {
  outbox = await openOutbox(sittingId);
  const asked = Date.now();
  const sitting = await ask("");
  if (sitting.state !== "in_progress") return location.assign(`/candidate/sittings/${sittingId}`);
  clockOffset = Date.parse(sitting.server_time) - (asked + Date.now()) / 2;
  deadline = Date.parse(sitting.deadline);
  const [entries, keepsake] = await Promise.all([outbox.all().catch(() => []), outbox.keepsake().catch(() => ({}))]);
  state = exam.begin(sitting, { ...keepsake, outbox: entries });
  listen();
  setInterval(tick, 250);
  setInterval(resync, RESYNC_MS);
  await go(state.current, { focus: false });
  tick();
  send();
  camera = await watchCandidate(sittingId, csrf, words);
  fetchPaper();
}

begin().catch(() => {
  strip("not_shown");
  setTimeout(() => location.reload(), 5000);
});
