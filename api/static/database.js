// IndexedDB in promises, for what pages keep on the device.

/** Open a database; `upgrade(database, oldVersion)` makes its stores. Rejects where a browser keeps nothing, or an old page holds it. */
export function openDatabase(name, version, upgrade, factory = globalThis.indexedDB) {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version);
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, oldVersion);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // a newer page must not wait for an old one
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** Return what `ask(store)` finds; whatever was written before is seen. */
export function read(database, name, ask) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readonly");
    const request = ask(transaction.objectStore(name)); // not committed by hand: a transaction may then be complete before its answer is here
    request.onsuccess = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Do `act(store)`; done when it is on the disk, and in order. */
export function write(database, name, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readwrite", { durability: "strict" });
    act(transaction.objectStore(name));
    transaction.commit?.(); // now: left to itself it waits for the reply, and a page that is left meanwhile takes the answer with it
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
