import { keepForOffline } from "./keep.js";

// A Python that the page can ask, and end at any time.
export class Python {
  #settings;
  #worker = null;
  #asked = new Map();
  #count = 0;
  #round = 0; // from one stop to the next
  #reason = "";

  // settings as worker.js wants them: {live, packages, module, prepare}.
  constructor(settings) {
    this.#settings = settings;
  }

  get running() {
    return this.#worker !== null;
  }

  // Call a function of the module. `on` is told of events: {progress: bytes | "done"}, {event, content}.
  // Rejects when Python is ended meanwhile, or did not start; both leave it ready to be called again.
  async call(name, given, on = () => {}) {
    const round = this.#round;
    await keepForOffline(new URL("../../", this.#settings.live).href);
    if (round !== this.#round) throw new Error(this.#reason);
    this.#worker ??= this.#start();
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject, on });
      this.#worker.postMessage({ id, call: name, given });
    });
  }

  stop(reason = "stopped") {
    this.#round += 1;
    this.#reason = reason;
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
  }

  #start() {
    const worker = new Worker(new URL("worker.js", this.#settings.live), { type: "module" });
    // One that was ended may still have something to say: it is not listened to.
    const hear = (kind, act) => worker.addEventListener(kind, (event) => worker === this.#worker && act(event));
    hear("message", ({ data }) => this.#hear(data));
    hear("error", ({ message }) => this.stop(message || "Python could not be loaded"));
    worker.postMessage({ start: this.#settings });
    return worker;
  }

  #hear(data) {
    if (data.progress) {
      for (const { on } of this.#asked.values()) on(data);
      return;
    }
    const asked = this.#asked.get(data.id);
    if (!asked) return;
    if (data.event) {
      asked.on(data);
      return;
    }
    this.#asked.delete(data.id);
    if ("error" in data) asked.reject(new Error(data.error));
    else asked.resolve(data.value);
  }
}
