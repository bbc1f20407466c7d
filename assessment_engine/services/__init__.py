"""Use cases: one verb a function, in four beats: load, decide, save, nudge. The only room that opens transactions."""
