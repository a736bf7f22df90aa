// Put programs to the judge on the page's own Python and NumPy: node verdicts_on_pyodide.mjs COURSE CASES [BEGINNING]
// CASES is what page_cases.py wrote; BEGINNING chooses some by topic/name. Exit status 1 if a verdict differs.
import { loadPyodide } from "../book/_live/node_modules/pyodide/pyodide.mjs";
import { readFileSync } from "node:fs";

const [course, cases, beginning = ""] = process.argv.slice(2);
const python = await loadPyodide({ env: { PYTHONDONTWRITEBYTECODE: "1" } });
const numpy = `${course}/book/_live/wheels/numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl`;
await python.loadPackage(`file://${numpy}`, { messageCallback() {} });
python.FS.mkdir("/course");
python.FS.mount(python.FS.filesystems.NODEFS, { root: course }, "/course");
python.globals.set("chosen", JSON.stringify(JSON.parse(readFileSync(cases, "utf-8")).filter(({ topic, name }) => `${topic}/${name}`.startsWith(beginning))));
process.exitCode = python.runPython(`
import json, shutil, sys, time
from pathlib import Path

sys.modules |= dict.fromkeys(("solutions", "rich", "docstring_parser", "autograder.oracle"))
sys.path.append("/course")
import numpy
from autograder import inside, page

HOMEWORK = Path("/homework")
oracles = {path.stem: page.load(path) for path in Path("/course/_build/oracle").glob("*.npz")}
judging, verdicts, wrong = 0.0, 0, []
for case in json.loads(chosen):
    shutil.rmtree(HOMEWORK, ignore_errors=True)
    HOMEWORK.mkdir()
    for name, text in case["files"].items():
        (HOMEWORK / name).write_text(text, encoding="utf-8")
    for name, expected in case["verdicts"].items():
        replies = []
        while True:
            began = time.perf_counter()
            step = page.ask(oracles[case["topic"]], name, replies)
            judging += time.perf_counter() - began
            if "verdict" in step:
                break
            replies.append(inside.answer_here(step["question"]))
        verdicts += 1
        told = {key: step["verdict"][key] for key in ("status", "message", "misconception")}
        if told != {key: expected[key] for key in told}:
            wrong.append((case["topic"], case["name"], name, expected, told))
for each in wrong[:20]:
    print(*each, sep="\\n    ")
print("NumPy", numpy.__version__, "on", sys.platform, "Python", sys.version.split()[0])
print(f"{verdicts} verdicts, {len(wrong)} differ; judging took {judging / max(verdicts, 1):.3f} s each")
int(bool(wrong))
`);
