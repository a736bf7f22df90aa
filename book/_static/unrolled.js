// What scrolls sideways can be reached with the keyboard. Measured only when it comes near the screen.
addEventListener("DOMContentLoaded", () => {
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    }
  }, { rootMargin: "50%" });
  document.querySelectorAll(".bd-article :is(pre, .katex-display, .pst-scrollable-table-container)").forEach((box) => watcher.observe(box));
});

// <frame-scrubber label="…"> shows one of its figures at a time: the one with class "now". Written by
// _figures/frames.py, laid out by unrolled.css. Without this script, and on paper, all figures are shown.
const CONTROLS = document.createElement("template");
CONTROLS.innerHTML = `<div class="controls">
  <label><span></span> <input type="range" min="1" value="1"></label>
  <button type="button" aria-label="Previous frame">‹</button>
  <button type="button" aria-label="Next frame">›</button>
  <span class="position"></span>
  <span class="visually-hidden" aria-live="polite"></span>
</div>`;

customElements.define("frame-scrubber", class extends HTMLElement {
  connectedCallback() {
    if (this.slider) return;
    const controls = CONTROLS.content.firstElementChild.cloneNode(true);
    [this.previous, this.next] = controls.querySelectorAll("button");
    [this.name, this.position, this.spoken] = controls.querySelectorAll("span");
    this.slider = controls.querySelector("input");
    this.name.textContent = this.getAttribute("label");
    this.slider.addEventListener("input", () => this.show(this.slider.valueAsNumber));
    this.previous.addEventListener("click", () => this.step(-1));
    this.next.addEventListener("click", () => this.step(1));
    this.prepend(controls); // at once, so that nothing moves later; the figures may still be on their way
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => this.start());
    else this.start();
  }

  start() {
    this.frames = [...this.querySelectorAll("figure")];
    this.slider.max = this.frames.length;
    this.show(1 + this.frames.findIndex((frame) => frame.matches(".now")));
  }

  // A screen reader says what the slider stands at; after a button, the live region says it.
  step(by) {
    const at = this.slider.valueAsNumber + by;
    if (at < 1 || at > this.frames.length) return;
    this.show(at);
    this.spoken.textContent = this.slider.getAttribute("aria-valuetext");
  }

  show(at) {
    this.frames.forEach((frame, n) => frame.classList.toggle("now", n + 1 === at));
    this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", this.frames[at - 1].querySelector("figcaption").textContent);
    this.position.textContent = `${at} of ${this.frames.length}`;
    this.previous.setAttribute("aria-disabled", at === 1);
    this.next.setAttribute("aria-disabled", at === this.frames.length);
  }
});

// Pictures further down wait until the page is there. Then they come, to be there on paper and without a network, too.
addEventListener("load", () => {
  const wait = window.requestIdleCallback ?? setTimeout;
  wait(() => document.querySelectorAll("img[loading=lazy]").forEach((image) => (image.loading = "eager")));
});

// Paper is light.
{
  const { dataset } = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => {
    theme = dataset.theme;
    dataset.theme = "light";
  });
  addEventListener("afterprint", () => (dataset.theme = theme));
}
addEventListener("click", ({ target }) => {
  if (target.closest(".take-along .print")) print();
});
