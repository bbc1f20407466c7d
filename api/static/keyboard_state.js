// The InScript keyboard (IS 16350: the national layout for Devanagari) as data, and what a key does to a text. Pure; the panel is keyboard.js.
//
// A key is named as the browser names its place (KeyboardEvent.code), so that the same table serves the panel and the candidate's own keys.

export const ROWS = [
  [
    ["Backquote", "ॊ", "ऒ"], ["Digit1", "१", "ऍ"], ["Digit2", "२", "ॅ"], ["Digit3", "३", "्र"], ["Digit4", "४", "र्"], ["Digit5", "५", "ज्ञ"], ["Digit6", "६", "त्र"],
    ["Digit7", "७", "क्ष"], ["Digit8", "८", "श्र"], ["Digit9", "९", "("], ["Digit0", "०", ")"], ["Minus", "-", "ः"], ["Equal", "ृ", "ऋ"],
  ],
  [
    ["KeyQ", "ौ", "औ"], ["KeyW", "ै", "ऐ"], ["KeyE", "ा", "आ"], ["KeyR", "ी", "ई"], ["KeyT", "ू", "ऊ"], ["KeyY", "ब", "भ"], ["KeyU", "ह", "ङ"],
    ["KeyI", "ग", "घ"], ["KeyO", "द", "ध"], ["KeyP", "ज", "झ"], ["BracketLeft", "ड", "ढ"], ["BracketRight", "़", "ञ"], ["Backslash", "ॉ", "ऑ"],
  ],
  [
    ["KeyA", "ो", "ओ"], ["KeyS", "े", "ए"], ["KeyD", "्", "अ"], ["KeyF", "ि", "इ"], ["KeyG", "ु", "उ"], ["KeyH", "प", "फ"],
    ["KeyJ", "र", "ऱ"], ["KeyK", "क", "ख"], ["KeyL", "त", "थ"], ["Semicolon", "च", "छ"], ["Quote", "ट", "ठ"],
  ],
  [
    ["KeyZ", "ॆ", "ऎ"], ["KeyX", "ं", "ँ"], ["KeyC", "म", "ण"], ["KeyV", "न", "ऩ"], ["KeyB", "व", "ऴ"], ["KeyN", "ल", "ळ"],
    ["KeyM", "स", "श"], ["Comma", ",", "ष"], ["Period", ".", "।"], ["Slash", "य", "य़"],
  ],
];

/** Signs that the standard keeps on its further layers; here they have keys of their own. */
export const FURTHER = [["ZWJ", "\u200d"], ["ZWNJ", "\u200c"], ["Avagraha", "ऽ"], ["DoubleDanda", "॥"], ["Rupee", "₹"], ["Om", "ॐ"], ["Question", "?"], ["Space", " "], ["Enter", "\n"]];

const LAYERS = new Map([...ROWS.flat().map(([code, plain, shifted]) => [code, [plain, shifted]]), ...FURTHER.map(([code, sign]) => [code, [sign, sign]])]);
const LATIN_DIGIT = /^Digit(\d)$/;

/** Return the sign of a key, or null for a key that InScript does not use. `latin` writes 0–9 for ०–९. */
export function signOf(code, { shift = false, latin = false } = {}) {
  const digit = LATIN_DIGIT.exec(code);
  if (digit && latin && !shift) return digit[1];
  return LAYERS.get(code)?.[shift ? 1 : 0] ?? null;
}

/** Press a key: {text, start, end} → {text, caret}, null for a key that types nothing or when the text would be longer than `longest`. */
export function press({ text, start, end = start }, code, { longest = -1, ...layer } = {}) {
  if (code === "Backspace") return erased({ text, start, end });
  const sign = signOf(code, layer);
  if (sign === null) return null;
  const before = (text.slice(0, start) + sign).normalize("NFC"); // न and a nukta are one sign, क and a nukta stay two (Unicode's exclusions)
  const after = text.slice(end);
  return longest >= 0 && before.length + after.length > longest ? null : { text: before + after, caret: before.length };
}

/** Take away what is chosen, or else one code point before the caret: a vowel sign goes without its consonant. */
function erased({ text, start, end }) {
  if (start !== end) return { text: text.slice(0, start) + text.slice(end), caret: start };
  const kept = [...text.slice(0, start)].slice(0, -1).join("");
  return { text: kept + text.slice(end), caret: kept.length };
}

/** Tell whether one of the candidate's own keys is to be read as InScript: not with Ctrl, Alt or a command, and not from a Devanagari layout. */
export function isOurs({ code, key = "", ctrlKey = false, altKey = false, metaKey = false, isComposing = false, graph = false }) {
  if (ctrlKey || altKey || metaKey || isComposing || graph) return false;
  return ROWS.some((row) => row.some(([known]) => known === code)) && !/[\u0900-\u097f]/.test(key);
}

/** Show a sign on a key: one that needs a consonant stands on a dotted circle, one that cannot be seen has its name. */
export function face(sign) {
  const named = { "\u200d": "ZWJ", "\u200c": "ZWNJ", " ": "␣", "\n": "⏎" }[sign];
  return named ?? (/^[\u0901-\u0903\u093c\u093e-\u094d]/.test(sign) ? `\u25cc${sign}` : sign);
}

/** Go to another key of the panel with an arrow: `rows` holds the number of keys of each row. */
export function neighbourKey({ row, column }, arrow, rows) {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[arrow] ?? [0, 0];
  const next = Math.min(Math.max(row + down, 0), rows.length - 1);
  return { row: next, column: Math.min(Math.max(column + right, 0), rows[next] - 1) };
}
