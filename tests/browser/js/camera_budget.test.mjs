import assert from "node:assert/strict";
import { test } from "node:test";

import { FRESH, LADDER, acknowledged, affords, affordsKept, asked, cameTo, everyMs, fits, pictured, planned, spent, stirred, target, tick } from "../../../api/static/camera_budget.js";

const load = (fps, more = {}) => ({ fps, quality: 0.6, width: 640, ...more });

// An uplink on whose line nothing was acknowledged for three seconds.
const late = (uplink = FRESH, now = 10000) => tick(tick(uplink, now - 1000, 0), now, 3000);

test("a picture a second is the rule, and one in two seconds while kept ones are sent or the line hardly carries", () => {
  assert.equal(everyMs(FRESH, false), 1000);
  assert.equal(everyMs(FRESH, true), 2000);
  assert.equal(everyMs(late(), false), 1900);
});

test("in survival what stirs brings the next three pictures sooner, and only in survival", () => {
  let uplink = stirred(late());
  const every = [];
  for (let number = 0; number < 4; number += 1) {
    every.push(everyMs(uplink, false));
    uplink = pictured(uplink);
  }

  assert.deepEqual(every, [1500, 1500, 1500, 1900]);
  assert.equal(everyMs(stirred(FRESH), false), 1000);
});

test("a machine that lags is obeyed, and so is one that wants more for a while", () => {
  assert.equal(everyMs(asked(FRESH, load(0.5), false), false), 2000);
  assert.equal(everyMs(asked(FRESH, load(4), false), true), 250);
});

test("pictures are as large as the budget has room for: smaller on a line that hardly carries, and where more of them are asked for", () => {
  assert.equal(target(FRESH), 7000);
  assert.ok(target(late()) < 6000);
  assert.ok(target(spent(late(), 6000)) < 4700);
  assert.ok(target(asked(FRESH, load(4), false)) < 4000);
});

test("a picture that is too large is made again, smaller, and never better than the server wants it", () => {
  const grain = planned(cameTo(FRESH, 2 * LADDER[FRESH.rung][2]));

  assert.ok(grain.rung > FRESH.rung);
  assert.ok(!fits(FRESH, 9000));
  assert.ok(LADDER[planned(asked(FRESH, load(1, { width: 400 }), false)).rung][0] <= 400);
  assert.ok(LADDER[planned(asked(FRESH, load(1, { quality: 0.35 }), false)).rung][1] <= 0.35);
});

test("where more pictures are asked for they are smaller, and fewer before they are worse: a tint must not be flattened", () => {
  let burst = asked(FRESH, load(5), false);
  const sent = [];
  for (let now = 0; now <= 12000; now += 200) {
    burst = planned(tick(burst, now, 0));
    const [, quality, bytes] = LADDER[burst.rung];
    assert.equal(quality, 0.6);
    burst = cameTo(burst, bytes);
    if (!affords(burst, bytes)) continue;
    burst = spent(burst, bytes + 46);
    sent.push(bytes);
  }

  assert.ok(sent.length >= 35 && sent.length < 60);
});

test("what was sent is gone until time brings it back, and what is kept leaves room for the next live picture", () => {
  const poor = spent(tick(FRESH, 0, 0), 33000);

  assert.ok(!affords(poor, 7000));
  assert.ok(affords(tick(poor, 1000, 0), 7000));
  assert.ok(!affordsKept(tick(poor, 1000, 0), 7000));
  assert.ok(affordsKept(tick(poor, 2000, 0), 7000));
});

test("late acknowledgements begin survival, and easy ones for twenty seconds end it", () => {
  let uplink = late();
  assert.equal(uplink.mode, "survival");
  assert.equal(acknowledged(FRESH, 0, 3000).mode, "survival");

  for (let now = 10000; now <= 28000; now += 2000) uplink = acknowledged(uplink, now, 400);
  assert.equal(uplink.mode, "survival");
  uplink = acknowledged(uplink, 29000, 2500); // one that was not easy
  for (let now = 30000; now <= 50000; now += 2000) uplink = acknowledged(uplink, now, 400);
  assert.equal(uplink.mode, "normal");
});

test("a line that failed again soon is given longer before more is tried on it", () => {
  let uplink = late();
  for (let now = 10000; now <= 30000; now += 2000) uplink = acknowledged(uplink, now, 400);
  assert.equal(uplink.mode, "normal");

  assert.equal(late(uplink, 40000).patience, 2 * late().patience);
  assert.equal(late(uplink, 400000).patience, late().patience);
});
