// The live wall's page: lines in, tiles out. What is shown and in which order is decided in wall_state.js; the lines are wall_line.js, the panel
// wall_panel.js, who answers for the room wall_duty.js.

import { ask, say } from "./page.js";
import { attachDuty } from "./wall_duty.js";
import { openLines } from "./wall_line.js";
import { attachPanel } from "./wall_panel.js";
import { bars, chip, closePanel, counts, initial, isOver, move, openPanel, pictures, reaches, receive, reorder, ring, since, taken } from "./wall_state.js";

const REORDER_MS = 10000;
const REDRAW_MS = 1000;
const LOOK_AGAIN_MS = 30000; // a panel that is still before somebody's eyes is another look
const NEWCOMER_AGAIN_MS = 60000; // whoever is before a camera without being on the wall (at the door, at their check) must not reload it again and again
const CHIP_KIND = { alert: "bad", look: "caution", unobservable: "unobservable", away: "plain" };

const find = (id) => document.getElementById(id);
const root = find("wall");
const list = find("tiles");
const present = new Set(JSON.parse(find("present").textContent));
const tiles = new Map([...document.querySelectorAll(".watch")].map((one) => [one.dataset.sitting, one]));
const places = new Map([...tiles].map(([sitting, tile]) => [sitting, placesOf(tile)]));
const drawn = new Map(); // sitting → what its tile says, so that only what changed is painted
const visible = new Set();
const csrfMeta = document.querySelector('meta[name="csrf-token"]');
let state = initial(JSON.parse(find("people").textContent));
let newcomer = null;
let looking = 0; // the timer of a panel that is being looked at

function placesOf(tile) {
  const at = (selector) => tile.querySelector(selector);
  return {
    tile, chip: at(".watch__chip"), word: at("[data-chip]"), ring: at("[data-ring-word]"), looked: at("[data-looked]"), asks: at("[data-asks]"),
    lost: at("[data-lost]"), sound: at("[data-sound]"), bars: at(".bars"), paused: at("[data-paused]"), canvas: at("canvas"),
  };
}

function drawTile(sitting, now) {
  const tile = state.tiles[sitting];
  const [shown, word, over] = [ring(tile, now), chip(tile, now), isOver(tile)];
  const [n, unit] = since(now - (tile.lookedAt ?? now));
  const { dropped = 0, gaps = 0, sound } = tile.seen ?? {};
  const key = `${shown} ${word} ${over} ${tile.lookedAt === null} ${n}${unit} ${dropped} ${gaps} ${sound} ${bars(tile, now)} ${tile.asks} ${tile.paused}`;
  if (drawn.get(sitting) === key) return;
  drawn.set(sitting, key);
  const at = places.get(sitting);
  at.tile.dataset.ring = shown;
  at.chip.hidden = !word;
  at.chip.className = `watch__chip chip chip--${CHIP_KIND[shown] ?? "plain"}`;
  at.word.textContent = word ? say(`kind.${word}`) : "";
  at.ring.textContent = `${say(over ? "ring.undecided" : `ring.${shown}`)} ·`;
  at.looked.textContent = tile.lookedAt === null ? say("never") : unit === "now" ? say("looked_now") : say("looked", { n, unit: say(`unit.${unit}`) });
  at.asks.textContent = tile.asks ? `· ${say(tile.asks)}` : "";
  at.lost.textContent = dropped || gaps ? `· ${say("lost", { dropped, gaps })}` : "";
  at.sound.hidden = sound !== "not_heard"; // known of nobody else, and no finding
  at.paused.hidden = !tile.paused;
  at.bars.toggleAttribute("hidden", tile.paused); // nothing is asked of the line meanwhile
  at.bars.dataset.bars = bars(tile, now);
  at.bars.setAttribute("aria-label", say("bars", { n: bars(tile, now) }));
}

