// From question to question: where the server must know, it is asked; where a limit runs out, the page goes along, with a line and without.
// What follows by the paper alone is exam_moves_state.js.

import * as exam from "./exam_state.js";
import { closesPart, leavesPart } from "./exam_leaving.js";
import { endsAt, isElsewhere, isOver, mayGoAlone, walkAlone, wentAlone } from "./exam_moves_state.js";
import { toast } from "./exam_tools.js";
import { words } from "./exam_words.js";

/**
 * Make the moves. `page` is {sitting(), beside(), mayWrite(), pausedSince(), now(), takeNow(), visit(item, focus), resync()}.
 */
export function movesOf({ store, sender, page }) {
  let arrival = null; // the reply to the last move: {reply}, or {refused, item, said} with where the server knows the candidate to be
  let moving = false; // whether a move is on its way

  async function go(wanted, { focus = true } = {}) {
    page.takeNow();
    const asks = page.sitting().moves;
    if (asks && closesPart(store.state, wanted) && !(await leavesPart(store.state))) return;
    const item = asks && wanted !== store.state.current && (wanted === null || exam.mustAsk(store.state, wanted)) ? await moveTo(wanted) : wanted;
    if (item) await page.visit(item, focus);
  }

  /** Tell the server, after all answers that wait, and answer where the candidate is then; null when they stay. */
  async function moveTo(wanted) {
    if (store.state.paused || !page.mayWrite()) return toast(words.move_later), null;
    if (await tell(wanted)) return landed();
    const [ends, now] = [page.beside()?.ends, page.now()];
    if (wanted && mayGoAlone(store.state, wanted, ends, now)) {
      page.beside()?.reckoned(endsAt(store.state, wanted, now, ends), now);
      store.change(wentAlone(store.state, wanted));
      return wanted;
    }
    store.change(exam.moveGivenUp(store.state));
    return toast(words[wanted && isOver(store.state, wanted, ends, now) ? "move_refused" : "move_later"]), null;
  }

  async function tell(wanted) {
    [arrival, moving] = [null, true];
    store.change(exam.moved(store.state, wanted));
    await sender.send().finally(() => (moving = false));
    return arrival !== null;
  }

  function landed() {
    if (arrival.reply) return arrival.reply.item ?? (toast(words.nothing_follows), null);
    return toast(words[arrival.said]), arrival.item;
  }

  const follows = () => page.sitting().moves && !moving && store.state.phase === "answering" && page.mayWrite() && page.pausedSince() === null;

  /** A limit has run out, or this page comes back: the server knows where the candidate is by now, and the page goes there. */
  async function follow() {
    if (!follows()) return;
    page.takeNow();
    if (store.state.tries > 0) return followAlone();
    if (!(await tell(store.state.current))) {
      store.change(exam.moveGivenUp(store.state));
      return followAlone();
    }
    const item = landed();
    if (item && item !== store.state.current) await page.visit(item);
  }

  /** Without a line the page goes on by the paper's rules; where an outage stops the time, the server decides when it is back. */
  async function followAlone() {
    const beside = page.beside();
    if (store.state.tries === 0 || !beside) return;
    const { path, ends, stuck } = walkAlone(store.state, beside.ends, page.now());
    if ((path.length > 0 || stuck) && page.sitting().outage === "time_stops") return toast(words.time_held);
    for (const item of path) store.change(exam.visit(wentAlone(exam.moved(store.state, item), item), item));
    if (path.length > 0) {
      beside.reckoned(ends, page.now());
      await page.visit(path.at(-1));
      toast(words.went_on);
    }
    if (stuck) toast(words[stuck === "paper" ? "nothing_follows" : "part_waits"]);
  }

  async function goTo(item) {
    page.takeNow();
    if (!store.state.order.includes(item)) await page.resync(); // a part that this page has not seen yet
    if (!store.state.order.includes(item)) return;
    await page.visit(item);
    toast(words.went_on);
  }

  function next() {
    const { state } = store;
    const following = exam.neighbour(state, state.current, 1);
    const [here, there] = [exam.sectionOf(state, state.current), exam.sectionOf(state, following)];
    const unlisted = state.sections.some(({ items }) => items.length === 0);
    return go(page.sitting().moves && unlisted && (here !== there || following === state.current) ? null : following);
  }

  return {
    go,
    next,
    follow,
    /** The server took a move. */
    arrived(reply) {
      arrival = { reply };
      store.change(exam.arrived(store.state, reply, page.sitting().language));
      page.beside()?.moved(reply, page.now());
    },
    /** The server refused a move and said where the candidate is. */
    refused(code, details) {
      const elsewhere = details?.item && details.item !== store.state.current ? details.item : null;
      if (elsewhere && !store.state.order.includes(elsewhere)) location.reload(); // a part that this page has not seen yet
      arrival = { refused: code, item: elsewhere, said: elsewhere ? "went_on" : details?.item === null ? "nothing_follows" : "move_refused" };
      if (elsewhere && !moving) page.visit(elsewhere).then(() => toast(words.went_on));
    },
    /** A contact said how things stand; `then` is the state when it was asked. */
    heard(news, then) {
      page.beside()?.contact(news, store.state.moves.length === 0);
      if (!news.closed_by && follows() && isElsewhere(then, store.state, news.item)) goTo(news.item);
    },
  };
}
