// The page on which a question is written. The form works without this script; with it the preview follows a moment after every change, lines come
// and go in place, and words that are not saved survive a reload: in this tab alone, because nobody else may read a question before its exam.

import { forLook, kept, marked, pendingPath, same } from "./authoring_state.js";
import { csrf, say } from "./page.js";
import { attachQuestion } from "./question_page.js";

const PAUSE = 350;
const AGAIN = 2000;
const WORDS = JSON.parse(document.getElementById("question-words").textContent);
const TOOLS = { bold: "B", italic: "I", sub: "x₂", sup: "x²", list: "•", gap: "____" };

function begin(place) {
  const form = place.querySelector("form");
  const id = form.elements.namedItem("form_id");
  id.value ||= crypto.randomUUID();
  const key = `authoring:${form.dataset.owner}:${form.dataset.item}`;
  const now = kept([...new FormData(form)]);
  const before = read(key);
  if (before && saved() === before.id) forget(key);
  else if (before && !("typed" in form.dataset) && !same(before.fields, now)) return bring(place, before);
  attach(place, key);
}

/** Bring words back that were kept: the server lays them out, with as many lines as they need. */
async function bring(place, before) {
  const form = place.querySelector("form");
  const state = form.querySelector("[data-state]");
  let next = await laidOut(form, before.fields, "look");
  for (form.inert = next === null; !next; next = await laidOut(form, before.fields, "look")) {
    state.textContent = state.dataset.wordsBack; // nothing may be typed over them meanwhile
    await new Promise((done) => setTimeout(done, AGAIN));
  }
  const shown = change(place, next);
  const note = shown.querySelector("[data-kept]");
  note.hidden = false;
  note.querySelector("[data-let-go]").addEventListener("click", () => {
    forget(keyOf(form));
    leaving = true;
    location.reload();
  });
}

const keyOf = (form) => `authoring:${form.dataset.owner}:${form.dataset.item}`;
let leaving = false;
let dirty = false;
addEventListener("beforeunload", (event) => dirty && !leaving && event.preventDefault());
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]"); // a way to another page: the words stay in this tab, and are back when the form is
  leaving = link !== null && !link.getAttribute("href").startsWith("#") && link.target !== "_blank" && !event.ctrlKey && !event.metaKey && !event.shiftKey;
});

function attach(place, key) {
  const form = place.querySelector("form");
  const state = form.querySelector("[data-state]");
  const answer = { response: null };
  const looking = { lang: document.documentElement.lang, timer: 0, stop: null };
  place.toggleAttribute("data-live", true);
  if ("typed" in form.dataset) keep();
  enliven();
  dress(form);

  form.addEventListener("input", () => {
    keep();
    soon();
  });
  form.addEventListener("change", () => {
    keep();
    soon();
  });
  form.addEventListener("submit", () => (leaving = true));
  place.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    const link = event.target.closest('.look a[href^="#"], .note a[href^="#"]');
    if (link) return reach(event, link.getAttribute("href").slice(1));
    if (button?.name === "look_lang") {
      event.preventDefault();
      looking.lang = button.value;
      await look("words");
      return place.querySelector(`[name="look_lang"][value="${looking.lang}"]`)?.focus();
    }
    if (button?.name !== "do" || button.value === "save") return;
    event.preventDefault();
    if (button.value === "look") return look("words");
    const next = await laidOut(form, [...new FormData(form)], button.value);
    if (next) settle(change(place, next), button.value);
    else state.textContent = state.dataset.wordsAway;
  });

  function keep() {
    const at = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    dirty = true;
    try {
      sessionStorage.setItem(key, JSON.stringify({ id: form.elements.namedItem("form_id").value, fields: kept([...new FormData(form)]) }));
      state.textContent = state.dataset.wordsKept.replace("%(time)s", at);
    } catch {
      state.textContent = ""; // no room or no storage: then nothing is promised
    }
  }

  function soon() {
    clearTimeout(looking.timer);
    looking.timer = setTimeout(() => look("words"), PAUSE);
  }

  async function look(why) {
    clearTimeout(looking.timer);
    looking.stop?.abort();
    looking.stop = new AbortController();
    const shown = place.querySelector(".look");
    shown.setAttribute("aria-busy", "true");
    const sent = new FormData();
    for (const [name, value] of forLook([...new FormData(form)])) sent.append(name, value);
    sent.append("look_lang", looking.lang);
    if (answer.response) sent.append("response_json", JSON.stringify(answer.response));
    const page = await post("/cell/items/preview", sent, looking.stop.signal);
    if (page === null) return void (state.textContent = state.dataset.wordsAway);
    if (page === undefined) return; // a later look overtook this one
    const next = pictured(page, form).querySelector(".look");
    if (!next) return void (state.textContent = state.dataset.wordsAway);
    if (why === "answer") {
      shown.querySelector(".look__earned").replaceWith(document.importNode(next.querySelector(".look__earned"), true));
      shown.removeAttribute("aria-busy");
    } else {
      shown.replaceWith(document.importNode(next, true));
      enliven();
    }
  }

  function enliven() {
    const shown = place.querySelector("[data-look]");
    const question = attachQuestion(shown, {
      words: WORDS,
      onChange: () => {
        answer.response = question.response();
        look("answer");
      },
    });
    if (answer.response) question.show(answer.response);
  }
}

