// A picture that is worked with: its drawing surface in the picture's own pixels, its shapes as things to press, and what lies on top of it.

import { drawn, element } from "./question_parts.js";

const FINGER = 22; // half of 44 px: a press so near to a small shape is meant for it

export class Picture {
  constructor(interaction) {
    this.figure = interaction.querySelector(".qti-picture");
    this.image = this.figure.querySelector("img");
    this.frame = this.framed();
    this.svg = this.figure.querySelector("svg") ?? drawn("svg", { viewBox: "0 0 0 0" });
    if (!this.svg.isConnected) this.frame.append(this.svg);
    this.svg.removeAttribute("aria-hidden");
    this.over = element("div", { class: "qti-over" });
    this.frame.append(this.over);
    this.whenSized = [];
    this.fit();
    if (this.image && !this.image.complete) this.image.addEventListener("load", () => this.fit());
  }

  /** Picture and surface lie exactly over each other in a box of their own, whatever else the figure holds. */
  framed() {
    const inner = this.image?.parentElement;
    if (inner && inner !== this.figure) {
      inner.classList.add("qti-frame");
      return inner;
    }
    const frame = element("div", { class: "qti-frame" });
    this.figure.prepend(frame);
    frame.append(...[this.image, this.figure.querySelector("svg")].filter(Boolean));
    return frame;
  }

  /** Where the page could not know the size of the picture, the picture knows it. */
  fit() {
    const { width, height } = this.svg.viewBox.baseVal ?? {};
    const unknown = "natural" in this.figure.dataset || "natural" in this.svg.dataset || !width || !height;
    const { naturalWidth, naturalHeight } = this.image ?? {};
    if (unknown && naturalWidth) this.svg.setAttribute("viewBox", `0 0 ${naturalWidth} ${naturalHeight}`);
    this.whenSized.forEach((act) => act());
  }

  get size() {
    const { width, height } = this.svg.viewBox.baseVal;
    return { width: width || 1, height: height || 1 };
  }

  /** Return where on the picture, in its own pixels, something on the screen is. */
  at({ clientX, clientY }) {
    const { left, top, width, height } = this.svg.getBoundingClientRect(); // not the frame: its border is no part of the picture
    return { x: ((clientX - left) / (width || 1)) * this.size.width, y: ((clientY - top) / (height || 1)) * this.size.height };
  }

  /** Put something over the picture with its middle at a point of it. */
  pin(one, { x, y }) {
    one.style.left = `${(x / this.size.width) * 100}%`;
    one.style.top = `${(y / this.size.height) * 100}%`;
    if (one.parentElement !== this.over) this.over.append(one);
  }

  /** Make the links over the picture things to press with `role`; returns them as {id, link, name}. `press(shape)` is called for mouse and keys. */
  shapes(role, press, isLocked) {
    const made = [...this.svg.querySelectorAll(".qti-shape")].map((link) => ({ id: choiceOf(link), link, name: link.getAttribute("aria-label") ?? "" }));
    for (const { link } of made) {
      link.removeAttribute("href");
      link.setAttribute("role", role);
      link.setAttribute("tabindex", "0");
      const halo = link.firstElementChild?.cloneNode(); // a light edge, so that the shape shows on dark pictures too
      halo?.classList.add("qti-halo");
      if (halo) link.prepend(halo);
    }
    this.svg.addEventListener("click", (event) => {
      const shape = made.find(({ link }) => link === event.target.closest(".qti-shape")) ?? this.near(made, event);
      if (shape && !isLocked()) press(shape);
    });
    this.svg.addEventListener("keydown", (event) => {
      const shape = made.find(({ link }) => link === event.target.closest(".qti-shape"));
      if (!shape || isLocked()) return;
      if (event.key === "Enter" || event.key === " ") press(shape);
      else if (!this.walk(made, shape, event.key)) return;
      event.preventDefault();
    });
    return made;
  }

  /** Arrow keys go to the next shape that way. */
  walk(shapes, from, key) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
    if (!step) return false;
    shapes[(shapes.indexOf(from) + step + shapes.length) % shapes.length].link.focus();
    return true;
  }

  near(shapes, { clientX, clientY }) {
    const far = ({ link }) => {
      const { left, right, top, bottom } = link.getBoundingClientRect();
      return Math.hypot(Math.max(left - clientX, 0, clientX - right), Math.max(top - clientY, 0, clientY - bottom));
    };
    const nearest = [...shapes].sort((one, other) => far(one) - far(other))[0];
    return nearest && far(nearest) <= FINGER ? nearest : null;
  }

  /** Return how far a shape reaches from its middle, at least. */
  reach({ link }) {
    const { width, height } = link.getBBox();
    return Math.min(width, height) / 2;
  }

  /** Return the upper left corner of a shape, on the picture. */
  corner({ link }) {
    const { x, y } = link.getBBox();
    return { x: Math.max(x, 16), y: Math.max(y, 16) };
  }

  /** Return the middle of a shape, in the picture's pixels. */
  middle({ link }) {
    const { x, y, width, height } = link.getBBox();
    return { x: x + width / 2, y: y + height / 2 };
  }
}

/** The choice that a shape stands for: said by itself, or by the control that it leads to. */
function choiceOf(link) {
  const control = document.getElementById(link.dataset.for ?? "");
  const said = link.dataset.choice ?? control?.dataset.order ?? control?.dataset.second;
  return said ?? (control?.dataset.kind === "box" ? control.value : link.dataset.for);
}
