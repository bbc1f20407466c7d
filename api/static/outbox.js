// What the device keeps of a sitting until it is handed in: answers (with when they were acknowledged), marks, and named things (the sealed
// paper, the sitting as last seen, the clock). IndexedDB, so that a reload, a crash or an empty battery loses nothing, with a line or
// without. Where a browser keeps nothing (some private windows), memory has to do. The service worker (sw.js) clears it at sign-out.

const DATABASE = "assessment-engine";
const VERSION = 2;

/** Open what is kept of one sitting. */
export async function openOutbox(sittingId) {
  const database = await open().catch(() => null);
  return database ? kept(database, sittingId) : inMemory();
}

/** Return the entries to questions that the paper does not have: nobody here can do anything with them, and they are not ours to forget. */
export const straysOf = (entries) => entries.filter(({ refused }) => refused === "unknown_item");

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) request.result.createObjectStore("outbox", { keyPath: ["sitting", "item"] });
      if (oldVersion < 1) request.result.createObjectStore("keepsakes", { keyPath: "sitting" });
      if (oldVersion < 2) request.result.createObjectStore("things", { keyPath: ["sitting", "name"] });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // a newer page must not wait for an old one
      resolve(request.result);
    };
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
    thing: async (name) => (await done(database, "things", (store) => store.get([sitting, name])))?.value ?? null,
    setThing: (name, value) => done(database, "things", (store) => store.put({ sitting, name, value })),
    /** An answer is acknowledged: kept as saved, for a reload without a line, unless a newer one to the same item waits. */
    acknowledge: (item, revision, saved) => upTo(database, [sitting, item], revision, (store, entry) => store.put({ ...entry, saved })),
    /** An answer was refused and is not sent again: kept with why, so that the candidate or a person finds it, unless a newer one waits. */
    refuse: (item, revision, refused) => upTo(database, [sitting, item], revision, (store, entry) => store.put({ ...entry, refused })),
    /** Forget an answer that is refused for good, unless a newer one to the same item waits. */
    remove: (item, revision) => upTo(database, [sitting, item], revision, (store) => store.delete([sitting, item])),
    forget: async () => {
      await done(database, "outbox", (store) => store.delete(mine));
      await done(database, "keepsakes", (store) => store.delete(sitting));
      await done(database, "things", (store) => store.delete(mine));
    },
  };
}

function done(database, name, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readwrite", { durability: "strict" });
    const request = act(transaction.objectStore(name));
    transaction.commit?.(); // now: left to itself it waits for the reply, and a page that is left meanwhile takes the answer with it
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

function upTo(database, key, revision, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("outbox", "readwrite");
    const store = transaction.objectStore("outbox");
    const request = store.get(key);
    request.onsuccess = () => {
      if (request.result && request.result.revision <= revision) act(store, request.result);
    };
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
  });
}

/** The same, for as long as the page is open. */
export function inMemory() {
  const entries = new Map();
  const things = new Map();
  let keepsake = {};
  const upTo = (item, revision, act) => void ((entries.get(item)?.revision ?? Infinity) <= revision && act(entries.get(item)));
  return {
    durable: false,
    put: async (entry) => void entries.set(entry.item, entry),
    all: async () => [...entries.values()],
    keep: async (kept) => void (keepsake = kept),
    keepsake: async () => keepsake,
    thing: async (name) => things.get(name) ?? null,
    setThing: async (name, value) => void things.set(name, value),
    acknowledge: async (item, revision, saved) => upTo(item, revision, (entry) => entries.set(item, { ...entry, saved })),
    refuse: async (item, revision, refused) => upTo(item, revision, (entry) => entries.set(item, { ...entry, refused })),
    remove: async (item, revision) => upTo(item, revision, () => entries.delete(item)),
    forget: async () => {
      entries.clear();
      things.clear();
      keepsake = {};
    },
  };
}
