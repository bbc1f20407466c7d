// The live wall's page: a socket in, tiles out. What is shown and in which order is decided in wall_state.js.

import { ask, say } from "./page.js";
import { bars, chip, closePanel, counts, initial, isOver, move, openPanel, receive, reorder, ring, since } from "./wall_state.js";

const REORDER_MS = 10000;
const THUMBS_MS = 1000;
const REDRAW_MS = 1000;
const FLAGS_MS = 5000;
const RETRY_MS = [1000, 2000, 5000, 10000];
const REFUSED = new Set([4401, 4403]);
const CHIP_KIND = { alert: "bad", look: "caution", unobservable: "unobservable", away: "plain" };

const root = document.getElementById("wall");
const list = document.getElementById("tiles");
const people = JSON.parse(document.getElementById("people").textContent);
const present = new Set(JSON.parse(document.getElementById("present").textContent));
const tiles = new Map([...document.querySelectorAll(".watch")].map((one) => [one.dataset.sitting, one]));
const pictures = new Map();
const visible = new Set();
let state = initial(people);
let socket = null;
let tries = 0;
let newcomer = false;

function drawTile(sitting, now) {
  const tile = state.tiles[sitting];
  const element = tiles.get(sitting);
  const shown = ring(tile, now);
  const word = chip(tile, now);
  element.dataset.ring = shown;
  const label = element.querySelector(".watch__chip");
  label.hidden = !word;
  label.className = `watch__chip chip chip--${CHIP_KIND[shown] ?? "plain"}`;
  element.querySelector("[data-chip]").textContent = word ? say(`kind.${word}`) : "";
  element.querySelector("[data-ring-word]").textContent = `${say(isOver(tile) ? "ring.undecided" : `ring.${shown}`)} ·`;
  const [n, unit] = since(now - (tile.lookedAt ?? now));
  element.querySelector("[data-looked]").textContent = tile.lookedAt === null ? say("never") : say("looked", { n, unit: say(`unit.${unit}`) });
  const { dropped = 0, gaps = 0 } = tile.seen ?? {};
  element.querySelector("[data-lost]").textContent = dropped || gaps ? `· ${say("lost", { dropped, gaps })}` : "";
  element.querySelector("[data-sound]").hidden = tile.seen?.sound !== "not_heard"; // known of nobody else, and no finding
  const line = element.querySelector(".bars");
  line.dataset.bars = bars(tile, now);
  line.setAttribute("aria-label", say("bars", { n: bars(tile, now) }));
}

function draw() {
  const now = Date.now();
  for (const sitting of tiles.keys()) drawTile(sitting, now);
  for (const [name, number] of Object.entries(counts(state, now))) {
    document.querySelector(`[data-count="${name}"]`).textContent = number;
  }
}

// Put the tiles in the order of need, without taking the focus away from where it is.
function place() {
  const focused = document.activeElement;
  state = reorder(state, Date.now());
  list.append(...state.order.map((sitting) => tiles.get(sitting)));
  if (list.contains(focused)) focused.focus({ preventScroll: true });
}

function takePicture(data) {
  const bytes = new Uint8Array(data);
  const sitting = new TextDecoder().decode(bytes.subarray(1, 1 + bytes[0]));
  if (!tiles.has(sitting)) return;
  if (pictures.has(sitting)) URL.revokeObjectURL(pictures.get(sitting));
  pictures.set(sitting, URL.createObjectURL(new Blob([bytes.subarray(1 + bytes[0])], { type: "image/jpeg" })));
  const image = tiles.get(sitting).querySelector("img");
  image.src = pictures.get(sitting);
  image.hidden = false;
  if (state.panel === sitting) showLive(sitting);
}

function showLive(sitting) {
  const live = document.getElementById("panel-live");
  live.hidden = !pictures.has(sitting);
  if (pictures.has(sitting)) live.src = pictures.get(sitting);
}

