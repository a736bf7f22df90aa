// Run, Edit and Stop for every cell of a chapter. Python and the editor load when they are first asked for.
import { button, element, megabytes } from "./dom.js";
import { Python } from "./python.js";

const STOPPED =
  "Stopped. Python starts anew, so what the cells had computed is lost; Run computes again what a cell needs.";

// live: address of our files; page: the chapter's name; bytes: what is loaded to run a first cell;
// data: names of the files that cells may read.
export function makeCellsRun({ live, page, bytes, data }) {
  const python = new Python({
    live,
    packages: ["unrolled-live", "unrolled-course"],
    module: "unrolled_live.cells",
    prepare: { serve_data: [`${live}data/`, data], serve_record: [page, `${live}oracle/${page}.npz`] },
  });
  const chapter = fetched(`${live}cells/${page}.json`);
  const cells = [...document.querySelectorAll(".cell[id^=cell-]")].filter((cell) => cell.querySelector(".cell_input"));
  const names = new Map(cells.map((place, n) => [Number(place.id.slice("cell-".length)), `cell ${n + 1}`]));
  const texts = new Map();
  let turn = Promise.resolve(); // one cell after the other

  const loads = `Runs in your browser: the first time it loads Python, ${megabytes(bytes)} MB. A training can take minutes there, and may end with other numbers, since last digits are rounded differently.`;
  for (const place of cells) new Cell(place);

  // A cell on the page: `index` counts all of the chapter, the reader's `name` only those shown.
  function Cell(place) {
    const index = Number(place.id.slice("cell-".length));
    const name = names.get(index);
    const source = place.querySelector(".cell_input");
    const fold = source.closest("details");
    const status = element("span", { className: "live-status", role: "status" });
    const clock = element("span", { className: "live-status", "aria-hidden": "true" });
    const meter = element("progress", { hidden: true, max: bytes, "aria-label": "Loading Python" });
    const output = element("div", { className: "live-output", hidden: true, role: "region", "aria-label": `Output of ${name}` });
    const buttons = {
      run: button("Run", `Run ${name}`, run),
      edit: button("Edit", `Edit ${name}`, edit),
      reset: button("Reset", `Reset ${name}`, reset),
      stop: button("Stop", `Stop ${name}`, () => python.stop()),
    };
    buttons.reset.hidden = buttons.stop.hidden = true;
    (fold ?? source).after(
      element("div", { className: "live-bar" }, ...Object.values(buttons), meter, status, clock),
      output,
    );
    buttons.run.title = loads;
    if (place === cells[0]) status.textContent = loads;
    let editor = null;
    let original = null;

    async function edit() {
      buttons.edit.disabled = true;
      const [{ edit: openEditor }, { codes }] = await Promise.all([import(`${live}editor.js`), chapter()]);
      original = codes[index];
      const host = element("div", { className: "live-editor" });
      source.after(host);
      source.hidden = true;
      if (fold) fold.open = true;
      editor = openEditor({
        parent: host,
        text: original,
        label: `Code of ${name}`,
        run,
        changed: (text) => texts.set(index, text),
      });
      buttons.edit.hidden = true;
      buttons.reset.hidden = false;
      editor.focus();
    }

    function reset() {
      editor.text = original;
      editor.focus();
    }

    function run() {
      buttons.run.disabled = true;
      buttons.stop.hidden = false;
      status.textContent = "Waiting for its turn …";
      turn = turn.then(runNow).finally(() => {
        buttons.run.disabled = false;
        if (document.activeElement === buttons.stop) buttons.run.focus();
        buttons.stop.hidden = true;
        meter.hidden = true;
      });
    }

    async function runNow() {
      const began = performance.now();
      const ticking = setInterval(() => (clock.textContent = seconds(began)), 1000);
      let shown = false;
      const show = (part) => {
        if (!shown) replace();
        shown = true;
        part?.(output);
      };
      try {
        if (!python.running) status.textContent = "Starting Python …";
        const { codes, alts } = await chapter();
        const all = codes.map((code, n) => texts.get(n) ?? code);
        const called = codes.map((_, n) => names.get(n) ?? "the page's own preparations");
        const alt = texts.has(index) ? `What ${name} draws` : alts[index] || `What ${name} draws`;
        const fine = await python.call("run", [all, called, index], (message) => {
          if (message.progress) load(message.progress);
          else if (message.event === "status") status.textContent = message.content;
          else show((output) => append(output, message, alt));
        });
        show();
        status.textContent = `${fine ? "Done" : "Stopped by an error"} after ${seconds(began)}.`;
      } catch (error) {
        status.textContent = error.message === "stopped" ? STOPPED : `Python could not run: ${error.message}.`;
      } finally {
        clearInterval(ticking);
        clock.textContent = "";
      }
    }

    // Until there is something new, what the build printed and drew stays.
    function replace() {
      for (const old of place.querySelectorAll(":scope > .cell_output")) old.hidden = true;
      output.replaceChildren();
      output.hidden = false;
    }

    function load(progress) {
      meter.hidden = progress === "done";
      if (progress === "done") return;
      meter.value = progress;
      status.textContent = `Loading Python: ${megabytes(progress)} of ${megabytes(bytes)} MB`;
    }
  }
}

function fetched(address) {
  let answer = null;
  return () =>
    (answer ??= fetch(address).then((response) => {
      if (response.ok) return response.json();
      answer = null;
      throw new Error(`${address} could not be loaded`);
    }));
}

function seconds(began) {
  const passed = (performance.now() - began) / 1000;
  return `${passed.toFixed(passed < 10 ? 1 : 0)} s`;
}

function append(output, { event, content }, alt) {
  if (event === "svg") {
    const source = URL.createObjectURL(new Blob([content], { type: "image/svg+xml" }));
    output.append(element("img", { src: source, alt }));
  } else if (event === "html") {
    output.append(element("div", { className: "live-html", innerHTML: content }));
  } else {
    const kind = event === "error" ? "live-error" : "live-text";
    let text = output.lastElementChild;
    if (text?.className !== kind) output.append((text = element("pre", { className: kind, tabIndex: 0 })));
    text.textContent = overtyped(text.textContent + content);
  }
}

// A carriage return begins the line again, as progress bars do.
const overtyped = (text) => text.replace(/[^\n]*\r(?!\n)/g, "");
