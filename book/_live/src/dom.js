// Make an element: its tag, properties (names with a dash are attributes), and what it holds.
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

export const button = (words, label, onclick) =>
  element("button", { type: "button", className: "live-button", textContent: words, "aria-label": label, onclick });

export const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
