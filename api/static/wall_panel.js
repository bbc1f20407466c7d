// What is done with one candidate beside the wall: messages, warnings, pause, the end, a thing put aside, a conflict declared. News replaces one part
// at a time, and never one in which somebody types; what was typed is kept for this window, also when it is signed out in the middle.

import { csrf, say } from "./page.js";

const DRAFT = "wall-draft";

/** Send an act; answers "" when it was done, else the code of the refusal. */
export async function send(path, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": csrf() };
  try {
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.ok) return "";
    return answer.status === 401 ? "signed_out" : ((await answer.json()).error?.code ?? "other");
  } catch {
    return "offline";
  }
}

/** The words of a refusal. */
export function problem(code) {
  if (code === "signed_out" || code === "offline") return say(code);
  const key = `problem.${code}`;
  return say(key) === key ? say("problem.other") : say(key);
}

/** Bring a panel to life. `done(sitting, word)` is called after every act that was done, `tied(sitting)` after a conflict was declared. */
export function attachPanel(body, { status, done, tied }) {
  const parts = () => body.querySelector(".panel__parts");
  const sitting = () => parts()?.dataset.sitting;

  async function act(path, content, word) {
    const code = await send(path, content);
    status(code ? problem(code) : say(word), Boolean(code));
    return code === "";
  }

  async function speak(form) {
    const of = sitting();
    const fields = new FormData(form);
    const [sentence, text] = [fields.get("sentence"), fields.get("text").trim()];
    if (!sentence && !text) return form.querySelector("textarea").focus();
    if (!(await act(`/api/v1/sittings/${of}/say`, { kind: "chat", sentence, text: sentence ? "" : text }, "done.sent"))) return undefined;
    form.reset();
    forget(of);
    return done(of, "wrote");
  }

  async function warn(form) {
    const of = sitting();
    const sentence = new FormData(form).get("warning");
    if (await act(`/api/v1/sittings/${of}/say`, { kind: "warning", sentence }, "done.warned")) done(of, "wrote");
  }

  async function declare(form) {
    const of = sitting();
    const fields = new FormData(form);
    if (await act(`/api/v1/sittings/${of}/conflict-of-interest`, { tie: fields.get("tie"), note: fields.get("tie_note") }, "done.act")) tied(of);
  }

  async function time(form, verb) {
    const of = sitting();
    const reason = form.elements.reason.value.trim();
    if (!reason) return form.elements.reason.focus();
    const id = `${parts().dataset.actId}_${verb}`.slice(-40); // pressed twice, it is done once
    if (await act(`/api/v1/sittings/${of}/act`, { id, verb, reason }, "done.act")) done(of, verb, true);
    return undefined;
  }

  body.addEventListener("submit", (event) => {
    const form = event.target;
    const verb = event.submitter?.value;
    if (form.dataset.act) {
      event.preventDefault();
      return { say: speak, warn, declare }[form.dataset.act](form);
    }
    if (form.dataset.time === undefined || !["pause", "resume", "terminate"].includes(verb)) return undefined;
    event.preventDefault();
    if (verb !== "terminate") return time(form, verb);
    const confirm = form.querySelector("[data-confirm]");
    confirm.hidden = !form.reportValidity();
    if (!confirm.hidden) confirm.querySelector("[data-keep]").focus();
    return undefined;
  });

  body.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    const form = button?.closest("form");
    if (button?.dataset.dismiss) {
      const of = sitting();
      if (await act(`/api/v1/incidents/${button.dataset.dismiss}/dismissal`, {}, "done.dismissed")) done(of, "dismissed");
    } else if (button?.dataset.end !== undefined) {
      time(form, "terminate");
    } else if (button?.dataset.keep !== undefined) {
      button.closest("[data-confirm]").hidden = true;
      form.querySelector('[value="terminate"]').focus();
    }
  });

  body.addEventListener("input", ({ target }) => {
    if (target.dataset.draft) remember(sitting(), target.value);
  });

  return {
    /** Whose panel it is. */
    get of() {
      return sitting();
    },
    /** Show nobody. */
    empty() {
      body.replaceChildren();
    },
    /** Show a candidate anew: everything where it is another one, else the parts in which nobody types. */
    fill(html, whole) {
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      const now = fresh.content.querySelector(".panel__parts");
      if (whole || !now || now.dataset.sitting !== sitting()) {
        body.replaceChildren(fresh.content);
        const draft = body.querySelector("[data-draft]");
        if (draft) draft.value = remembered(sitting());
        return;
      }
      for (const part of now.querySelectorAll("[data-part]")) {
        const old = body.querySelector(`[data-part="${part.dataset.part}"]`);
        if (old && !old.contains(document.activeElement) && old.innerHTML !== part.innerHTML) old.replaceWith(part);
      }
    },
  };
}

function remember(sitting, text) {
  try {
    sessionStorage.setItem(`${DRAFT} ${sitting}`, text);
  } catch {
    return; // nothing is kept here; the field itself is
  }
}

function remembered(sitting) {
  try {
    return sessionStorage.getItem(`${DRAFT} ${sitting}`) ?? "";
  } catch {
    return "";
  }
}

function forget(sitting) {
  try {
    sessionStorage.removeItem(`${DRAFT} ${sitting}`);
  } catch {
    return;
  }
}
