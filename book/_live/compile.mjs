// Compile the Python files of a folder with the page's own Python, in place of their texts: node compile.mjs FOLDER
import { loadPyodide } from "pyodide";

const python = await loadPyodide();
python.FS.mkdir("/folder");
python.FS.mount(python.FS.filesystems.NODEFS, { root: process.argv[2] }, "/folder");
python.runPython(`
import compileall, pathlib, py_compile
unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
assert compileall.compile_dir("/folder", stripdir="/folder", quiet=1, legacy=True, invalidation_mode=unchecked)
for text in pathlib.Path("/folder").rglob("*.py"):
    text.unlink()
`);
python.FS.unmount("/folder");
