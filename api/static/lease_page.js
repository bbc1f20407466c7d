// This window's name, its asking for the lease, and the word that it tells the other windows of this browser. The rules are lease_state.js; the
// server decides. A reload keeps the name; a duplicated tab, which copies everything, finds the name in use and takes its own.

import * as rules from "./lease_state.js";

const NAME = "writer";
const WAIT_MS = 1500; // for the document before a reload to let go of the name

/** Return the name of this window: the one it had before a reload, unless a window that lives has it. */
export async function windowName() {
  const before = sessionStorage.getItem(NAME);
  if (before && (await isOurs(before))) return before;
  const name = `win-${Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  sessionStorage.setItem(NAME, name);
  await isOurs(name);
  return name;
}

/** Hold a lock of that name for as long as this page lives; without locks (no secure connection) the name alone must do. */
function isOurs(name) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(name, { signal: AbortSignal.timeout(WAIT_MS) }, held).catch(() => resolve(false));
  });
}

/** Ask for the lease; `from` is who has it as far as this window knows. Answers the lease afterwards; throws what is no answer about it. */
export async function take(lease, ask, from = null) {
  try {
    const { writer } = await ask("/lease", { method: "POST", body: { writer: lease.me, from } });
    return rules.seen(lease, writer);
  } catch (error) {
    if (error.code === "lease_moved") return rules.refused(lease, error.details);
    throw error;
  }
}

/** A line to the other windows of this browser: they show at once what the server would tell them at their next contact. */
export function lineTo(sittingId, onMoved) {
  if (!globalThis.BroadcastChannel) return { tell: () => {} };
  const channel = new BroadcastChannel(`lease-${sittingId}`);
  channel.onmessage = ({ data }) => onMoved(data);
  return { tell: (writer) => channel.postMessage(writer) };
}
