// Looking at the dots as data: which dot is lit after so many milliseconds, and what there is to tell the server. No DOM, no clock.
// Driven by calibrate_page.js.

export const EACH_MS = 3000;

// Centre and corners, twice: shares of the screen's width and height.
const ROUND = [
  [0.5, 0.5],
  [0.05, 0.08],
  [0.95, 0.08],
  [0.95, 0.92],
  [0.05, 0.92],
];
export const DOTS = [...ROUND, ...ROUND];
export const TOTAL_MS = DOTS.length * EACH_MS;

export function initial() {
  return { elapsed: 0, looks: 0, observable: 0 };
}

export function passed(state, milliseconds) {
  return { ...state, elapsed: Math.min(TOTAL_MS, state.elapsed + Math.max(0, milliseconds)) };
}

export function look(state, message) {
  return { ...state, looks: state.looks + 1, observable: state.observable + (message.observable ? 1 : 0) };
}

// The dot to look at now, or null when all have been.
export function dot(state) {
  const index = Math.floor(state.elapsed / EACH_MS);
  if (index >= DOTS.length) return null;
  const [x, y] = DOTS[index];
  return { index, x, y, secondsLeft: Math.ceil((TOTAL_MS - state.elapsed) / 1000) };
}

export function isDone(state) {
  return state.elapsed >= TOTAL_MS;
}

// What the server is told: how long and how well it went. Where the eyes were, the server sees for itself.
export function summary(state) {
  return { skipped: false, seconds: Math.round(state.elapsed / 1000), looks: state.looks, observable: state.observable };
}
