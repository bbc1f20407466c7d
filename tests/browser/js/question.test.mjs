import assert from "node:assert/strict";
import test from "node:test";

import * as question from "../../../api/static/question_state.js";

const control = (fields) => ({ response: "R", cardinality: "single", kind: "text", value: "", ...fields });
const many = (fields) => control({ cardinality: "multiple", ...fields });
const inOrder = (fields) => control({ cardinality: "ordered", ...fields });
const box = (value, checked) => ({ ...control({}), kind: "box", value, checked });
const boxes = (...all) => all.map((one) => ({ ...one, cardinality: "multiple" }));
const file = { name: "note.txt", media_type: "text/plain", data: "aGE=" };

// name, the controls, what they say
const RULES = [
  ["a radio button gives its value", [box("A", false), box("B", true)], "B"],
  ["no radio button is no answer", [box("A", false), box("B", false)], null],
  ["boxes give a list", boxes(box("A", true), box("B", false), box("C", true)), ["A", "C"]],
  ["no box is an empty list", boxes(box("A", false)), []],
  ["a table of boxes gives pairs", boxes(box("r1 c1", false), box("r1 c2", true)), ["r1 c2"]],
  ["text is sent as typed", [control({ value: " 12.5 " })], " 12.5 "],
  ["blank text is no answer", [control({ value: "  " })], null],
  ["several fields give a list", [many({ value: "one" }), many({ value: "" }), many({ value: "two" })], ["one", "two"]],
  ["a select that names its first gives pairs", [many({ first: "X", value: "a" }), many({ first: "Y", value: "" })], ["X a"]],
  ["a gap's select gives choice and gap", [many({ second: "G1", value: "W" }), many({ second: "G2", value: "" })], ["W G1"]],
  ["positions give the choices in order", [inOrder({ order: "A", value: "2" }), inOrder({ order: "B", value: "1" }), inOrder({ order: "C", value: "" })], ["B", "A"]],
  ["the tenth position comes after the second", [inOrder({ order: "A", value: "10" }), inOrder({ order: "B", value: "2" })], ["B", "A"]],
  ["two at one position stand as on the page", [inOrder({ order: "A", value: "1" }), inOrder({ order: "B", value: "1" })], ["A", "B"]],
  ["two selects make a pair", [many({ row: "0", part: "first", value: "A" }), many({ row: "0", part: "second", value: "B" })], ["A B"]],
  ["half a pair is none", [many({ row: "0", part: "first", value: "A" }), many({ row: "0", part: "second", value: "" })], []],
  ["one pair may be the whole answer", [control({ row: "0", part: "first", value: "A" }), control({ row: "0", part: "second", value: "B" })], "A B"],
  ["two numbers make a point", [many({ row: "0", axis: "x", value: "10" }), many({ row: "0", axis: "y", value: "20" })], ["10 20"]],
  ["zero is a coordinate", [control({ row: "0", axis: "x", value: "0" }), control({ row: "0", axis: "y", value: "0" })], "0 0"],
  ["half a point is none", [control({ row: "0", axis: "x", value: "10" }), control({ row: "0", axis: "y", value: "" })], null],
  ["a slider that was not moved says nothing", [control({ kind: "range", value: "50", untouched: true })], null],
  ["a slider that was moved says where", [control({ kind: "range", value: "50", untouched: false })], "50"],
  ["a sound says how often it was played", [control({ kind: "plays", value: "2" })], "2"],
  ["a sound that was not played says nothing", [control({ kind: "plays", value: "0" })], null],
  ["a pressed button says so", [control({ kind: "button", value: "true", pressed: true })], "true"],
  ["a button that was not pressed says nothing", [control({ kind: "button", value: "true", pressed: false })], null],
  ["a file is its record", [control({ kind: "file", file })], file],
  ["no file is no answer", [control({ kind: "file", file: null })], null],
  ["a record's text is text", [control({ cardinality: "record", value: "1.5e3" })], "1.5e3"],
];

for (const [name, controls, response] of RULES) test(name, () => assert.deepEqual(question.collect(controls), { R: response }));

for (const [name, controls] of RULES)
  test(`filled again: ${name}`, () => {
    const empty = controls.map((one) => ({ ...one, ...(one.kind === "box" ? {} : { value: one.kind === "button" ? one.value : "" }), checked: false, pressed: false, file: null }));
    const filled = question.fill(question.collect(controls), empty);
    const shown = empty.map((one, place) => ({ ...one, ...filled[place] }));
    assert.deepEqual(question.collect(shown), question.collect(controls));
  });

test("every response of a question is there, answered or not", () =>
  assert.deepEqual(question.collect([control({ response: "P", value: "x" }), many({ response: "Q", value: "" })]), { P: "x", Q: [] }));

