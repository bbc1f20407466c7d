// The verify page: a file that is dropped anywhere on the form is handed in at once. Without script the file field does the same.

const form = document.querySelector("form.verify");
const input = form?.querySelector("input[type=file]");

const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

form?.addEventListener("dragover", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  form.dataset.over = "true";
});

form?.addEventListener("dragleave", () => delete form.dataset.over);

form?.addEventListener("drop", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  delete form.dataset.over;
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});
