import assert from "node:assert/strict";
import test from "node:test";

import { looks } from "../../../api/static/contrast.js";
import { about, merged, unread, wordsOf } from "../../../api/static/exam_news.js";
import { SILENT, heard, pieces, voiceFor } from "../../../api/static/read_aloud_state.js";
import { cookieOf, hashes } from "../../../api/static/safe_browser.js";

const voice = (lang, localService = true) => ({ lang, localService });
const news = (id, at, item = null) => ({ id, at, item, text: id, text_hi: `${id} हिन्दी` });

test("a voice of India on this device is taken first, then any of the language", () => {
  assert.equal(voiceFor([voice("en-US"), voice("en-IN", false), voice("en_IN")], "en").lang, "en_IN");
  assert.equal(voiceFor([voice("en-US"), voice("hi-IN", false)], "hi").lang, "hi-IN");
  assert.equal(voiceFor([voice("en-US", false), voice("en-GB")], "en").lang, "en-GB");
  assert.equal(voiceFor([voice("fr-FR")], "hi"), null);
});

test("a question is said in pieces that end with sentences", () => {
  assert.deepEqual(pieces("  What is\n two? It is two. "), ["What is two? It is two."]);
  assert.deepEqual(pieces("दो क्या है। तीन क्या है।"), ["दो क्या है। तीन क्या है।"]);
  const long = pieces(`${"word ".repeat(90)}end.`);
  assert.ok(long.length >= 3 && long.every((piece) => piece.length <= 180));
  assert.equal(long.join(" "), `${"word ".repeat(90)}end.`);
  assert.deepEqual(pieces(" "), []);
});

test("reading is paused, goes on at the same piece, and ends by itself", () => {
  const text = `${"a".repeat(150)}. ${"b".repeat(150)}.`;
  const read = heard(SILENT, { type: "read", text });
  assert.deepEqual([read.phase, read.at, read.pieces.length], ["reading", 0, 2]);
  const second = heard(read, { type: "said" });
  const paused = heard(second, { type: "pause" });
  assert.deepEqual([paused.phase, paused.at], ["paused", 1]);
  assert.equal(heard(paused, { type: "said" }), paused);
  assert.deepEqual(heard(heard(paused, { type: "go_on" }), { type: "said" }), SILENT);
  assert.deepEqual(heard(read, { type: "stop" }), SILENT);
  assert.deepEqual(heard(SILENT, { type: "read", text: " " }), SILENT);
});

test("announcements come once, in the order of their time", () => {
  const first = merged([], [news("b", "2")]);
  const second = merged(first.all, [news("b", "2"), news("a", "1")]);
  assert.deepEqual([second.all.map(({ id }) => id), second.fresh], [["a", "b"], ["a"]]);
});

test("what was put away is not shown again; a question's own stay with it, in the reader's language", () => {
  const all = [news("a", "1"), news("b", "2", "itv_1")];
  assert.deepEqual(unread(all, ["a"]).map(({ id }) => id), ["b"]);
  assert.deepEqual(about(all, "itv_1").map((one) => wordsOf(one, "hi")), ["b हिन्दी"]);
});

test("looks that somebody broke are the usual ones", () => {
  assert.deepEqual(looks('{"contrast":"more","size":2}'), { contrast: "more", size: 2 });
  for (const broken of [null, "", "x", "null", '{"size":9,"contrast":"loud"}']) assert.deepEqual(looks(broken), { contrast: null, size: 0 });
});

test("the hashes of Safe Exam Browser go into a cookie with the page they are over", async () => {
  const page = new URL("https://exams.example/candidate/sittings/sit_1/exam?lang=hi#q2");
  const cookie = cookieOf(page, { configKey: "aa", browserExamKey: "bb" });
  assert.equal(cookie, `safe_browser=${encodeURIComponent("https://exams.example/candidate/sittings/sit_1/exam?lang=hi|aa|bb")}; path=/; samesite=strict; secure`);
  assert.equal(await hashes(undefined), null);
  const browser = { security: { updateKeys: (done) => ((browser.security.configKey = "aa"), done()) } };
  assert.deepEqual(await hashes(browser), { configKey: "aa", browserExamKey: undefined });
});
