// The rough-work pad: text that stays on this device, one pad a sitting, and is never sent. It is gone at hand-in, and so is every other sitting's.

const PAUSE_MS = 400;

/** Open the pads of this device; without IndexedDB a pad lives as long as the page. */
export async function openPads(factory = globalThis.indexedDB) {
  try {
    const database = await opened(factory);
    return {
      durable: true,
      read: async (sitting) => (await inStore(database, "readonly", (store) => store.get(sitting))) ?? "",
      write: (sitting, text) => inStore(database, "readwrite", (store) => store.put(text, sitting)),
      forget: (sitting) => inStore(database, "readwrite", (store) => store.delete(sitting)),
      keepOnly: async (sitting) => {
        const all = await inStore(database, "readonly", (store) => store.getAllKeys());
        for (const other of all.filter((one) => one !== sitting)) await inStore(database, "readwrite", (store) => store.delete(other));
      },
    };
  } catch {
    return { durable: false, read: async () => "", write: async () => {}, forget: async () => {}, keepOnly: async () => {} };
  }
}

function opened(factory) {
  return new Promise((resolve, reject) => {
    const request = factory.open("rough-work", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("pads");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function inStore(database, mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("pads", mode);
    const request = act(transaction.objectStore("pads"));
    transaction.commit?.(); // now: what is written as the page goes is undone else
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
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
