// The InScript keyboard on the screen, for fields that say data-keyboard="inscript": a button beside the field opens it under the question. It
// types where the caret is and never takes the focus from the field. What a key does is keyboard_state.js.

import * as inscript from "./keyboard_state.js";
import { element } from "./question_parts.js";

let count = 0;

/** Put a keyboard under `root` for its Hindi fields; `say` gives the words. Called again, it leaves what is there. */
export function attachKeyboard(root, say) {
  const fields = [...root.querySelectorAll('[data-keyboard="inscript"]')].filter((field) => !field.dataset.keyed);
  if (fields.length === 0) return;
  const panel = new Panel(say);
  root.append(panel.element);
  for (const field of fields) panel.serve(field);
}

class Panel {
  constructor(say) {
    this.say = say;
    this.layer = { shift: false, latin: false };
    this.own = true; // whether the candidate's own keys type InScript
    this.field = null;
    this.switches = new Map(); // field → its button
    this.element = this.build();
  }

  build() {
    count += 1;
    const { say } = this;
    const key = (code, extra = {}) => element("button", { type: "button", class: "keyboard__key", "data-code": code, tabindex: "-1", ...extra });
    const tool = (name, text) => element("button", { type: "button", class: "keyboard__tool", "data-tool": name, "aria-pressed": "false" }, text);
    this.rows = inscript.ROWS.map((row) => row.map(([code]) => key(code)));
    this.rows[0].push(key("Backspace", { class: "keyboard__key keyboard__key--wide", "aria-label": say("key_backspace") }));
    this.rows.push(inscript.FURTHER.map(([code]) => key(code, code === "Space" ? { class: "keyboard__key keyboard__key--space" } : {})));
    this.rows[0][0].tabIndex = 0;
    const tools = element("div", { class: "keyboard__tools" }, tool("shift", say("key_shift")), tool("latin", say("key_digits")), tool("own", say("key_own")));
    tools.append(element("button", { type: "button", class: "keyboard__tool", "data-tool": "close", "aria-label": say("key_close"), title: say("key_close") }, "✕"));
    this.spoken = element("p", { class: "visually-hidden", role: "status" });
    const panel = element("div", { class: "keyboard", role: "group", "aria-label": say("keyboard"), id: `keyboard-${count}`, lang: "hi", hidden: "" });
    panel.append(tools, ...this.rows.map((row) => element("div", { class: "keyboard__row" }, ...row)), this.spoken);
    this.listen(panel);
    this.show(panel);
    return panel;
  }

