import assert from "node:assert/strict";
import test from "node:test";

import * as parts from "../../../api/static/question_parts.js";
import * as rules from "../../../api/static/question_rules.js";
import { speaker } from "../../../api/static/question_page.js";
import { Places } from "../../../api/static/question_tokens.js";

// — reading and setting controls

/** A control as the browser has it, as far as this is about. */
function aControl({ attributes = {}, dataset = {}, ...fields } = {}) {
  return {
    tagName: "INPUT", type: "text", value: "", dataset: { response: "R", cardinality: "single", ...dataset }, ...fields,
    getAttribute: (name) => attributes[name] ?? null,
    setAttribute: (name, value) => (attributes[name] = value),
    toggleAttribute(name, on) {
      if (on) this.dataset[name.replace("data-", "")] = "";
      else delete this.dataset[name.replace("data-", "")];
    },
  };
}
globalThis.document ??= { activeElement: null };

test("a control without a kind is read by its type", () => {
  assert.equal(parts.read(aControl({ type: "radio" })).kind, "box");
  assert.equal(parts.read(aControl({ type: "range" })).kind, "range");
  assert.equal(parts.read(aControl({ tagName: "SELECT", type: "select-one" })).kind, "text");
});

test("the half of a pair that a control names is read", () => assert.equal(parts.read(aControl({ dataset: { second: "G1" } })).second, "G1"));

test("a slider that was not moved says so until it is set", () => {
  const slider = aControl({ type: "range", value: "50", defaultValue: "50", dataset: { kind: "range", untouched: "" } });
  assert.equal(parts.read(slider).untouched, true);
  parts.put(slider, { value: "70", untouched: false });
  assert.deepEqual([parts.read(slider).untouched, slider.value], [false, "70"]);
  parts.put(slider, { value: "70", untouched: true });
  assert.equal(slider.value, "50");
});

test("a file stays with its control until it is taken away", () => {
  const control = aControl({ type: "file" });
  const file = { name: "a.txt", media_type: "text/plain", data: "aGE=" };
  parts.put(control, { file });
  assert.deepEqual(parts.read(control).file, file);
  parts.put(control, { file: null });
  assert.equal(parts.read(control).file, null);
});

test("a field that is being typed into keeps its text", () => {
  const field = aControl({ value: "half a wo" });
  document.activeElement = field;
  parts.put(field, { value: "half" });
  assert.equal(field.value, "half a wo");
  document.activeElement = null;
  parts.put(field, { value: "half" });
  assert.equal(field.value, "half");
});

test("a limit that is not said is none", () => {
  assert.equal(parts.limit({ dataset: {} }, "max"), null);
  assert.equal(parts.limit({ dataset: { max: "3" } }, "max"), 3);
});

// — words

const words = { en: { at_most: "At most %(n)s" }, hi: { at_most: "अधिक से अधिक %(n)s" } };
test("a question speaks its own language, and English where it has no words", () => {
  assert.equal(speaker(words, "hi-IN")("at_most", { n: 2 }), "अधिक से अधिक 2");
  assert.equal(speaker(words, "ta")("at_most", { n: 2 }), "At most 2");
});

test("the author's own words come first when there are too many", () => {
  const say = speaker(words);
  assert.equal(parts.atMost({ dataset: { maxSelectionsMessage: "Only two rivers." } }, { say }, 2), "Only two rivers.");
  assert.equal(parts.atMost({ dataset: {} }, { say }, 2), "At most 2");
});

// — limits

test("the place that held a word first lets it go", () => {
  const [one, other, third] = ["A", "", "A"].map((value) => ({ value }));
  const places = new Places([one, other, third]);
  assert.equal(places.settle(third, 1), one);
  assert.deepEqual([one.value, third.value], ["", "A"]);
  assert.equal(places.settle(third, 0), null);
});

test("who walks past another's word with the keys gives it back", () => {
  const [one, other] = ["A", "A"].map((value) => ({ value }));
  const places = new Places([one, other]);
  places.settle(other, 1);
  other.value = "B";
  assert.equal(places.settle(other, 1), null);
  assert.deepEqual([one.value, other.value], ["A", "B"]);
});

const onlyOnce = () => 1;
const often = () => 0;
test("a row that may be used once changes its mind", () =>
  assert.deepEqual(rules.settlePairs([["r1", "c1"], ["r2", "c3"], ["r1", "c2"]], (side) => (side === 0 ? 1 : 0)), { gone: [["r1", "c1"]] }));
test("a row and a column that may be used once both let go", () =>
  assert.deepEqual(rules.settlePairs([["r1", "c1"], ["r2", "c2"], ["r1", "c2"]], onlyOnce), { gone: [["r1", "c1"], ["r2", "c2"]] }));
test("a column that may be used twice takes no third", () =>
  assert.deepEqual(rules.settlePairs([["r1", "c"], ["r2", "c"], ["r3", "c"]], (side) => (side === 1 ? 2 : 0)), { over: 2 }));
test("no more pairs than there may be", () => assert.deepEqual(rules.settlePairs([["r1", "c1"], ["r2", "c2"]], often, 1), { over: 1 }));
test("a change of mind is not one pair more", () => assert.deepEqual(rules.settlePairs([["r1", "c1"], ["r1", "c2"]], onlyOnce, 1), { gone: [["r1", "c1"]] }));
test("without limits anything goes", () => assert.deepEqual(rules.settlePairs([["r1", "c1"], ["r1", "c2"]], often), { gone: [] }));

// — plays

test("a play is counted when it begins", () => assert.deepEqual(rules.beginPlay({ plays: 0, running: false }, 2), { plays: 1, running: true }));
test("going on after a pause is the same play", () => assert.deepEqual(rules.beginPlay({ plays: 2, running: true }, 2), { plays: 2, running: true }));
test("after the last play none begins", () => assert.equal(rules.beginPlay({ plays: 2, running: false }, 2), null));
test("without a limit it may always begin", () => assert.deepEqual(rules.beginPlay({ plays: 9, running: false }), { plays: 10, running: true }));
for (const [to, most, becomes] of [[30, 2, "go"], [2, 2, "stay"], [0, 0, "anew"], [5, 0, "go"]])
  test(`a jump from 20 s to ${to} s with ${most || "any number of"} plays: ${becomes}`, () =>
    assert.equal(rules.jump({ running: true, furthest: 20 }, to, most), becomes));
test("before a play begins one may jump anywhere", () => assert.equal(rules.jump({ running: false, furthest: 20 }, 0, 1), "go"));