test("an empty response takes everything back", () =>
  assert.deepEqual(question.fill(null, [box("A", true), control({ value: "x" }), control({ kind: "range", value: "3", untouched: false })]), [
    { checked: false },
    { value: "" },
    { value: "3", untouched: true },
  ]));

test("numbers and booleans of a response are shown as text", () => {
  assert.deepEqual(question.fill({ R: 7 }, [control({})]), [{ value: "7" }]);
  assert.deepEqual(question.fill({ R: true }, [control({ kind: "button", value: "true" })]), [{ pressed: true }]);
});

test("a gap that holds two shows both", () => {
  const gaps = [many({ second: "G" }), many({ second: "G" }), many({ second: "H" })];
  assert.deepEqual(question.fill({ R: ["A G", "B G"] }, gaps), [{ value: "A" }, { value: "B" }, { value: "" }]);
});

test("pairs fill the rows from the top", () => {
  const rows = ["0", "1"].flatMap((row) => [many({ row, part: "first" }), many({ row, part: "second" })]);
  assert.deepEqual(question.fill({ R: ["A B"] }, rows), [{ value: "A" }, { value: "B" }, { value: "" }, { value: "" }]);
});

test("rows of two questions do not mix", () => {
  const controls = ["P", "Q"].flatMap((response) => [many({ response, row: "0", axis: "x" }), many({ response, row: "0", axis: "y" })]);
  assert.deepEqual(question.fill({ P: ["1 2"], Q: ["3 4"] }, controls).map((one) => one.value), ["1", "2", "3", "4"]);
});

test("a choice moves up and down and stops at the ends", () => {
  assert.deepEqual(question.moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
  assert.deepEqual(question.moved(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
  assert.deepEqual(question.moved(["a", "b", "c"], 0, -1), ["a", "b", "c"]);
  assert.deepEqual(question.moved(["a", "b", "c"], 1, 9), ["a", "c", "b"]);
});

test("choices with a position come first, the others as on the page", () =>
  assert.deepEqual(question.standing(["a", "b", "c"], { c: "1", a: "" }), ["c", "a", "b"]));

test("a shape gets the next number; pressed again it loses it and the others move up", () => {
  assert.deepEqual(question.numbered(["a"], "b"), ["a", "b"]);
  assert.deepEqual(question.numbered(["a", "b", "c"], "b"), ["a", "c"]);
  assert.deepEqual(question.numbered(["a"], "b", 1), ["a"]);
});

test("a choice that may be used once leaves its old place", () => {
  assert.equal(question.letGo(["G1"], 1), "G1");
  assert.equal(question.letGo(["G1"], 0), null);
  assert.equal(question.letGo(["G1"], 2), null);
  assert.equal(question.letGo([], 1), null);
});

const size = { width: 100, height: 50 };
for (const [key, large, point] of [["ArrowLeft", false, { x: 9, y: 10 }], ["ArrowRight", true, { x: 20, y: 10 }], ["ArrowUp", true, { x: 10, y: 0 }], ["ArrowDown", false, { x: 10, y: 11 }], ["Enter", false, null]])
  test(`${key}${large ? " with Shift" : ""} moves a point`, () => assert.deepEqual(question.nudged({ x: 10, y: 10 }, key, large, size), point));

test("a point stays on the picture", () => {
  assert.deepEqual(question.within({ x: 120.4, y: -3 }, size), { x: 100, y: 0 });
  assert.deepEqual(question.nudged({ x: 100, y: 0 }, "ArrowRight", true, size), { x: 100, y: 0 });
});

test("a new point takes the first free row, else the last", () => {
  assert.equal(question.rowFor([{ x: 1, y: 1 }, null]), 1);
  assert.equal(question.rowFor([{ x: 1, y: 1 }]), 0);
});

for (const [size, type, accepted, problem] of [
  [1000, "image/png", "", null],
  [0, "image/png", "", "empty"],
  [question.LARGEST_FILE, "image/png", "image/*", null],
  [question.LARGEST_FILE + 1, "image/png", "", "too_large"],
  [10, "text/plain", "image/*,application/pdf", "wrong_type"],
  [10, "application/pdf", "image/*, application/pdf", null],
  [10, "text/plain", ".txt", null],
])
  test(`a file of ${size} bytes, ${type}, where ${accepted || "anything"} is accepted: ${problem ?? "fine"}`, () =>
    assert.equal(question.fileProblem({ size, type }, accepted), problem));

test("sizes are written for people", () => assert.deepEqual([question.sizeText(10), question.sizeText(300_000), question.sizeText(2_097_152)], ["1 kB", "293 kB", "2.0 MB"]));
