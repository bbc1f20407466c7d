// What the page may send, and how good a picture: bytes a second within a budget, survival on a line that hardly carries. Pure; no clock.
// proctoring/uplink.py is the same machine in Python, with the reasons: tests/browser/test_camera_budget.py holds them together.
// Whole numbers: bytes and milliseconds.

const HEADER = 46;
const SOCKET = 8; // RFC 6455, 5.2: head, length and mask around a message of 126 to 65,535 bytes
const SOUND_A_SECOND = 1050;
const FRAME_MOST = 7000;
const FRAME_LEAST = 1500;
export const SURVIVAL_EVERY_MS = 1900; // in survival, while nothing goes on
const LEAST_EVERY_MS = 1000;
const QUICK_EVERY_MS = 1500;
const QUICK = 3; // pictures after something stirred
export const GLANCE_MS = 500;
const CATCHING_UP_EVERY_MS = 2000;
const SPENT_OVER_MS = 8000;
export const AGAIN_MS = 250;
export const TRIES = 3;

export const LATE_MS = 3000;
const EASY_MS = 1000;
const PATIENCE_MS = 20000;
const MOST_PATIENCE_MS = 160000;
const SOON_MS = 60000;
export const CUT_MS = 15000;
export const MOST_UNDER_WAY = { normal: 8, survival: 2 };

// [width, quality, bytes of a plain webcam's picture]
export const LADDER = [
  [640, 0.6, 12000],
  [640, 0.5, 9500],
  [640, 0.4, 7500],
  [640, 0.3, 6000],
  [512, 0.4, 5150],
  [512, 0.3, 4250],
  [400, 0.4, 3700],
  [400, 0.3, 3100],
  [320, 0.3, 2330],
  [512, 0.6, 7000],
  [400, 0.6, 4950],
  [320, 0.6, 3650],
  [448, 0.4, 4350],
  [448, 0.3, 3600],
  [448, 0.2, 2900],
  [320, 0.2, 1850],
];
const USUAL = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const BURST = [0, 9, 10, 11]; // where more pictures are asked for: smaller ones, but none that flattens a tint; fewer before worse
const POOR = [12, 13, 14, 8, 15]; // in survival: one width, as long as the worst picture of that width comes to POOR_MOST at most
const QUICKLY = POOR.slice(1);
const POOR_MOST = 5500;
const SAVING = 0.9;
const CALM = 0.75;
const CLIMBS_BELOW = 0.85;

// Over any minute: 80 and 20 kbit/s.
const BUDGETS = { normal: { rate: 9400, reserve: 36000 }, survival: { rate: 2300, reserve: 12000 } };

export const FRESH = {
  load: { fps: 1, quality: 0.6, width: 640 },
  hears: false,
  mode: "normal",
  tokens: BUDGETS.normal.reserve,
  at: null,
  rung: 2,
  size: LADDER[2][2],
  easySince: null,
  leftAt: null,
  patience: PATIENCE_MS,
  quick: 0,
};

export function asked(uplink, load, hears) {
  return { ...uplink, load, hears };
}

function isQuick({ quick, load }) {
  return quick > 0 || load.fps > 1;
}

export function everyMs(uplink, catchingUp) {
  const wanted = Math.round(1000 / uplink.load.fps);
  if (uplink.mode === "survival") {
    const often = Math.floor((uplink.size * 1000) / Math.trunc(BUDGETS.survival.rate * CALM));
    return Math.max(wanted, Math.min(isQuick(uplink) ? QUICK_EVERY_MS : SURVIVAL_EVERY_MS, Math.max(LEAST_EVERY_MS, often)));
  }
  return catchingUp && uplink.load.fps <= 1 ? Math.max(CATCHING_UP_EVERY_MS, wanted) : wanted;
}

