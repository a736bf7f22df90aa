// The small script of a chapter. Python and the editor load at the first click, and not before.
import { element } from "./dom.js";
import { makeCellsRun } from "./cells.js";
import { makeHomework } from "./homework.js";

const { src, dataset } = document.currentScript;

addEventListener("DOMContentLoaded", () => {
  const cell = document.querySelector(".cell[id^=cell-]:has(.cell_input)");
  if (location.protocol !== "file:") begin();
  else cell?.before(element("p", { className: "live-status" }, "Served, this book runs its cells in your browser: type make serve."));
});

// A page that was opened from a disk may load nothing; any server will do.
function begin() {
  const live = new URL(".", src).href;
  makeCellsRun({ live, page: dataset.page, bytes: Number(dataset.bytes), data: dataset.files.split(" ") });
  for (const box of document.querySelectorAll(".homework")) makeHomework(box, { live, bytes: Number(dataset.graderBytes) });
}
