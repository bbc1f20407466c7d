// The invigilators' door: says when somebody new waits. It never changes the page under a hand that is deciding.

import { ask, say } from "./page.js";

const EVERY_MS = 5000;
const door = document.getElementById("door");
const shown = [...document.querySelectorAll(".guest h3")].map((one) => one.id.replace("name-", "")).sort();

async function look() {
  const rows = await (await ask(`/api/v1/sessions/${door.dataset.session}/checkins`)).json();
  const waiting = rows.map((row) => row.sitting).sort();
  if (String(waiting) === String(shown)) return;
  const busy = document.querySelector("[popover]:popover-open, textarea:focus");
  if (!shown.length && !busy) location.reload();
  else document.getElementById("news").textContent = say("news");
}

if (door.dataset.session) setInterval(() => look().catch(() => {}), EVERY_MS);
