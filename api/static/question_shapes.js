// Hotspot, graphic order and graphic associate: shapes on a picture to choose, to press in turn, or to join. The controls in the list beneath
// stay in step: whoever prefers them opens "As a list".

import { limitBoxes } from "./question_boxes.js";
import { numbered, standing } from "./question_state.js";
import { atMost, button, changed, drawn, element, limit, lineIn, tuckAway } from "./question_parts.js";
import { Picture } from "./question_picture.js";

/** Shapes are radio buttons or tick boxes, as their inputs are. */
export function hotspot(interaction, question) {
  const inputs = [...interaction.querySelectorAll('input[data-kind="box"]')];
  if (inputs.length === 0 || !interaction.querySelector(".qti-picture")) return null;
  const picture = new Picture(interaction);
  const single = inputs[0].type === "radio";
  tuckAway(interaction, picture.figure, question.say("as_list"));
  const shapes = picture.shapes(single ? "radio" : "checkbox", press, () => question.locked);
  if (single) picture.svg.setAttribute("role", "radiogroup");
  const inputOf = (shape) => inputs.find(({ value }) => value === shape.id);
  limitBoxes(interaction, question, () => (single ? 0 : (limit(interaction, "max") ?? 0)));
  interaction.addEventListener("change", refresh);

  function press(shape) {
    const input = inputOf(shape);
    input.checked = single ? true : !input.checked;
    changed(input);
  }
  function refresh() {
    for (const shape of shapes) shape.link.setAttribute("aria-checked", String(inputOf(shape)?.checked ?? false));
  }
  return { refresh, lock: dim(picture) };
}

/** Shapes are pressed in turn and get their numbers; pressed again, one loses it. */
export function graphicOrder(interaction, question) {
  const selects = [...interaction.querySelectorAll("select[data-order]")];
  if (selects.length === 0 || !interaction.querySelector(".qti-picture")) return null;
  const picture = new Picture(interaction);
  tuckAway(interaction, picture.figure, question.say("as_list"));
  interaction.querySelector(".qti-picture").after(element("p", { class: "qti-hint" }, question.say("press_in_order")));
  const tell = lineIn(interaction);
  const most = limit(interaction, "max") || selects.length;
  const shapes = picture.shapes("button", press, () => question.locked);
  const badges = new Map(shapes.map(({ id }) => [id, element("span", { class: "qti-badge", "aria-hidden": "true" })]));
  interaction.addEventListener("change", refresh);
  picture.whenSized.push(refresh);

  const current = () => standing(selects.filter(({ value }) => value).map((one) => one.dataset.order), Object.fromEntries(selects.map((one) => [one.dataset.order, one.value])));
  function press(shape) {
    const before = current();
    const after = numbered(before, shape.id, most);
    if (after.length === before.length) return tell(atMost(interaction, question, most), "caution");
    for (const select of selects) select.value = after.includes(select.dataset.order) ? `${after.indexOf(select.dataset.order) + 1}` : "";
    const at = after.indexOf(shape.id) + 1;
    tell(question.say(at ? "now_at" : "now_nowhere", { name: shape.name, n: at, total: shapes.length }));
    changed(selects[0]);
  }
  function refresh() {
    const order = current();
    for (const shape of shapes) {
      const at = order.indexOf(shape.id) + 1;
      const badge = badges.get(shape.id);
      badge.textContent = at || "";
      badge.hidden = at === 0;
      picture.pin(badge, picture.corner(shape)); // what is in the middle of a shape stays legible
      shape.link.setAttribute("aria-label", at ? question.say("at_place", { name: shape.name, n: at }) : shape.name);
      shape.link.setAttribute("aria-pressed", String(at > 0));
    }
  }
  return { refresh, lock: dim(picture) };
}

/** Two shapes pressed one after the other are joined by a line; the pairs stand beneath and can be taken back. */
export function graphicAssociate(interaction, question) {
  const selects = [...interaction.querySelectorAll("select[data-row]")];
  if (selects.length === 0 || !interaction.querySelector(".qti-picture")) return null;
  return new Joined(interaction, selects, question);
}

