// The list of items: one press chooses all that are shown, or none; Enter in a folded form presses its own button. Without script each is chosen by itself. The keys: item_rows.js.

import "./item_rows.js";

const form = document.getElementById("items");
const all = document.getElementById("choose-all");

if (form && all) {
  const boxes = [...form.querySelectorAll('input[name="chosen"]')];
  const every = document.getElementById("every");
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    all.disabled = every?.checked ?? false;
    document.getElementById("bulk").classList.toggle("bulk--stuck", chosen > 0 || all.disabled);
    document.getElementById("chosen-count").textContent = chosen && !all.disabled ? `${chosen} / ${boxes.length}` : "";
  };
  all.closest(".field").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("details input")) return;
    event.preventDefault(); // or Enter would press the first button of the form, which is not the one beside the field
    event.target.closest("details").querySelector("button").click();
  });
  addEventListener("pageshow", tell);
}
