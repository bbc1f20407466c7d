// Drawing on a picture: a canvas over it, with pens, colours, undo and clear. What is handed in is the picture with what was drawn on it, as PNG.
// Who draws better elsewhere, or cannot use a pointer, hands in a picture instead.

import { LARGEST_FILE } from "./question_state.js";
import { button, changed, element, fileOf, keepFile, lineIn, onDrag } from "./question_parts.js";
import { base64, chooser, takeFiles, upload } from "./question_files.js";

const COLOURS = { ink: "#1b1f24", blue: "#0b4f9e", red: "#b3261e", green: "#1a7f4b", white: "#ffffff" };
const PENS = { fine: 2, medium: 5, broad: 12 };

export function drawing(interaction, question) {
  const control = interaction.querySelector('[data-kind="file"]');
  const figure = interaction.querySelector(".qti-picture");
  if (!control) return null;
  if (figure) return new Drawing(interaction, control, figure, question);
  reveal(control); // without the picture, a file can still be handed in
  return upload(interaction, question);
}

class Drawing {
  constructor(interaction, control, figure, question) {
    Object.assign(this, { interaction, control, question, strokes: [], base: null, saved: null, colour: "ink", pen: "medium" });
    this.image = figure.querySelector("img");
    const { say } = question;
    this.canvas = element("canvas", { class: "qti-canvas", role: "img", "aria-label": say("drawing_area", { name: this.image?.alt ?? "" }) });
    const frame = element("div", { class: "qti-frame" });
    figure.prepend(frame);
    if (this.image) frame.append(this.image);
    frame.append(this.canvas);
    figure.after(this.tools(), this.instead(figure));
    this.tell = lineIn(interaction);
    this.size();
    if (this.image && !this.image.complete) this.image.addEventListener("load", () => this.size());
    takeFiles(control, question, (...words) => this.tell(...words));
    control.addEventListener("change", () => this.refresh());
    onDrag(this.canvas, this.drawing());
    this.press();
  }

  tools() {
    const { say } = this.question;
    const choose = (what, name) => button(element("span", { class: `qti-sample qti-sample--${name}` }), { "data-what": what, "data-name": name, "aria-label": say(`${what}_${name}`), title: say(`${what}_${name}`) });
    const group = (label, ...tools) => element("span", { class: "qti-tools", role: "group", "aria-label": label }, ...tools);
    this.undo = button(say("undo"));
    this.clear = button(say("clear_drawing"));
    this.undo.addEventListener("click", () => this.drop(1));
    this.clear.addEventListener("click", () => this.drop(Infinity));
    const bar = element("div", { class: "qti-bar" });
    bar.append(group(say("colour"), ...Object.keys(COLOURS).map((name) => choose("colour", name))), group(say("pen"), ...Object.keys(PENS).map((name) => choose("pen", name))), group(say("drawing"), this.undo, this.clear));
    bar.addEventListener("click", ({ target }) => {
      const tool = target.closest("[data-what]");
      if (!tool) return;
      this[tool.dataset.what] = tool.dataset.name;
      this.press();
    });
    this.bar = bar;
    return bar;
  }

  /** The way without a pointer: the page's own file control, with its label. */
  instead(figure) {
    const details = element("details", { class: "qti-list" }, element("summary", {}, this.question.say("picture_instead")));
    reveal(this.control);
    this.interaction.querySelector(".qti-file-name")?.remove();
    const holder = [...this.interaction.children].find((child) => child.contains(this.control) && !child.contains(figure));
    if (!this.control.labels?.length && !this.control.getAttribute("aria-label")) this.control.setAttribute("aria-label", this.question.say("picture_instead"));
    details.append(holder ?? this.control);
    chooser(this.control, this.question);
    return details;
  }

  press() {
    for (const tool of this.bar.querySelectorAll("[data-what]")) tool.setAttribute("aria-pressed", String(this[tool.dataset.what] === tool.dataset.name));
  }

  size() {
    const width = Number(this.image?.getAttribute("width")) || this.image?.naturalWidth || 640;
    const height = Number(this.image?.getAttribute("height")) || this.image?.naturalHeight || 400;
    if (this.canvas.width === width && this.canvas.height === height) return;
    Object.assign(this.canvas, { width, height });
    this.paint();
  }

  at({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * this.canvas.width, ((clientY - top) / height) * this.canvas.height];
  }

  drawing() {
    return {
      begin: (event) => {
        if (this.question.locked) return false;
        this.strokes.push({ colour: COLOURS[this.colour], width: PENS[this.pen], points: [this.at(event)] });
        this.paint();
      },
      move: (event) => {
        const fine = event.getCoalescedEvents?.() ?? [];
        this.strokes.at(-1).points.push(...(fine.length > 0 ? fine : [event]).map((one) => this.at(one)));
        this.paint();
      },
      end: (_, kept) => {
        if (!kept) this.strokes.pop();
        this.paint();
        if (kept) this.save();
      },
    };
  }

  /** Take strokes back, newest first; the last thing to go is what was there from before. */
  drop(count) {
    if (this.strokes.length === 0 || count === Infinity) this.base = null;
    this.strokes.splice(Math.max(0, this.strokes.length - count));
    this.paint();
    this.save();
  }

  paint(context = this.canvas.getContext("2d")) {
    const { width, height } = this.canvas;
    context.clearRect(0, 0, width, height);
    if (this.base) context.drawImage(this.base, 0, 0, width, height);
    Object.assign(context, { lineCap: "round", lineJoin: "round" });
    for (const { colour, width: pen, points } of this.strokes) {
      Object.assign(context, { strokeStyle: colour, lineWidth: pen });
      context.beginPath();
      points.forEach(([x, y], place) => (place === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
      if (points.length === 1) context.lineTo(points[0][0] + 0.01, points[0][1]);
      context.stroke();
    }
    this.undo.disabled = this.clear.disabled = this.question.locked || (this.strokes.length === 0 && !this.base);
  }

  async save() {
    const mine = (this.saving = (this.saving ?? 0) + 1);
    const empty = this.strokes.length === 0 && !this.base;
    const file = empty ? null : await this.file();
    if (mine !== this.saving) return; // a newer stroke is on its way
    if (file && file.data.length > (LARGEST_FILE * 4) / 3) return this.tell(this.question.say("drawing_too_large"), "caution");
    keepFile(this.control, file);
    this.saved = file;
    this.tell(empty ? this.question.say("drawing_gone") : "");
    changed(this.control);
  }

  /** The picture with the drawing on it. */
  async file() {
    const whole = element("canvas", {});
    Object.assign(whole, { width: this.canvas.width, height: this.canvas.height });
    const context = whole.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, whole.width, whole.height);
    if (this.image?.naturalWidth) context.drawImage(this.image, 0, 0, whole.width, whole.height);
    context.drawImage(this.canvas, 0, 0);
    const blob = await new Promise((resolve) => whole.toBlob(resolve, "image/png"));
    return { name: "drawing.png", media_type: "image/png", data: await base64(blob) };
  }

  refresh() {
    const file = fileOf(this.control);
    if (file === this.saved) return;
    this.saved = file;
    this.strokes = [];
    this.base = null;
    this.paint();
    if (!file?.media_type?.startsWith("image/")) return;
    const image = new Image();
    image.onload = () => {
      if (this.saved !== file) return;
      this.base = image;
      this.paint();
    };
    image.src = `data:${file.media_type};base64,${file.data}`;
  }

  lock() {
    this.paint();
  }
}

function reveal(control) {
  for (let one = control; one; one = one.parentElement.closest("[hidden]")) one.hidden = false;
}
