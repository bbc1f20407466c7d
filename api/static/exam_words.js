// The exam page's words and how it writes a time of day.

const find = (id) => document.getElementById(id);
const WORDS = JSON.parse(find("words").textContent);

/** A text by its key, with %(name)s filled in. */
export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`%(${name})s`, value), WORDS[key] ?? "");
}

/** Every text by its key. */
export const words = WORDS;

/** A moment (ms or ISO) as a time of day, in the page's language. */
export function clockTime(moment) {
  const language = document.documentElement.lang === "hi" ? "hi-IN-u-nu-latn" : "en-IN";
  return new Intl.DateTimeFormat(language, { timeStyle: "medium", hourCycle: "h23" }).format(new Date(moment));
}

/** Tell politely, beside the work. */
export function announce(key, values) {
  find("announce").textContent = say(key, values);
}
