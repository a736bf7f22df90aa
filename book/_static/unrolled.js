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
