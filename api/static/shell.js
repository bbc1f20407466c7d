// Keeps the pages of one sitting for a reload without a line, by the service worker (sw.js). Where there is none (no secure connection),
// everything else works all the same.

const BASE = (sittingId) => `/candidate/sittings/${sittingId}`;

/** Let the service worker serve this origin; done when it is there, or cannot be. */
export async function registerWorker() {
  if (!navigator.serviceWorker) return false;
  return navigator.serviceWorker.register("/sw.js", { scope: "/" }).then(() => true, () => false);
}

/** Keep the page that is shown now, and with `sheet` the exam's own frame for a start without a line. */
export async function keepShell(sittingId, { sheet = false } = {}) {
  if (!(await registerWorker()) || !globalThis.caches) return;
  const kept = await caches.open(`sitting-${sittingId}`);
  for (const page of sheet ? ["exam", "sheet"] : ["exam"]) {
    const answer = await fetch(`${BASE(sittingId)}/${page}`, { cache: "no-store" }).catch(() => null);
    if (answer?.ok && !answer.redirected) await kept.put(`${BASE(sittingId)}/${page}`, answer);
  }
}

/** Nothing of the exam is needed any more: take its pages and the outbox from this device. */
export async function forgetExam(sittingId, outbox) {
  await outbox.forget().catch(() => {});
  await globalThis.caches?.delete(`sitting-${sittingId}`).catch(() => {});
}

/** The exam began on this device: from now on the exam's own frame is what a reload gets. Tells whether it is here. */
export async function sheetFirst(sittingId) {
  const kept = await globalThis.caches?.open(`sitting-${sittingId}`);
  const sheet = await kept?.match(`${BASE(sittingId)}/sheet`);
  if (!sheet) return false;
  await kept.put(`${BASE(sittingId)}/exam`, sheet);
  return true;
}
