// The book's service worker, from the first click on: what was loaded once is there without a network, too.
const cache = caches.open(`unrolled ${registration.scope}`);

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", ({ data, ports: [port] }) =>
  cache.then((kept) => Promise.allSettled(data.map((address) => kept.add(address)))).then(() => port.postMessage("kept")),
);
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(registration.scope)) event.respondWith(answer(event.request));
});

// The network comes first, so that nobody reads an old book.
async function answer(request) {
  const kept = await cache;
  try {
    const fresh = await fetch(request);
    if (fresh.status === 200) kept.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const old = await kept.match(request);
    if (old) return old;
    throw error;
  }
}
