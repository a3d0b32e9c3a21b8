// What was written while there was no line, kept in this browser until it is sent. Read by pages and by the worker.
"use strict";
const waiting = (() => {
  const opened = new Promise((done, failed) => {
    const asked = indexedDB.open("nyekrup", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("forms", { keyPath: "key" });
      asked.result.createObjectStore("facts");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const within = async (store, mode, act) => {
    const transaction = (await opened).transaction(store, mode);
    const request = act(transaction.objectStore(store));
    return new Promise((done, failed) => {
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = transaction.onerror = () => failed(transaction.error);
    });
  };
  return {
    // A form under its key, which the page made: kept twice it is one.
    keep: (form) => within("forms", "readwrite", (store) => store.put(form)),
    drop: (key) => within("forms", "readwrite", (store) => store.delete(key)),
    forms: async () => (await within("forms", "readonly", (store) => store.getAll())).sort((a, b) => a.at - b.at),
    fact: (name) => within("facts", "readonly", (store) => store.get(name)),
    note: (name, value) => within("facts", "readwrite", (store) => store.put(value, name)),
  };
})();
