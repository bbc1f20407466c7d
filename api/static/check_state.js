// The system check as data: events in, the state of its steps out (the microphone is one only where the exam listens). No DOM, no camera, no clock.
// A step is "waiting", "working", "good", "fair" (go on, with a word of advice) or "problem". `help` is a key into the page's words.
// Driven by check_page.js.

export const STEPS = ["camera", "microphone", "light", "face", "connection"];

const SILENCE_MS = 8000; // how long nothing may be heard before we say so
const NO_LOOK_MS = 15000; // how long the server may take to look before a person takes over
const BLACK_MS = 4000; // how long a picture may be black before it is a problem of the camera
const BLACK = 6; // mean brightness of 255
const DARK = 45;
const GLARE = 235;
const HEARD = 0.02; // share of full scale
const LOOKS = 3; // good looks in a row that make a face found
const FACE_HELP = {
  too_dark: "dark", covered: "covered", back_lit: "back_lit", cropped: "cropped", too_far: "too_far", blurred: "blurred", eyes_covered: "eyes_covered",
};
const UP_KBPS = { good: 160, fair: 40 }; // the camera needs about 80

export function initial(now, names = STEPS) {
  const steps = Object.fromEntries(names.map((name) => [name, { state: "waiting", help: `${name}.waiting` }]));
  return { steps, since: now, blackSince: null, goodLooks: 0, behind: false, cameraProblem: null };
}

// What getUserMedia's refusals mean for a person.
export function problemOf(errorName) {
  if (errorName === "NotAllowedError" || errorName === "SecurityError") return "denied";
  if (errorName === "NotFoundError" || errorName === "OverconstrainedError") return "absent";
  return "in_use";
}

function put(state, name, to, help) {
  return { ...state, steps: { ...state.steps, [name]: { state: to, help: `${name}.${help}` } } };
}

const receivers = {
  camera(state, { outcome }, now) {
    if (outcome !== "live") return { ...put(state, "camera", "problem", outcome), cameraProblem: outcome };
    const live = put(put(put(state, "camera", "working", "starting"), "light", "working", "working"), "face", "working", "working");
    return { ...live, since: now, cameraProblem: null };
  },
  picture(state, { brightness }, now) {
    if (brightness <= BLACK) {
      const blackSince = state.blackSince ?? now;
      if (now - blackSince < BLACK_MS) return { ...state, blackSince };
      return { ...put(state, "camera", "problem", "black"), blackSince, cameraProblem: "black" };
    }
    // a bright picture of somebody in front of a window is not well lit, however bright it is
    const lit = state.behind ? ["fair", "behind"] : brightness < DARK ? ["fair", "dark"] : brightness > GLARE ? ["fair", "glare"] : ["good", "good"];
    return { ...put(put(state, "camera", "good", "good"), "light", ...lit), blackSince: null, cameraProblem: null };
  },
  microphone(state, { outcome }) {
    if (outcome === "live") return put(state, "microphone", "working", "working");
    return put(state, "microphone", "fair", outcome === "unsupported" ? "unsupported" : "absent");
  },
  level(state, { loudness }, now) {
    if (state.steps.microphone.state === "good") return state;
    if (loudness >= HEARD) return put(state, "microphone", "good", "good");
    return now - state.since > SILENCE_MS ? put(state, "microphone", "fair", "silent") : state;
  },
  look(before, { observable, reason, faces }) {
    const state = { ...before, behind: reason === "back_lit" };
    if (observable && faces === 1) {
      const goodLooks = state.goodLooks + 1;
      return { ...(goodLooks >= LOOKS ? put(state, "face", "good", "good") : state), goodLooks };
    }
    const help = faces > 1 ? "several" : (FACE_HELP[reason] ?? "not_seen");
    return { ...put(state, "face", "fair", help), goodLooks: 0 };
  },
  tick(state, _event, now) {
    const waits = state.steps.face.state === "working" && state.goodLooks === 0;
    return waits && now - state.since > NO_LOOK_MS ? put(state, "face", "fair", "later") : state;
  },
  connection(state, { outcome, upKbps }) {
    if (outcome === "started") return put(state, "connection", "working", "working");
    if (outcome === "failed" || upKbps < UP_KBPS.fair) return put(state, "connection", "problem", "poor");
    return upKbps < UP_KBPS.good ? put(state, "connection", "fair", "slow") : put(state, "connection", "good", "good");
  },
};

export function receive(state, event, now) {
  return receivers[event.type](state, event, now);
}

// One may go on when every step has an answer and none is a problem: what is only fair is an invigilator's matter, not the machine's.
export function mayGoOn(state) {
  return Object.values(state.steps).every((step) => ["good", "fair"].includes(step.state));
}

export function counts(state) {
  const steps = Object.values(state.steps);
  return { done: steps.filter((step) => ["good", "fair"].includes(step.state)).length, of: steps.length };
}

// Mean brightness (0 to 255) of RGBA pixels.
export function brightnessOf(rgba) {
  let sum = 0;
  for (let at = 0; at < rgba.length; at += 4) sum += 0.299 * rgba[at] + 0.587 * rgba[at + 1] + 0.114 * rgba[at + 2];
  return rgba.length ? sum / (rgba.length / 4) : 0;
}

// Root mean square (0 to 1) of unsigned 8-bit sound, 128 being silence.
export function loudnessOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
  return samples.length ? Math.sqrt(sum / samples.length) : 0;
}

export function kbps(bytes, milliseconds) {
  return milliseconds > 0 ? (bytes * 8) / milliseconds : 0;
}
