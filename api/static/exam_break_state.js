// What is said of a candidate's breaks. No DOM; words are handed in.

function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

/** Say it: {line, button}, or null for a candidate without breaks. `breaks` is what GET …/break answers. */
export function saidOf(breaks, words, lang) {
  if (!breaks.count) return null;
  if (breaks.ends) {
    const time = new Date(breaks.ends).toLocaleTimeString(`${lang}-IN`, { timeZone: "Asia/Kolkata", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return { line: filled(words.resting, { time }), button: words.goOn };
  }
  const left = breaks.count - breaks.used;
  if (left <= 0) return { line: words.none, button: "" };
  return { line: filled(words.left, { left, minutes: breaks.minutes }), button: breaks.paused || breaks.state !== "in_progress" ? "" : words.take };
}