/** Ask for the form as the server lays it out after a button; null when it cannot be had. */
async function laidOut(form, fields, verb) {
  const sent = new FormData();
  for (const [name, value] of fields) if (name !== "do" && (typeof value !== "string" || name !== "_csrf")) sent.append(name, value);
  sent.append("do", verb);
  const page = await post(form.getAttribute("action"), sent);
  return page ? page.querySelector("[data-authoring]") : null;
}

/** Post a form; the page that answers, null without one, undefined when it was given up. */
async function post(address, body, signal) {
  try {
    const answer = await fetch(address, { method: "POST", body, signal, headers: { "X-CSRF-Token": csrf() }, cache: "no-store" });
    if (!answer.ok && answer.status !== 422 && answer.status !== 409) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    return error.name === "AbortError" ? undefined : null;
  }
}

/** Put what the server laid out in the place of the form; a file that was chosen and not used stays chosen. */
function change(place, next) {
  const shown = document.importNode(next, true);
  const [old, fresh] = [place, shown].map((one) => one.querySelector("#file"));
  const [before, now] = [place, shown].map((one) => one.querySelectorAll('input[name^="picture:"]').length);
  if (old.files.length && now === before) fresh.replaceWith(old);
  place.replaceWith(shown);
  const form = shown.querySelector("form");
  form.dataset.typed = "";
  attach(shown, keyOf(form));
  return shown;
}

/** Put the focus where the work goes on after a button. */
function settle(place, verb) {
  const [act, line] = verb.split(":");
  const wrong = place.querySelector('[aria-invalid="true"], .field--wrong input');
  const lines = line ? [...place.querySelectorAll(`[id^="line-${line.replace(/-\d+$/, "")}-"]`)] : [];
  const number = Number(/\d+$/.exec(line ?? "")?.[0] ?? 0);
  const one = { more: lines.at(-1), remove: lines[Math.min(number, lines.length) - 1], up: lines[Math.max(number - 2, 0)] }[act];
  const chosen = place.querySelector(`[data-unit="${CSS.escape(line ?? "")}"] button`);
  const next = wrong ?? chosen ?? one?.querySelector("textarea, input:not([type=hidden], [type=radio], [type=checkbox])") ?? place.querySelector(act === "picture" ? "#stem-en" : "[name=do]:not([hidden])");
  next?.closest("details")?.setAttribute("open", "");
  next?.focus();
}

function reach(event, id) {
  const wanted = document.getElementById(id);
  if (!wanted) return;
  event.preventDefault();
  for (let around = wanted.closest("details"); around; around = around.parentElement?.closest("details")) around.open = true;
  wanted.scrollIntoView({ block: "center" });
  (wanted.matches("textarea, input, select") ? wanted : wanted.querySelector("textarea, input:not([type=hidden]), select"))?.focus();
}

/** Put pictures that are not saved yet into a page that is not shown yet. */
function pictured(page, form) {
  for (const image of page.querySelectorAll("img")) {
    const path = pendingPath(image.getAttribute("src"));
    const held = path && form.elements.namedItem(`picture:${path}`);
    if (held) image.src = `data:${held.dataset.type};base64,${held.value}`;
  }
  return page;
}

/** Give every text its tools. */
function dress(form) {
  for (const text of form.querySelectorAll("textarea[data-tools]")) {
    const bar = document.createElement("div");
    bar.className = "marks";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", `${say("tools")}: ${text.labels[0].textContent.trim()}`);
    const gaps = ["list", "text", "number"].includes(form.elements.namedItem("kind").value);
    for (const [tool, sign] of Object.entries(TOOLS)) if (tool !== "gap" || gaps) bar.append(toolButton(tool, sign, text));
    text.before(bar);
  }
}

function toolButton(tool, sign, text) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button", textContent: sign, title: say(tool) });
  button.setAttribute("aria-label", say(tool));
  button.addEventListener("click", () => {
    const made = marked(tool, text.value, text.selectionStart, text.selectionEnd);
    text.focus();
    text.setRangeText(made.text, text.selectionStart, text.selectionEnd, "end");
    text.setSelectionRange(made.start, made.end);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return button;
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // no storage, nothing kept
  }
}

const saved = () => /(?:^|;\s*)saved_form=([^;]*)/.exec(document.cookie)?.[1] ?? "";

for (const place of document.querySelectorAll("[data-look]")) if (!place.closest("[data-authoring]")) attachQuestion(place, { words: WORDS });
for (const place of document.querySelectorAll("[data-authoring]")) begin(place);
