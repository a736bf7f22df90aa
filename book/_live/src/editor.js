// The editor of a program text. Tab is left alone: it moves on, so that nobody is caught in an editor. Indenting is Enter's work, and Mod-] and Mod-[.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours are those of the page's style sheet, so that both themes are honoured.
const colours = HighlightStyle.define(
  [
    [tags.keyword, "keyword"],
    [[tags.comment, tags.docComment], "comment"],
    [[tags.string, tags.special(tags.string)], "string"],
    [[tags.number, tags.bool, tags.null], "number"],
    [[tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], "definition"],
    [[tags.meta, tags.invalid], "meta"],
  ].map(([tag, name]) => ({ tag, color: `var(--live-${name})` })),
);

const numbered = (first) => lineNumbers({ formatNumber: (line) => String(line + first - 1) });

// parent: element to stand in; text: what to begin with; label: its name for screen readers;
// run: called on Shift-Enter and Mod-Enter; changed: told of the text after every change;
// firstLine: what to call the first line, where the text is a part of a file.
export function edit({ parent, text, label, run, changed = () => {}, firstLine = 1 }) {
  const lines = new Compartment();
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      Prec.highest(keymap.of(["Shift-Enter", "Mod-Enter"].map((key) => ({ key, run: () => (run(), true) })))),
      lines.of(numbered(firstLine)),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      python(),
      syntaxHighlighting(colours),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
      EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
    ],
  });
  return {
    set firstLine(wanted) {
      view.dispatch({ effects: lines.reconfigure(numbered(wanted)) });
    },
    focus: () => view.focus(),
    get text() {
      return view.state.doc.toString();
    },
    set text(wanted) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } });
    },
  };
}
