// A message of the grader, which is Markdown, as nodes: `code`, $formulas$ and *emphasis*.
import { element } from "./dom.js";

const MARKED = /`([^`]*)`|\$([^$]*)\$|\*(\S[^*]*)\*/g;
const TEX = [["\\mathbf", ""], ["\\theta", "θ"], ["\\cdot", "·"], ["\\|", "‖"], ["{", ""], ["}", ""]];

export function prose(message) {
  const nodes = [];
  let end = 0;
  for (const found of message.matchAll(MARKED)) {
    nodes.push(message.slice(end, found.index));
    const [, code, formula, emphasis] = found;
    if (code !== undefined) nodes.push(element("code", {}, code));
    else if (formula !== undefined) nodes.push(element("em", {}, TEX.reduce((text, [written, read]) => text.replaceAll(written, read), formula)));
    else nodes.push(element("em", {}, emphasis));
    end = found.index + found[0].length;
  }
  return [...nodes, message.slice(end)];
}
