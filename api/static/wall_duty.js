// Who answers for a room, and in the view of all rooms who answers for which: drawn from what the server says, changed by buttons and one small form.

import { say } from "./page.js";
import { duty, since, unwatched } from "./wall_state.js";
import { problem, send } from "./wall_panel.js";

const find = (id) => document.getElementById(id);

/** Bring it to life; `refresh()` asks the server how things stand, `status(text)` says what became of a step. */
export function attachDuty({ session, room, cell, refresh, status }) {
  let now = null;
  let me = null;
  let drawn = "";
  let shout = "";
  let step = null; // "hand_over" or "assign" while the form is open

  async function change(verb, more = {}) {
    const code = await send(`/api/v1/sessions/${session}/rooms/${room}`, { verb, version: now.version, ...more });
    status(code ? problem(code) : say("done.act"));
    await refresh();
    return code === "";
  }

  const button = (name) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: say(name) });
    made.className = `button button--${name === "take" || name === "accept" ? "primary" : "secondary"}`;
    made.dataset.step = name;
    return made;
  };

  function drawRoom() {
    const shown = duty(now, me, cell);
    const others = now.here.filter((one) => one.id !== me).map((one) => one.name);
    const here = others.length > 0 ? say("also_here", { names: others.join(", ") }) : say("alone");
    const text = [...shown.lines.map(([key, values]) => say(key, values)), here].join(" · ");
    const key = JSON.stringify([text, shown.steps]);
    if (key === drawn) return; // nothing is read out twice, and no button is taken from under a finger
    drawn = key;
    find("duty-who").textContent = text;
    find("duty").dataset.alone = now.named ? "" : "yes";
    const focused = find("duty-acts").contains(document.activeElement) ? document.activeElement.dataset.step : null;
    find("duty-acts").replaceChildren(...shown.steps.map(button));
    if (focused) (find("duty-acts").querySelector(`[data-step="${focused}"]`) ?? find("duty-acts").querySelector("button"))?.focus();
  }

  function drawAll(rooms) {
    const rows = rooms.map((one) => {
      const row = document.createElement("tr");
      const [n, unit] = since((one.unseen_s ?? 0) * 1000);
      const unseen = one.tiles === 0 ? "–" : one.unseen_s === null ? say("never_seen") : unit === "now" ? say("just_now") : say("unseen", { n, unit: say(`unit.${unit}`) });
      const who = duty(one, null, false).lines.map(([key, values]) => say(key, values)).join(" · ");
      const cells = [who, one.watched ? one.here.map(({ name }) => name).join(", ") : say("nobody_watches"), one.tiles, one.calls, one.alerts, unseen];
      const link = Object.assign(document.createElement("a"), { href: `?room=${one.room}`, textContent: say("room", { n: one.room }) });
      const head = Object.assign(document.createElement("th"), { scope: "row" });
      head.append(link);
      row.append(head, ...cells.map((text, index) => Object.assign(document.createElement("td"), { textContent: text, className: index > 1 && index < 5 ? "number" : "" })));
      row.dataset.loud = one.tiles > 0 && !one.watched ? "yes" : "";
      return row;
    });
    const html = rows.map((row) => row.outerHTML).join("");
    const body = find("rooms").tBodies[0];
    if (html === drawn || body.contains(document.activeElement)) return;
    drawn = html;
    body.replaceChildren(...rows);
  }

  find("duty-acts")?.addEventListener("click", ({ target }) => {
    const verb = target.closest("button")?.dataset.step;
    if (!verb) return undefined;
    if (verb !== "hand_over" && verb !== "assign") return change(verb === "withdraw" ? "decline" : verb);
    step = verb;
    find("note").closest(".field").hidden = verb === "assign";
    find("duty-send").textContent = verb === "assign" ? say("assign").replace("…", "") : say("hand_over").replace("…", "");
    find("duty-form").hidden = false;
    return find("to").focus();
  });
  find("duty-form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await change(step, { to: find("to").value, note: find("note").value }))) return; // what was typed stays
    find("duty-form").reset();
    find("duty-form").hidden = true;
  });
  find("duty-cancel")?.addEventListener("click", () => {
    find("duty-form").hidden = true;
    find("duty-acts").querySelector(`[data-step="${step}"]`)?.focus();
  });

  return {
    /** Take over how the rooms stand. */
    take(live) {
      me = live.me;
      const alone = unwatched(live.rooms);
      const loud = [];
      if (find("rooms") && alone.length > 0) loud.push(say("unwatched_rooms", { rooms: alone.join(", ") }));
      if (find("rooms") && live.unwatchable > 0) loud.push(say("unwatchable", { n: live.unwatchable }));
      const offered = live.rooms.filter((one) => one.offer?.to === me && one.room !== room);
      for (const one of offered) loud.push(`${say("room", { n: one.room })}: ${say("offered_you", { by: one.offer.by_name, note: one.offer.note })}`);
      if (shout !== loud.join(" ")) {
        shout = loud.join(" ");
        find("loud").textContent = shout;
        for (const one of offered) find("loud").append(" ", Object.assign(document.createElement("a"), { href: `?room=${one.room}`, textContent: say("room", { n: one.room }) }));
      }
      find("loud").hidden = loud.length === 0;
      if (find("rooms")) return drawAll(live.rooms);
      now = live.rooms.find((one) => one.room === room) ?? null;
      if (now) drawRoom();
      return undefined;
    },
  };
}
