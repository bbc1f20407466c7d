// The form for importing items: says before sending that the files are too large, and while they are read that it goes on.
// The page does all its work without this.

const form = document.querySelector("[data-import]");
const files = form.elements.namedItem("files");
const tooLarge = document.getElementById("files-large");
const reading = form.querySelector("[data-reading]");

const fits = () => [...files.files].reduce((sum, file) => sum + file.size, 0) <= Number(form.dataset.most);

files.addEventListener("change", () => {
  tooLarge.hidden = fits();
});

form.addEventListener("submit", (event) => {
  if (fits()) {
    reading.hidden = false;
  } else {
    event.preventDefault();
    tooLarge.hidden = false;
    files.focus();
  }
});

addEventListener("pageshow", () => {
  reading.hidden = true;
});
