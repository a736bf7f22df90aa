// Homework in its chapter: an editor for each function, and the grader, in the reader's browser.
import { button, element, megabytes } from "./dom.js";
import { Python } from "./python.js";
import { join, linesBefore, split } from "./program.js";
import { prose } from "./prose.js";

const DEADLINE = 5000; // milliseconds for one question: two calls of the function, as on the command line
const SIGNS = { passed: "✓", failed: "✗", error: "!", timeout: "…", skipped: "·" };
const WORDS = {
  passed: "right",
  failed: "not right yet",
  error: "stopped with an error",
  timeout: "no answer in time",
  skipped: "not written yet",
};
const LOST = "Stopped. What you wrote is still there; nothing was graded.";

// box: the place that the directive {homework} made; live: address of our files; bytes: what is loaded to grade.
export function makeHomework(box, { live, bytes }) {
  const { topic, checks, foundations } = JSON.parse(box.querySelector("script").textContent);
  const names = [...new Set(checks.map((check) => check.function))];
  const places = [...box.querySelectorAll(".homework-part")];
  const stub = places.map((place) => ({ name: place.id.slice("homework-".length), text: `${code(place)}\n` }));
  stub[0].name = "";
  for (const part of stub.slice(0, -1)) part.text += "\n\n";

  const kept = keeper(topic);
  const saved = kept.load();
  const verdicts = saved?.verdicts ?? {};
  let advice = saved?.advice ?? { first: null, waits_for: {} }; // what to mend first, and what waits for that
  let program = saved ? split(saved.text, names) : stub.map((part) => ({ ...part }));
  const grader = new Grader({ live, topic, foundations });
  const total = element("p", { className: "homework-total", role: "status" });
  const editors = places.map((place, n) => new Part(place, stub[n].name));
  box.append(foot());
  refresh();

  function refresh() {
    for (const part of editors) part.refresh();
    const earned = checks.filter((c) => verdicts[c.id]?.status === "passed").reduce((sum, c) => sum + c.points, 0);
    const most = checks.reduce((sum, c) => sum + c.points, 0);
    const first = checks.find((check) => check.id === advice.first);
    const next = earned === most ? " Every check is right. Well done!" : first ? ` First thing to fix: ${first.function}.` : "";
    total.textContent = Object.keys(verdicts).length ? `${earned} of ${most} points in ${topic}.${next}` : "";
  }

  function keep() {
    if (!kept.save({ text: join(program), verdicts, advice }))
      total.textContent = "This browser keeps nothing: download your file before you leave the page.";
  }

  function change(name, text) {
    const part = program.find((each) => each.name === name);
    part.text = text;
    for (const check of checks)
      if ((!name || check.function === name) && verdicts[check.id]) verdicts[check.id].changed = true;
    keep();
    for (const each of editors) each.renumber();
  }

  // Grade checks one after the other; `say` is told what goes on.
  async function grade(wanted, say) {
    const text = join(program);
    for (const check of wanted) {
      say(`Checking ${check.function}: ${check.title} …`);
      verdicts[check.id] = await grader.verdict(check, text, (progress) => say(loading(progress, bytes)));
      refresh();
    }
    advice = await grader.advice(verdicts);
    refresh();
    keep();
  }

  // A part of the program on the page: the one above the functions has no name and no checks.
  function Part(place, name) {
    const own = checks.filter((check) => check.function === name);
    const what = name || `the top of ${topic}.py`;
    const listing = place.querySelector("div[class*=highlight-]");
    const said = element("ul", { className: "homework-verdicts" });
    const status = element("span", { className: "live-status", role: "status" });
    const check = button("Check", `Check ${what}`, () => run(this, own));
    const write = button("Write", `Write ${what}`, open);
    const reset = button("Reset", `Reset ${what}`, () => confirm(`Throw away what you wrote for ${what}?`) && begin());
    const stop = button("Stop", `Stop checking ${what}`, () => grader.stop());
    stop.hidden = true;
    const buttons = own.length ? [check, write, reset, stop] : [write, reset];
    check.title = `The first time it loads Python and the grader, ${megabytes(bytes)} MB.`;
    place.append(element("div", { className: "live-bar" }, ...buttons, status), said);
    let editor = null;

    const current = () => program.find((part) => part.name === name).text;

    async function open() {
      write.disabled = true;
      const { edit } = await import(`${live}editor.js`);
      const host = element("div", { className: "live-editor" });
      listing.after(host);
      listing.hidden = true;
      const tail = () => current().match(/\s*$/)[0];
      editor = edit({
        parent: host,
        text: current().trimEnd(),
        label: what,
        firstLine: linesBefore(program, name) + 1,
        run: () => own.length && run(part, own),
        changed: (text) => change(name, text.trimEnd() + tail()),
      });
      write.hidden = true;
      editor.focus();
    }

    const begin = () => {
      const original = stub.find((part) => part.name === name).text;
      change(name, original);
      this.show();
    };

    this.show = () => {
      if (editor) editor.text = current().trimEnd();
      else if (code(place) !== current().trimEnd()) listing.querySelector("pre").textContent = current().trimEnd();
    };
    this.renumber = () => {
      if (editor) editor.firstLine = linesBefore(program, name) + 1;
    };
    this.refresh = () => said.replaceChildren(...own.filter((c) => verdicts[c.id]).map((c) => verdictLine(c, verdicts[c.id], advice.waits_for[c.id])));
    this.busy = (busy) => {
      check.disabled = busy;
      stop.hidden = !busy;
    };
    this.say = (words) => (status.textContent = words);
    const part = this;
    this.show();
  }

  async function run(part, wanted) {
    part.busy(true);
    try {
      await grade(wanted, part.say);
      const right = wanted.filter((check) => verdicts[check.id].status === "passed").length;
      part.say(`${right} of ${wanted.length} ${wanted.length === 1 ? "check" : "checks"} right.`);
    } catch (error) {
      part.say(error.message === "stopped" ? LOST : `The grader could not run: ${error.message}.`);
    } finally {
      part.busy(false);
    }
  }

  // What is for the whole file: grade all, take it along, bring one, begin anew.
  function foot() {
    const status = element("span", { className: "live-status", role: "status" });
    const chooser = element("input", { type: "file", accept: ".py,text/x-python", hidden: true, "aria-label": `A file for ${topic}` });
    const all = button("Check all", `Check all of ${topic}`, () => run(whole, checks));
    const stop = button("Stop", `Stop checking ${topic}`, () => grader.stop());
    stop.hidden = true;
    const whole = {
      busy: (busy) => {
        all.disabled = busy;
        stop.hidden = !busy;
      },
      say: (words) => (status.textContent = words),
    };
    chooser.addEventListener("change", async () => {
      const [file] = chooser.files;
      if (file) whole.say(bring(file.name, await file.text()));
      chooser.value = "";
    });
    const buttons = [
      all,
      stop,
      button(`Download homework/${topic}.py`, `Download homework/${topic}.py`, () => download(`${topic}.py`, join(program))),
      button("Open file…", `Open file… for ${topic}`, () => chooser.click()),
      button("Reset all", `Reset all of ${topic}`, () => confirm(`Throw away all you wrote for ${topic}?`) && replace(join(stub))),
    ];
    return element("div", { className: "homework-foot" }, element("div", { className: "live-bar" }, ...buttons, chooser, status), total);
  }

  function bring(file, text) {
    const brought = split(text, names);
    const missing = names.filter((name) => !brought.some((part) => part.name === name));
    if (missing.length === names.length) return `${file} defines none of ${names.join(", ")}: is it the right file?`;
    const added = missing.map((name) => `\n\n${stub.find((part) => part.name === name).text}`);
    replace(text.trimEnd() + "\n" + added.join(""));
    return missing.length ? `${file} had no ${missing.join(", ")}: the stub was added.` : `${file} is open.`;
  }

  function replace(text) {
    program = split(text, names);
    for (const id of Object.keys(verdicts)) delete verdicts[id];
    advice = { first: null, waits_for: {} };
    keep();
    for (const part of editors) {
      part.show();
      part.renumber();
    }
    refresh();
  }
}