async function showPanel(sitting) {
  state = openPanel(state, sitting);
  tell({ type: "looked", sitting });
  state = receive(state, { type: "looked", sitting }, Date.now());
  document.getElementById("panel").hidden = false;
  showLive(sitting);
  await fillPanel(sitting);
  document.getElementById("panel-close").focus();
}

async function fillPanel(sitting) {
  const piece = await ask(`/invigilator/sittings/${sitting}/panel`);
  const html = await piece.text();
  if (state.panel === sitting) document.getElementById("panel-body").innerHTML = html;
}

function hidePanel() {
  const back = state.panel;
  state = closePanel(state);
  document.getElementById("panel").hidden = true;
  tiles.get(back)?.querySelector("a").focus();
}

function tell(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function hear(message) {
  newcomer ||= message.type === "seen" && !present.has(message.sitting);
  state = receive(state, message, Date.now());
  if (message.type === "incident" && state.panel === message.sitting) fillPanel(message.sitting).catch(() => {});
}

// What waits for a decision is asked for, not pushed: it is decided on another page, and this heals what the socket missed.
async function askFlags() {
  const flags = await (await ask(`/api/v1/sessions/${root.dataset.session}/flags`)).json();
  state = receive(state, { type: "waiting", flags }, Date.now());
}

async function askPaused() {
  const paused = new Set(await (await ask(`/api/v1/sessions/${root.dataset.session}/paused`)).json());
  for (const [sitting, tile] of tiles) tile.querySelector("[data-paused]").hidden = !paused.has(sitting);
}

function status(key) {
  document.getElementById("line").textContent = key ? say(key) : "";
}

async function connect() {
  try {
    const { ticket, url } = await (await ask(`/api/v1/sessions/${root.dataset.session}/wall-ticket`, { method: "POST" })).json();
    socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`);
  } catch {
    return again();
  }
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    tries = 0;
    status("");
  };
  socket.onmessage = ({ data }) => (typeof data === "string" ? hear(JSON.parse(data)) : takePicture(data));
  socket.onclose = ({ code }) => (REFUSED.has(code) && tries > 2 ? status("closed") : again());
  return undefined;
}

function again() {
  status("offline");
  setTimeout(connect, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
}

function columns() {
  return getComputedStyle(list).gridTemplateColumns.split(" ").length;
}

function onKey(event) {
  if (event.key === "Escape" && state.panel) return hidePanel();
  if (event.target.closest("input, textarea, select, .panel") || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === "o" || event.key === "O") return place();
  if (!event.key.startsWith("Arrow") || !list.contains(document.activeElement)) return undefined;
  state = move({ ...state, selected: document.activeElement.closest(".watch").dataset.sitting }, event.key, columns(), document.dir === "rtl");
  event.preventDefault();
  return tiles.get(state.selected).querySelector("a").focus();
}

function begin() {
  const watcher = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) visible[isIntersecting ? "add" : "delete"](target.dataset.sitting);
  });
  for (const tile of tiles.values()) watcher.observe(tile);
  list.addEventListener("click", (event) => {
    const tile = event.target.closest(".watch");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showPanel(tile.dataset.sitting).catch(() => status("offline"));
  });
  document.addEventListener("keydown", onKey);
  document.getElementById("panel-close").addEventListener("click", hidePanel);
  document.getElementById("reorder").addEventListener("click", place);
  setInterval(draw, REDRAW_MS);
  setInterval(() => askFlags().catch(() => {}), FLAGS_MS); // a lost line is said by the socket
  setInterval(() => askPaused().catch(() => {}), FLAGS_MS);
  askFlags().then(draw).catch(() => {});
  setInterval(() => tell({ type: "thumbs", sittings: [...visible] }), THUMBS_MS);
  setInterval(() => document.getElementById("auto").checked && !list.matches(":hover") && place(), REORDER_MS);
  draw();
}

// Somebody was admitted after this page was made: fetch it anew, but never while a hand is on it.
function welcome() {
  if (newcomer && !state.panel && !list?.matches(":hover, :focus-within")) location.reload();
}

if (list) begin();
setInterval(welcome, REORDER_MS);
connect();
