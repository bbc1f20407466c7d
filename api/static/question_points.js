// Select point and position object: a point on a picture, set with a press or with the arrow keys and Enter. A cross shows where the keys stand, a
// marker (or the object itself) what was set. The numbers are in the rows of the page, behind "As numbers".

import { nudged, within } from "./question_state.js";
import { button, changed, element, limit, lineIn, onDrag, tuckAway } from "./question_parts.js";
import { Picture } from "./question_picture.js";

export function points(interaction, question) {
  const inputs = [...interaction.querySelectorAll("input[data-axis]")];
  if (inputs.length === 0 || !interaction.querySelector(".qti-picture")) return null;
  return new Points(interaction, inputs, question);
}

class Points {
  constructor(interaction, inputs, question) {
    Object.assign(this, { interaction, question, cross: null });
    this.rows = [...new Set(inputs.map(({ dataset }) => dataset.row))].map((row) => {
      const of = (axis) => inputs.find(({ dataset }) => dataset.row === row && dataset.axis === axis);
      return { x: of("x"), y: of("y") };
    });
    this.most = Math.min(limit(interaction, "max") || this.rows.length, this.rows.length);
    this.object = interaction.querySelector("img.qti-object, .qti-object img");
    this.picture = new Picture(interaction);
    tuckAway(interaction, this.picture.figure, question.say("as_numbers"));
    this.furnish();
    this.tell = lineIn(interaction);
    interaction.addEventListener("change", () => this.refresh());
    this.picture.whenSized.push(() => this.refresh());
  }

  furnish() {
    const { say } = this.question;
    const label = say(this.object ? "place_object" : "set_point", { name: this.object?.alt || say("object") });
    this.aim = element("div", { class: "qti-aim", tabindex: "0", role: "application", "aria-roledescription": say("picture"), "aria-label": label });
    this.crossHair = element("span", { class: "qti-cross", "aria-hidden": "true", hidden: "" });
    this.picture.frame.append(this.aim);
    this.picture.frame.append(this.picture.over);
    this.picture.over.append(this.crossHair);
    this.list = element("ul", { class: "qti-pairs" });
    this.picture.figure.after(element("p", { class: "qti-hint" }, label), this.list);
    this.aim.addEventListener("click", (event) => this.set(this.picture.at(event)));
    this.aim.addEventListener("focus", () => this.aimAt(this.cross ?? this.points().filter(Boolean).at(-1) ?? this.middle()));
    this.aim.addEventListener("blur", () => (this.crossHair.hidden = true));
    this.aim.addEventListener("keydown", (event) => this.key(event));
  }

  middle() {
    const { width, height } = this.picture.size;
    return within({ x: width / 2, y: height / 2 }, this.picture.size);
  }

  /** The points as they are set: {x, y} or null for each row. */
  points() {
    return this.rows.map(({ x, y }) => (x.value === "" || y.value === "" ? null : { x: Number(x.value), y: Number(y.value) }));
  }

  key(event) {
    if (this.question.locked) return;
    const from = this.cross ?? this.middle();
    const next = nudged(from, event.key, event.shiftKey, this.picture.size);
    if (next) {
      this.aimAt(next);
      this.tell(`${next.x}, ${next.y}`);
    } else if (event.key === "Enter" || event.key === " ") this.set(from);
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(this.points().findLastIndex(Boolean));
    else return;
    event.preventDefault();
  }

  aimAt(point) {
    this.cross = point;
    this.picture.pin(this.crossHair, point);
    this.crossHair.hidden = !(document.activeElement === this.aim && this.aim.matches(":focus-visible"));
  }

  set(wanted) {
    if (this.question.locked) return;
    const { say } = this.question;
    const points = this.points();
    const free = points.indexOf(null);
    const taken = points.filter(Boolean).length;
    if (this.most > 1 && (taken >= this.most || free < 0)) return this.tell(say("points_full", { n: taken }), "caution");
    this.write(free < 0 || this.most === 1 ? 0 : free, wanted);
  }

  write(row, wanted) {
    const point = within(wanted, this.picture.size);
    this.rows[row].x.value = point.x;
    this.rows[row].y.value = point.y;
    this.aimAt(point);
    this.tell(this.question.say("point_set", point));
    changed(this.rows[row].y);
  }

  remove(row) {
    if (row < 0 || this.question.locked) return;
    this.rows[row].x.value = this.rows[row].y.value = "";
    this.tell(this.question.say("point_gone"));
    changed(this.rows[row].y);
  }

  refresh() {
    this.picture.over.replaceChildren(this.crossHair);
    const set = this.points().map((point, row) => ({ point, row })).filter(({ point }) => point);
    this.list.replaceChildren(...set.map(({ point, row }) => this.entry(point, row)));
    for (const { point, row } of set) this.picture.pin(this.marker(row), point);
  }

  /** What marks a point: a ring with its number, or the object in its own size on the picture's scale, its centre on the point. */
  marker(row) {
    const one = element("span", { class: this.object ? "qti-object-on" : "qti-point", "aria-hidden": "true" });
    if (this.object) one.append(this.scaled());
    else if (this.most > 1) one.append(`${row + 1}`);
    let start = null;
    onDrag(one, {
      begin: () => {
        if (this.question.locked) return false;
        start = this.points()[row];
        one.classList.add("qti-lit");
      },
      move: (event) => this.picture.pin(one, within(this.picture.at(event), this.picture.size)),
      end: (event, kept) => (kept ? this.write(row, this.picture.at(event)) : this.picture.pin(one, start)),
    });
    return one;
  }

  scaled() {
    const { width, height } = this.size();
    const copy = element("img", { src: this.object.currentSrc || this.object.src, alt: "", draggable: "false" });
    const [x, y] = (this.object.dataset.centre ?? this.interaction.dataset.centre ?? "").split(/[ ,]+/).map(Number);
    const centre = Number.isFinite(x) && Number.isFinite(y) ? { x, y } : { x: width / 2, y: height / 2 };
    copy.style.width = `calc(var(--picture-width) * ${width / this.picture.size.width})`;
    copy.style.transform = `translate(${(-centre.x / width) * 100}%, ${(-centre.y / height) * 100}%)`;
    this.picture.over.style.setProperty("--picture-width", `${this.picture.frame.clientWidth}px`);
    return copy;
  }

  size() {
    const said = { width: Number(this.object.getAttribute("width")), height: Number(this.object.getAttribute("height")) };
    return { width: said.width || this.object.naturalWidth || 1, height: said.height || this.object.naturalHeight || 1 };
  }

  entry({ x, y }, row) {
    const { say } = this.question;
    const back = button("×", { "aria-label": say("remove_point", { x, y }) });
    back.disabled = this.question.locked;
    back.addEventListener("click", () => {
      this.remove(row);
      this.aim.focus();
    });
    return element("li", {}, `${x}, ${y}`, back);
  }

  lock(locked) {
    this.aim.setAttribute("aria-disabled", String(locked));
    for (const one of this.list.querySelectorAll("button")) one.disabled = locked;
  }
}