// The judge in one Python, the reader's program in another: it gets inputs and never sees an answer.
class Grader {
  #judge;
  #student;
  #live;
  #topic;
  #foundations;
  #handedIn = null;

  constructor({ live, topic, foundations }) {
    const record = `${live}oracle/${topic}.npz`;
    const packages = ["autograder", "unrolled-live"];
    this.#judge = new Python({ live, packages, module: "unrolled_live.judge", prepare: { load: [topic, record] } });
    this.#student = new Python({ live, packages, module: "unrolled_live.student" });
    [this.#live, this.#topic, this.#foundations] = [live, topic, foundations];
  }

  // Both stop: what was being judged is given up.
  stop() {
    this.#handedIn = null;
    this.#student.stop();
    this.#judge.stop();
  }

  async verdict(check, text, on) {
    const loads = ({ progress }) => progress && on(progress);
    const replies = [];
    for (;;) {
      const asked = this.#judge.call("ask", [check.id, replies], loads);
      const [step] = await Promise.all([asked, this.#handIn(text)]);
      if (step.verdict) return step.verdict;
      replies.push(await this.#answer(step.question));
    }
  }

  advice(verdicts) {
    return this.#judge.call("summary", [verdicts]);
  }

  // The program, and those below it as they are kept from their chapters, or their stubs.
  async #handIn(text) {
    const files = { [`${this.#topic}.py`]: text };
    for (const below of this.#foundations) {
      const kept = keeper(below).load()?.text;
      files[`${below}.py`] = kept ?? (await (await fetch(`${this.#live}homework/${below}.py`)).text());
    }
    const all = JSON.stringify(files);
    if (all === this.#handedIn) return;
    await this.#student.call("hand_in", [files]);
    this.#handedIn = all;
  }

  // A reply, or nothing when the deadline passed: then that Python is ended.
  async #answer(question) {
    const timer = setTimeout(() => this.#student.stop("deadline"), DEADLINE);
    try {
      return await this.#student.call("answer", [question]);
    } catch (error) {
      this.#handedIn = null;
      if (error.message === "stopped") throw error;
      if (error.message === "deadline") return null;
      this.#student.stop(); // a Python that failed to reply is not asked again
      return new Uint8Array();
    } finally {
      clearTimeout(timer);
    }
  }
}

const code = (place) => place.querySelector("pre").textContent.trimEnd();

const loading = (progress, bytes) =>
  progress === "done" ? "Starting the grader …" : `Loading Python: ${megabytes(progress)} of ${megabytes(bytes)} MB`;

function verdictLine(check, { status, message, misconception, changed }, waitsFor) {
  const found = waitsFor ? `mend ${waitsFor} first` : WORDS[status];
  const words = changed ? `${found}, before your last change` : found;
  const line = element("li", { className: status }, element("span", { className: "sign", "aria-hidden": "true" }, SIGNS[status]));
  const earned = status === "passed" ? check.points : 0;
  line.append(element("span", {}, `${check.title}: ${words} (${earned} of ${check.points})`));
  // The box of pitfalls has the same words with its formulas set.
  const told = misconception && document.getElementById(`pitfall-${misconception}`);
  if (told) line.append(element("div", { className: "says" }, ...[...told.childNodes].map((node) => node.cloneNode(true))));
  else if (message) line.append(element("div", { className: "says" }, ...prose(message)));
  return line;
}

// What the browser keeps of a topic: {text, verdicts}. Some browsers keep nothing.
function keeper(topic) {
  const key = `unrolled/${topic}.py`;
  return {
    load() {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    save(work) {
      try {
        localStorage.setItem(key, JSON.stringify(work));
        return true;
      } catch {
        return false;
      }
    },
  };
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
  element("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
