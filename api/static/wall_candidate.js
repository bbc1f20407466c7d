// One candidate's panel as a page of its own: the same acts as beside the wall, then the page as it stands now.

import { attachPanel } from "./wall_panel.js";

const said = document.getElementById("said");
attachPanel(document.getElementById("panel-body"), {
  status: (text) => (said.textContent = text),
  done: () => setTimeout(() => location.reload(), 1200),
  tied: () => location.reload(),
});
