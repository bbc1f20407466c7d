// The sealed paper on the device: fetched early and with jitter, kept, and opened by the code (WebCrypto). What it means is paper_state.js.

import { addressed, normalised, pageIn } from "./paper_state.js";

/** Whether this browser can open a paper: only over https or on localhost. Elsewhere questions come one by one. */
export const canOpen = () => Boolean(globalThis.crypto?.subtle);

/** Open a sealed paper; null when the code does not fit. */
export async function openPaper(sealed, sittingId, code) {
  const letters = normalised(code);
  if (!letters) return null;
  try {
    const wrapping = await keyOf(letters, sealed);
    const key = await crypto.subtle.unwrapKey("raw", bytes(sealed.wrapped_key), wrapping, "AES-KW", "AES-GCM", false, ["decrypt"]);
    const lock = { name: "AES-GCM", iv: bytes(sealed.nonce), additionalData: new TextEncoder().encode(sittingId) };
    const plain = await crypto.subtle.decrypt(lock, key, bytes(sealed.ciphertext));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

async function keyOf(letters, sealed) {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(letters), "PBKDF2", false, ["deriveKey"]);
  const recipe = { name: "PBKDF2", hash: "SHA-256", salt: bytes(sealed.salt), iterations: sealed.iterations };
  return crypto.subtle.deriveKey(recipe, base, { name: "AES-KW", length: 256 }, false, ["unwrapKey"]);
}

/** Read base64url. */
export function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/** Write base64url. */
export function text(data) {
  const letters = Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Fetch and keep what a device needs to go on without a line: the sealed paper, the key of the answer file. What is there is not asked again. */
export async function holdPaper(ask, outbox) {
  const [paper, key] = await Promise.all([outbox.thing("paper"), outbox.thing("file_key")]);
  if (!key) await outbox.setThing("file_key", (await ask("/answer-file-key")).key);
  if (!paper && canOpen()) await outbox.setThing("paper", await ask("/paper"));
}

/** The questions of an opened paper: `pageOf(item, language)` answers what GET /items would, with its pictures from the paper. */
export function openedPaper(content) {
  const urls = new Map();
  const urlOf = (address) => {
    const file = content.media?.[address];
    if (file && !urls.has(address)) urls.set(address, URL.createObjectURL(new Blob([bytes(file.data)], { type: file.type })));
    return urls.get(address) ?? null;
  };
  return {
    content,
    pageOf(item, language) {
      const page = pageIn(content, item, language);
      return page && { ...page, html: addressed(page.html, urlOf) };
    },
  };
}
