// Run tests of the solutions on the page's own Python and NumPy: node on_pyodide.mjs COURSE LIBRARIES TEST ...
// LIBRARIES is a site-packages folder; what is pure Python in it (pytest, autograd) runs here as well.
import { loadPyodide } from "../book/_live/node_modules/pyodide/pyodide.mjs";

const [course, libraries, ...tests] = process.argv.slice(2);
const python = await loadPyodide({ env: { PYTHONDONTWRITEBYTECODE: "1", HOME: "/tmp" } });
const wheels = `${course}/book/_live/wheels`;
await python.loadPackage(`file://${wheels}/numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl`, { messageCallback() {} });
for (const [place, root] of [["/course", course], ["/libraries", libraries]]) {
  python.FS.mkdir(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
}
python.globals.set("tests", python.toPy(tests));
process.exitCode = await run(`
import os, sys
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
sys.path += ["/course", "/course/tests", "/libraries"]
os.chdir("/course")
import numpy, pytest
from unittest.mock import MagicMock

# What has parts in machine code cannot come along: tests that want it are skipped, or never ask for a browser.
sys.modules |= {"torch": None, "sentencepiece": None, "playwright": MagicMock(), "playwright.sync_api": MagicMock()}
skip = pytest.mark.skip(reason="Hypothesis does not run here")
for part in ("extra", "extra.numpy", "strategies"):
    sys.modules["hypothesis." + part] = MagicMock()
sys.modules["hypothesis"] = MagicMock(given=lambda *_, **__: skip, settings=lambda *_, **__: lambda test: test)
print("NumPy", numpy.__version__, "on", sys.platform, "Python", sys.version.split()[0])
options = ["-p", "no:cacheprovider", "--capture=sys", "-q", "--disable-warnings", "-m", "not book and not slow and not once"]
pytest.main([*options, *tests])
`);

async function run(program) {
  try {
    return python.runPython(program);
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}
