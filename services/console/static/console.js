// Open pages hear that something has changed. Without this file, and without JavaScript, everything works by reloading.
"use strict";
(() => {
  const shown = document.querySelector("[data-live]");
  if (!shown || !window.EventSource) return;
  const line = new EventSource(shown.dataset.live);
  let waiting = null;
  line.addEventListener("changed", () => {
    // Many changes at once are one look.
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = null;
      const news = shown.querySelector(".news");
      if (news) news.hidden = false;
      else window.htmx && window.htmx.trigger(shown, "changed");
    }, 700);
  });
  window.addEventListener("pagehide", () => line.close());
})();
document.querySelector("#problem")?.focus();
