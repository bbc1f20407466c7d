// What the browser notices of leaving, pasting and screens: hints for an invigilator's timeline, never evidence (DESIGN, promise 9). No guess is made about
// developer tools. `noticed` is pure; `watchBrowser` listens.

const MOST_A_MINUTE = 20;

export const HERE = Object.freeze({ away: null, sent: [], screens: null });

/** Return the state after an event and the hints to tell: {type: hidden | visible | blur | focus | paste | copy | cut | full_screen | screens, …} at `now` (ms). */
export function noticed(state, event, now) {
  const [next, hints] = became(state, event, now);
  const recent = next.sent.filter((at) => now - at < 60_000);
  const room = MOST_A_MINUTE - recent.length;
  const told = hints.length <= room ? hints : room > 0 ? [{ what: "many" }] : [];
  return { state: { ...next, sent: [...recent, ...told.map(() => now)] }, hints: told };
}

function became(state, event, now) {
  switch (event.type) {
    case "hidden":
      return left(state, "tab", now);
    case "blur":
      return left(state, "window", now);
    case "visible":
    case "focus":
      return event.focused === false ? [state, []] : back(state, now);
    case "paste":
      return [state, [{ what: "paste", characters: event.characters ?? 0 }]];
    case "copy":
    case "cut":
      return [state, [{ what: "copy" }]];
    case "full_screen":
      return [state, [{ what: event.on ? "full_screen" : "window" }]];
    case "screens":
      return state.screens === event.several ? [state, []] : [{ ...state, screens: event.several }, screens(state, event)];
    default:
      return [state, []];
  }
}

function left(state, how, now) {
  if (state.away) return [how === "tab" ? { ...state, away: { ...state.away, how } } : state, []];
  return [{ ...state, away: { since: now, how } }, [{ what: "left", how }]];
}

function back(state, now) {
  if (!state.away) return [state, []];
  const seconds = Math.round((now - state.away.since) / 1000);
  return [{ ...state, away: null }, [{ what: "back", how: state.away.how, seconds }]];
}

function screens(state, { several }) {
  if (state.screens === null && !several) return []; // one screen is what everybody has
  return [{ what: several ? "second_screen" : "one_screen" }];
}

/** Listen to the browser; `tell(hint)` gets every hint. Nothing is prevented: pasting into an answer stays possible. */
export function watchBrowser(tell) {
  let state = HERE;
  const notice = (event) => {
    const { state: next, hints } = noticed(state, event, Date.now());
    state = next;
    hints.forEach(tell);
  };
  document.addEventListener("visibilitychange", () =>
    notice(document.visibilityState === "hidden" ? { type: "hidden" } : { type: "visible", focused: document.hasFocus() }),
  );
  addEventListener("blur", () => notice({ type: "blur" }));
  addEventListener("focus", () => notice({ type: "focus" }));
  document.addEventListener("paste", (event) => notice({ type: "paste", characters: event.clipboardData?.getData("text/plain").length ?? 0 }));
  for (const type of ["copy", "cut"]) document.addEventListener(type, () => notice({ type }));
  document.addEventListener("fullscreenchange", () => notice({ type: "full_screen", on: document.fullscreenElement !== null }));
  const screen = globalThis.screen;
  if (typeof screen?.isExtended === "boolean") {
    notice({ type: "screens", several: screen.isExtended });
    screen.addEventListener?.("change", () => notice({ type: "screens", several: screen.isExtended }));
  }
}

/** Ask for the full screen with the strip's one button, where the exam wants it; whoever says no goes on answering. */
export function askForFullScreen(strip) {
  const possible = document.fullscreenEnabled && document.documentElement.requestFullscreen;
  if (!strip || !possible) return;
  let refused = false;
  const show = () => (strip.hidden = refused || document.fullscreenElement !== null);
  strip.querySelector("[data-full-screen]").addEventListener("click", () => document.documentElement.requestFullscreen().catch(() => {}));
  strip.querySelector("[data-not-now]").addEventListener("click", () => {
    refused = true;
    show();
  });
  document.addEventListener("fullscreenchange", () => {
    refused = false; // who left it is asked again
    show();
  });
  show();
}
