// The list of changes by file. Only what is near the window is built: the rest are empty boxes of about its height.

function cardsOf(data, review, view) {
  "use strict";

  // Lines shown around a change at first, and when more are asked for.
  const SOME = 3;
  const ALL = 20;

  const { element, visible } = Diff;
  const list = document.getElementById("list");
  const boxes = new Map();
  const heights = new Map();
  const context = new Map();
  const togetherShown = new Set();
  const idsOf = new Map();
  let order = [];
  let current = null;

  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) (isIntersecting ? fill : empty)(target);
  }, { rootMargin: "1000px 0px" });

  // Changes that touch each file, their own and those of others that reach into it.
  const touching = data.files.map((file) => Patch.changesOf(file));
  const filesOf = data.changes.map(() => []);
  touching.forEach((ids, file) => ids.forEach((id) => filesOf[id]?.push(file)));

  // The changes that stand in each file.
  const own = data.files.map(() => []);
  data.changes.forEach((change, id) => own[change.file].push(id));

  // Text with `names` in code.
  function prose(text) {
    const parts = visible(text).split("`");
    return parts.map((part, at) => (at % 2 && at + 1 < parts.length ? element("code", {}, part) : (at % 2 ? "`" : "") + part));
  }

  function button(label, action, attributes = {}) {
    return element("button", { type: "button", "data-do": action, ...attributes }, ...[label].flat());
  }

  // Build the boxes for `ids`.
  function show(ids) {
    near.disconnect();
    boxes.clear();
    idsOf.clear();
    for (const id of ids) {
      const file = data.changes[id].file;
      if (!idsOf.has(file)) idsOf.set(file, []);
      idsOf.get(file).push(id);
    }
    const name = (file) => data.files[file].name;
    const files = [...idsOf.keys()].sort((a, b) => (name(a) < name(b) ? -1 : 1));
    list.replaceChildren(...files.map(section));
    arrange();
    if (!ids.length) list.append(nothing());
  }

  // The order of the boxes that stand there now.
  function arrange() {
    order = Array.from(list.querySelectorAll("article"), (box) => Number(box.dataset.id));
    if (current !== null && !boxes.has(current)) current = null;
  }

  function nothing() {
    const text = data.changes.length ? "No change passes the filters." : "There is nothing to change.";
    return element("p", { class: "nothing" }, text);
  }

  function section(file) {
    const made = element("section", { class: "file", "data-file": file, "aria-label": visible(data.files[file].name) });
    made.append(element("div", { class: "box head", "data-head": file }));
    if (togetherShown.has(file)) made.append(element("div", { class: "box together", "data-together": file }));
    else {
      const line = (id) => data.changes[id].line;
      const ids = idsOf.get(file).sort((a, b) => line(a) - line(b) || a - b);
      made.append(...ids.map(boxOf));
    }
    for (const box of made.children) near.observe(box);
    return made;
  }

  function boxOf(id) {
    const change = data.changes[id];
    const label = `${visible(change.title)}, line ${change.line}`;
    const box = element("article", { class: "box change", "data-id": id, tabindex: "-1", "aria-label": label });
    box.style.minHeight = `${heights.get(`${id}${view.mode}`) ?? 210}px`;
    boxes.set(id, box);
    paint(box, id);
    return box;
  }

  function fill(box) {
    if (box.firstChild) return;
    const { head, together, id } = box.dataset;
    if (head !== undefined) box.append(...headOf(Number(head)));
    else if (together !== undefined) box.append(...togetherOf(Number(together)));
    else {
      box.append(...contentOf(Number(id)));
      paint(box, Number(id));
    }
    box.style.minHeight = "";
  }

  function empty(box) {
    if (!box.firstChild || box.contains(document.activeElement) || box.dataset.head !== undefined) return;
    const height = box.offsetHeight;
    heights.set(`${box.dataset.id}${view.mode}`, height);
    box.style.minHeight = `${height}px`;
    box.replaceChildren();
  }

  function headOf(index) {
    const file = data.files[index];
    const cut = file.name.lastIndexOf("/") + 1;
    const name = element("h2", {}, element("span", { class: "folder" }, visible(file.name.slice(0, cut))), visible(file.name.slice(cut)));
    const state = element("span", { class: "file-tally" });
    const together = togetherShown.has(index);
    const tools = element("div", { class: "tools" }, state,
      button("Whole file", "together", { "aria-pressed": String(together), title: "All accepted changes of this file together" }),
      button("Accept file", "accept-file"), button("Reject file", "reject-file"));
    const made = [name, file.creates ? element("span", { class: "badge new" }, "new file") : null, tools].filter(Boolean);
    tally(state, index);
    return made;
  }

  function tally(node, file) {
    const ids = own[file];
    const [open, accepted, rejected] = review.count(ids);
    const parts = [`${accepted} of ${ids.length} accepted`];
    if (rejected) parts.push(`${rejected} rejected`);
    node.textContent = parts.join(", ");
    node.classList.toggle("done", open === 0);
  }

  function contentOf(id) {
    const change = data.changes[id];
    const codemod = data.codemods[change.codemod];
    const meta = element("p", { class: "meta" },
      element("span", { class: "state" }),
      button(codemod.name, "about", { class: "link", title: codemod.summary }),
      element("span", {}, `line ${change.line}`),
      element("span", { class: `badge ${change.safety}`, title: SAFETY[change.safety] }, change.safety));
    const tools = element("div", { class: "decide", role: "group", "aria-label": "Decide" },
      button("Accept", "accept", { class: "accept", title: "Accept (a)" }),
      button("Reject", "reject", { class: "reject", title: "Reject (r)" }));
    const head = element("div", { class: "change-head" }, element("div", {}, element("h3", {}, ...prose(change.title)), meta), tools);
    return [head, whyOf(change), ...needsOf(id), ...diffsOf(id)].filter(Boolean);
  }

  const SAFETY = { safe: "Means the same when it runs", unsafe: "May mean something else when it runs", display: "Never applied" };

  function whyOf(change) {
    return change.why && element("p", { class: "why" }, element("b", {}, change.safety === "safe" ? "Note: " : "Why it is not safe: "), ...prose(change.why));
  }

  function needsOf(id) {
    const needs = data.changes[id].needs ?? [];
    const made = [
      ["Goes together with: ", needs.filter((need) => review.areTied(id, need))],
      ["Needs: ", needs.filter((need) => !review.areTied(id, need))],
    ].filter(([, ids]) => ids.length).map(([title, ids]) => {
      const where = (one) => (data.changes[one].file === data.changes[id].file ? "" : `${visible(data.files[data.changes[one].file].name)} `) + `line ${data.changes[one].line}`;
      const links = ids.slice(0, 5).map((one) => button([...prose(data.changes[one].title), `, ${where(one)}`], "go", { class: "link", "data-to": one }));
      const more = ids.length > 5 ? ` and ${ids.length - 5} more` : "";
      return element("p", { class: "needs" }, element("b", {}, title), ...links.flatMap((link, at) => (at ? ["; ", link] : [link])), more);
    });
    return made;
  }

  // What accepting the change does to each file: its own file first. What is there without it, because something that
  // it needs does that, is left out.
  function diffsOf(id) {
    const accepted = review.accepting(id);
    const rejected = review.rejecting(id);
    const others = (one) => accepted.has(one) && !rejected.has(one);
    const tied = [...accepted].filter((one) => rejected.has(one));
    const around = context.get(id) ?? SOME;
    const files = [...filesOf[id]].sort((a, b) => (b === data.changes[id].file) - (a === data.changes[id].file) || a - b);
    const made = [];
    let more = 0;
    for (const index of files) {
      const file = data.files[index];
      const parts = Patch.compose(file, (one) => accepted.has(one));
      const there = new Set(accepted.size > tied.length ? fingerprints(Patch.compose(file, others)) : []);
      const isMine = (part, found) => !there.has(fingerprint(part, found)) && ownerOf(tied, index, part, found, id) === id;
      const mine = parts
        .map((part) => ({ ...part, found: part.found.filter((found) => isMine(part, found)) }))
        .filter((part) => part.found.length);
      const hunks = Patch.hunks(mine, around);
      if (!hunks.length) continue;
      more += countLines(Patch.hunks(mine, ALL)) - countLines(hunks);
      if (index !== data.changes[id].file) made.push(element("p", { class: "elsewhere" }, visible(file.name)));
      made.push(element("div", { class: "diff-box" }, Diff.table(file, hunks, view.mode)));
    }
    if (!made.length) {
      const text = tied.length > 1 ? "Its lines are shown with the changes that it goes together with." : "Alone, this changes nothing.";
      made.push(element("p", { class: "nothing small" }, text));
    } else if (more > 0) made.push(button("Show more lines", "expand", { class: "expand", title: "Show more lines (e)" }));
    return made;
  }

  // Changes that go together have one set of edits. Each shows the lines that it stands at, the first one the rest.
  function ownerOf(tied, file, part, [from, removed], id) {
    if (tied.length < 2) return id;
    const [first, last] = [part.window.line + from, part.window.line + from + Math.max(removed, 1) - 1];
    const here = tied.filter((one) => data.changes[one].file === file);
    const stands = (one) => data.changes[one].line <= last && first <= data.changes[one].end;
    if (here.includes(id) && stands(id)) return id;
    return here.find(stands) ?? Math.min(...(here.length ? here : tied));
  }

  const countLines = (hunks) => hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);

  const fingerprint = (part, [from, removed, there, added]) =>
    JSON.stringify([part.window.line + from, removed, part.now.slice(there, there + added)]);

  function fingerprints(parts) {
    return parts.flatMap((part) => part.found.map((one) => fingerprint(part, one)));
  }

  function togetherOf(index) {
    const file = data.files[index];
    const parts = Patch.compose(file, review.isAccepted);
    const all = touching[index].every(review.isAccepted);
    const hunks = Patch.hunks(all ? Patch.agree(file, parts) : parts);
    if (!hunks.length) return [element("p", { class: "nothing small" }, "Nothing is accepted in this file yet.")];
    return [element("div", { class: "diff-box" }, Diff.table(file, hunks, view.mode))];
  }

  // Show the state of a change on its box.
  function paint(box, id) {
    const state = ["open", "accepted", "rejected"][review.state(id)];
    box.dataset.state = state;
    box.classList.toggle("current", id === current);
    const shownState = box.querySelector(".state");
    if (!shownState) return;
    shownState.textContent = state;
    box.querySelector(".accept").setAttribute("aria-pressed", String(state === "accepted"));
    box.querySelector(".reject").setAttribute("aria-pressed", String(state === "rejected"));
  }

  // After a decision about `ids`.
  function refresh(ids) {
    for (const id of ids) if (boxes.has(id)) paint(boxes.get(id), id);
    const files = new Set(ids.flatMap((id) => [data.changes[id].file, ...filesOf[id]]));
    for (const file of files) {
      const made = list.querySelector(`section[data-file="${file}"]`);
      const node = made?.querySelector(".file-tally");
      if (node) tally(node, file);
      if (made && togetherShown.has(file)) refill(made.querySelector(".together"));
    }
  }

  function refill(box) {
    box.replaceChildren();
    fill(box);
  }

  // Make `id` the current change and bring it to the top.
  function go(id) {
    if (!boxes.has(id)) return;
    if (current !== null) boxes.get(current)?.classList.remove("current");
    current = id;
    const box = boxes.get(id);
    fill(box);
    box.classList.add("current");
    box.focus({ preventScroll: true });
    // Those above get their real heights when they come near, so look again.
    box.scrollIntoView({ block: "start" });
    requestAnimationFrame(() => box.isConnected && id === current && box.scrollIntoView({ block: "start" }));
  }

  // `by` changes on; gives whether there was one.
  function step(by) {
    const at = current === null ? (by > 0 ? -1 : order.length) : order.indexOf(current);
    const next = order[at + by];
    if (next !== undefined) go(next);
    return next !== undefined;
  }

  function nextFile() {
    const at = Math.max(0, order.indexOf(current));
    const file = current === null ? null : data.changes[current].file;
    const next = order.slice(at).find((id) => data.changes[id].file !== file);
    if (next !== undefined) go(next);
    return next !== undefined;
  }

  function expand(id) {
    context.set(id, ALL);
    const box = boxes.get(id);
    const focused = box.contains(document.activeElement);
    refill(box);
    if (focused) box.focus({ preventScroll: true });
  }

  // One diff of all that is accepted in `file`, in place of its changes, or back.
  function toggleTogether(file) {
    if (!togetherShown.delete(file)) togetherShown.add(file);
    for (const id of idsOf.get(file)) boxes.delete(id);
    const made = section(file);
    list.querySelector(`section[data-file="${file}"]`).replaceWith(made);
    arrange();
    for (const box of made.children) fill(box);
    made.querySelector("[data-do=together]").focus();
  }

  return {
    show, refresh, go, step, nextFile, expand, prose, button, own, toggleTogether,
    current: () => current,
    select(id) {
      if (current !== null && current !== id) boxes.get(current)?.classList.remove("current");
      current = id;
      boxes.get(id)?.classList.add("current");
    },
  };
}
