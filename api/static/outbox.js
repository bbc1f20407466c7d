// What the device keeps of a sitting until the server has acknowledged it: unsaved answers, marks, visited questions. IndexedDB, so that a
// reload, a crash or an empty battery loses nothing. Where a browser keeps nothing (some private windows), memory has to do.

const DATABASE = "assessment-engine";
const VERSION = 1;

/** Open what is kept of one sitting. */
export async function openOutbox(sittingId) {
  const database = await open().catch(() => null);
  return database ? kept(database, sittingId) : inMemory();
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: ["sitting", "item"] });
      request.result.createObjectStore("keepsakes", { keyPath: "sitting" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

function kept(database, sitting) {
  const mine = IDBKeyRange.bound([sitting, ""], [sitting, "\uffff"]);
  return {
    durable: true,
    put: (entry) => done(database, "outbox", (store) => store.put({ sitting, item: entry.item, revision: entry.revision, response: entry.response })),
    all: () => done(database, "outbox", (store) => store.getAll(mine)),
    keep: (keepsake) => done(database, "keepsakes", (store) => store.put({ sitting, ...keepsake })),
    keepsake: async () => (await done(database, "keepsakes", (store) => store.get(sitting))) ?? {},
    /** Forget an answer that is acknowledged, unless a newer one to the same item waits. */
    remove: (item, revision) => removeUpTo(database, [sitting, item], revision),
    forget: async () => {
      await done(database, "outbox", (store) => store.delete(mine));
      await done(database, "keepsakes", (store) => store.delete(sitting));
    },
  };
}

function done(database, name, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readwrite", { durability: "strict" });
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

function removeUpTo(database, key, revision) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("outbox", "readwrite");
    const store = transaction.objectStore("outbox");
    const request = store.get(key);
    request.onsuccess = () => {
      if (request.result && request.result.revision <= revision) store.delete(key);
    };
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
  });
}

/** The same, for as long as the page is open. */
export function inMemory() {
  const entries = new Map();
  let keepsake = {};
  return {
    durable: false,
    put: async (entry) => void entries.set(entry.item, entry),
    all: async () => [...entries.values()],
    keep: async (kept) => void (keepsake = kept),
    keepsake: async () => keepsake,
    remove: async (item, revision) => void ((entries.get(item)?.revision ?? Infinity) <= revision && entries.delete(item)),
    forget: async () => void entries.clear(),
  };
}
