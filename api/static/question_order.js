// Putting choices into an order: buttons up and down, or dragging. Where not all need a place, a choice is placed first and can be taken back.
// The positions are in the selects of the page, which script keeps out of sight.

import { moved, standing } from "./question_state.js";
import { atMost, button, changed, element, limit, lineIn, onDrag } from "./question_parts.js";

export function order(interaction, question) {
  const selects = [...interaction.querySelectorAll("select[data-order]")];
  return selects.length === 0 ? null : new Order(interaction, selects, question);
}

class Order {
  constructor(interaction, selects, question) {
    Object.assign(this, { interaction, selects, question, across: interaction.classList.contains("qti-orientation-horizontal") });
    this.rows = new Map(selects.map((select) => [select.dataset.order, this.furnish(select)]));
    this.list = this.rows.get(selects[0].dataset.order).parentElement;
    this.most = limit(interaction, "max") || selects.length;
    const least = limit(interaction, "min");
    this.some = this.most < selects.length || (least !== null && least < selects.length); // not all need a place
    this.keep = button(question.say("keep_order"), { class: "button qti-keep" });
    this.keep.addEventListener("click", () => this.set(this.standing()));
    this.hint = element("p", { class: "qti-hint qti-unanswered" }, question.say(this.some ? "place_choices" : "order_hint"));
    this.list.after(this.hint, ...(this.some ? [] : [this.keep]));
    this.tell = lineIn(interaction);
    interaction.classList.add("qti-live");
    interaction.classList.toggle("qti-some", this.some);
  }

  furnish(select) {
    const { say } = this.question;
    const [earlier, later] = this.across ? ["←", "→"] : ["↑", "↓"];
    const row = select.closest("li") ?? select.parentElement;
    select.hidden = true;
    for (const label of row.querySelectorAll(`label[for="${CSS.escape(select.id)}"]`)) label.classList.add("visually-hidden");
    const name = nameOf(row.querySelector("[data-text]") ?? row, select);
    const place = element("span", { class: "qti-place", "aria-hidden": "true" });
    const tool = (does, sign, key) => button(sign, { "data-does": does, "aria-label": say(key, { name }) });
    const tools = element("span", { class: "qti-tools" }, tool("up", earlier, this.across ? "move_earlier" : "move_up"), tool("down", later, this.across ? "move_later" : "move_down"), tool("place", "+", "place"), tool("back", "×", "take_back"));
    row.classList.add("qti-row");
    row.prepend(element("span", { class: "qti-handle", "aria-hidden": "true" }, "⠿"), place);
    row.append(tools);
    row.dataset.name = name;
    tools.addEventListener("click", ({ target }) => target.dataset.does && this.use(select.dataset.order, target.dataset.does));
    onDrag(row, this.dragging(select.dataset.order, row));
    return row;
  }

  placed() {
    const at = new Map(this.selects.filter(({ value }) => value !== "").map((select) => [select.dataset.order, select.value]));
    return standing([...at.keys()], Object.fromEntries(at));
  }

  /** All choices as they stand on the page. */
  standing() {
    return [...this.list.children].map((row) => this.idOf(row)).filter(Boolean);
  }

  idOf(row) {
    return [...this.rows].find(([, one]) => one === row)?.[0];
  }

  use(id, does) {
    const placed = this.placed();
    const order = this.some || placed.length > 0 ? placed : this.standing();
    const at = order.indexOf(id);
    const next = { up: () => moved(order, at, at - 1), down: () => moved(order, at, at + 1), place: () => [...order, id], back: () => order.filter((one) => one !== id) }[does]();
    if (next.length > this.most) return this.tell(atMost(this.interaction, this.question, this.most), "caution");
    this.set(next);
    this.announce(id);
    const row = this.rows.get(id);
    const wanted = row.querySelector(`[data-does="${does}"]`);
    (wanted.hidden || wanted.disabled ? row.querySelector("[data-does]:not([hidden], :disabled)") : wanted)?.focus();
  }

