// Whether something is going on before the camera, at a glance: more places changed since the last glance than usually do. Pure.
// proctoring/glance.py is the same in Python, with the reasons: tests/browser/test_camera_budget.py holds them together.

const CHANGED = 10; // grey levels, after what all places have in common
const NEWS = 0.03;
const UNUSUAL = 2.5;
const LEARNT = 0.1;

export const NOTHING_SEEN = { greys: null, usual: 0, news: false };

// The grey levels of a small picture's pixels (RGBA).
export function greysOf(pixels) {
  return Array.from({ length: pixels.length / 4 }, (_, at) => (2 * pixels[4 * at] + 5 * pixels[4 * at + 1] + pixels[4 * at + 2]) >> 3);
}

export function glanced(glances, greys) {
  if (glances.greys === null) return { ...NOTHING_SEEN, greys };
  const changes = greys.map((grey, at) => grey - glances.greys[at]);
  const common = [...changes].sort((one, other) => one - other)[Math.floor(changes.length / 2)];
  const changed = changes.filter((change) => Math.abs(change - common) > CHANGED).length / changes.length;
  const most = UNUSUAL * glances.usual;
  const usual = glances.usual + LEARNT * (Math.min(changed, UNUSUAL * Math.max(NEWS, glances.usual)) - glances.usual);
  return { greys, usual, news: changed > Math.max(NEWS, most) };
}
