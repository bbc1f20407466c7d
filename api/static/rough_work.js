// The rough-work pad: text that stays on this device, one pad a sitting, and is never sent. It is gone at hand-in, and so is every other sitting's.

import { openDatabase, read, write } from "./database.js";

const PAUSE_MS = 400;

/** Open the pads of this device; without IndexedDB a pad lives as long as the page. */
export async function openPads(factory = globalThis.indexedDB) {
  try {
    const database = await openDatabase("rough-work", 1, (opened) => opened.createObjectStore("pads"), factory);
    return {
      durable: true,
      read: async (sitting) => (await read(database, "pads", (store) => store.get(sitting))) ?? "",
      write: (sitting, text) => write(database, "pads", (store) => store.put(text, sitting)),
      forget: (sitting) => write(database, "pads", (store) => store.delete(sitting)),
      keepOnly: async (sitting) => {
        const all = await read(database, "pads", (store) => store.getAllKeys());
        for (const other of all.filter((one) => one !== sitting)) await write(database, "pads", (store) => store.delete(other));
      },
    };
  } catch {
    return { durable: false, read: async () => "", write: async () => {}, forget: async () => {}, keepOnly: async () => {} };
  }
}

/** Bring the pad to life; answers what forgets it. */
export async function attachRoughWork(panel, sitting) {
  const area = panel.querySelector("textarea");
  const pads = await openPads();
  panel.querySelector("[data-not-kept]").hidden = pads.durable;
  await pads.keepOnly(sitting).catch(() => {}); // who sat here before leaves nothing to read
  const kept = await pads.read(sitting).catch(() => "");
  if (area.value === "") area.value = kept;
  let pause = null;
  const keep = () => {
    clearTimeout(pause);
    pause = null;
    pads.write(sitting, area.value).catch(() => {});
  };
  area.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(keep, PAUSE_MS);
  });
  addEventListener("pagehide", () => pause !== null && keep());
  return async () => {
    clearTimeout(pause);
    pause = null;
    area.value = "";
    await pads.forget(sitting).catch(() => {});
  };
}
