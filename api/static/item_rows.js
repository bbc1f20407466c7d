// Tables of items: while the focus is in one, the arrow keys go from row to row and x chooses a row; elsewhere no key means anything.
// Without script Tab goes through them.

const steps = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" };

for (const rows of document.querySelectorAll("tbody")) {
  rows.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = event.target.closest("tr");
    if (event.key in steps) {
      row[steps[event.key]]?.querySelector("th a")?.focus();
      event.preventDefault();
    } else if (event.key === "x" && event.target.type !== "checkbox") {
      row.querySelector('input[name="chosen"]')?.click();
    }
  });
}
document.getElementById("queue-keys")?.removeAttribute("hidden");
