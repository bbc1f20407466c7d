// A wall's two lines to the server: the socket, by which pictures and findings come, and a question every few seconds, which says who answers for the
// room, heals what the socket missed, and notices that somebody is signed out.

import { ask } from "./page.js";

const ASK_MS = 5000;
const RETRY_MS = [1000, 2000, 5000, 10000];
const REFUSED = new Set([4401, 4403]);

/** Open both. `on` is the page: {messages(list), pictures(data), live(answer, asked), status(key), signedOut(), signedIn()}. */
export function openLines({ session, room, on }) {
  let socket = null;
  let tries = 0;
  let visible = [];
  let out = false;
  let asking = null;

  async function connect() {
    try {
      const { ticket, url } = await (await ask(`/api/v1/sessions/${session}/wall-ticket`, { method: "POST" })).json();
      socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`);
    } catch {
      return again();
    }
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      tries = 0;
      on.status("");
      tell({ type: "visible", sittings: visible });
    };
    socket.onmessage = ({ data }) => (typeof data === "string" ? on.messages(JSON.parse(data)) : on.pictures(data));
    socket.onclose = ({ code }) => (REFUSED.has(code) && tries > 2 ? on.status("closed") : again());
    return undefined;
  }

  function again() {
    if (!out) on.status("offline");
    setTimeout(connect, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
  }

  function tell(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  async function question() {
    const asked = Date.now();
    try {
      const live = await (await ask(`/api/v1/sessions/${session}/wall?room=${room}`)).json();
      if (out) await on.signedIn();
      out = false;
      on.live(live, asked);
    } catch (error) {
      if (error.message !== "401") return; // a lost line is said by the socket
      if (!out) on.signedOut();
      out = true;
    }
  }

  /** Ask now; two questions at a time are one. */
  function refresh() {
    asking ??= question().finally(() => (asking = null));
    return asking;
  }

  connect();
  refresh();
  setInterval(refresh, ASK_MS);
  return {
    tell,
    refresh,
    /** Say which tiles are in sight; none while the page is hidden. */
    show(sittings) {
      if (sittings.length === visible.length && sittings.every((one, index) => one === visible[index])) return;
      visible = sittings;
      tell({ type: "visible", sittings });
    },
  };
}
