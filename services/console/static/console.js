// What pages do beyond links and forms. Without this file, and without JavaScript, everything works by reloading.
"use strict";
const body = document.body;

// An open page hears that something has changed.
(() => {
  const shown = document.querySelector("[data-live]");
  if (!shown || !window.EventSource || body.dataset.keptAt) return;
  const line = new EventSource(shown.dataset.live);
  let soon = null;
  line.addEventListener("changed", () => {
    // Many changes at once are one look.
    if (soon) return;
    soon = setTimeout(() => {
      soon = null;
      const news = shown.querySelector(".news");
      if (news) news.hidden = false;
      else window.htmx && window.htmx.trigger(shown, "changed");
    }, 700);
  });
  window.addEventListener("pagehide", () => line.close());
})();

// Pages stay readable without a line, and forms wait for it: the worker does that.
(() => {
  const { reader, keptAt } = body.dataset;
  if (keptAt) {
    const note = document.querySelector("#kept");
    note.querySelector("time").textContent = new Date(keptAt).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    note.hidden = false;
  }
  if (!reader || !navigator.serviceWorker) return;
  const worker = navigator.serviceWorker;
  const tell = (told) => worker.ready.then((registered) => registered.active.postMessage(told));
  const count = async () => {
    const link = document.querySelector("#unsent-link");
    const forms = await waiting.forms(reader);
    link.hidden = forms.length === 0;
    link.querySelector(".count").textContent = forms.length;
  };
  // A browser does not always know that its line is back.
  const look = async () => (await waiting.forms(reader)).length && tell({ look: true });
  setInterval(look, 10000);
  worker.register("/worker.js");
  // A list of one village, or its next page, is not the list.
  const whole = !/[?&](region|after)=./.test(location.search);
  if (!keptAt) tell({ reader, page: whole && location.pathname });
  window.addEventListener("online", look);
  worker.addEventListener("message", count);
  count();
})();

// What a form says in words, in case that it has to wait: the worker sees codes only.
document.addEventListener("submit", ({ target, submitter }) => {
  const words = (field) => (field.tagName === "SELECT" ? field.selectedOptions[0]?.text : field.type === "radio" ? field.labels[0].innerText : field.value);
  const shown = [...target.elements].filter((field) => field.name && field.value && field.type !== "hidden" && field.tagName !== "BUTTON");
  const said = shown.filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked).map(words);
  const title = `${document.querySelector("h1").innerText}: ${submitter?.innerText ?? ""}`;
  if (target.elements.key && waiting.sendable(new URL(target.action).pathname)) waiting.note("saying", { key: target.elements.key.value, title, said });
});

// A draft is kept as it is typed.
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const said = form.querySelector(".saved");
  let soon = null;
  let keeping = null;
  const keep = async () => {
    const sent = new FormData(form);
    sent.set("then", "keep");
    sent.set("key", crypto.randomUUID());
    const kept = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) }).then((answer) => answer.status === 204, () => false);
    const moment = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
    said.textContent = kept ? `${said.dataset.kept} ${moment}` : said.dataset.failed;
  };
  form.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(() => { keeping = keep().finally(() => { keeping = null; }); }, 1500);
  });
  // Not while a draft is on its way: the two would be taken for two people's.
  form.addEventListener("submit", (event) => {
    clearTimeout(soon);
    if (!keeping) return;
    event.preventDefault();
    keeping.then(() => form.requestSubmit(event.submitter));
  });
})();

document.querySelector("#problem")?.focus();