export function target(uplink) {
  const budget = BUDGETS[uplink.mode];
  const every = everyMs(uplink, false);
  const rate = budget.rate - (uplink.hears && uplink.mode === "normal" ? SOUND_A_SECOND : 0);
  if (uplink.mode === "survival") {
    return isQuick(uplink) ? POOR_MOST : Math.floor((rate * SURVIVAL_EVERY_MS * SAVING) / 1000) - HEADER - SOCKET;
  }
  if (every >= 1000) return Math.min(FRAME_MOST, rate - HEADER - SOCKET);
  const more = Math.floor((Math.trunc(uplink.tokens) * every) / SPENT_OVER_MS);
  const most = Math.min(FRAME_MOST, budget.reserve - HEADER - SOCKET);
  return Math.min(most, Math.max(FRAME_LEAST, Math.floor((rate * every) / 1000) + more - HEADER - SOCKET));
}

function placesOf(uplink) {
  if (uplink.mode === "survival") return isQuick(uplink) ? QUICKLY : POOR;
  return uplink.load.fps > 1 ? BURST : USUAL;
}

// Something goes on before the camera: in survival the next pictures come quickly, as far as there is room.
export function stirred(uplink) {
  return uplink.mode === "survival" ? { ...uplink, quick: QUICK } : uplink;
}

// A live picture was sent.
export function pictured(uplink) {
  return { ...uplink, quick: Math.max(0, uplink.quick - 1) };
}

// The rung on which the next picture is encoded, from what the last one came to.
export function planned(uplink) {
  const wanted = target(uplink);
  const { rung, size, load } = uplink;
  const now = LADDER[rung][2];
  const places = placesOf(uplink);
  for (const place of places) {
    const [width, quality, bytes] = LADDER[place];
    if (width > load.width || quality > load.quality) continue;
    const expected = (size * bytes) / now;
    const room = uplink.mode === "survival" && QUICKLY.includes(place) ? Math.max(wanted, POOR_MOST) : wanted;
    if (expected <= room * (bytes > now ? CLIMBS_BELOW : 1)) return { ...uplink, rung: place, size: Math.floor(expected + 0.5) };
  }
  const last = places.at(-1);
  return { ...uplink, rung: last, size: Math.floor((size * LADDER[last][2]) / now + 0.5) };
}

export function cameTo(uplink, size) {
  return { ...uplink, size };
}

export function fits(uplink, size) {
  return size <= Math.floor((target(uplink) * 5) / 4) && affords(uplink, size);
}

export function affords(uplink, size) {
  return Math.min(size + HEADER + SOCKET, BUDGETS[uplink.mode].reserve) <= uplink.tokens;
}

export function affordsKept(uplink, size) {
  return uplink.mode === "normal" && affords(uplink, size + FRAME_MOST);
}

// Let time pass; `oldestMs` is how long the oldest message waits for its acknowledgement, 0 when none does.
export function tick(uplink, now, oldestMs) {
  const passed = uplink.at === null ? 0 : Math.max(0, now - uplink.at);
  const budget = BUDGETS[uplink.mode];
  const later = { ...uplink, at: now, tokens: Math.min(budget.reserve, uplink.tokens + (passed * budget.rate) / 1000) };
  return later.mode === "normal" && oldestMs >= LATE_MS ? survive(later, now) : later;
}

export function spent(uplink, size) {
  return { ...uplink, tokens: uplink.tokens - size - SOCKET };
}

export function acknowledged(uplink, now, tookMs) {
  if (uplink.mode === "normal") return tookMs >= LATE_MS ? survive(uplink, now) : uplink;
  if (tookMs > EASY_MS) return { ...uplink, easySince: null };
  const since = uplink.easySince ?? now;
  if (now - since < uplink.patience) return { ...uplink, easySince: since };
  return { ...uplink, mode: "normal", easySince: null, leftAt: now };
}

function survive(uplink, now) {
  const soon = uplink.leftAt !== null && now - uplink.leftAt < SOON_MS;
  const patience = soon ? Math.min(MOST_PATIENCE_MS, uplink.patience * 2) : PATIENCE_MS;
  return { ...uplink, mode: "survival", patience, easySince: null, tokens: Math.min(uplink.tokens, BUDGETS.survival.reserve) };
}
