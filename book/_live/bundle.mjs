// Bundle the scripts of the page: node bundle.mjs FOLDER
import { build } from "esbuild";

const settings = { bundle: true, minify: true, target: "es2022", absWorkingDir: import.meta.dirname, outdir: process.argv[2], legalComments: "none" };
await build({ ...settings, entryPoints: ["src/live.js", "src/live.css", "src/offline.js"], format: "iife" });
await build({ ...settings, entryPoints: ["src/worker.js", "src/editor.js"], format: "esm" });
