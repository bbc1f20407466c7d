// Shows and hides what is typed as a password.

const show = document.getElementById("show");
const field = document.getElementById("password");
const words = { text: show.dataset.hide, password: show.textContent };

show.hidden = false;
show.addEventListener("click", () => {
  field.type = field.type === "password" ? "text" : "password";
  show.textContent = words[field.type];
});
