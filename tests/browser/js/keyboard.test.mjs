import assert from "node:assert/strict";
import test from "node:test";

import * as keyboard from "../../../api/static/keyboard_state.js";

/** Type keys one after the other: "K" with Shift is "^KeyK". */
function type(keys, { text = "", caret = text.length, ...options } = {}) {
  return keys.reduce(
    (state, key) => {
      const shift = key.startsWith("^");
      const after = keyboard.press({ text: state.text, start: state.caret }, shift ? key.slice(1) : key, { ...options, shift });
      return after ?? state;
    },
    { text, caret },
  );
}
const points = (text) => [...text].map((sign) => sign.codePointAt(0).toString(16)).join(" ");

for (const [word, keys] of [
  ["कर्मयोगी", "KeyK KeyJ KeyD KeyC Slash KeyA KeyI KeyR"],
  ["संविधान", "KeyM KeyX KeyB KeyF ^KeyO KeyE KeyV"],
  ["हिन्दी", "KeyU KeyF KeyV KeyD KeyO KeyR"],
  ["ज्ञान", "^Digit5 KeyE KeyV"],
  ["क्षेत्र", "^Digit7 KeyS ^Digit6"],
  ["अधिकार।", "^KeyD ^KeyO KeyF KeyK KeyE KeyJ ^Period"],
  ["ऋण", "^Equal ^KeyC"],
  ["२००५", "Digit2 Digit0 Digit0 Digit5"],
  ["पाँच", "KeyH KeyE ^KeyX Semicolon"],
])
  test(`${keys} types ${word}`, () => assert.equal(type(keys.split(" ")).text, word));

test("क and a nukta stay two signs, as NFC has it", () => assert.equal(points(type(["KeyK", "BracketRight"]).text), "915 93c"));
test("न and a nukta become one sign", () => assert.deepEqual([points(type(["KeyV", "BracketRight"]).text), type(["KeyV", "BracketRight"]).caret], ["929", 1]));
test("the key of य़ gives NFC too", () => assert.equal(points(type(["^Slash"]).text), "92f 93c"));
test("everything that a key types is NFC", () => {
  for (const [code] of keyboard.ROWS.flat())
    for (const shift of [false, true]) {
      const { text } = keyboard.press({ text: "", start: 0 }, code, { shift });
      assert.equal(text, text.normalize("NFC"));
    }
});

test("ZWJ and ZWNJ have keys", () => {
  assert.equal(type(["KeyK", "KeyD", "ZWJ"]).text, "क्\u200d");
  assert.equal(type(["KeyK", "KeyD", "ZWNJ", "^Comma"]).text, "क्\u200cष");
});

test("a key types at the caret", () => assert.deepEqual(type(["KeyJ"], { text: "कम", caret: 1 }), { text: "करम", caret: 2 }));
test("a key replaces what is chosen", () => assert.deepEqual(keyboard.press({ text: "कखग", start: 1, end: 3 }, "KeyC"), { text: "कम", caret: 2 }));
test("backspace removes one code point", () => {
  assert.deepEqual(keyboard.press({ text: "की", start: 2 }, "Backspace"), { text: "क", caret: 1 });
  assert.deepEqual(keyboard.press({ text: "अ😀ब", start: 3 }, "Backspace"), { text: "अब", caret: 1 });
  assert.deepEqual(keyboard.press({ text: "क", start: 0 }, "Backspace"), { text: "क", caret: 0 });
});
test("backspace removes what is chosen", () => assert.deepEqual(keyboard.press({ text: "कखग", start: 1, end: 3 }, "Backspace"), { text: "क", caret: 1 }));
test("digits can be written 0 to 9", () => assert.equal(type(["Digit2", "Digit0"], { latin: true }).text, "20"));
test("a full field takes nothing more", () => assert.equal(keyboard.press({ text: "कख", start: 2 }, "KeyI", { longest: 2 }), null));
test("a key that InScript does not use types nothing", () => assert.equal(keyboard.press({ text: "", start: 0 }, "F5"), null));

for (const [what, event, ours] of [
  ["a letter", { code: "KeyK", key: "k" }, true],
  ["a command", { code: "KeyC", key: "c", ctrlKey: true }, false],
  ["a sign of the third level", { code: "KeyC", key: "c", graph: true }, false],
  ["a letter of a Devanagari layout", { code: "KeyK", key: "क" }, false],
  ["an arrow", { code: "ArrowLeft", key: "ArrowLeft" }, false],
  ["a key while another method composes", { code: "KeyK", key: "Process", isComposing: true }, false],
])
  test(`${what} is ${ours ? "" : "not "}read as InScript`, () => assert.equal(keyboard.isOurs(event), ours));

test("what cannot stand alone is shown on a circle", () => assert.deepEqual([keyboard.face("ी"), keyboard.face("क"), keyboard.face("\u200d")], ["\u25ccी", "क", "ZWJ"]));
test("every key of the panel types another sign", () => {
  const signs = [0, 1].flatMap((layer) => keyboard.ROWS.flat().map((key) => key[1 + layer]));
  assert.equal(new Set(signs).size, signs.length);
});
test("arrows stay on the panel", () => {
  assert.deepEqual(keyboard.neighbourKey({ row: 0, column: 12 }, "ArrowDown", [13, 11]), { row: 1, column: 10 });
  assert.deepEqual(keyboard.neighbourKey({ row: 0, column: 0 }, "ArrowLeft", [13, 11]), { row: 0, column: 0 });
});
