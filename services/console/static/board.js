// New figures come into an open page: what was unfolded stays unfolded, and who stood at a link stands there still.
"use strict";
(() => {
  let open = [], at = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    open = [...event.target.querySelectorAll("details[id]")].map((each) => [each.id, each.open]);
    at = event.target.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const [id, was] of open) {
      const each = document.getElementById(id);
      if (each) each.open = was;
    }
    if (at) [...event.target.querySelectorAll("a[href]")].find((each) => each.getAttribute("href") === at)?.focus({ preventScroll: true });
  });
})();
