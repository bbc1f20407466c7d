// Safe Exam Browser where it cannot send headers: it tells a page's script the same hashes, over the page's own address. They are left in a cookie,
// so that every request brings them. api/safe_browser.py checks; a forged one fits nothing.

const PATIENCE_MS = 3000;

/** Return the cookie that carries what the browser said about this page. */
export function cookieOf(address, { configKey = "", browserExamKey = "" }) {
  const value = encodeURIComponent([address.href.split("#")[0], configKey, browserExamKey].join("|"));
  return `safe_browser=${value}; path=/; samesite=strict${address.protocol === "https:" ? "; secure" : ""}`;
}

/** Ask the browser for its hashes; null where it is another browser. */
export async function hashes(browser) {
  const security = browser?.security;
  if (!security) return null;
  if (typeof security.updateKeys === "function")
    await new Promise((done) => {
      setTimeout(done, PATIENCE_MS);
      security.updateKeys(done);
    });
  return security.configKey || security.browserExamKey ? { configKey: security.configKey, browserExamKey: security.browserExamKey } : null;
}

/** Leave the hashes for the requests to come; tells whether there were any. */
export async function keepHashes() {
  const found = await hashes(globalThis.SafeExamBrowser);
  if (found) document.cookie = cookieOf(location, found);
  return found !== null;
}
