// A file to hand in: looked at before it is taken (kind, size), shown by its name, and taken back with a press. What may be handed in is
// question_state.fileProblem.

import { LARGEST_FILE, fileProblem, sizeText } from "./question_state.js";
import { button, changed, element, fileOf, keepFile, lineIn } from "./question_parts.js";

export function upload(interaction, question) {
  const control = interaction.querySelector('input[type="file"]');
  if (!control) return null;
  const { say } = question;
  interaction.querySelector(".qti-file-name")?.remove(); // the page's own line, for who has no script
  const name = element("span", { class: "qti-file__name" });
  const back = button(say("remove_file"), { class: "button button--quiet" });
  const shown = element("p", { class: "qti-file" }, name, back);
  const choose = chooser(control, question);
  choose.after(shown);
  const tell = lineIn(interaction);
  takeFiles(control, question, tell);
  control.addEventListener("change", refresh);
  back.addEventListener("click", () => {
    keepFile(control, null);
    changed(control);
    tell(say("file_removed"));
    control.focus();
  });
  function refresh() {
    const file = fileOf(control);
    name.textContent = file ? `${file.name} · ${sizeText(bytesOf(file))}` : say("no_file");
    back.hidden = !file;
    interaction.classList.toggle("qti-answered", Boolean(file));
  }
  return { refresh };
}

/** Dress a file control as a button in the language of the question; the browser's own speaks the browser's. Returns the button. */
export function chooser(control, { say }) {
  const button = element("label", { class: "button qti-choose" }, say("choose_file"));
  control.before(button);
  button.append(control);
  control.classList.add("visually-hidden");
  return button;
}

/** Read what is chosen at a file control, if it may be handed in; then the control says that it changed. */
export function takeFiles(control, { say }, tell) {
  control.addEventListener("change", async (event) => {
    const file = control.files[0];
    if (!file) return;
    event.stopImmediatePropagation(); // it counts when it has been read
    const problem = fileProblem(file, control.accept);
    if (problem) tell(say(`file_${problem}`, { name: file.name, most: sizeText(LARGEST_FILE), accepted: control.accept }), "caution");
    else keepFile(control, { name: file.name, media_type: file.type || "application/octet-stream", data: await base64(file) });
    control.value = "";
    if (problem) return;
    tell(say("file_taken", { name: file.name }));
    changed(control);
  });
}

/** Return the content of a file or blob as base64. */
export function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

const bytesOf = ({ data }) => Math.floor((data.length * 3) / 4) - (data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0);
