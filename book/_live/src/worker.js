// One Python in a thread of its own. It is told once what to start with; then each message calls one function of its module.
let ready;
let counting = true;
let asked = null; // the call that events belong to: one at a time

addEventListener("message", ({ data }) => {
  if (data.start) ready = start(data.start);
  else answer(data);
});

async function start({ live, packages, module, prepare }) {
  countBytes();
  const { loadPyodide } = await import(`${live}pyodide/pyodide.mjs`);
  const program = await (await fetch(`${live}pyodide/pyodide.asm.js`)).blob();
  await import(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
  const python = await loadPyodide({
    indexURL: `${live}pyodide/`,
    packages,
    env: { HOME: "/home", MPLBACKEND: "agg" },
    stdin: () => null,
  });
  python.registerJsModule("page", {
    emit: (kind, content) => postMessage({ id: asked, event: kind, content }),
    load_when_read: (path, address) => loadWhenRead(python.FS, path, address),
  });
  const loaded = python.pyimport(module);
  for (const [name, given] of Object.entries(prepare ?? {})) loaded[name](...given.map((value) => python.toPy(value)));
  postMessage({ progress: "done" });
  counting = false;
  return { python, module: loaded };
}

async function answer({ id, call, given }) {
  try {
    const { python, module } = await ready;
    asked = id;
    const result = await module[call](...given.map((value) => python.toPy(value)));
    const value = result?.toJs ? result.toJs({ dict_converter: Object.fromEntries }) : result;
    result?.destroy?.();
    postMessage({ id, value });
  } catch (error) {
    // Of an error of ours its last line is enough: what Python said.
    postMessage({ id, error: String(error.message ?? error).trim().split("\n").at(-1) });
  }
}

// Let a path stand for a file of the book, which is loaded when somebody first opens it.
function loadWhenRead(files, path, address) {
  files.writeFile(path, "");
  const { node } = files.lookupPath(path);
  const operations = node.stream_ops;
  const open = (stream) => {
    const request = new XMLHttpRequest();
    request.open("GET", address, false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status !== 200) throw new files.ErrnoError(29); // EIO
    node.contents = new Uint8Array(request.response);
    node.usedBytes = node.contents.length;
    node.stream_ops = stream.stream_ops = operations;
  };
  node.stream_ops = { ...operations, open };
}

// How much has been loaded, for the page to show. Python's two large files come packed, from whatever host.
function countBytes() {
  const plain = self.fetch;
  let loaded = 0;
  self.fetch = async (what, options) => {
    const address = String(what.url ?? what);
    const packed = /\.asm\.(js|wasm)$/.test(address);
    const answer = await plain(packed ? `${address}.gzip` : address, options);
    if (!answer.ok) throw new Error(`${address} could not be loaded (${answer.status})`);
    const counter = new TransformStream({
      transform(chunk, out) {
        loaded += chunk.byteLength;
        if (counting) postMessage({ progress: loaded });
        out.enqueue(chunk);
      },
    });
    const counted = answer.body.pipeThrough(counter);
    if (!packed) return new Response(counted, answer);
    const headers = { "content-type": address.endsWith("wasm") ? "application/wasm" : "text/javascript" };
    return new Response(counted.pipeThrough(new DecompressionStream("gzip")), { headers });
  };
}