  announce(id) {
    const { say } = this.question;
    const at = this.placed().indexOf(id) + 1;
    this.tell(say(at > 0 ? "now_at" : "now_nowhere", { name: this.rows.get(id).dataset.name, n: at, total: this.rows.size }));
  }

  set(order) {
    for (const select of this.selects) {
      const place = order.indexOf(select.dataset.order);
      select.value = place < 0 ? "" : `${place + 1}`;
    }
    this.refresh();
    changed(this.selects[0]);
  }

  refresh() {
    const placed = this.placed();
    const all = standing([...this.rows.keys()], Object.fromEntries(placed.map((id, place) => [id, place + 1])));
    const focus = document.activeElement;
    if (all.some((id, place) => this.list.children[place] !== this.rows.get(id))) this.list.append(...all.map((id) => this.rows.get(id)));
    if (this.list.contains(focus)) focus.focus();
    const answered = placed.length > 0;
    all.forEach((id, place) => this.showRow(this.rows.get(id), placed.indexOf(id), place, all.length, this.some ? placed.length : all.length));
    this.hint.hidden = this.keep.hidden = answered;
    this.interaction.classList.toggle("qti-answered", answered);
  }

  showRow(row, at, place, total, last) {
    row.querySelector(".qti-place").textContent = at < 0 ? (this.some ? "–" : "") : at + 1;
    row.classList.toggle("qti-row--free", this.some && at < 0);
    const tool = (does) => row.querySelector(`[data-does="${does}"]`);
    const movable = !this.some || at >= 0;
    tool("up").hidden = tool("down").hidden = !movable;
    tool("up").disabled = place === 0 || this.question.locked;
    tool("down").disabled = place === last - 1 || this.question.locked;
    tool("place").hidden = movable;
    tool("back").hidden = !this.some || at < 0;
  }

  /** A row follows the pointer from place to place; by finger only at its handle, so that the page can still be scrolled. */
  dragging(id, row) {
    let before = null;
    return {
      begin: ({ target, pointerType }) => {
        if (this.question.locked || target.closest("button, select, a, audio, video") || (pointerType !== "mouse" && !target.closest(".qti-handle"))) return false;
        before = this.standing();
        row.classList.add("qti-row--dragged");
      },
      move: ({ clientX, clientY }) => {
        const others = [...this.list.children].filter((one) => one !== row);
        const next = others[others.filter((one) => isBefore(one, clientX, clientY, this.across)).length] ?? null;
        if (next !== row.nextElementSibling) this.list.insertBefore(row, next);
      },
      end: (_, kept) => {
        row.classList.remove("qti-row--dragged");
        const now = this.standing();
        if (!kept) this.list.append(...before.map((one) => this.rows.get(one)));
        else if (now.join() !== before.join()) this.dropped(id, now);
      },
    };
  }

  dropped(id, now) {
    if (!this.some) this.set(now);
    else {
      const placed = this.placed();
      const order = now.filter((one) => placed.includes(one) || one === id);
      if (order.length > this.most) {
        this.tell(atMost(this.interaction, this.question, this.most), "caution");
        return this.refresh();
      }
      this.set(order);
    }
    this.announce(id);
  }
}

/** Tell whether the pointer is past a row's middle: lists go down, or across and then down; across goes the reader's way. */
function isBefore(row, x, y, across) {
  const { left, right, top, bottom } = row.getBoundingClientRect();
  if (!across) return (top + bottom) / 2 < y;
  if (y > bottom) return true;
  if (y < top) return false;
  const past = (left + right) / 2 < x;
  return getComputedStyle(row).direction === "rtl" ? !past : past;
}

/** What a row is called: its words, or those of its picture. */
function nameOf(content, select) {
  const words = content.textContent.trim().replace(/\s+/g, " ");
  return (words || content.querySelector("img")?.alt || select.getAttribute("aria-label") || select.dataset.order).slice(0, 80);
}
