// The last resort: what the server does not have yet as a file that only this sitting's key opens (delivery/answer_file.py). The key was
// fetched while there was a line; an invigilator or the candidate brings the file to a computer that has one.

import { bytes, text } from "./paper.js";

/** Whether a file can be made: there is a key, and this browser can encrypt. */
export const canMakeFile = (key) => Boolean(key && globalThis.crypto?.subtle);

/** Encrypt the answers ([{item, revision, response}]) and the server's last nonce; answers the file's text. */
export async function makeFile(key, sittingId, answers, nonce) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const secret = await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt"]);
  const lock = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(sittingId) };
  const sealed = await crypto.subtle.encrypt(lock, secret, new TextEncoder().encode(JSON.stringify({ answers, nonce })));
  return JSON.stringify({ version: 1, sitting: sittingId, nonce: text(iv), ciphertext: text(sealed) });
}

/** Hand a file to the browser's downloads. */
export function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
