// The list of items: one press chooses all that are shown, or none. Without script each is chosen by itself. The keys: item_rows.js.

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
  addEventListener("pageshow", tell);
}
