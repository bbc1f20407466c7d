// The exam page's way to the server: JSON in and out, refusals with their stable code. Who is signed in anew in another window goes on here:
// the page then takes the new session's form key by itself.

const PATIENCE_MS = 15_000;
const SLOWEST = 20; // characters in a millisecond: a picture that is handed in takes its time on a weak line
const LATE_AT_ONCE = 100; // the server takes 200; sending one twice is once
const KEY = /name="csrf-token" content="([^"]*)"/;

/** The server said no; `code` is stable (see /api/v1/openapi.json), "unavailable" means try again. */
export class Refusal extends Error {
  constructor(code, details = {}) {
    super(code);
    Object.assign(this, { code, details });
  }
}

/**
 * Return a function that asks the server about one sitting; it throws a Refusal, or whatever fetch throws without a connection. `writer`
 * names this window where a lease asks for it.
 */
export function serverOf(sittingId, csrf, writer = null) {
  let key = csrf;
  const ask = async (path, { method = "GET", body } = {}, again = false) => {
    const headers = { "X-CSRF-Token": key, ...(writer ? { "X-Writer": writer } : {}), ...(body ? { "Content-Type": "application/json" } : {}) };
    const text = body && JSON.stringify(body);
    const request = { method, headers, body: text, signal: AbortSignal.timeout(PATIENCE_MS + Math.round((text?.length ?? 0) / SLOWEST)) };
    const response = await fetch(`/api/v1/sittings/${sittingId}${path}`, request);
    if (response.ok) return response.status === 204 ? null : response.json();
    const { error } = await response.json().catch(() => ({ error: { code: "unavailable", details: {} } }));
    if (response.status === 403 && error.code === "not_allowed" && method !== "GET" && !again && (await freshKey())) return ask(path, { method, body }, true);
    throw new Refusal(response.status >= 500 || response.status === 429 ? "unavailable" : error.code, error.details);
  };

  /** Take the form key of the session that is signed in now; tells whether it is another one. */
  async function freshKey() {
    const page = await fetch(`/candidate/sittings/${sittingId}/exam`, { cache: "no-store" }).then((answer) => answer.text(), () => "");
    const found = KEY.exec(page)?.[1];
    if (!found || found === key) return false;
    key = found;
    return true;
  }
  return ask;
}

/** Hand answers over that the sitting does not take any more; throws what the server refuses, or whatever fetch throws without a line. */
export async function tellLateAnswers(ask, answers, nonce) {
  for (let first = 0; first < answers.length; first += LATE_AT_ONCE) {
    await ask("/late-answers", { method: "POST", body: { answers: answers.slice(first, first + LATE_AT_ONCE), nonce } });
  }
}

/** Call an invigilator; tells whether the call went out. */
export async function callInvigilator(sittingId, csrf) {
  const body = new URLSearchParams({ problem: "check", _csrf: csrf });
  return fetch(`/candidate/sittings/${sittingId}/call`, { method: "POST", body, redirect: "manual" }).then(
    (answer) => answer.ok || answer.type === "opaqueredirect",
    () => false,
  );
}
