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
    // The forms that wait for a line; of any other nothing is written down here.
    sendable: (path) => /^\/((referrals|speakers)\/[0-9a-f-]{36}\/[a-z_]+|families\/[0-9a-f-]{36}\/refer)$/.test(path),
    // A form under its key, which the page made: kept twice it is one.
    keep: (form) => within("forms", "readwrite", (store) => store.put(form)),
    drop: (key) => within("forms", "readwrite", (store) => store.delete(key)),
    // Of one reader: what somebody else wrote at this browser waits unseen until that one is back.
    forms: async (reader) => (await within("forms", "readonly", (store) => store.getAll())).filter((each) => each.reader === reader).sort((a, b) => a.at - b.at),
    fact: (name) => within("facts", "readonly", (store) => store.get(name)),
    note: (name, value) => within("facts", "readwrite", (store) => store.put(value, name)),
  };
})();
