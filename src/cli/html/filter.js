// Which changes are shown: by codemod, safety, state, folder and words.

function filterOf(data, review) {
  "use strict";

  const NAMES = ["open", "accepted", "rejected"];
  const chosen = { codemod: new Set(), safety: new Set(), state: new Set(), folder: "", words: "" };
  const texts = new Map();

  // What the search looks at: title, place, codemod, and the text of the change.
  function textOf(id) {
    if (!texts.has(id)) {
      const change = data.changes[id];
      const file = data.files[change.file];
      const parts = Patch.compose(file, (one) => one === id || (change.needs ?? []).includes(one));
      const code = parts.flatMap(({ found, old, now }) =>
        found.flatMap(([from, removed, there, added]) => [...old.slice(from, from + removed), ...now.slice(there, there + added)]));
      texts.set(id, [change.title, file.name, data.codemods[change.codemod].name, change.why ?? "", ...code].join("\n").toLowerCase());
    }
    return texts.get(id);
  }

  // Whether `id` passes all but the choice called `but`.
  function passes(id, but) {
    const change = data.changes[id];
    const facets = { codemod: change.codemod, safety: change.safety, state: NAMES[review.state(id)] };
    for (const [name, value] of Object.entries(facets)) {
      if (name !== but && chosen[name].size && !chosen[name].has(value)) return false;
    }
    if (but !== "folder" && chosen.folder && !isBelow(data.files[change.file].name, chosen.folder)) return false;
    return chosen.words.split(/\s+/).every((word) => !word || textOf(id).includes(word));
  }

  const isBelow = (name, folder) => name === folder || name.startsWith(folder + "/");

  const ids = data.changes.map((_, id) => id);

  return {
    chosen, NAMES,
    shown: () => ids.filter((id) => passes(id)),
    passing: (but) => ids.filter((id) => passes(id, but)),
    isActive: () => chosen.codemod.size + chosen.safety.size + chosen.state.size > 0 || chosen.folder !== "" || chosen.words !== "",
    toggle(name, value) {
      if (!chosen[name].delete(value)) chosen[name].add(value);
    },
    clear() {
      for (const name of ["codemod", "safety", "state"]) chosen[name].clear();
      chosen.folder = chosen.words = "";
    },
  };
}
