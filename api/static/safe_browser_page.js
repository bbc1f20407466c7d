// The page that says "this exam needs Safe Exam Browser": inside that browser it leaves the hashes and goes on to the exam, once.

import { keepHashes } from "./safe_browser.js";

const exam = location.pathname.match(/^\/candidate\/sittings\/[^/]+\//)?.[0];
const tried = `safe_browser ${exam}`;
if (exam && !sessionStorage.getItem(tried) && (await keepHashes())) {
  sessionStorage.setItem(tried, "yes");
  location.assign(`${exam}exam`);
}
