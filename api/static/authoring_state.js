// What the author's form keeps, sends and types, without a page: which fields are words to keep, what a look needs, how a mark goes around a
// selection. The page around it is authoring_page.js.

const NOT_KEPT = new Set(["_csrf", "do", "since", "mine", "file", "at", "look_lang", "response_json"]);
const PICTURE = "picture:";

/** Return the fields that are worth keeping, as pairs: words and the version they are based on; no files, nothing of the session. */
export function kept(pairs) {
  return pairs.filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name) && !name.startsWith(PICTURE));
}

/** Tell whether two lists of fields say the same; empty fields and the form's own number say nothing. */
export function same(first, second) {
  const said = (pairs) => JSON.stringify(pairs.filter(([name, value]) => value.trim() && name !== "form_id").map(([name, value]) => [name, value.replace(/\r\n/g, "\n").trim()]).sort());
  return said(first) === said(second);
}

/** Return what a look needs: no files, and of pictures only that they are there. */
export function forLook(pairs) {
  return pairs.filter(([name, value]) => typeof value === "string" && name !== "do").map(([name, value]) => [name, name.startsWith(PICTURE) ? "" : value]);
}

const MARKS = { bold: ["<b>", "</b>"], italic: ["<i>", "</i>"], sub: ["<sub>", "</sub>"], sup: ["<sup>", "</sup>"] };

/** Return what a tool makes of a text whose part from `start` to `end` is selected: {text, start, end} to put in its place. */
export function marked(tool, text, start, end) {
  const chosen = text.slice(start, end);
  if (tool === "gap") return put("_____", start, 5, 5);
  if (tool === "list") {
    const lines = (chosen || "").split("\n").map((line) => `  <li>${line.trim()}</li>`);
    return put(`<ul>\n${lines.join("\n")}\n</ul>`, start, 11, 11 + lines[0].length - 11);
  }
  const [open, close] = MARKS[tool];
  return put(`${open}${chosen}${close}`, start, open.length, open.length + chosen.length);
}

const put = (text, at, from, to) => ({ text, start: at + from, end: at + to });

/** Return the path of a picture that is not saved yet, from the address that a look gives it; null for any other address. */
export function pendingPath(source) {
  const found = /^\/cell\/items\/pictures\/(.+)$/.exec(source ?? "");
  return found ? found[1] : null;
}
