// Announcements beside the work: new ones come as cards that take no focus, can be put away and stay in a list; one about a question shows with it.
// `merged`, `unread` and `about` are pure.

const KEPT = "exam-news";

/** Take over what the server said, in its order: {all: [{id, at, text, text_hi, item}], fresh: ids that were not known}. */
export function merged(known, said) {
  const ids = new Set(known.map(({ id }) => id));
  const fresh = said.filter(({ id }) => !ids.has(id));
  return { all: [...known, ...fresh].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)), fresh: fresh.map(({ id }) => id) };
}

/** Return the announcements that were not put away. */
export function unread(all, put) {
  return all.filter(({ id }) => !put.includes(id));
}

/** Return the announcements about one question. */
export function about(all, item) {
  return all.filter((one) => one.item === item);
}

/** Return an announcement's words in a language. */
export function wordsOf(one, language) {
  return language === "hi" ? one.text_hi : one.text;
}

/** Keep the cards in sight: in the side column, or under the bar where that column is a drawer. */
function attachToSight(cards) {
  const narrow = matchMedia("(max-width: 900px)");
  const bar = cards.parentElement;
  const settle = () => (narrow.matches ? bar.append(cards) : document.getElementById("palette").prepend(cards));
  narrow.addEventListener("change", settle);
  settle();
}

/** Bring the places to life; answers {receive(list), shown(item)}. `numberOf(item)` is the question's number, `clock(moment)` writes a time. */
export function attachNews({ sitting, say, language, numberOf, clock, announce }) {
  const [cards, list, opener, panel, here] = ["news", "news-list", "open-news", "news-panel", "news-here"].map((id) => document.getElementById(id));
  const put = { read: () => readPut(sitting), add: (id) => writePut(sitting, id) };
  let all = [];
  let item = null;
  attachToSight(cards);

  const line = (one) => {
    const about = one.from ? `${say("news_from")} ` : one.item === null ? "" : `${say("news_about", { number: numberOf(one.item) })} `;
    const noted = one.kind === "warning" ? ` ${say("news_noted")}` : "";
    return `${clock(one.at)} · ${about}${wordsOf(one, language)}${noted}`;
  };
  const paragraph = (text, className = "") => Object.assign(document.createElement("p"), { textContent: text, className });
  const card = (one) => {
    const box = Object.assign(document.createElement("div"), { className: "news__card" });
    box.dataset.id = one.id;
    box.dataset.kind = one.kind ?? "";
    const away = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: say("news_away") });
    away.setAttribute("aria-label", say("news_away_one", { time: clock(one.at) }));
    away.addEventListener("click", () => {
      const had = box.contains(document.activeElement);
      put.add(one.id);
      show();
      if (had) (cards.querySelector("button") ?? opener).focus(); // the pressed button is gone: stay near it
    });
    box.append(paragraph(line(one)), away);
    return box;
  };
  function show() {
    const waiting = unread(all, put.read());
    const shown = new Set([...cards.children].map((one) => one.dataset.id));
    for (const one of [...cards.children]) if (!waiting.some(({ id }) => id === one.dataset.id)) one.remove();
    for (const one of waiting) if (!shown.has(one.id)) cards.append(card(one)); // what is there stays in place, and keeps its focus
    cards.hidden = waiting.length === 0;
    opener.hidden = all.length === 0;
    opener.querySelector("[data-number-of]").textContent = all.length;
    list.replaceChildren(...all.map((one) => Object.assign(document.createElement("li"), { textContent: line(one) })).reverse());
    here.replaceChildren(...about(all, item).map((one) => paragraph(wordsOf(one, language), "news__here")));
    here.hidden = here.children.length === 0;
  }
  opener.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
  });
  return {
    receive(said) {
      const { all: now, fresh } = merged(all, said ?? []);
      if (fresh.length === 0) return;
      all = now;
      show();
      const toSay = unread(all, put.read()).filter(({ id }) => fresh.includes(id));
      if (toSay.length > 0) announce(`${say("news_new")} ${toSay.map(line).join(" ")}`);
    },
    shown(now) {
      item = now;
      show();
    },
  };
}

const memory = []; // what was put away since the page was opened

function readPut(sitting) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(`${KEPT} ${sitting}`) ?? "[]");
    return [...(Array.isArray(kept) ? kept : []), ...memory];
  } catch {
    return memory;
  }
}

function writePut(sitting, id) {
  memory.push(id);
  try {
    sessionStorage.setItem(`${KEPT} ${sitting}`, JSON.stringify([...new Set(readPut(sitting))]));
  } catch {
    return; // nothing is kept here; it holds as long as the page
  }
}
