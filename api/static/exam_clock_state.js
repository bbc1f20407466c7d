// The server's time as this device knows it. Inside one page it goes by the steady clock (performance.now), so that nobody who turns the
// device's clock turns the exam's; across a reload by the device's clock, never backwards. The server has the last word at each contact.

export const ANNOUNCED_MINUTES = [30, 10, 5, 1];

/** The server said `server` (ms) between two looks at the steady clock. */
export function synced(server, asked, answered) {
  return { server, steady: (asked + answered) / 2 };
}

/** Return the server's time (ms) at a look at the steady clock. */
export function serverNow(clock, steady) {
  return clock.server + (steady - clock.steady);
}

/** What was signed at `server` is at least that old: never go behind it. */
export function notBefore(clock, server, steady) {
  return serverNow(clock, steady) < server ? { server, steady } : clock;
}

/** What the device keeps, with its own clock (ms) beside it. */
export function kept(clock, steady, wall) {
  return { server: serverNow(clock, steady), wall };
}

/** Go on after a reload; a device's clock that was turned back meanwhile stands still rather than giving time away. */
export function revived(before, wall, steady) {
  return { server: before.server + Math.max(0, wall - before.wall), steady };
}

/** Return the whole seconds left, never below zero; while the sitting is paused, what was left when its time stopped. */
export function secondsLeft(deadline, now, pausedSince = null) {
  return Math.max(0, Math.ceil((deadline - (pausedSince ?? now)) / 1000));
}

/** Write seconds as 00:41:07. */
export function clockFace(seconds) {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => `${part}`.padStart(2, "0")).join(":");
}

/** Return the minutes to announce between two looks at the clock, or null. */
export function announcement(before, now) {
  return ANNOUNCED_MINUTES.find((minutes) => before > minutes * 60 && now <= minutes * 60) ?? null;
}
