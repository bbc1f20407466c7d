// The editor of blueprints: while rows are typed, beside each stands how many questions there are. Without script, "Check" says the same.

import { ask, csrf } from "./page.js";

const WAIT_MS = 400;
const form = document.getElementById("blueprint");
const said = document.getElementById("blueprint-said");
let waiting = 0;
let latest = 0;

async function count() {
  const mine = (latest += 1);
  const body = new URLSearchParams(new FormData(form));
  body.delete("_csrf");
  let found;
  try {
    found = await (await ask("/cell/blueprints/counts", { method: "POST", body, type: "application/x-www-form-urlencoded" })).json();
  } catch {
    return; // the numbers that stand are old, not wrong; the next change asks again
  }
  if (mine !== latest) return;
  for (const cell of form.querySelectorAll("[data-row]")) {
    const row = found.rows[cell.dataset.row];
    cell.firstElementChild.textContent = row ? row.text : "";
    cell.toggleAttribute("data-short", Boolean(row?.short));
  }
  said.textContent = found.said;
}

if (form && csrf()) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(count, WAIT_MS);
  });
  count();
}
