// A candidate's hearing: what is half written is kept on this device, for this person alone, until it is sent or cleared. Sending is a form and needs no
// script; without one, or where the browser keeps nothing, the page says so.

const DRAFT = "hearing-draft";
const KEPT_MS = 100 * 24 * 3600 * 1000; // longer than anybody has to answer; then it goes by itself

const find = (id) => document.getElementById(id);
const { person, hearing, sent } = find("hearing").dataset;
const mine = `${DRAFT} ${person} ${hearing}`;
const field = find("text");

function read(name) {
  try {
    const { text, at } = JSON.parse(localStorage.getItem(name));
    return typeof text === "string" && Date.now() - at < KEPT_MS ? text : "";
  } catch {
    return "";
  }
}

// Answers whether it is kept: a browser may keep nothing, or be full.
function write(text) {
  try {
    if (text) localStorage.setItem(mine, JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(mine);
    return read(mine) === text;
  } catch {
    return false;
  }
}

function forgetOld() {
  const names = Array.from({ length: localStorage.length }, (_, place) => localStorage.key(place));
  for (const name of names) if (name.startsWith(`${DRAFT} `) && !read(name)) localStorage.removeItem(name);
}

function show(kept) {
  find("draft-none").hidden = kept;
  find("draft-kept").hidden = !kept;
  find("draft-clear").hidden = !field.value;
}

function begin() {
  if (field.value) write(field.value); // the server gave back what was refused
  else field.value = read(mine);
  show(write(field.value));
  field.addEventListener("input", () => show(write(field.value)));
  find("draft-clear").addEventListener("click", () => {
    field.value = "";
    show(write(""));
    field.focus();
  });
}

// People have decided meanwhile: what was not sent can still be copied into an appeal.
function showUnsent() {
  const text = read(mine);
  find("unsent").hidden = !text;
  find("unsent-text").textContent = text;
  find("unsent-clear").addEventListener("click", () => {
    write("");
    find("unsent").hidden = true;
  });
}

if (sent) write("");
else if (field) begin();
else if (find("unsent")) showUnsent();
try {
  forgetOld();
} catch {
  // nothing can be kept here, so nothing old is
}
