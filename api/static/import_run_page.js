// The page of an import that is still going on: moves the bar, and shows the report as soon as it is there.

const section = document.querySelector("[data-running]");
const bar = section.querySelector("progress");
const figures = section.querySelector(".figures");
const numbers = new Intl.NumberFormat(document.documentElement.lang === "hi" ? "hi-IN" : "en-IN");
const EVERY_MS = 1500;

const look = async () => {
  try {
    const answer = await fetch(section.dataset.running);
    const run = await answer.json();
    if (run.ended) {
      location.reload();
      return;
    }
    bar.max = run.total || 1;
    bar.value = run.done;
    figures.textContent = `${numbers.format(run.done)} / ${numbers.format(run.total)}`;
  } catch {
    // no connection for a moment: the next look may have one
  }
  setTimeout(look, EVERY_MS);
};

setTimeout(look, EVERY_MS);
