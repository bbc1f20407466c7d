// The receipt's page: the exam is over, so this device forgets the rough work.

import { openPads } from "./rough_work.js";

const pads = await openPads();
await pads.keepOnly(null).catch(() => {});