function draw() {
  const now = Date.now();
  for (const sitting of visible) drawTile(sitting, now);
  for (const [name, number] of Object.entries(counts(state, now))) {
    const place = document.querySelector(`[data-count="${name}"]`);
    if (place.textContent !== `${number}`) place.textContent = number;
  }
}

// Put the tiles in the order of need, without taking the focus away from where it is; nothing is moved that stands right already.
function place() {
  const before = state.order;
  state = reorder(state, Date.now());
  if (state.order.every((one, index) => one === before[index])) return;
  const focused = document.activeElement;
  list.append(...state.order.map((sitting) => tiles.get(sitting)));
  if (list.contains(focused)) focused.focus({ preventScroll: true });
}

// Decode a whole message, then paint it in one frame: a wall that paints tile by tile is painted sixty times a second.
async function takePictures(data) {
  const known = pictures(data).filter(([sitting]) => places.has(sitting));
  const decoded = await Promise.all(known.map(([, bytes]) => createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).catch(() => null)));
  requestAnimationFrame(() => {
    for (const [index, bitmap] of decoded.entries()) {
      if (!bitmap) continue;
      const [sitting] = known[index];
      paint(places.get(sitting).canvas, bitmap);
      if (state.panel === sitting) paint(find("panel-live"), bitmap);
      bitmap.close();
    }
  });
}

function paint(canvas, bitmap) {
  canvas.hidden = false;
  canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}

// — the panel

const panel = root && attachPanel(find("panel-body"), {
  status: (text) => (find("said").textContent = text),
  done(sitting, word, whole = false) {
    if (reaches(word)) lines.tell({ type: "wrote", sitting });
    fillPanel(sitting, whole).catch(() => {});
    lines.refresh();
  },
  tied: () => location.reload(), // the tile is somebody else's now
});

async function showPanel(sitting) {
  state = openPanel(state, sitting);
  if (panel.of !== sitting) panel.empty(); // until it has come: no act on one candidate beside another one's picture
  tellVisible();
  looked(sitting);
  find("panel").hidden = false;
  find("panel-live").hidden = places.get(sitting).canvas.hidden;
  if (!find("panel-live").hidden) paint(find("panel-live"), places.get(sitting).canvas);
  find("panel-close").focus();
  await fillPanel(sitting, true);
}

async function fillPanel(sitting, whole = false) {
  const html = await (await ask(`/invigilator/sittings/${sitting}/panel`)).text();
  if (state.panel === sitting) panel.fill(html, whole);
}

// A person opened a candidate, and is still with them some seconds later: both are looks that every wall is told of.
function looked(sitting) {
  const note = () => {
    lines.tell({ type: "looked", sitting });
    ask(`/api/v1/sittings/${sitting}/looked`, { method: "POST" }).catch(() => {});
    state = receive(state, [{ type: "looked", sitting }], Date.now());
  };
  note();
  clearInterval(looking);
  looking = setInterval(() => state.panel === sitting && !document.hidden && note(), LOOK_AGAIN_MS);
}

function hidePanel() {
  const back = state.panel;
  clearInterval(looking);
  state = closePanel(state);
  tellVisible();
  find("panel").hidden = true;
  tiles.get(back)?.querySelector("a").focus();
}

// — lines

const lines = openLines({
  session: root.dataset.session,
  room: Number(root.dataset.room),
  on: {
    messages(told) {
      newcomer ??= told.find((one) => one.type === "seen" && !present.has(one.sitting) && !metLately(one.sitting))?.sitting ?? null;
      state = receive(state, told, Date.now());
      if (!told.some((one) => one.type === "incident")) return;
      draw(); // what may need somebody does not wait for the second to end
      if (told.some((one) => one.type === "incident" && one.sitting === state.panel)) fillPanel(state.panel).catch(() => {});
    },
    pictures: (data) => takePictures(data),
    live(live, asked) {
      const wrote = state.panel && live.wrote.includes(state.panel) && state.tiles[state.panel].asks !== "wrote";
      state = taken(state, live, Date.now(), asked);
      duty.take(live);
      draw();
      if (wrote || (state.panel && panel.of !== state.panel)) fillPanel(state.panel).catch(() => {}); // also one that could not be fetched before
    },
    status: (key) => (find("line").textContent = key ? say(key) : ""),
    signedOut: () => find("line").replaceChildren(say("signed_out"), " ", signIn()),
    // Another session has another token for its forms: our own page has it.
    async signedIn() {
      const page = new DOMParser().parseFromString(await (await ask(location.href)).text(), "text/html");
      csrfMeta.content = page.querySelector('meta[name="csrf-token"]').content;
      find("line").textContent = "";
    },
  },
});

