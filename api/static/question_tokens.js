// Words or pictures to carry to a place: dragged there by mouse, pen or finger, or picked up with a press and put down with a second one.
// What a place is and what it does with them is question_gaps.js and question_labels.js.

import { letGo } from "./question_state.js";
import { element, limit, onDrag } from "./question_parts.js";

const TURNS = 6; // pixels: from here on a press is a drag

export class Tokens {
  /** `drop(id, place)` puts one down; `placeAt(x, y)` is the place under the pointer, an element, or null. */
  constructor(interaction, { question, label, drop, placeAt, focusable }) {
    Object.assign(this, { interaction, question, drop, placeAt, picked: null, ghost: null });
    this.choices = choicesOf(interaction);
    this.bank = element("ul", { class: "qti-tokens", "aria-label": label });
    this.buttons = new Map(this.choices.map((choice) => [choice.id, this.token(choice, focusable)]));
    this.bank.append(...[...this.buttons.values()].map((one) => element("li", {}, one)));
    for (const { source } of this.choices) if (source) (source.closest(".qti-choices") ?? source).hidden = true;
  }

  token({ id, name, content }, focusable) {
    const token = element("button", { type: "button", class: "qti-token", "aria-pressed": "false", "data-token": id, tabindex: focusable ? "0" : "-1" });
    token.append(...content());
    if (name) token.setAttribute("aria-label", name);
    this.carry(token, id);
    token.addEventListener("click", () => (token.dataset.dragged ? delete token.dataset.dragged : this.pick(this.picked === id ? null : id)));
    token.addEventListener("keydown", ({ key }) => key === "Escape" && this.pick(null));
    return token;
  }

  nameOf(id) {
    const choice = this.choices.find((one) => one.id === id);
    return choice?.name || this.buttons.get(id)?.textContent.trim() || id;
  }

  mostOf(id) {
    return this.choices.find((one) => one.id === id)?.most ?? 0;
  }

  contentOf(id) {
    return this.choices.find((one) => one.id === id)?.content() ?? [id];
  }

  pick(id) {
    this.picked = id;
    for (const [one, token] of this.buttons) token.setAttribute("aria-pressed", String(one === id));
    this.interaction.classList.toggle("qti-picking", id !== null);
  }

  /** Put down what was picked up; tells whether there was something. */
  putDown(place) {
    const id = this.picked;
    if (id === null) return false;
    this.pick(null);
    this.drop(id, place);
    return true;
  }

  /** Show which are used up. */
  show(used) {
    for (const [id, token] of this.buttons) token.classList.toggle("qti-token--used", this.mostOf(id) > 0 && used(id) >= this.mostOf(id));
  }

  lock(locked) {
    for (const token of this.buttons.values()) token.disabled = locked;
    if (locked) this.pick(null);
  }

  /** Let `one` be dragged as the token `id`; dropped nowhere, `lost` is called. */
  carry(one, id, lost = () => {}) {
    let from = null;
    onDrag(one, {
      begin: (event) => {
        if (this.question.locked) return false;
        from = event;
      },
      move: (event) => {
        if (!this.ghost && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) < TURNS) return;
        this.ghost ??= this.haunt(one);
        this.ghost.style.transform = `translate(${event.clientX}px, ${event.clientY}px) translate(-50%, -50%)`;
        this.light(this.placeAt(event.clientX, event.clientY));
      },
      end: (event, kept) => {
        if (!this.ghost) return;
        this.ghost.remove();
        this.ghost = null;
        this.light(null);
        one.dataset.dragged = "true";
        setTimeout(() => delete one.dataset.dragged); // no click followed
        const place = kept && this.placeAt(event.clientX, event.clientY);
        if (place) this.drop(id, place);
        else if (kept) lost();
      },
    });
  }

  haunt(one) {
    const ghost = element("div", { class: "qti-token qti-ghost", "aria-hidden": "true" });
    ghost.append(...[...one.childNodes].map((node) => node.cloneNode(true)));
    this.interaction.append(ghost);
    return ghost;
  }

  light(place) {
    for (const lit of this.interaction.querySelectorAll(".qti-lit")) if (lit !== place) lit.classList.remove("qti-lit");
    place?.classList.add("qti-lit");
  }
}

/** What can be carried: elements that say which choice they are, else the options of the selects. */
function choicesOf(interaction) {
  const sources = [...interaction.querySelectorAll("[data-choice]:not(.qti-shape, option, th)")];
  if (sources.length > 0) return sources.map((source) => ({ id: source.dataset.choice, source, name: source.dataset.name ?? "", most: limit(source, "max") ?? 1, content: () => copies(source) }));
  const options = [...interaction.querySelectorAll("select[data-second] option")].filter(({ value }) => value !== "");
  const known = new Map(options.map((option) => [option.value, option]));
  return [...known.values()].map((option) => ({ id: option.value, source: null, name: "", most: limit(option, "max") ?? 1, content: () => [option.textContent.trim()] }));
}

function copies(source) {
  const copy = source.cloneNode(true);
  for (const one of copy.querySelectorAll("[id]")) one.removeAttribute("id");
  return [...copy.childNodes];
}

/**
 * Keeps each choice within its number of places: the one that held it first lets go. Whoever walks through a list with the keys passes choices that
 * others hold; each gets its own back as soon as the list goes on. `places` are selects.
 */
export class Places {
  constructor(places) {
    Object.assign(this, { places, lent: null });
    for (const place of places) place.addEventListener?.("blur", () => (this.lent = null));
  }

  /** A place has another value, which may be used `most` times (0: any); returns the place that let go, or null. */
  settle(place, most) {
    const { lent } = this;
    if (lent?.to === place && lent.by.value === "") lent.by.value = lent.value;
    const others = this.places.filter((one) => one !== place && one.value === place.value);
    const by = place.value === "" ? null : letGo(others, most);
    this.lent = by ? { by, to: place, value: by.value } : null;
    if (by) by.value = "";
    return by;
  }
}

/** Say that a choice has left its other place, and why. */
export const usedUp = (say, name, most) => say(most === 1 ? "used_one" : "used_more", { name, n: most });
