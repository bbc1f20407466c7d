// Shows and hides what is typed as a password.

const show = document.getElementById("show");
const field = document.getElementById("password");

show.hidden = false;
show.addEventListener("click", () => {
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  show.setAttribute("aria-pressed", String(shown));
});
