// The service worker: the shell of an exam without a line. Pages come from the network first and from the device when it fails; static files
// by their hash from the device. It never keeps an answer of /api: what the exam needs of those, its page keeps (outbox.js). At sign-out
// everything of every sitting is forgotten, except answers that are not saved yet: those are the candidate's until they are.
// The server writes VERSION and SHELL above this line (api/pages/shell.py).

const SHELL_CACHE = `shell-${VERSION}`;
const PATIENCE_MS = 5000;
const PAGE = /^\/candidate\/sittings\/([A-Za-z0-9_.-]{1,40})\/(exam|sheet)$/;
const STATIC = /^\/(static|fonts)\//;

self.addEventListener("install", (event) => {
  event.waitUntil(install().then(() => self.skipWaiting()));
});

async function install() {
  const shell = await caches.open(SHELL_CACHE);
  await Promise.all(SHELL.map((address) => keep(shell, address).catch(() => {})));
}

/** Keep a file; a font that a deployment lacks holds nothing up. */
async function keep(shell, address) {
  const answer = await fetch(address);
  if (answer.ok) await shell.put(address, answer);
  else await answer.body?.cancel();
}

self.addEventListener("activate", (event) => {
  event.waitUntil(clean().then(() => self.clients.claim()));
});

async function clean() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== SHELL_CACHE).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === "/logout") return event.waitUntil(forgetEverything());
  if (request.method !== "GET") return;
  const kind = kindOf(url);
  if (kind === "page") event.respondWith(page(request, url));
  else if (kind === "hashed") event.respondWith(hashed(request));
  else if (kind === "static") event.respondWith(fresh(request));
});

/** What an address is to us: "page" (an exam's), "hashed" (a file by its content), "static" (a module without its hash) or null. */
function kindOf({ pathname, search }) {
  if (PAGE.test(pathname)) return "page";
  if (!STATIC.test(pathname)) return null;
  return pathname.startsWith("/fonts/") || search.includes("v=") ? "hashed" : "static";
}

async function page(request, url) {
  const name = `sitting-${PAGE.exec(url.pathname)[1]}`;
  const answer = await patiently(request);
  if (answer && answer.status < 500) {
    if (answer.ok && answer.type === "basic") await (await caches.open(name)).put(url.pathname, answer.clone());
    return answer;
  }
  const kept = (await caches.has(name)) ? await (await caches.open(name)).match(url.pathname) : undefined;
  return kept ?? answer ?? Response.error();
}

async function hashed(request) {
  const shell = await caches.open(SHELL_CACHE);
  const kept = await shell.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await shell.put(request, answer.clone());
  return answer;
}

let down = 0; // when the network last failed: the modules behind the first one need not wait for it again
async function fresh(request) {
  const shell = await caches.open(SHELL_CACHE);
  const answer = Date.now() - down > PATIENCE_MS ? await patiently(request) : null;
  if (answer?.ok) {
    await shell.put(request, answer.clone());
    return answer;
  }
  return (await shell.match(request)) ?? answer ?? fetch(request);
}

async function patiently(request) {
  try {
    return await Promise.race([fetch(request), late()]);
  } catch {
    down = Date.now();
    return null;
  }
}

function late() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE_MS));
}

async function forgetEverything() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("sitting-")).map((name) => caches.delete(name)));
  const database = await openDatabase().catch(() => null);
  if (!database) return;
  const transaction = database.transaction(["outbox", "keepsakes", "things"], "readwrite");
  transaction.objectStore("keepsakes").clear();
  transaction.objectStore("things").clear();
  const answers = transaction.objectStore("outbox").openCursor();
  answers.onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    if (cursor.value.saved) cursor.delete();
    cursor.continue();
  };
  await new Promise((resolve) => (transaction.oncomplete = transaction.onabort = transaction.onerror = resolve));
  database.close();
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("assessment-engine");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onupgradeneeded = () => request.transaction.abort(); // there is nothing to forget
  });
}
