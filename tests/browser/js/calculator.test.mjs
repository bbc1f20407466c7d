import assert from "node:assert/strict";
import test from "node:test";

import { EMPTY, Miscalculation, press, shown, tidy, typed, valueOf } from "../../../api/static/calculator_state.js";

const result = (text) => shown(valueOf(text));

for (const [text, expected] of [
  ["1+2", "3"],
  ["0.1+0.2", "0.3"],
  ["1−0.9", "0.1"],
  ["2+3×4", "14"],
  ["(2+3)×4", "20"],
  ["8÷4÷2", "1"],
  ["2−3−4", "−5"],
  ["−3×−4", "12"],
  ["−(2+3)", "−5"],
  ["1÷3", "0.333333333333"],
  ["2÷3", "0.666666666667"],
  ["1÷3×3", "1"],
  ["1÷8", "0.125"],
  ["50%", "0.5"],
  ["200+10%", "220"],
  ["200−10%", "180"],
  ["200×10%", "20"],
  ["10%×200", "20"],
  ["√9", "3"],
  ["√2", "1.41421356237"],
  ["√(16+9)", "5"],
  ["√0.25", "0.5"],
  ["√√81", "3"],
  ["2√9", "6"],
  ["2(3+4)", "14"],
  ["(1+2)(3+4)", "21"],
  ["((1+2)×(3", "9"],
  ["3.", "3"],
  [".5×4", "2"],
  ["007", "7"],
  ["0×5", "0"],
  ["−0", "0"],
  ["123456789×987654321", "121932631112635269"],
  ["99999999999999999999+1", "1 × 10^20"],
  ["12345678901.987654321", "12345678902"],
  ["1÷1000000000000000", "1 × 10^−15"],
  ["0.000001×0.000001", "0.000000000001"],
  ["1000000×1000000", "1000000000000"],
]) test(`${text} is ${expected}`, () => assert.equal(result(text), expected));

for (const [text, why] of [
  ["", "empty"], ["5÷0", "by_zero"], ["√(−4)", "root_of_negative"], ["2+", "unclear"], ["×3", "unclear"], ["1.2.3.", "unclear"], ["2 3", "unclear"],
  [")", "unclear"], ["(", "unclear"], ["%", "unclear"], [".", "unclear"], ["(2+3))", "unclear"],
]) test(`"${text}" is refused as ${why}`, () => assert.throws(() => valueOf(text), (error) => error instanceof Miscalculation && error.message === why));

test("a number that nobody can read is refused before it takes all the time", () => {
  let state = keys(EMPTY, "9", "9", "9", "9", "9", "9", "9", "9", "=", "M+");
  for (let round = 0; round < 40 && !state.problem; round++) state = keys({ ...state, memory: state.result }, "clear", "MR", "×", "MR", "=");
  assert.ok(["too_large", "unclear"].includes(state.problem));
});

test("a tie is rounded to even, and what was cut off is no tie", () => {
  assert.equal(result("0.1234567890125"), "0.123456789012");
  assert.equal(result("0.1234567890135"), "0.123456789014");
  assert.equal(result("0.12345678901250001"), "0.123456789013");
});

test("what a keyboard has is written in the calculator's signs", () => {
  assert.equal(tidy("2*3/4-1,5x2"), "2×3÷4−1.5×2");
  assert.equal(tidy("१२+३"), "12+3");
  assert.equal(tidy("alert(1)"), "(1)");
});

const keys = (state, ...pressed) => pressed.reduce(press, state);

test("keys write where the caret is", () => {
  const state = keys({ ...EMPTY, text: "19", at: 1 }, "2", "5");
  assert.deepEqual([state.text, state.at], ["1259", 3]);
});

test("after a result a digit begins anew and a sign goes on", () => {
  const done = keys(EMPTY, "2", "×", "3", "=");
  assert.equal(shown(done.result), "6");
  assert.equal(press(done, "7").text, "7");
  assert.equal(press(done, "+").text, "6+");
  assert.equal(shown(keys(done, "÷", "4", "=").result), "1.5");
});

test("a negative result goes on in brackets", () => {
  assert.equal(shown(keys(EMPTY, "2", "−", "5", "=", "×", "2", "=").result), "−6");
});

test("back takes the sign before the caret, clear takes all but the memory", () => {
  const state = keys(EMPTY, "1", "2", "back");
  assert.deepEqual([state.text, state.at], ["1", 1]);
  assert.equal(press(EMPTY, "back"), EMPTY);
  assert.equal(shown(keys(EMPTY, "5", "M+", "clear").memory), "5");
});

test("the memory adds, takes away, comes back and is forgotten", () => {
  const state = keys(EMPTY, "5", "M+", "clear", "2", "M−", "clear");
  assert.equal(shown(state.memory), "3");
  assert.equal(shown(keys(state, "4", "×", "MR", "=").result), "12");
  assert.equal(press(state, "MC").memory, null);
  assert.equal(press(EMPTY, "MR"), EMPTY);
});

test("a problem is named and the text stays", () => {
  const state = keys(EMPTY, "5", "÷", "0", "=");
  assert.deepEqual([state.problem, state.text, state.result], ["by_zero", "5÷0", null]);
  assert.equal(press(state, "back").problem, null);
});

test("what is typed takes the place of what was there", () => {
  const state = typed(EMPTY, "2*3", 2);
  assert.deepEqual([state.text, state.at], ["2×3", 2]);
});