const duty = attachDuty({
  session: root.dataset.session,
  room: Number(root.dataset.room),
  cell: root.dataset.cell === "yes",
  refresh: () => lines.refresh(),
  status: (text) => (find("said").textContent = text),
});

function signIn() {
  return Object.assign(document.createElement("a"), { href: "/login", target: "_blank", rel: "noopener", textContent: say("sign_in") });
}

// — keys and looks

function columns() {
  return getComputedStyle(list).gridTemplateColumns.split(" ").length;
}

function showKeys() {
  const keys = find("keys");
  keys.hidden = !keys.hidden;
  find("open-keys").setAttribute("aria-expanded", String(!keys.hidden));
}

function onKey(event) {
  if (event.isComposing) return undefined;
  if (event.key === "Escape" && state.panel) return hidePanel();
  if (event.target.closest("input, textarea, select, .panel") || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === "o" || event.key === "O") return place();
  if (event.key === "?") return showKeys();
  if (!event.key.startsWith("Arrow") || !list.contains(document.activeElement)) return undefined;
  state = move({ ...state, selected: document.activeElement.closest(".watch").dataset.sitting }, event.key, columns(), document.dir === "rtl");
  event.preventDefault();
  return tiles.get(state.selected).querySelector("a").focus();
}

// Pictures come only for tiles in sight, and for none while the page is hidden.
function tellVisible() {
  const inSight = state.panel ? new Set([...visible, state.panel]) : visible; // on a narrow page the tile is below its own panel
  lines.show(document.hidden ? [] : [...inSight]);
}

function begin() {
  const watcher = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) visible[isIntersecting ? "add" : "delete"](target.dataset.sitting);
    tellVisible();
    draw();
  });
  for (const tile of tiles.values()) watcher.observe(tile);
  document.addEventListener("visibilitychange", tellVisible);
  list.addEventListener("click", (event) => {
    const tile = event.target.closest(".watch");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showPanel(tile.dataset.sitting).catch(() => (find("said").textContent = say("offline"))); // it comes with the next answer of the server
  });
  find("panel-close").addEventListener("click", hidePanel);
  find("reorder").addEventListener("click", place);
  find("open-keys").addEventListener("click", showKeys);
  document.addEventListener("keydown", onKey);
  setInterval(() => document.hidden || draw(), REDRAW_MS);
  setInterval(() => find("auto").checked && !list.matches(":hover") && place(), REORDER_MS);
  draw();
}

// Somebody was admitted after this page was made: fetch it anew, but never while a hand is on it or something is typed.
function welcome() {
  const typed = [...document.querySelectorAll("input:not([type=checkbox]), textarea")].some((field) => field.value !== field.defaultValue);
  if (!newcomer || state.panel || typed || list?.matches(":hover, :focus-within")) return;
  remember(newcomer);
  location.reload();
}

function metLately(sitting) {
  try {
    return Date.now() - Number(sessionStorage.getItem(`wall-met ${sitting}`)) < NEWCOMER_AGAIN_MS;
  } catch {
    return true; // without a memory the page is not reloaded by itself
  }
}

function remember(sitting) {
  try {
    sessionStorage.setItem(`wall-met ${sitting}`, String(Date.now()));
  } catch {
    newcomer = null;
  }
}

if (list) begin();
setInterval(welcome, REORDER_MS);