class Joined {
  constructor(interaction, selects, question) {
    Object.assign(this, { interaction, selects, question, first: null });
    this.picture = new Picture(interaction);
    tuckAway(interaction, this.picture.figure, question.say("as_list"));
    this.lines = drawn("g", { class: "qti-lines" });
    this.shapes = this.picture.shapes("button", (shape) => this.press(shape), () => question.locked);
    this.picture.svg.prepend(this.lines);
    this.pairs = element("ul", { class: "qti-pairs" });
    this.picture.figure.after(element("p", { class: "qti-hint" }, question.say("press_two")), this.pairs);
    this.tell = lineIn(interaction);
    this.rows = [...new Set(selects.map(({ dataset }) => dataset.row))].map((row) => ["first", "second"].map((part) => selects.find((one) => one.dataset.row === row && one.dataset.part === part)));
    this.most = limit(interaction, "max") || this.rows.length;
    this.lock = dim(this.picture);
    interaction.addEventListener("change", () => this.refresh());
    this.picture.whenSized.push(() => this.refresh());
  }

  press(shape) {
    const { say } = this.question;
    if (this.first === shape) this.first = null;
    else if (this.first === null) {
      this.first = shape;
      this.tell(say("first_of_two", { name: shape.name }));
    } else {
      const one = this.first;
      this.first = null;
      this.join(one, shape);
    }
    this.refresh();
  }

  join(one, other) {
    const { say } = this.question;
    const names = { first: one.name, second: other.name };
    const known = this.rows.find(([a, b]) => [a.value, b.value].sort().join(" ") === [one.id, other.id].sort().join(" "));
    if (known) return this.part(known, say("parted", names));
    const free = this.rows.find((row) => row.every(({ value }) => value === ""));
    const used = (id) => this.selects.filter(({ value }) => value === id).length;
    const full = [one, other].find((shape) => limit(shape.link, "max") > 0 && used(shape.id) >= limit(shape.link, "max"));
    if (full) return this.tell(say("shape_full", { name: full.name, n: limit(full.link, "max") }), "caution");
    if (!free || this.rows.filter(([a]) => a.value !== "").length >= this.most) return this.tell(atMost(this.interaction, this.question, this.most), "caution");
    [free[0].value, free[1].value] = [one.id, other.id];
    this.tell(say("joined", names));
    changed(free[0]);
  }

  part(row, text) {
    for (const select of row) select.value = "";
    this.tell(text);
    changed(row[0]);
  }

  refresh() {
    const of = (id) => this.shapes.find((shape) => shape.id === id);
    const pairs = this.rows.filter((row) => row.every(({ value }) => of(value)));
    this.lines.replaceChildren(...pairs.map(([a, b]) => line(this.picture, of(a.value), of(b.value))));
    this.pairs.replaceChildren(...pairs.map((row) => this.entry(row, of(row[0].value).name, of(row[1].value).name)));
    for (const shape of this.shapes) shape.link.setAttribute("aria-pressed", String(shape === this.first));
  }

  entry(row, first, second) {
    const { say } = this.question;
    const back = button("×", { "aria-label": say("part_pair", { first, second }) });
    back.disabled = this.question.locked;
    back.addEventListener("click", () => this.part(row, say("parted", { first, second })));
    return element("li", {}, `${first} – ${second}`, back);
  }
}

/** A line from edge to edge: what is written on the shapes stays legible. */
function line(picture, one, other) {
  const [from, to] = [picture.middle(one), picture.middle(other)];
  const apart = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const at = (point, towards, shape) => {
    const short = Math.min(picture.reach(shape), apart / 2 - 1);
    return { x: point.x + ((towards.x - point.x) / apart) * short, y: point.y + ((towards.y - point.y) / apart) * short };
  };
  const [start, end] = [at(from, to, one), at(to, from, other)];
  return drawn("line", { x1: start.x, y1: start.y, x2: end.x, y2: end.y });
}

/** Return how a picture shows that it cannot be worked with any more. */
function dim(picture) {
  return (locked) => {
    for (const link of picture.svg.querySelectorAll(".qti-shape")) link.setAttribute("aria-disabled", String(locked));
    for (const tool of picture.figure.parentElement.querySelectorAll(".qti-pairs button")) tool.disabled = locked;
  };
}
