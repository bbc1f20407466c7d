// How the parts of a paper look and what their clocks say: pure, but for `paintTabs` and `paintClocks` at the end. Which part is open is the server's word
// (delivery/navigation.py): `state` is "current", "open", "not_yet" or "closed".

const LIMITS = ["section", "item"];
const ANNOUNCED_S = { section: [300, 60], item: [30, 10] };

/** Tell whether the candidate may go to a part; without rules every part is open. */
export function isOpen({ state }) {
  return state === undefined || state === null || state === "open" || state === "current";
}

/** Return how each part looks: {id, state, current, open, word, values}; `word` names a text. `counts` has {answered, total} by id. */
export function partLooks(sections, current, counts = {}) {
  return sections.map((section) => {
    const here = section.id === current;
    const state = here ? "current" : section.state === "current" ? "open" : (section.state ?? "open");
    return { id: section.id, state, current: here, open: isOpen(section), ...said(section, state, counts[section.id]) };
  });
}

function said(section, state, count) {
  if (state === "not_yet") return { word: "part_not_yet", values: {} };
  if (state === "closed") return { word: section.seconds_left === 0 ? "part_time_over" : "part_left", values: {} };
  const done = count && count.total > 0 && count.answered === count.total;
  return { word: done ? "part_done" : count ? "part_open" : "part_plain", values: count ?? {} };
}

/** Say why a part cannot be entered, or null when it can. */
export function whyLocked(section) {
  if (isOpen(section)) return null;
  if (section.state === "not_yet") return "why_not_yet";
  return section.seconds_left === 0 ? "why_time_over" : "why_left";
}

/**
 * Return the moments (ms) at which the time of part and question ends, from a contact's `deadlines` (moments as text, or null); `parts` has
 * those of every part that was entered, null for one without a limit.
 */
export function deadlinesOf(said) {
  const moment = (text) => (text ? Date.parse(text) : null);
  const parts = Object.fromEntries(Object.entries(said?.parts ?? {}).map(([id, text]) => [id, moment(text)]));
  return { section: moment(said?.section), item: moment(said?.item), parts };
}

/** Return the same from a move's answer, which counts in seconds from `now` (ms, the server's time). */
export function deadlinesAfter(move, now) {
  const moment = (seconds) => (seconds === null || seconds === undefined ? null : now + seconds * 1000);
  const entered = (move.sections ?? []).filter(({ state }) => state !== "not_yet");
  const parts = Object.fromEntries(entered.map(({ id, state, seconds_left }) => [id, state === "closed" ? now : moment(seconds_left)]));
  return { section: parts[move.section] ?? null, item: moment(move.item_seconds_left), parts };
}

/** Return the seconds left of part and question, null where there is no limit; a pause stops both. */
export function clocks(deadlines, now, pausedSince = null) {
  const left = (end) => (end === null || end === undefined ? null : Math.max(0, Math.ceil((end - (pausedSince ?? now)) / 1000)));
  return Object.fromEntries(LIMITS.map((limit) => [limit, left(deadlines?.[limit])]));
}

/** Return what to announce between two looks at the clocks: [{word, values}]. */
export function announcements(before, now) {
  return LIMITS.flatMap((limit) => {
    const due = now[limit] !== null && before[limit] !== null && ANNOUNCED_S[limit].filter((seconds) => before[limit] > seconds && now[limit] <= seconds).at(-1);
    if (!due) return [];
    if (limit === "section") return [due === 60 ? { word: "part_minute_left", values: {} } : { word: "part_minutes_left", values: { n: due / 60 } }];
    return [{ word: "item_seconds_left", values: { n: due } }];
  });
}

/** Tell whether the time of the part or of the question ran out between two looks. */
export function ranOut(before, now) {
  return LIMITS.some((limit) => before[limit] > 0 && now[limit] === 0);
}

/** Write seconds as 12:07, or 1:02:07. */
export function face(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => `${n}`.padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

// — on the page

/** Write how the parts look on their tabs ([data-tab], with [data-tab-state] inside). */
export function paintTabs(root, looks, say) {
  for (const look of looks) {
    const tab = root.querySelector(`[data-tab="${CSS.escape(look.id)}"]`);
    if (!tab) continue;
    tab.dataset.state = look.state;
    tab.setAttribute("aria-disabled", String(!look.open)); // it stays reachable: it says why it is locked
    const line = tab.querySelector("[data-tab-state]");
    const text = say(look.word, look.values);
    if (line && line.textContent !== text) line.textContent = text;
  }
}

/** Write the clocks of part and question; a limit that is not there shows nothing. */
export function paintClocks(root, left) {
  for (const limit of LIMITS) {
    const place = root.querySelector(`[data-limit="${limit}"]`);
    if (!place) continue;
    place.hidden = left[limit] === null;
    if (left[limit] !== null) place.querySelector("time").textContent = face(left[limit]);
  }
}
