// Looking at one case as data: which picture is shown, whether it plays, and what a key means. No DOM, no clock. Driven by review_page.js.

export function initial(frames, at = 0) {
  return { frames, at, playing: false };
}

export function show(state, at) {
  return { ...state, at: Math.max(0, Math.min(state.frames - 1, at)), playing: false };
}

export function step(state, by) {
  return show(state, state.at + by);
}

// Play from here, or from the start when the end has been reached.
export function toggle(state) {
  if (state.frames < 2) return state;
  const at = !state.playing && state.at === state.frames - 1 ? 0 : state.at;
  return { ...state, at, playing: !state.playing };
}

export function tick(state) {
  if (!state.playing) return state;
  const at = Math.min(state.frames - 1, state.at + 1);
  return { ...state, at, playing: at < state.frames - 1 };
}

const KEYS = { j: "next", k: "previous", " ": "toggle", ArrowLeft: "back", ArrowRight: "forward", d: "dismiss", u: "uphold", "?": "help" };

// What a key asks for, or null: single keys can be switched off, and none works while somebody writes or a dialog is open (WCAG 2.1.4).
export function meaning(key, { writing = false, modified = false, on = true } = {}) {
  if (writing || modified || !on) return null;
  return KEYS[key] ?? null;
}

// The neighbour of a case in the queue, or null at its end.
export function neighbour(queue, here, by) {
  const at = queue.indexOf(here);
  if (at < 0) return queue[0] ?? null;
  return queue[at + by] ?? null;
}
