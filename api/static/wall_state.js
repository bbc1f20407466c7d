// The live wall as data: messages in, tiles in a stable order out. No DOM, no socket; times are milliseconds that are handed in.
// Driven by wall_page.js. A tile moves only when `reorder` is called: on a timer or by a key, never under the pointer.

const STALE_MS = 6000; // silence after which a candidate counts as not watched
const GONE_MS = 30000; // silence after which the feed counts as ended
const NEUTRAL_LOOK_MS = 600000; // a look is due after ten minutes
const SEVERITY = { low: 1, medium: 2, high: 3 };

// people: [{sitting, seat, name}], as the page was rendered.
export function initial(people) {
  const plain = { seen: null, seenAt: null, open: {}, told: {}, waiting: {}, flags: 0, lookedAt: null, step: 0, asks: null, paused: false };
  const tiles = Object.fromEntries(people.map((one) => [one.sitting, { ...one, ...plain }]));
  return { tiles, order: people.map((one) => one.sitting), selected: people[0]?.sitting ?? null, panel: null };
}

const changes = {
  seen: (tile, message, now) => ({ ...tile, seen: message, seenAt: now }),
  looked: (tile, message, now) => ({ ...tile, lookedAt: now }),
  incident: (tile, message, now) => {
    const { [message.incident]: before, ...others } = tile.open;
    const raised = message.tier === "alert" && before?.tier !== "alert" && message.state !== "closed";
    const open = message.state === "closed" ? others : { ...others, [message.incident]: message };
    // what has ended still waits for a person to decide; `taken` below says when one has
    const waiting = message.tier === "alert" ? { ...tile.waiting, [message.incident]: message } : tile.waiting;
    return { ...tile, open, waiting, told: { ...tile.told, [message.incident]: now }, flags: tile.flags + (raised ? 1 : 0) };
  },
};

// Take over what the socket brought, all of it at once: one copy of the wall for a whole batch.
export function receive(state, messages, now) {
  let tiles = null;
  for (const message of messages) {
    const tile = (tiles ?? state.tiles)[message.sitting];
    if (!tile || !changes[message.type]) continue;
    tiles ??= { ...state.tiles };
    tiles[message.sitting] = changes[message.type](tile, message, now);
  }
  return tiles ? { ...state, tiles } : state;
}

// What goes on in a tile: as the server says, who was asked at `asked`, but for what the socket told after that. So what the socket missed is healed.
function goingOn(tile, found, asked) {
  const later = (incident) => (tile.told[incident] ?? -1) > asked;
  const known = Object.entries(tile.open).filter(([incident]) => later(incident));
  return Object.fromEntries([...found.filter((one) => !later(one.incident)).map((one) => [one.incident, one]), ...known]);
}

// Take over how the server says that things stand: what goes on, what waits for this person's decision, when somebody looked, who asks, and the
// order's steps. `asked` is when the question was sent.
export function taken(state, live, now, asked = now) {
  const [paused, calls, wrote, toLookAt] = [live.paused, live.calls, live.wrote, live.to_look_at].map((list) => new Set(list));
  const waiting = {};
  for (const flag of live.flags) (waiting[flag.sitting] ??= {})[flag.incident] = { ...flag, tier: "alert" };
  const found = {};
  for (const one of live.going_on) (found[one.sitting] ??= []).push(one);
  const tiles = Object.entries(state.tiles).map(([sitting, tile]) => {
    const ago = live.looked[sitting];
    const asks = calls.has(sitting) ? "calls" : wrote.has(sitting) ? "wrote" : toLookAt.has(sitting) ? "to_look_at" : null;
    const lookedAt = ago === undefined ? tile.lookedAt : Math.max(tile.lookedAt ?? 0, now - ago * 1000);
    const open = goingOn(tile, found[sitting] ?? [], asked);
    return [sitting, { ...tile, open, waiting: waiting[sitting] ?? {}, lookedAt, asks, step: live.order[sitting] ?? 0, paused: paused.has(sitting) }];
  });
  return { ...state, tiles: Object.fromEntries(tiles) };
}

