// Take out of the stylesheets of a built book what can hold for none of its pages: node purge.mjs FOLDER
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PurgeCSS } from "purgecss";

const root = process.argv[2];
const files = (pattern) => globSync(pattern, { cwd: root }).map((name) => join(root, name).replaceAll("\\", "/"));

// Scripts give elements classes, too: any word of theirs may be one.
const content = files("{*.html,_static/*.js,_static/scripts/*.js,_static/live/*.js}");
const sheets = files("_static/{*.css,styles/*.css}").filter((name) => !name.endsWith("/unrolled.css"));
const purged = await new PurgeCSS().purge({ content, css: sheets, fontFace: true, keyframes: true, variables: false, safelist: { greedy: [/data-theme/, /data-mode/] } });

for (const { file, css } of purged) {
  const before = readFileSync(file, "utf8");
  // The icons are ours: unrolled.css draws them.
  const after = css.replace(/\/\*#?\s*sourceMappingURL=.*?\*\//g, "").replace(/@font-face\s*\{[^}]*fontawesome[^}]*\}/g, "");
  if (after.length < before.length) writeFileSync(file, after);
}
