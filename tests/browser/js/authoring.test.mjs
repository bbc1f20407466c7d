// What the author's form keeps and sends, and how marks go around words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { forLook, kept, marked, pendingPath, same } from "../../../api/static/authoring_state.js";

const FORM = [
  ["_csrf", "secret"], ["do", "save"], ["base", "itv_1"], ["stem-en", "What?"], ["option-1-en", ""], ["at", "stem"], ["picture:media/a.png", "AAAA"], ["file", { name: "a.png" }],
];

test("words are kept, and what they are based on; neither files nor what belongs to the session", () => {
  assert.deepEqual(kept(FORM), [["base", "itv_1"], ["stem-en", "What?"], ["option-1-en", ""]]);
});

test("a look is sent without the pictures themselves, but knows that they are there", () => {
  const sent = forLook(FORM);

  assert.deepEqual(sent.find(([name]) => name === "picture:media/a.png"), ["picture:media/a.png", ""]);
  assert.ok(sent.every(([name]) => name !== "file" && name !== "do"));
});

test("two forms are the same when they say the same", () => {
  assert.ok(same([["stem-en", "One\r\ntwo"], ["form_id", "1"]], [["stem-en", "One\ntwo "], ["form_id", "2"], ["stem-hi", ""]]));
  assert.ok(!same([["stem-en", "One"]], [["stem-en", "Two"]]));
  assert.ok(!same([["right", "1"]], [["right", "1"], ["right", "2"]]));
});

test("a mark goes around what is selected and leaves it selected", () => {
  const text = "Water is H2O.";
  const made = marked("sub", text, 10, 11);

  const after = text.slice(0, 10) + made.text + text.slice(11);
  assert.equal(after, "Water is H<sub>2</sub>O.");
  assert.equal(after.slice(made.start, made.end), "2");
});

test("lines become a list, and a gap stands where the cursor is", () => {
  assert.equal(marked("list", "a\nb", 0, 3).text, "<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>");
  assert.deepEqual(marked("gap", "The  is", 4, 4), { text: "_____", start: 9, end: 9 });
});

test("only a picture that is not saved yet is put into the page", () => {
  assert.equal(pendingPath("/cell/items/pictures/media/a.png"), "media/a.png");
  assert.equal(pendingPath("/api/v1/media/abc"), null);
  assert.equal(pendingPath("https://example.org/cell/items/pictures/a"), null);
  assert.equal(pendingPath(null), null);
});
