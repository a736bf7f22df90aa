// Have the browser keep what this page is made of, and all that it loads from now on. Done once, at the first click.
let kept = null;

export const keepForOffline = (root) => (kept ??= keep(root).catch(() => {})); // some browsers, and plain http, keep nothing

async function keep(root) {
  if (!navigator.serviceWorker) return;
  const { active, installing, waiting } = await navigator.serviceWorker.register(`${root}offline.js`);
  const worker = active ?? installing ?? waiting;
  await new Promise((resolve) => {
    if (navigator.serviceWorker.controller) resolve();
    else navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, 2000);
  });
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const { port1, port2 } = new MessageChannel();
  const done = new Promise((resolve) => (port1.onmessage = resolve));
  const own = loaded.filter((name) => name.startsWith(root));
  // The editor as well: one who goes offline after a first run may want to write.
  worker.postMessage([location.href.split("#")[0], `${root}_static/live/editor.js`, ...own], [port2]);
  await done;
}
