// The exam page's state in one place: whoever changes it goes through `change`, which keeps the change on the device and tells the page.
// What a change means is exam_state.js.

import * as exam from "./exam_state.js";

/** Hold a state; `onChange()` after each change, and when the device stops or begins again to keep answers. */
export function storeOf(outbox, onChange) {
  let state = null;
  const unkept = new Set(); // items whose answer the device would not take: its disk is full, or somebody cleared it

  async function keep(item) {
    const before = unkept.size;
    await outbox.put({ item, ...state.pending[item] }).then(
      () => unkept.delete(item),
      () => state.pending[item] && unkept.add(item),
    );
    if (!before !== !unkept.size) onChange();
  }

  return {
    get state() {
      return state;
    },
    /** Whether every answer that waits survives a reload. */
    get durable() {
      return outbox.durable && unkept.size === 0;
    },
    begin(first) {
      state = first;
    },
    change(next) {
      if (next === state) return;
      const before = state;
      state = next;
      for (const item of unkept) if (!state.pending[item]) unkept.delete(item); // it is on the server now
      for (const [item, entry] of Object.entries(state.pending)) if (before.pending[item] !== entry || unkept.has(item)) keep(item);
      outbox.keep(exam.keepsake(state)).catch(() => {});
      onChange();
    },
  };
}
