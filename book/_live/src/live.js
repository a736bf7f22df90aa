// The small script of a chapter. Python and the editor load at the first click, and not before.
import { makeCellsRun } from "./cells.js";

const { src, dataset } = document.currentScript;

// A page that was opened from a disk may load nothing; its style sheet then shows a note that says how to serve it.
if (location.protocol === "file:") document.documentElement.classList.add("live-needs-a-server");
else addEventListener("DOMContentLoaded", begin);

function begin() {
  const live = new URL(".", src).href;
  makeCellsRun({ live, page: dataset.page, bytes: Number(dataset.bytes), data: dataset.data.split(" ") });
}
