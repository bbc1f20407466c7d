// The exam page's way to the server: JSON in and out, refusals with their stable code.

const PATIENCE_MS = 15_000;
const SLOWEST = 20; // characters in a millisecond: a picture that is handed in takes its time on a weak line

/** The server said no; `code` is stable (see /api/v1/openapi.json), "unavailable" means try again. */
export class Refusal extends Error {
  constructor(code, details) {
    super(code);
    Object.assign(this, { code, details });
  }
}

/** Return a function that asks the server about one sitting; it throws a Refusal, or whatever fetch throws without a connection. */
export function serverOf(sittingId, csrf) {
  return async (path, { method = "GET", body } = {}) => {
    const headers = { "X-CSRF-Token": csrf, ...(body ? { "Content-Type": "application/json" } : {}) };
    const text = body && JSON.stringify(body);
    const request = { method, headers, body: text, signal: AbortSignal.timeout(PATIENCE_MS + Math.round((text?.length ?? 0) / SLOWEST)) };
    const response = await fetch(`/api/v1/sittings/${sittingId}${path}`, request);
    if (response.ok) return response.status === 204 ? null : response.json();
    const { error } = await response.json().catch(() => ({ error: { code: "unavailable", details: {} } }));
    throw new Refusal(response.status >= 500 || response.status === 429 ? "unavailable" : error.code, error.details);
  };
}

/** Call an invigilator; tells whether the call went out. */
export async function callInvigilator(sittingId, csrf) {
  const body = new URLSearchParams({ problem: "check", _csrf: csrf });
  return fetch(`/candidate/sittings/${sittingId}/call`, { method: "POST", body, redirect: "manual" }).then(
    (answer) => answer.ok || answer.type === "opaqueredirect",
    () => false,
  );
}
