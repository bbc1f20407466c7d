// What the controls of a question say, and what they must show for a response: pure functions over plain records. The page is question_page.js.
//
// A control is {response, cardinality, kind, value, …}: kind "box" (radio, checkbox; with `checked`), "text" (select, text, number, area),
// "range" (with `untouched`), "plays", "button" (with `pressed`), "file" (with `file`, a record or null). What a value means besides itself:
// `first` or `second` (the other half of a pair), `order` (the choice whose position it is), `row` with `part` (half of a pair) or `axis` (half
// of a point). Everything is text in a response but a file, which is {name, media_type, data}; null, "" and [] are not answered.

const SINGLES = ["single", "record"];

/** Collect the response from a question's controls. */
export function collect(controls) {
  const names = [...new Set(controls.map((control) => control.response))];
  return Object.fromEntries(names.map((name) => [name, responseOf(controls.filter((control) => control.response === name))]));
}

function responseOf(controls) {
  const values = [...plainValues(controls), ...ordered(controls), ...joined(controls, "part", ["first", "second"]), ...joined(controls, "axis", ["x", "y"])];
  return SINGLES.includes(controls[0].cardinality) ? (values[0] ?? null) : values;
}

const standsAlone = ({ order, part, axis }) => order === undefined && part === undefined && axis === undefined;

function plainValues(controls) {
  return controls.filter(standsAlone).flatMap((control) => {
    const value = said(control);
    if (value === null) return [];
    if (control.first !== undefined) return [`${control.first} ${value}`];
    return [control.second !== undefined ? `${value} ${control.second}` : value];
  });
}

/** What one control says by itself, or null. */
function said({ kind, value, checked, untouched, pressed, file }) {
  switch (kind) {
    case "box":
      return checked ? value : null;
    case "range":
      return untouched ? null : value;
    case "plays":
      return Number(value) > 0 ? `${value}` : null;
    case "button":
      return pressed ? value : null;
    case "file":
      return file ?? null;
    default:
      return `${value ?? ""}`.trim() === "" ? null : value;
  }
}

/** The choices in the order of their positions; two at one position stand as on the page. */
function ordered(controls) {
  const placed = controls.filter((control) => control.order !== undefined && said(control) !== null);
  return placed.sort((one, other) => Number(one.value) - Number(other.value)).map((control) => control.order);
}

/** Rows whose two halves are both there, as "HALF HALF". */
function joined(controls, key, halves) {
  return rowsOf(controls, key)
    .map((row) => halves.map((half) => said(controls.find((control) => control.row === row && control[key] === half) ?? {})))
    .filter((values) => values.every((value) => value !== null))
    .map((values) => values.map((value) => `${value}`.trim()).join(" "));
}

function rowsOf(controls, key) {
  return [...new Set(controls.filter((control) => control[key] !== undefined).map(({ row }) => row))];
}

/** Return what each control must show for a response, in the order of the controls: {checked}, {value}, {untouched}, {pressed} or {file}. */
export function fill(response, controls) {
  const left = new Map(); // what of a response no control shows yet; two controls never show the same entry
  const valuesOf = (name) => left.get(name) ?? left.set(name, [response?.[name] ?? []].flat()).get(name);
  return controls.map((control) => shown(control, valuesOf(control.response), controls));
}

function shown(control, values, controls) {
  const { kind, value } = control;
  if (kind === "box") return { checked: values.some((one) => `${one}` === value) };
  if (kind === "file") return { file: values.find((one) => one !== null && typeof one === "object") ?? null };
  if (kind === "button") return { pressed: values.some((one) => `${one}` === value) };
  if (kind === "plays") return { value: `${values[0] ?? 0}` };
  if (kind === "range") return values.length > 0 ? { value: `${values[0]}`, untouched: false } : { value, untouched: true };
  if (control.order !== undefined) return { value: positionOf(control.order, values) };
  if (control.part !== undefined) return { value: halfOf(control, "part", ["first", "second"], values, controls) };
  if (control.axis !== undefined) return { value: halfOf(control, "axis", ["x", "y"], values, controls) };
  return { value: taken(control, values) };
}

function positionOf(choice, values) {
  const place = values.indexOf(choice);
  return place < 0 ? "" : `${place + 1}`;
}

function halfOf(control, key, halves, values, controls) {
  const rows = rowsOf(controls.filter((one) => one.response === control.response), key);
  const pair = words(values[rows.indexOf(control.row)]);
  return pair[halves.indexOf(control[key])] ?? "";
}

const words = (value) => (value === undefined || value === null ? [] : `${value}`.trim().split(/\s+/));

/** Take the first entry that this control can show out of the values. */
function taken({ first, second }, values) {
  const fits = (value) => (first !== undefined ? words(value)[0] === first : second === undefined || words(value)[1] === second);
  const place = values.findIndex(fits);
  if (place < 0) return "";
  const [value] = values.splice(place, 1);
  if (first !== undefined) return words(value)[1] ?? "";
  return second !== undefined ? (words(value)[0] ?? "") : `${value ?? ""}`;
}

// — moving things about

/** Return the list with the entry at `from` moved to `to`; a place beyond an end is that end. */
export function moved(list, from, to) {
  const rest = list.filter((_, place) => place !== from);
  rest.splice(Math.min(Math.max(to, 0), rest.length), 0, list[from]);
  return rest;
}

/** Return the choices as they stand: those with a position first, in that order, then the others as on the page. */
export function standing(choices, positions) {
  const at = (choice) => Number(positions[choice]) || Infinity;
  return [...choices].sort((one, other) => (at(one) === at(other) ? 0 : at(one) - at(other)));
}

/** Number a shape that is chosen next; one that has a number loses it, and those after it move up. */
export function numbered(order, choice, most = Infinity) {
  if (order.includes(choice)) return order.filter((one) => one !== choice);
  return order.length < most ? [...order, choice] : order;
}

/** Say which of the places that hold a choice must let go when it is put down once more: the oldest, when it may be used `most` times (0: any). */
export function letGo(holders, most) {
  return most > 0 && holders.length >= most ? holders[0] : null;
}

// — points

/** Keep a point on a picture of this size; whole pixels. */
export function within({ x, y }, { width, height }) {
  const bound = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
  return { x: bound(x, width), y: bound(y, height) };
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Move a point by an arrow key, 1 px or, with Shift, 10; another key gives null. */
export function nudged(point, key, large, size) {
  const step = STEPS[key];
  if (!step) return null;
  const by = large ? 10 : 1;
  return within({ x: point.x + step[0] * by, y: point.y + step[1] * by }, size);
}

/** Where the next point goes: the first free row, else the last one. `points` are {x, y} or null. */
export function rowFor(points) {
  const free = points.indexOf(null);
  return free < 0 ? points.length - 1 : free;
}

// — files

export const LARGEST_FILE = 2 * 1024 * 1024;

/** Say why a file cannot be handed in: "too_large", "wrong_type", "empty" or null. `accepted` is the control's list of media types, "" for all. */
export function fileProblem({ size, type }, accepted = "", most = LARGEST_FILE) {
  if (size === 0) return "empty";
  if (size > most) return "too_large";
  const types = accepted.split(",").map((one) => one.trim()).filter((one) => one.includes("/"));
  const fits = types.some((one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1))));
  return types.length === 0 || fits ? null : "wrong_type";
}

/** Write a number of bytes for people. */
export function sizeText(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
