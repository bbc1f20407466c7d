// The exam page's state in one place: whoever changes it goes through `change`, which keeps the change on the device and tells the page.
// What a change means is exam_state.js.

import * as exam from "./exam_state.js";

/** Hold a state; `onChange()` after each change. */
export function storeOf(outbox, onChange) {
  let state = null;
  return {
    get state() {
      return state;
    },
    begin(first) {
      state = first;
    },
    change(next) {
      if (next === state) return;
      const before = state;
      state = next;
      for (const [item, entry] of Object.entries(state.pending)) if (before.pending[item] !== entry) outbox.put({ item, ...entry }).catch(() => {});
      outbox.keep(exam.keepsake(state)).catch(() => {});
      onChange();
    },
  };
}
