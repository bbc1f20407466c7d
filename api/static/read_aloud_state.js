// Reading a question aloud, without a voice: which voice, in which pieces, and what the buttons do. The page is read_aloud.js.

const LONGEST = 180; // some browsers fall silent in the middle of a long piece
const OF_INDIA = { en: "en-IN", hi: "hi-IN" };

/** Choose a voice for a language: India's own, then any of that language, one on this device before one from a service; null without one. */
export function voiceFor(voices, language) {
  const fitting = voices.filter(({ lang }) => plain(lang).split("-")[0] === language);
  const best = (one) => (plain(one.lang) === OF_INDIA[language]?.toLowerCase() ? 0 : 2) + (one.localService ? 0 : 1);
  return fitting.sort((one, other) => best(one) - best(other))[0] ?? null;
}

const plain = (lang) => lang.replace("_", "-").toLowerCase();

/** Cut a text into pieces that a voice says in one go: at the end of sentences, else at a word. */
export function pieces(text) {
  const sentences = text.replace(/\s+/g, " ").trim().match(/[^.?!।;:]+[.?!।;:]*\s*/g) ?? [];
  return sentences.flatMap(shortened).reduce(joined, []);
}

function shortened(sentence) {
  const found = [];
  let rest = sentence.trim();
  while (rest.length > LONGEST) {
    const space = rest.lastIndexOf(" ", LONGEST);
    const cut = space > 0 ? space : LONGEST;
    found.push(rest.slice(0, cut));
    rest = rest.slice(cut).trim();
  }
  return rest ? [...found, rest] : found;
}

function joined(found, piece) {
  const last = found.at(-1);
  return last !== undefined && last.length + piece.length < LONGEST ? [...found.slice(0, -1), `${last} ${piece}`] : [...found, piece];
}

/** What is being read: nothing ("silent"), "reading" or "paused"; `at` is the piece. */
export const SILENT = Object.freeze({ phase: "silent", pieces: [], at: 0 });

/** What an event makes of it: {type: "read", text} | "pause" | "go_on" | "stop" | "said" (a piece was). */
export function heard(state, event) {
  switch (event.type) {
    case "read": {
      const all = pieces(event.text);
      return all.length > 0 ? { phase: "reading", pieces: all, at: 0 } : SILENT;
    }
    case "pause":
      return state.phase === "reading" ? { ...state, phase: "paused" } : state;
    case "go_on":
      return state.phase === "paused" ? { ...state, phase: "reading" } : state;
    case "said":
      return state.phase !== "reading" ? state : state.at + 1 < state.pieces.length ? { ...state, at: state.at + 1 } : SILENT;
    default:
      return SILENT;
  }
}
