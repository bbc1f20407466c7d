// What the modules of a question share: making elements, reading and setting its controls, the line that speaks beside the work. No kind of
// question is known here; what controls mean is question_state.js, the page is question_page.js.

const SVG = "http://www.w3.org/2000/svg";
const files = new WeakMap(); // file control → {name, media_type, data}: what was chosen, or what the server holds

/** Make an HTML element; an attribute that is null or undefined is left out. */
export function element(tag, attributes = {}, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function drawn(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS(SVG, tag), attributes, children);
}

function furnished(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Make a button that does something here and sends nothing. */
export function button(text, attributes = {}) {
  return element("button", { type: "button", class: "button qti-tool", ...attributes }, text);
}

/** Return the controls of a question, in the order of the page. */
export const controlsIn = (root) => [...root.querySelectorAll("[data-response]")];

/** Read one control as question_state.js knows it. */
export function read(control) {
  const { response, cardinality, kind = usualKind(control), first, second, order, row, part, axis } = control.dataset;
  const said = { value: control.value, checked: control.checked, untouched: "untouched" in control.dataset, file: files.get(control) ?? null };
  return { response, cardinality, kind, ...said, pressed: control.getAttribute("aria-pressed") === "true", first, second, order, row, part, axis };
}

const usualKind = ({ type }) => ({ radio: "box", checkbox: "box", range: "range", file: "file" })[type] ?? "text";

/** Let a control show what question_state.fill says. A field that is being typed into keeps its text. */
export function put(control, shown) {
  if ("checked" in shown) control.checked = shown.checked;
  if ("file" in shown) keepFile(control, shown.file);
  if ("pressed" in shown) control.setAttribute("aria-pressed", String(shown.pressed));
  if ("untouched" in shown) control.toggleAttribute("data-untouched", shown.untouched);
  if ("value" in shown && !(isTyped(control) && control === document.activeElement)) control.value = shown.untouched ? control.defaultValue : shown.value;
}

/** Tell whether a control is one to type into. */
export const isTyped = (control) => control.tagName === "TEXTAREA" || (control.tagName === "INPUT" && ["text", "number", "search", ""].includes(control.type));

/** Note the file of a control; null takes it away. */
export const keepFile = (control, file) => void (file ? files.set(control, file) : files.delete(control));

/** Return the file of a control, or null. */
export const fileOf = (control) => files.get(control) ?? null;

/** Say that something was done to a control, as its own user would have. */
export const changed = (control) => control.dispatchEvent(new Event("change", { bubbles: true }));

/** Give an interaction its line; it is read out, and takes nobody's focus. Returns how to say something there; "caution" is for what did not happen. */
export function lineIn(interaction) {
  const line = element("p", { class: "qti-say", role: "status" });
  interaction.append(line);
  return (text, kind = "plain") => {
    line.textContent = "";
    line.textContent = text;
    line.dataset.kind = kind;
  };
}

/** Return a number that an element says of itself, or null: `limit(interaction, "max")`. */
export function limit(one, name) {
  const said = one?.dataset[name];
  return said === undefined || said === "" ? null : Number(said);
}

/** Say that there may be no more than `n`, in the author's own words where there are some. */
export const atMost = (interaction, { say }, n) => interaction.dataset.maxSelectionsMessage || say("at_most", { n });

/** Put what holds an interaction's controls behind "as a list": the picture is worked with directly, and the list stays for who prefers it. */
export function tuckAway(interaction, picture, summary) {
  const rest = [...interaction.children].filter((child) => !child.contains(picture) && controlsIn(child).length > 0);
  if (rest.length === 0) return null;
  const details = element("details", { class: "qti-list" }, element("summary", {}, summary));
  rest[0].before(details);
  details.append(...rest);
  return details;
}

/**
 * Drag something with mouse, pen or finger: `begin(event)` may refuse with false, then come `move(event)`s and one `end(event, kept)`. The window
 * listens: what is dragged may be moved about in the page, and would lose a pointer that it had captured.
 */
export function onDrag(handle, { begin, move, end }) {
  handle.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || !down.isPrimary || begin(down) === false) return;
    if (down.pointerType === "mouse") down.preventDefault(); // no text is chosen; a finger scrolls or not as touch-action says
    const stop = new AbortController();
    const listen = (type, act) => addEventListener(type, (event) => event.pointerId === down.pointerId && act(event), { signal: stop.signal });
    const finish = (event, kept) => {
      stop.abort();
      end(event, kept);
    };
    listen("pointermove", move);
    listen("pointerup", (event) => finish(event, true));
    listen("pointercancel", (event) => finish(event, false));
    addEventListener("keydown", (event) => event.key === "Escape" && finish(down, false), { signal: stop.signal });
  });
}