// The gravest of what is open or undecided: alerts before detections, what is going on before what is over, then by severity.
export function gravest(tile) {
  const rank = (one) => (one.tier === "alert" ? 20 : 0) + (tile.open[one.incident] ? 10 : 0) + (SEVERITY[one.severity] ?? 0);
  let worst;
  for (const one of Object.values({ ...tile.waiting, ...tile.open })) {
    if ((one.tier === "alert" || one.tier === "detection") && (!worst || rank(one) > rank(worst))) worst = one;
  }
  return worst;
}

// "alert", "look", "neutral", "unobservable" (hatched: could not watch, never a fault) or "away" (no feed yet, or ended). Nobody is watched in
// a pause, so that no silence says anything then.
export function ring(tile, now) {
  const worst = gravest(tile);
  if (worst?.tier === "alert") return "alert";
  if (tile.paused) return worst ? "look" : "neutral";
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

// How much a person is needed here: what is going on, who asks, what is undecided, what could not be watched; then risk × recency (the server's
// step, 0 to 9) and the time since a human last looked, which counts most where something was found.
export function need(tile, now) {
  const weight = isOver(tile) ? 60 : { alert: 100, look: 40, unobservable: 20, away: 10, neutral: 0 }[ring(tile, now)];
  const severity = SEVERITY[gravest(tile)?.severity] ?? 0;
  const unlooked = tile.lookedAt === null ? 1 : Math.min(1, (now - tile.lookedAt) / NEUTRAL_LOOK_MS);
  return weight + (tile.asks ? 65 : 0) + 10 * severity + (9 + tile.step) * unlooked + tile.step;
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

// Time since as [number, unit], min or h; under a minute it is "now", so that a wall does not repaint every second.
export function since(milliseconds) {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60000);
  if (minutes < 1) return [0, "now"];
  return minutes < 60 ? [minutes, "min"] : [Math.floor(minutes / 60), "h"];
}

export function counts(state, now) {
  const found = { alert: 0, look: 0, unobservable: 0, away: 0, neutral: 0 };
  for (const tile of Object.values(state.tiles)) found[ring(tile, now)] += 1;
  return found;
}

// What a binary message holds: [[sitting, bytes of the JPEG]…]. One that is cut short ends the list.
export function pictures(data) {
  const view = new DataView(data);
  const found = [];
  for (let at = 0; at + 5 <= data.byteLength; ) {
    const name = view.getUint8(at);
    const start = at + 1 + name + 4;
    if (start > data.byteLength) break;
    const length = view.getUint32(at + 1 + name);
    if (start + length > data.byteLength) break;
    found.push([new TextDecoder().decode(new Uint8Array(data, at + 1, name)), new Uint8Array(data, start, length)]);
    at = start + length;
  }
  return found;
}

// What stands in a room's bar: who answers, who covers, who else is here, and which steps are open to `me`. Names of words, nothing said.
export function duty(room, me, cell) {
  const mine = room.named === me;
  const lines = [];
  if (room.named) lines.push([room.answered_for || room.cover ? "named" : "named_away", { name: room.named_name }]);
  else lines.push(["nobody", {}]);
  if (room.cover) lines.push(["covered_by", { name: room.cover_name }]);
  if (room.offer) lines.push(["offered", { by: room.offer.by_name, to: room.offer.to_name, note: room.offer.note }]);
  const steps = [];
  if (!room.named) steps.push("take");
  if (room.offer?.to === me) steps.push("accept", "decline");
  else if (room.offer && mine) steps.push("withdraw");
  if (room.named && !mine && !room.cover) steps.push("cover");
  if (room.cover && (mine || room.cover === me || cell)) steps.push("end_cover");
  if (!room.offer && (mine || room.cover === me || (cell && room.named))) steps.push("hand_over");
  if (cell) steps.push("assign");
  if (mine) steps.push("leave");
  return { lines, steps };
}

// Whether an act changes what the candidate's page has to show, so that it is told to ask at once: nobody types on into an exam that stands still.
export function reaches(word) {
  return ["wrote", "pause", "resume", "terminate"].includes(word);
}

// The rooms that nobody watches although somebody sits in them.
export function unwatched(rooms) {
  return rooms.filter((room) => room.tiles > 0 && !room.watched).map((room) => room.room);
}
