// What a person has decided: open, accepted or rejected, for every change. Needs are kept; steps can be taken back.

function reviewOf(data, digest) {
  "use strict";

  const OPEN = 0;
  const ACCEPTED = 1;
  const REJECTED = 2;
  const key = `codemend-review:${digest}`;
  const changes = data.changes;
  const needing = changes.map(() => []);
  changes.forEach((change, id) => (change.needs ?? []).forEach((need) => needing[need]?.push(id)));

  const states = restored();
  const steps = [];
  const listeners = [];

  // Opened as a file, a browser may refuse to keep anything: then a reload begins anew.
  function restored() {
    try {
      const kept = localStorage.getItem(key) ?? "";
      if (kept.length === changes.length && /^[012]*$/.test(kept)) return Array.from(kept, Number);
    } catch {}
    return changes.map(() => OPEN);
  }

  function keep() {
    try {
      localStorage.setItem(key, states.join(""));
    } catch {}
  }

  // `ids` and all that `further` leads to from them.
  function closure(ids, further) {
    const all = new Set();
    const waiting = [...ids];
    while (waiting.length) {
      const id = waiting.pop();
      if (all.has(id)) continue;
      all.add(id);
      waiting.push(...further(id));
    }
    return all;
  }

  // Set `ids` to `state`, with what has to follow. Gives the changes that followed.
  function decide(ids, state) {
    const asked = new Set(ids);
    const all =
      state === ACCEPTED ? closure(asked, (id) => changes[id].needs ?? [])
      : state === REJECTED ? closure(asked, (id) => needing[id])
      // What needs an open change cannot stay accepted.
      : closure(asked, (id) => needing[id].filter((one) => states[one] === ACCEPTED));
    const changed = [...all].filter((id) => states[id] !== state);
    if (!changed.length) return [];
    steps.push(changed.map((id) => [id, states[id]]));
    for (const id of changed) states[id] = state;
    tell(changed);
    return changed.filter((id) => !asked.has(id));
  }

  // Take back the last step; gives its changes.
  function undo() {
    const step = steps.pop();
    if (!step) return [];
    for (const [id, state] of step) states[id] = state;
    const changed = step.map(([id]) => id);
    tell(changed);
    return changed;
  }

  function tell(changed) {
    keep();
    for (const listener of listeners) listener(changed);
  }

  // How many of `ids` are open, accepted, rejected.
  function count(ids) {
    const counts = [0, 0, 0];
    for (const id of ids) counts[states[id]]++;
    return counts;
  }

  return {
    OPEN, ACCEPTED, REJECTED,
    decide, undo, count, needing,
    state: (id) => states[id],
    isAccepted: (id) => states[id] === ACCEPTED,
    onChange: (listener) => listeners.push(listener),
    // All that has to be accepted with `id`.
    accepting: (id) => closure([id], (one) => changes[one].needs ?? []),
    // All that has to be rejected with it.
    rejecting: (id) => closure([id], (one) => needing[one]),
    // Whether each of the two needs the other.
    areTied: (one, other) => (changes[one].needs ?? []).includes(other) && (changes[other].needs ?? []).includes(one),
  };
}
