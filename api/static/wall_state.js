// The live wall as data: messages in, tiles in a stable order out. No DOM, no socket; times are milliseconds that are handed in.
// Driven by wall_page.js. A tile moves only when `reorder` is called: on a timer or by a key, never under the pointer.

export const MOST_TILES = 30;
const STALE_MS = 6000; // silence after which a candidate counts as not watched
const GONE_MS = 30000; // silence after which the feed counts as ended
const NEUTRAL_LOOK_MS = 600000; // a look is due after ten minutes
const SEVERITY = { low: 1, medium: 2, high: 3 };

// people: [{sitting, seat, name, started}], as the page was rendered.
export function initial(people) {
  const tiles = Object.fromEntries(people.map((one) => [one.sitting, { ...one, seen: null, seenAt: null, open: {}, waiting: {}, flags: 0, lookedAt: null }]));
  return { tiles, order: people.map((one) => one.sitting), selected: people[0]?.sitting ?? null, panel: null };
}

function change(state, sitting, changed) {
  const tile = state.tiles[sitting];
  return tile ? { ...state, tiles: { ...state.tiles, [sitting]: { ...tile, ...changed(tile) } } } : state;
}

const receivers = {
  seen: (state, message, now) => change(state, message.sitting, () => ({ seen: message, seenAt: now })),
  looked: (state, message, now) => change(state, message.sitting, () => ({ lookedAt: now - (message.ago_ms ?? 0) })),
  incident: (state, message) =>
    change(state, message.sitting, (tile) => {
      const { [message.incident]: before, ...others } = tile.open;
      const raised = message.tier === "alert" && before?.tier !== "alert" && message.state !== "closed";
      const open = message.state === "closed" ? others : { ...others, [message.incident]: message };
      // what has ended still waits for a person to decide; `waiting` below says when one has
      const waiting = message.tier === "alert" ? { ...tile.waiting, [message.incident]: message } : tile.waiting;
      return { open, waiting, flags: tile.flags + (raised ? 1 : 0) };
    }),
  // every flag of the session that waits for this person, as the server has them: what is not among them is decided
  waiting: (state, { flags }) => {
    const of = (sitting) => flags.filter((one) => one.sitting === sitting).map((one) => [one.incident, { ...one, tier: "alert" }]);
    const tiles = Object.entries(state.tiles).map(([sitting, tile]) => [sitting, { ...tile, waiting: Object.fromEntries(of(sitting)) }]);
    return { ...state, tiles: Object.fromEntries(tiles) };
  },
};

export function receive(state, message, now) {
  const receiver = receivers[message.type];
  return receiver ? receiver(state, message, now) : state;
}

// The gravest of what is open or undecided: alerts before detections, what is going on before what is over, then by severity.
export function gravest(tile) {
  const rank = (one) => (one.tier === "alert" ? 20 : 0) + (tile.open[one.incident] ? 10 : 0) + (SEVERITY[one.severity] ?? 0);
  return Object.values({ ...tile.waiting, ...tile.open })
    .filter((one) => one.tier === "alert" || one.tier === "detection")
    .sort((a, b) => rank(b) - rank(a))[0];
}

// "alert", "look", "neutral", "unobservable" (hatched: could not watch, never a fault) or "away" (no feed yet, or ended).
export function ring(tile, now) {
  const worst = gravest(tile);
  if (worst?.tier === "alert") return "alert";
  if (tile.seenAt === null || now - tile.seenAt > GONE_MS) return "away";
  if (now - tile.seenAt > STALE_MS || !tile.seen.observable) return "unobservable";
  return worst ? "look" : "neutral";
}

// Nothing is going on, but a flag waits for a decision.
export function isOver(tile) {
  const worst = gravest(tile);
  return worst?.tier === "alert" && !tile.open[worst.incident];
}

// The word on the tile: a kind of incident, a reason why nothing could be seen, or nothing.
export function chip(tile, now) {
  const state = ring(tile, now);
  if (state === "alert" || state === "look") return gravest(tile).kind;
  if (state === "unobservable") return now - tile.seenAt > STALE_MS ? "feed_gap" : (tile.seen.reason ?? "face_not_seen");
  return state === "away" ? (tile.seenAt === null ? "no_feed" : "feed_ended") : null;
}

// How good the connection is, 0 to 4 bars.
export function bars(tile, now) {
  if (tile.seenAt === null || now - tile.seenAt > STALE_MS) return 0;
  const { fps = 0, lag_ms: lag = 0, dropped = 0, received = 0 } = tile.seen;
  const lost = received + dropped > 0 ? dropped / (received + dropped) : 0;
  return 1 + (fps >= 0.8) + (lag < 1500) + (lost < 0.1);
}

// How much a person is needed here: what is going on, then what is undecided, then what could not be watched, then time since a human last looked.
export function need(tile, now) {
  const weight = isOver(tile) ? 60 : { alert: 100, look: 40, unobservable: 20, away: 10, neutral: 0 }[ring(tile, now)];
  const severity = SEVERITY[gravest(tile)?.severity] ?? 0;
  const unlooked = tile.lookedAt === null ? 1 : Math.min(1, (now - tile.lookedAt) / NEUTRAL_LOOK_MS);
  return weight + 10 * severity + 9 * unlooked;
}

export function reorder(state, now) {
  const place = new Map(state.order.map((id, index) => [id, index]));
  const needs = new Map(state.order.map((id) => [id, Math.round(need(state.tiles[id], now))]));
  return { ...state, order: [...state.order].sort((a, b) => needs.get(b) - needs.get(a) || place.get(a) - place.get(b)) };
}

const STEP = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: (columns) => columns, ArrowUp: (columns) => -columns };

// Arrow keys move the selection over the wall as it stands; `rtl` swaps left and right.
export function move(state, key, columns, rtl = false) {
  const mirrored = rtl ? ({ ArrowRight: "ArrowLeft", ArrowLeft: "ArrowRight" }[key] ?? key) : key;
  if (!STEP[mirrored] || !state.order.length) return state;
  const to = state.order.indexOf(state.selected) + STEP[mirrored](columns);
  return to >= 0 && to < state.order.length ? { ...state, selected: state.order[to] } : state;
}

export function openPanel(state, sitting) {
  return { ...state, selected: sitting, panel: sitting };
}

export function closePanel(state) {
  return { ...state, panel: null };
}

// Time since as [number, unit]: s, min or h.
export function since(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return [seconds, "s"];
  return seconds < 3600 ? [Math.floor(seconds / 60), "min"] : [Math.floor(seconds / 3600), "h"];
}

export function counts(state, now) {
  const all = Object.values(state.tiles).map((tile) => ring(tile, now));
  return Object.fromEntries(["alert", "look", "unobservable", "away", "neutral"].map((name) => [name, all.filter((one) => one === name).length]));
}
