// More contrast, larger text: how the page looks to one person on this device. The system's own wish (prefers-contrast) counts where nobody chose.

const KEPT = "exam-looks";

/** Read the looks that were chosen here: {contrast: "more" | "usual" | null, size: 0–3}. */
export function looks(kept) {
  try {
    const { contrast, size } = JSON.parse(kept ?? "{}") ?? {};
    return { contrast: ["more", "usual"].includes(contrast) ? contrast : null, size: [0, 1, 2, 3].includes(size) ? size : 0 };
  } catch {
    return { contrast: null, size: 0 };
  }
}

const storage = () => {
  try {
    return globalThis.localStorage ?? null; // a browser may forbid to look at it
  } catch {
    return null;
  }
};

const remember = (changed) => {
  try {
    storage()?.setItem(KEPT, JSON.stringify({ ...looks(storage()?.getItem(KEPT)), ...changed }));
  } catch {
    return; // nothing is kept here; it holds as long as the page
  }
};

/** Remember a text size. */
export const rememberSize = (size) => remember({ size });

/** Put the chosen looks on the page and listen to the button. */
export function attachContrast(button) {
  const chosen = looks(storage()?.getItem(KEPT));
  const wished = globalThis.matchMedia?.("(prefers-contrast: more)");
  if (chosen.size) document.body.dataset.size = chosen.size;
  let contrast = chosen.contrast;
  const show = () => {
    const more = (contrast ?? (wished?.matches ? "more" : "usual")) === "more";
    document.documentElement.dataset.contrast = more ? "more" : "usual";
    button.setAttribute("aria-pressed", String(more));
  };
  button.addEventListener("click", () => {
    contrast = button.getAttribute("aria-pressed") === "true" ? "usual" : "more";
    remember({ contrast });
    show();
  });
  wished?.addEventListener?.("change", show);
  show();
}