  listen(panel) {
    panel.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus and its caret
    panel.addEventListener("mousedown", (event) => event.preventDefault());
    panel.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button || !this.field || this.field.disabled) return;
      if (button.dataset.tool) this.use(button.dataset.tool);
      else this.type(button.dataset.code, panel.contains(document.activeElement));
    });
    panel.addEventListener("keydown", (event) => this.walk(event));
  }

  /** Give a field its button; its own keys type InScript while the keyboard is open. */
  serve(field) {
    field.dataset.keyed = "true";
    const button = element("button", { type: "button", class: "button keyboard__switch", "aria-expanded": "false", "aria-controls": this.element.id });
    if (field.tagName === "TEXTAREA") button.append(element("span", { lang: "hi" }, "हिन्दी कीबोर्ड"), " / ", element("span", { lang: "en" }, "Hindi keyboard"));
    else compact(button); // in the middle of a sentence
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => (this.field === field && !this.element.hidden ? this.close() : this.open(field, button)));
    this.switches.set(field, button);
    field.after(button);
    field.addEventListener("focus", () => !this.element.hidden && this.open(field, button));
    field.addEventListener("keydown", (event) => {
      if (this.element.hidden || !this.own || this.field !== field || field.readOnly) return;
      const { code, key, shiftKey, ctrlKey, altKey, metaKey, isComposing } = event;
      if (!inscript.isOurs({ code, key, ctrlKey, altKey, metaKey, isComposing, graph: event.getModifierState("AltGraph") })) return;
      event.preventDefault();
      this.type(code, false, shiftKey || this.layer.shift);
    });
  }

  open(field, button) {
    this.giveBack();
    this.field = field;
    this.usual = field.getAttribute("inputmode");
    field.setAttribute("inputmode", "none"); // a telephone's own keyboard would lie over this one
    for (const one of this.switches.values()) one.setAttribute("aria-expanded", String(one === button));
    this.element.hidden = false;
    this.element.parentElement.classList.add("with-keyboard");
    this.uncover(field);
  }

  /** The field has its device's own keyboard again. */
  giveBack() {
    if (!this.field) return;
    if (this.usual === null) this.field.removeAttribute("inputmode");
    else this.field.setAttribute("inputmode", this.usual);
  }

  /** Where the keyboard lies over the bottom of the page, the field goes above it. */
  uncover(field) {
    const { top, bottom } = this.element.getBoundingClientRect();
    const covered = field.getBoundingClientRect().bottom + 16 - (getComputedStyle(this.element).position === "fixed" ? top : Infinity);
    if (covered > 0) scrollBy(0, covered);
    else if (bottom > innerHeight) this.element.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (this.element.contains(document.activeElement)) this.field?.focus();
    this.element.hidden = true;
    this.giveBack();
    this.element.parentElement.classList.remove("with-keyboard");
    for (const one of this.switches.values()) one.setAttribute("aria-expanded", "false");
  }

  use(tool) {
    if (tool === "close") return this.close();
    if (tool === "own") this.own = !this.own;
    else this.layer = { ...this.layer, [tool]: !this.layer[tool] };
    this.show(this.element);
  }

  type(code, aloud, shift = this.layer.shift) {
    const { field } = this;
    if (code === "Enter" && field.tagName !== "TEXTAREA") return;
    const { value: text, selectionStart: start, selectionEnd: end, maxLength } = field;
    const after = inscript.press({ text, start, end }, code, { ...this.layer, shift, longest: maxLength });
    if (this.layer.shift) this.use("shift"); // Shift is for one sign
    if (after === null) return;
    const { scrollTop } = field;
    field.value = after.text;
    field.setSelectionRange(after.caret, after.caret);
    field.scrollTop = scrollTop;
    if (aloud) this.spoken.textContent = code === "Backspace" ? this.say("key_backspace") : inscript.signOf(code, { ...this.layer, shift });
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show(panel) {
    for (const button of this.rows.flat()) {
      if (button.dataset.code === "Backspace") button.textContent = "⌫";
      else this.label(button, inscript.signOf(button.dataset.code, this.layer));
    }
    const pressed = { ...this.layer, own: this.own };
    for (const button of panel.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", String(pressed[button.dataset.tool]));
  }

  label(button, sign) {
    const name = { " ": "key_space", "\n": "key_enter", "\u200d": "key_zwj", "\u200c": "key_zwnj" }[sign];
    button.textContent = inscript.face(sign);
    if (name) button.setAttribute("aria-label", this.say(name));
  }

  /** Arrow keys go from key to key; Escape closes. */
  walk(event) {
    if (event.key === "Escape") return this.close();
    const row = this.rows.findIndex((keys) => keys.includes(event.target));
    if (row < 0 || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const here = { row, column: this.rows[row].indexOf(event.target) };
    const next = inscript.neighbourKey(here, event.key, this.rows.map((keys) => keys.length));
    const target = this.rows[next.row][next.column];
    event.target.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }
}

function compact(button) {
  button.classList.add("keyboard__switch--small");
  button.append(element("span", { lang: "hi", "aria-hidden": "true" }, "⌨ अ"), element("span", { class: "visually-hidden" }, "हिन्दी कीबोर्ड / Hindi keyboard"));
  button.title = "हिन्दी कीबोर्ड / Hindi keyboard";
}
