// The paper that travels early, without a page: pure. The sealed form and its code are delivery/paper.py; paper.js opens it.

export const CODE_LETTERS = 12;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const FORGIVEN = { O: "0", I: "1", L: "1", U: "V" };

/** A code's twelve letters however it was heard or typed, or null for what cannot be one. */
export function normalised(typed) {
  const letters = [...typed.toUpperCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter)).map((letter) => FORGIVEN[letter] ?? letter);
  return letters.length === CODE_LETTERS && letters.every((letter) => ALPHABET.includes(letter)) ? letters.join("") : null;
}

/** Return a question's page in a language, or in the first that the paper has; null for a question that is not in it. */
export function pageIn(paper, item, language) {
  const pages = paper?.items?.[item];
  return pages ? (pages[language] ?? Object.values(pages)[0]) : null;
}

/** Put this device's addresses in place of the server's: `urlOf(address)` answers null for a file that is not in the paper. */
export function addressed(html, urlOf) {
  return html.replace(/\/api\/v1\/media\/[0-9a-f]{64}/g, (address) => urlOf(address) ?? address);
}

/** The parts as the server told them, with the questions that the paper has in them. */
export function listed(sections, inPaper) {
  const items = Object.fromEntries(inPaper.map((part) => [part.id, part.items]));
  return sections.map((part) => (part.items.length > 0 ? part : { ...part, items: items[part.id] ?? [] }));
}

/**
 * Make the sitting that begins on this device when a code opened the paper without a line. The server's own is taken over as soon as there
 * is one again; until then the time is counted from the common start, or from the moment when the paper was opened (ms of the server's clock).
 */
export function startedHere(sitting, paper, { opened, opens, seconds, together }) {
  const from = together ? opens : opened;
  return {
    ...sitting,
    state: "in_progress",
    form: { ...sitting.form, sections: listed(sitting.form.sections, paper.form.sections) },
    started: new Date(from).toISOString(),
    deadline: new Date(from + seconds * 1000).toISOString(),
  };
}
