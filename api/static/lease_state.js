// Which window writes, as one window knows it: pure. The server decides (delivery/lease.py); lease_page.js asks it and shows the notice.
//
//   standing   "unknown" (nobody asked yet: the first answer will), "mine", "elsewhere" (another window has it), "free" (an invigilator freed it)

/** A window that has not asked yet; `by` is who may move the exam to another window: "candidate", or only an "invigilator". */
export function opened(me, by = "candidate") {
  return { me, standing: "unknown", holder: null, by };
}

/** The server says who has the lease, null for nobody. */
export function seen(lease, writer) {
  if (writer === lease.me) return { ...lease, standing: "mine", holder: null };
  if (writer) return { ...lease, standing: "elsewhere", holder: writer };
  return lease.standing === "unknown" ? lease : { ...lease, standing: "free", holder: null };
}

/** The server refused as `lease_moved`; what it says of who has it and who may move it is taken over. */
export function refused(lease, { writer, by } = {}) {
  return { ...lease, standing: "elsewhere", holder: writer ?? lease.holder, by: by ?? lease.by };
}

/** Whether this window may send answers: it has the lease, or nobody ever asked for it. */
export function mayWrite(lease) {
  return lease.standing === "mine" || lease.standing === "unknown";
}

/** What the notice offers: null (nothing to say), "go_on" or "call" (only an invigilator moves it). */
export function offers(lease) {
  if (mayWrite(lease)) return null;
  return lease.standing === "elsewhere" && lease.by === "invigilator" ? "call" : "go_on";
}
