// Graphic gap match: words or pictures to put onto the shapes of a picture. Pick one up and press a shape, or drag it there; a press on a shape
// that holds one takes it back. The selects stay in step, behind "As a list".

import { atMost, changed, element, limit, lineIn, tuckAway } from "./question_parts.js";
import { Picture } from "./question_picture.js";
import { Places, Tokens, usedUp } from "./question_tokens.js";

export function graphicGapMatch(interaction, question) {
  const selects = [...interaction.querySelectorAll("select[data-second]")];
  return selects.length > 0 && interaction.querySelector(".qti-picture") ? new Labels(interaction, selects, question) : null;
}

class Labels {
  constructor(interaction, selects, question) {
    Object.assign(this, { interaction, selects, question, before: new Map(), places: new Places(selects) });
    const { say } = question;
    this.picture = new Picture(interaction);
    const drop = (id, link) => this.drop(id, this.shapes.find((shape) => shape.link === link));
    this.tokens = new Tokens(interaction, { question, label: say("words_to_place"), drop, placeAt: (x, y) => this.placeAt(x, y), focusable: true });
    tuckAway(interaction, this.picture.figure, say("as_list"));
    this.picture.figure.before(element("p", { class: "qti-hint" }, say("carry_hint")), this.tokens.bank);
    this.shapes = this.picture.shapes("button", (shape) => this.press(shape), () => question.locked);
    this.tell = lineIn(interaction);
    interaction.addEventListener("change", ({ target }) => selects.includes(target) && this.settle(target));
    this.picture.whenSized.push(() => this.refresh());
  }

  holding(shape) {
    return this.selects.filter(({ dataset }) => dataset.second === shape.id);
  }

  placeAt(x, y) {
    const under = document.elementsFromPoint(x, y).map((one) => one.closest(".qti-shape")).find(Boolean);
    return under ?? this.picture.near(this.shapes, { clientX: x, clientY: y })?.link ?? null;
  }

  press(shape) {
    if (this.tokens.putDown(shape.link)) return;
    const held = this.holding(shape).filter(({ value }) => value !== "").at(-1);
    if (held) this.takeBack(held, shape);
    else this.tell(this.question.say("pick_first"));
  }

  takeBack(select, shape) {
    const name = this.tokens.nameOf(select.value);
    select.value = "";
    changed(select);
    this.tell(this.question.say("taken_from", { name, place: shape.name }));
  }

  drop(id, shape) {
    const { say } = this.question;
    const name = this.tokens.nameOf(id);
    const places = this.holding(shape);
    const select = places.find(({ value }) => value === "") ?? places.at(-1);
    if (!select || ![...select.options].some(({ value }) => value === id)) return this.tell(say("does_not_fit", { name }), "caution");
    if (places.some(({ value }) => value === id)) return this.tell(say("put_on", { name, place: shape.name })); // it is there
    select.value = id;
    this.said = say("put_on", { name, place: shape.name });
    changed(select);
  }

  settle(select) {
    const { say } = this.question;
    const most = limit(this.interaction, "max");
    const moved = this.places.settle(select, this.tokens.mostOf(select.value));
    if (most > 0 && this.selects.filter(({ value }) => value !== "").length > most) {
      select.value = this.before.get(select) ?? "";
      this.tell(atMost(this.interaction, this.question, most), "caution");
    } else this.tell(moved ? usedUp(say, this.tokens.nameOf(select.value), this.tokens.mostOf(select.value)) : (this.said ?? ""));
    this.said = null;
    this.refresh();
  }

  refresh() {
    for (const select of this.selects) this.before.set(select, select.value);
    this.picture.over.replaceChildren();
    for (const shape of this.shapes) this.showOn(shape);
    this.tokens.show((id) => this.selects.filter(({ value }) => value === id).length);
  }

  showOn(shape) {
    const filled = this.holding(shape).filter(({ value }) => value !== "");
    const names = filled.map(({ value }) => this.tokens.nameOf(value)).join(", ");
    shape.link.setAttribute("aria-label", `${shape.name}: ${names || this.question.say("empty_place")}`);
    if (filled.length === 0) return;
    const label = element("div", { class: "qti-label-on" });
    for (const select of filled) {
      const one = element("span", { class: "qti-token qti-token--put", "aria-hidden": "true" }, ...this.tokens.contentOf(select.value));
      this.tokens.carry(one, select.value, () => this.takeBack(select, shape));
      one.addEventListener("click", () => !one.dataset.dragged && !this.question.locked && this.press(shape));
      label.append(one);
    }
    this.picture.pin(label, this.picture.middle(shape));
  }

  lock(locked) {
    this.tokens.lock(locked);
    for (const { link } of this.shapes) link.setAttribute("aria-disabled", String(locked));
  }
}
