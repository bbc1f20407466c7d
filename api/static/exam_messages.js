// Writing to whoever watches, beside the question: what was said both ways, and one field. It opens only when the candidate opens it; what the other
// side writes arrives as a card (exam_news.js) and takes neither focus nor typed text. `fromThem` is pure.

const find = (id) => document.getElementById(id);

/** The messages that somebody else wrote, as announcements have them. */
export function fromThem(messages) {
  return (messages ?? []).filter((one) => one.from === "invigilator");
}

/** Bring it to life; answers {receive(messages)}. `clock(moment)` writes a time. */
export function attachMessages({ sitting, say, language, clock }) {
  const [list, form, text, told] = ["talk-list", "talk-form", "talk-text", "talk-told"].map(find);
  let shown = "";

  function show(messages) {
    const lines = messages.map((one) => {
      const words = language === "hi" ? one.text_hi : one.text;
      const line = document.createElement("li");
      line.dataset.from = one.from;
      line.textContent = `${clock(one.at)} · ${say(one.from === "candidate" ? "talk_you" : "talk_them")}: ${words}`;
      return line;
    });
    const key = lines.map((line) => line.textContent).join("\n");
    if (key === shown) return;
    shown = key;
    list.replaceChildren(...lines);
    list.hidden = lines.length === 0;
  }

  async function write(event) {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    const body = JSON.stringify({ text: text.value });
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content };
    try {
      const answer = await fetch(`/api/v1/sittings/${sitting}/messages`, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const sent = await answer.json();
      all = [...all.filter(({ id }) => id !== sent.id), sent];
      show(all);
      text.value = "";
      told.textContent = say("talk_sent");
    } catch {
      told.textContent = say("talk_failed"); // what was typed stays
    }
    return undefined;
  }

  let all = [];
  form.addEventListener("submit", write);
  return {
    receive(messages) {
      if (!messages) return;
      all = messages;
      show(all);
    },
  };
}
