// What the device keeps of a sitting until it is handed in: answers (with when they were acknowledged), marks, and named things (the sealed
// paper, the sitting as last seen, the clock). IndexedDB, so that a reload, a crash or an empty battery loses nothing, with a line or
// without. Where a browser keeps nothing (some private windows), memory has to do. The service worker (sw.js) clears it at sign-out.

import { openDatabase, read, write } from "./database.js";

const DATABASE = "assessment-engine";
const VERSION = 2;

/** Open what is kept of one sitting. */
export async function openOutbox(sittingId) {
  const database = await openDatabase(DATABASE, VERSION, addStores).catch(() => null);
  return database ? kept(database, sittingId) : inMemory();
}

/** Return the entries to questions that the paper does not have: nobody here can do anything with them, and they are not ours to forget. */
export const straysOf = (entries) => entries.filter(({ refused }) => refused === "unknown_item");

function addStores(database, oldVersion) {
  if (oldVersion < 1) database.createObjectStore("outbox", { keyPath: ["sitting", "item"] });
  if (oldVersion < 1) database.createObjectStore("keepsakes", { keyPath: "sitting" });
  if (oldVersion < 2) database.createObjectStore("things", { keyPath: ["sitting", "name"] });
}

function kept(database, sitting) {
  const mine = IDBKeyRange.bound([sitting, ""], [sitting, "\uffff"]);
  return {
    durable: true,
    put: (entry) => write(database, "outbox", (store) => store.put({ sitting, item: entry.item, revision: entry.revision, response: entry.response })),
    all: () => read(database, "outbox", (store) => store.getAll(mine)),
    keep: (keepsake) => write(database, "keepsakes", (store) => store.put({ sitting, ...keepsake })),
    keepsake: async () => (await read(database, "keepsakes", (store) => store.get(sitting))) ?? {},
    thing: async (name) => (await read(database, "things", (store) => store.get([sitting, name])))?.value ?? null,
    setThing: (name, value) => write(database, "things", (store) => store.put({ sitting, name, value })),
    /** An answer is acknowledged: kept as saved, for a reload without a line, unless a newer one to the same item waits. */
    acknowledge: (item, revision, saved) => upTo(database, [sitting, item], revision, (store, entry) => store.put({ ...entry, saved })),
    /** An answer was refused and is not sent again: kept with why, so that the candidate or a person finds it, unless a newer one waits. */
    refuse: (item, revision, refused) => upTo(database, [sitting, item], revision, (store, entry) => store.put({ ...entry, refused })),
    /** Forget an answer that is refused for good, unless a newer one to the same item waits. */
    remove: (item, revision) => upTo(database, [sitting, item], revision, (store) => store.delete([sitting, item])),
    forget: async () => {
      await write(database, "outbox", (store) => store.delete(mine));
      await write(database, "keepsakes", (store) => store.delete(sitting));
      await write(database, "things", (store) => store.delete(mine));
    },
  };
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
