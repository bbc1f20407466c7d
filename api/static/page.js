// What every page's script needs: its words, and asking our own server in the page's name. No behaviour of its own.

const WORDS = JSON.parse(document.getElementById("words")?.textContent || "{}");

// A text by its key, with %(name)s filled in.
export function say(key, values = {}) {
  return (WORDS[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

export function csrf() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

// Ask our server; throws on any answer that is not a yes.
export async function ask(path, { method = "GET", body, type, signal } = {}) {
  const headers = { Accept: "application/json", ...(method === "GET" ? {} : { "X-CSRF-Token": csrf() }), ...(type ? { "Content-Type": type } : {}) };
  const answer = await fetch(path, { method, body, headers, signal, cache: "no-store" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}
