// The page of what waits in this browser: forms that are not sent yet, forms that were refused, pages that can be read.
"use strict";
(() => {
  const list = document.querySelector("#unsent");
  if (!list || !window.caches) return;
  const part = (name) => document.querySelector(`#${name}`).content.firstElementChild.cloneNode(true);
  const moment = (at) => new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

  const row = (form, csrf) => {
    const shown = part(form.refused ? "refused" : "waits");
    shown.querySelector("time").textContent = moment(form.at);
    shown.querySelector("a").href = form.from;
    shown.querySelector("h2").textContent = form.title;
    shown.querySelector("blockquote").textContent = form.said.join(" · ");
    const again = shown.querySelector("form");
    again.action = form.path;
    for (const [name, value] of form.fields) {
      const field = document.createElement("input");
      [field.type, field.name, field.value] = ["hidden", name, name === "csrf" ? csrf : value];
      again.append(field);
    }
    shown.querySelector(".drop").addEventListener("click", async () => { await waiting.drop(form.key); show(); });
    return shown;
  };

  const show = async () => {
    // This page may be a kept one, of a session that has ended.
    const session = await fetch("/session").then((answer) => answer.json()).catch(() => ({}));
    const forms = await waiting.forms(session.reader || document.body.dataset.reader);
    list.replaceChildren(...forms.map((form) => row(form, session.csrf || "")));
    document.querySelector("#nothing").hidden = forms.length > 0;
    const pages = await (await caches.open("pages")).keys();
    document.querySelector("#readable").replaceChildren(...(await Promise.all(pages.reverse().map(link))));
  };

  const link = async (request) => {
    const answer = await (await caches.open("pages")).match(request);
    const title = new DOMParser().parseFromString(await answer.text(), "text/html").title;
    const [item, anchor, small] = ["li", "a", "small"].map((name) => document.createElement(name));
    anchor.href = new URL(request.url).pathname;
    anchor.textContent = title.split(" · ")[0];
    small.textContent = ` ${moment(answer.headers.get("x-kept-at"))}`;
    item.append(anchor, small);
    return item;
  };

  navigator.serviceWorker.addEventListener("message", show);
  show();
})();
