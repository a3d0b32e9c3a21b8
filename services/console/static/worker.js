// The service worker: pages that were opened can be read without a line, and forms wait until it is back.
"use strict";
const FILES = "files";
const PAGES = "pages";
const SHELL = "/unsent";
const MOST_PAGES = 60;
const PATIENCE = 20000;
const READABLE = /^\/(work\/[a-z]+|speakers\/list\/[a-z]+|(referrals|speakers)\/[0-9a-f-]{36})$/;
// What an answer says that was never given by the part that decides.
const NOT_ANSWERED = new Set([401, 502, 503, 504]);

self.addEventListener("install", (event) => event.waitUntil(keepShell().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.waitUntil(send()));
self.addEventListener("message", (event) => {
  const { reader, page, look } = event.data;
  if (reader) event.waitUntil(begin(reader).then(() => page && keepMissing(page)).then(send));
  if (look) event.waitUntil(send());
});
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/")) event.respondWith(file(event.request));
  else if (event.request.mode !== "navigate") return;
  else if (event.request.method === "GET") event.respondWith(page(event.request, address));
  else if (address.pathname === "/sign-out") event.respondWith(leave(event.request));
  else if (waiting.sendable(address.pathname)) event.respondWith(post(event.request, address));
});

// Files have another address when their content is another: what is kept never changes.
async function file(request) {
  const kept = await caches.open(FILES);
  const known = await kept.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}

async function keepShell() {
  const answer = await fetch(SHELL, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const [text, kept] = [await answer.clone().text(), await caches.open(FILES)];
  await kept.addAll([...new Set(Array.from(text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g), (each) => each[1]))]);
  await kept.put(SHELL, answer);
}

// Another reader at this browser sees nothing of the one before.
async function begin(reader) {
  const same = (await waiting.fact("reader")) === reader;
  if (same && (await (await caches.open(FILES)).match(SHELL))) return;
  if (!same) await caches.delete(PAGES);
  await waiting.note("reader", reader);
  await keepShell();
}

async function leave(request) {
  // Also without a line: whoever leaves, leaves nothing to read.
  await Promise.all([caches.delete(PAGES), waiting.note("saying", null), caches.open(FILES).then((kept) => kept.delete(SHELL))]);
  return fetch(request);
}

async function page(request, address) {
  const known = READABLE.test(address.pathname) ? await (await caches.open(PAGES)).match(address.pathname) : null;
  try {
    const answer = await (known ? patiently(request) : fetch(request));
    // A list of one village, or its next page, is not the list.
    if (READABLE.test(address.pathname) && !/[?&](region|after)=./.test(address.search)) await keepPage(address.pathname, answer);
    return answer;
  } catch {
    return known ? asKept(known) : shell();
  }
}

async function keepMissing(path) {
  if (!READABLE.test(path) || (await (await caches.open(PAGES)).match(path))) return;
  await keepPage(path, await fetch(path));
}

async function keepPage(path, answer) {
  if (!answer.ok || answer.redirected || answer.headers.get("x-keep") === "no") return;
  const kept = await caches.open(PAGES);
  const headers = { "content-type": "text/html; charset=utf-8", "x-kept-at": new Date().toISOString() };
  await kept.delete(path);
  await kept.put(path, new Response(await answer.clone().text(), { headers }));
  const paths = await kept.keys();
  await Promise.all(paths.slice(0, Math.max(0, paths.length - MOST_PAGES)).map((each) => kept.delete(each)));
}

// The page says since when it is; `console.js` shows it.
async function asKept(known) {
  const text = (await known.text()).replace("<body", `<body data-kept-at="${known.headers.get("x-kept-at")}"`);
  return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
}

async function shell() {
  return (await (await caches.open(FILES)).match(SHELL)) || Response.error();
}

function patiently(request) {
  return fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
}

// The same key whenever it is sent: a form whose answer was lost acts once.
async function post(request, address) {
  const fields = [...(await request.clone().formData()).entries()].filter(([, value]) => typeof value === "string");
  const form = Object.fromEntries(fields);
  let answer = null;
  try {
    answer = await patiently(request);
    if (answer.type === "opaqueredirect") await waiting.drop(form.key); // done, and it may have waited
    if (!NOT_ANSWERED.has(answer.status)) return answer;
  } catch {
    // No line: it waits.
  }
  const from = new URL(request.referrer || location.origin).pathname;
  const [reader, saying] = [await waiting.fact("reader"), await waiting.fact("saying")];
  const { title, said } = saying && saying.key === form.key ? saying : { title: "", said: [] };
  const what = { key: form.key, path: address.pathname, from, fields, title, said };
  await waiting.keep({ ...what, reader, at: Date.now(), refused: 0 });
  if (self.registration.sync) await self.registration.sync.register("send").catch(() => {});
  return answer && answer.status === 401 ? answer : Response.redirect(SHELL, 303);
}

function send() {
  return navigator.locks.request("send", sendAll);
}

async function sendAll() {
  if (!(await waiting.forms(await waiting.fact("reader"))).length) return;
  const session = await fetch("/session", { cache: "no-store" }).then((answer) => answer.json()).catch(() => null);
  if (!session || !session.reader) return;
  for (const form of (await waiting.forms(session.reader)).filter((each) => !each.refused)) {
    if (!(await sendOne(form, session.csrf))) break;
  }
  for (const client of await self.clients.matchAll()) client.postMessage("sent");
}

// False where there was no answer: the rest waits too.
async function sendOne(form, csrf) {
  const body = new URLSearchParams(form.fields);
  body.set("csrf", csrf);
  let answer;
  try {
    answer = await fetch(form.path, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return false;
  }
  if (NOT_ANSWERED.has(answer.status) || new URL(answer.url).pathname === "/sign-in") return false;
  if (answer.ok) await waiting.drop(form.key);
  else await waiting.keep({ ...form, refused: answer.status });
  return true;
}
