// The page: filters, counts, keys, the patch to download. It calls nobody and keeps nothing but the decisions.

(() => {
  "use strict";

  const { element, visible } = Diff;
  const at = (id) => document.getElementById(id);
  const source = at("data");
  const data = JSON.parse(source.textContent);
  const review = reviewOf(data, source.dataset.digest);
  const filter = filterOf(data, review);
  const narrow = matchMedia("(max-width: 900px)");
  const view = { mode: recalled("view") ?? (matchMedia("(min-width: 1280px)").matches ? "split" : "unified") };
  const cards = cardsOf(data, review, view);
  const all = data.changes.map((_, id) => id);
  let shownIds = [];

  function recalled(name) {
    try {
      return localStorage.getItem(`codemend-${name}`) ?? undefined;
    } catch {}
  }

  function remember(name, value) {
    try {
      localStorage.setItem(`codemend-${name}`, value);
    } catch {}
  }

  const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

  // Say something for everybody, also for those who do not see the page.
  let quiet = 0;
  function say(text) {
    at("said").textContent = text;
    at("said").classList.add("heard");
    clearTimeout(quiet);
    quiet = setTimeout(() => at("said").classList.remove("heard"), 5000);
  }

  // Decisions.

  const WORDS = ["open again", "accepted", "rejected"];

  function decide(ids, state) {
    const before = review.count(all)[state];
    const followed = review.decide(ids, state);
    const done = review.count(all)[state] - before;
    const risky = state === review.ACCEPTED ? followed.filter((id) => data.changes[id].safety !== "safe").length : 0;
    const along = followed.length
      ? state === review.ACCEPTED ? `, with ${count(followed.length, "change")} needed for that` : `, with ${count(followed.length, "change")} that need${followed.length === 1 ? "s" : ""} that`
      : "";
    if (ids.length > 1 || followed.length) say(`${count(done, "change")} ${WORDS[state]}${along}${risky ? ` (${risky} unsafe)` : ""}.`);
  }

  function takeBack() {
    const changed = review.undo();
    if (!changed.length) return say("There is nothing to take back.");
    say(`Taken back: ${count(changed.length, "decision")}.`);
    cards.go(changed[0]);
  }

  function tally() {
    const [open, accepted, rejected] = review.count(all);
    const strong = element("strong", {}, `${accepted} of ${all.length}`);
    const rest = [open && `${open} open`, rejected && `${rejected} rejected`].filter(Boolean).join(", ");
    at("tally").replaceChildren(strong, " accepted", ...(rest ? [element("span", {}, ` · ${rest}`)] : []));
    const part = (name, n) => {
      const made = element("i", { class: name });
      made.style.flexGrow = n;
      return made;
    };
    at("bar").replaceChildren(part("accepted", accepted), part("rejected", rejected), part("open", open));
    at("bar").setAttribute("aria-label", `${accepted} accepted, ${rejected} rejected, ${open} open`);
    at("download").disabled = at("copy").disabled = accepted === 0;
    at("download").replaceChildren("Download", " ", element("span", { class: "long" }, accepted ? `patch (${accepted})` : "patch"));
    at("download").title = accepted ? `A patch of the ${count(accepted, "accepted change")} (d)` : "Accept a change first";
  }

  // The patch.

  const patch = () => Patch.whole(data.files, review.isAccepted);

  function download() {
    if (at("download").disabled) return say("Accept a change first.");
    const url = URL.createObjectURL(new Blob([patch()], { type: "text/x-patch" }));
    const name = data.root.replace(/[^\w.-]+/g, "-").replace(/^[-.]+/, "") || "changes";
    const link = element("a", { href: url, download: `${name}.patch` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    say(`${name}.patch has ${count(review.count(all)[1], "change")}. Run git apply ${name}.patch in ${visible(data.root)}.`);
  }

  async function copy() {
    if (at("copy").disabled) return say("Accept a change first.");
    try {
      await navigator.clipboard.writeText(patch());
    } catch {
      const area = element("textarea", { class: "unseen" });
      area.value = patch();
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) return say("The browser does not allow to copy; download the patch.");
    }
    say(`Copied a patch of ${count(review.count(all)[1], "change")}.`);
  }

  // Filters.

  function facets() {
    const blocks = [
      facet("state", "State", filter.NAMES.map((name) => [name, name])),
      facet("codemod", "Codemods", data.codemods.map((it, index) => [index, it.name])),
      facet("safety", "Safety", ["safe", "unsafe"].map((name) => [name, name])),
      folders(),
    ];
    const focused = document.activeElement?.dataset?.key;
    at("facets").replaceChildren(...blocks.filter(Boolean));
    if (focused) at("facets").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    at("clear").hidden = !filter.isActive();
  }

  const valueOf = { state: (id) => filter.NAMES[review.state(id)], codemod: (id) => data.changes[id].codemod, safety: (id) => data.changes[id].safety };

  function facet(name, title, values) {
    const counts = new Map();
    for (const id of filter.passing(name)) counts.set(valueOf[name](id), (counts.get(valueOf[name](id)) ?? 0) + 1);
    const rows = values.map(([value, label]) => {
      const pressed = filter.chosen[name].has(value);
      const row = element("button", { type: "button", class: "facet", "aria-pressed": String(pressed), "data-facet": name, "data-value": value, "data-key": `${name}:${value}` },
        name === "codemod" ? null : element("i", { class: `dot ${label}` }), element("span", { class: "label" }, label), element("span", { class: "count" }, String(counts.get(value) ?? 0)));
      if (name !== "codemod") return element("li", {}, row);
      return element("li", { class: "codemod" }, row,
        element("div", { class: "row-tools" },
          element("button", { type: "button", "data-codemod": value, "data-all": "accept", title: `Accept all of ${label}`, "aria-label": `Accept all of ${label}` }, "✓"),
          element("button", { type: "button", "data-codemod": value, "data-all": "reject", title: `Reject all of ${label}`, "aria-label": `Reject all of ${label}` }, "✕"),
          element("button", { type: "button", "data-about": value, title: `What ${label} does`, "aria-label": `What ${label} does` }, "?")));
    });
    return values.length ? element("section", { "aria-label": title }, element("h2", {}, title), element("ul", {}, ...rows)) : null;
  }

  // The folders as a tree; those with one child only are written together with it.
  function folders() {
    const root = { below: new Map(), count: 0 };
    for (const id of filter.passing("folder")) {
      let node = root;
      for (const part of data.files[data.changes[id].file].name.split("/")) {
        if (!node.below.has(part)) node.below.set(part, { below: new Map(), count: 0 });
        node = node.below.get(part);
        node.count++;
      }
    }
    if (!root.below.size) return null;
    return element("section", { "aria-label": "Folders" }, element("h2", {}, "Folders"), branch(root, ""));
  }

  function branch(node, above) {
    const rows = [];
    for (let [part, child] of node.below) {
      let path = above ? `${above}/${part}` : part;
      while (child.below.size === 1 && [...child.below.values()][0].below.size) {
        const [[further, only]] = child.below;
        path += `/${further}`;
        part += `/${further}`;
        child = only;
      }
      const chosen = filter.chosen.folder;
      const row = element("button", { type: "button", class: "facet", "aria-pressed": String(chosen === path), "data-folder": path, "data-key": `folder:${path}` },
        element("span", { class: "label" }, visible(part) + (child.below.size ? "/" : "")), element("span", { class: "count" }, String(child.count)));
      const isOpen = chosen === path || chosen.startsWith(`${path}/`) || (!above && node.below.size <= 4);
      rows.push(element("li", {}, row, isOpen && child.below.size ? branch(child, path) : null));
    }
    return element("ul", { class: "tree" }, ...rows);
  }

  // Show what passes the filters. Decisions alone hide nothing: a change must not vanish under the hand.
  function show() {
    shownIds = filter.shown();
    cards.show(shownIds);
    facets();
    headline();
  }

  // Safe with all that has to be accepted with it.
  const safeties = new Map();
  function isSafe(id) {
    if (!safeties.has(id)) safeties.set(id, [...review.accepting(id)].every((one) => data.changes[one].safety === "safe"));
    return safeties.get(id);
  }

  function headline() {
    const files = new Set(shownIds.map((id) => data.changes[id].file)).size;
    at("shown").textContent = shownIds.length ? `${count(shownIds.length, "change")} in ${count(files, "file")}` : "No changes";
    const safe = shownIds.filter(isSafe);
    const mixed = safe.length && safe.length < shownIds.length;
    const label = filter.isActive() ? "shown" : "";
    at("bulk").replaceChildren(
      ...(mixed ? [cards.button(`Accept ${safe.length} safe`, "accept-safe", { class: "accept" })] : []),
      ...(shownIds.length ? [
        cards.button(`Accept all ${label}`.trim(), "accept-all", { class: mixed ? "" : "accept" }),
        cards.button(`Reject all ${label}`.trim(), "reject-all"),
        cards.button("Reset", "open-all", { class: "quiet", title: "Make these open again" }),
      ] : []));
  }

  // What was not changed, and why.

  const LISTS = [
    ["problems", "Problems", "Files that could not be read or parsed."],
    ["reports", "To look at", "Places that need a person."],
    ["withheld", "Withheld", "Changes that this run was not asked for. --unsafe-fixes makes the unsafe ones."],
    ["refusals", "Left alone", "Places where a change would not have been safe, and why."],
  ];
  const SOME = 200;

  function notes() {
    const made = LISTS.filter(([name]) => data[name].length).map(([name, title, what]) => {
      const box = element("details", { class: "notes", "data-notes": name }, element("summary", {}, title, element("span", { class: "count" }, String(data[name].length))));
      box.addEventListener("toggle", () => {
        if (box.open && !box.querySelector("ul")) box.append(element("p", { class: "what" }, what), listed(data[name], element("ul")));
      });
      return box;
    });
    at("notes").replaceChildren(...made);
  }

  function listed(notes, list) {
    const from = list.children.length;
    list.append(...notes.slice(from, from + SOME).map(noted));
    if (notes.length > from + SOME) {
      const more = element("button", { type: "button" }, `Show more (${notes.length - from - SOME})`);
      const item = element("li", {}, more);
      more.addEventListener("click", () => {
        item.remove();
        listed(notes, list);
      });
      list.append(item);
    }
    return list;
  }

  function noted(note) {
    const place = note.at ? `${note.path}:${note.at.line}:${note.at.column}` : note.path;
    const more = [note.safety, note.codemod].filter(Boolean).join(" · ");
    return element("li", {}, element("p", { class: "place" }, visible(place), more && element("span", {}, more)), element("p", {}, ...cards.prose(note.message)),
      note.why && element("p", { class: "hint" }, ...cards.prose(note.why)), note.help && element("p", { class: "hint" }, ...cards.prose(note.help)));
  }

  // Dialogs.

  const KEYS = [
    ["j", "k", "next, previous change"], ["a", "y", "accept, and go on"], ["r", "n", "reject, and go on"], ["o", "", "make open again"],
    ["u", "", "take the last decision back"], ["f", "", "next file"], ["e", "", "show more lines"], ["w", "", "whole file: all that is accepted"],
    ["s", "", "unified or split"], ["/", "", "search"], ["d", "c", "download, copy the patch"], ["t", "", "dark or light"], ["?", "", "these keys"],
  ];

  function openDialog(dialog, title, ...children) {
    const close = element("button", { type: "button", class: "icon close", "aria-label": "Close" }, "✕");
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(element("header", {}, element("h2", { id: `${dialog.id}-title` }, title), close), ...children);
    if (!dialog.open) dialog.showModal();
  }

  function showKeys() {
    const rows = KEYS.map(([one, two, what]) => element("div", {}, element("dt", {}, element("kbd", {}, one), two && " ", two && element("kbd", {}, two)), element("dd", {}, what)));
    openDialog(at("keys"), "Keys", element("dl", {}, ...rows), element("p", { class: "hint" }, "Only accepted changes go into the patch. Decisions stay in this browser."));
  }

  function showAbout(index) {
    const { name, page } = data.codemods[index];
    openDialog(at("about"), name, ...pageOf(page));
  }

  // A page of a codemod without its cases: headings, paragraphs, lists, tables and code.
  function pageOf(page) {
    const made = [];
    const text = page.replace(/^# .*\n/, "").split(/\n## Cases\b/)[0];
    for (const block of text.split(/(^```[^]*?^```$)/m).flatMap((part) => (part.startsWith("```") ? [part] : part.split(/\n\s*\n/)))) {
      const body = block.trim();
      if (!body) continue;
      const heading = /^#+ (.*)$/.exec(body);
      if (heading) made.push(element("h3", {}, ...cards.prose(heading[1])));
      else if (body.startsWith("```")) made.push(element("pre", {}, visibleLines(body.replace(/^```.*\n/, "").replace(/\n?```$/, ""))));
      else if (body.startsWith("|")) made.push(tableOf(body));
      else if (/^[-*] /.test(body)) made.push(element("ul", {}, ...body.split(/\n(?=[-*] )/).map((item) => element("li", {}, ...cards.prose(unlinked(item.slice(2)))))));
      else made.push(element("p", {}, ...cards.prose(unlinked(body))));
    }
    return made;
  }

  const visibleLines = (text) => text.split("\n").map(visible).join("\n");
  const unlinked = (text) => text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\s*\n\s*/g, " ").replace(/\*\*/g, "");

  function tableOf(text) {
    const rows = text.split("\n").filter((line) => !/^\|[\s:|-]+$/.test(line));
    const cells = (line) => line.replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => unlinked(cell.trim().replace(/\\\|/g, "|")));
    return element("table", {}, element("tbody", {}, ...rows.map((line, index) => element("tr", {}, ...cells(line).map((cell) => element(index ? "td" : "th", {}, ...cards.prose(cell)))))));
  }

  // Views and themes.

  function setView(mode) {
    view.mode = mode;
    for (const name of ["unified", "split"]) at(name).setAttribute("aria-pressed", String(name === mode));
  }

  function changeView(mode) {
    if (mode === view.mode) return;
    setView(mode);
    remember("view", mode);
    const current = cards.current();
    cards.show(shownIds);
    if (current !== null) cards.go(current);
  }

  const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  function changeTheme() {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember("theme", theme);
  }

  // Clicks.

  const DO = {
    accept: (id) => decide([id], review.state(id) === review.ACCEPTED ? review.OPEN : review.ACCEPTED),
    reject: (id) => decide([id], review.state(id) === review.REJECTED ? review.OPEN : review.REJECTED),
    expand: (id) => cards.expand(id),
    about: (id) => showAbout(data.changes[id].codemod),
    go: (id, button) => goTo(Number(button.dataset.to)),
  };
  // What the filters hide is not decided about.
  const shownIn = (file) => shownIds.filter((id) => data.changes[id].file === file);
  const DO_FILE = {
    "accept-file": (file) => decide(shownIn(file), review.ACCEPTED),
    "reject-file": (file) => decide(shownIn(file), review.REJECTED),
    together: (file) => cards.toggleTogether(file),
  };
  const DO_ALL = {
    "accept-safe": () => decide(shownIds.filter(isSafe), review.ACCEPTED),
    "accept-all": () => decide(shownIds, review.ACCEPTED),
    "reject-all": () => decide(shownIds, review.REJECTED),
    "open-all": () => decide(shownIds, review.OPEN),
  };

  function goTo(id) {
    if (!shownIds.includes(id)) {
      filter.clear();
      at("search").value = "";
      show();
    }
    cards.go(id);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const box = event.target.closest("article");
    if (box) cards.select(Number(box.dataset.id));
    if (!button) return;
    const { do: action, facet: name, value, folder, codemod, all: which, about } = button.dataset;
    if (action && box) DO[action]?.(Number(box.dataset.id), button);
    else if (action && DO_ALL[action]) DO_ALL[action]();
    else if (action) DO_FILE[action]?.(Number(button.closest("section").dataset.file));
    else if (name) {
      filter.toggle(name, name === "codemod" ? Number(value) : value);
      show();
    } else if (folder !== undefined) {
      filter.chosen.folder = filter.chosen.folder === folder ? "" : folder;
      show();
    } else if (codemod !== undefined) {
      const counted = filter.passing("codemod").filter((id) => data.changes[id].codemod === Number(codemod));
      decide(counted, which === "accept" ? review.ACCEPTED : review.REJECTED);
    } else if (about !== undefined) showAbout(Number(about));
  });

  let typed = 0;
  at("search").addEventListener("input", () => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      filter.chosen.words = at("search").value.trim().toLowerCase();
      show();
    }, 120);
  });
  at("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") cards.step(1);
    if (event.key === "Escape") at("search").blur();
  });
  at("clear").addEventListener("click", () => {
    filter.clear();
    at("search").value = "";
    show();
  });
  at("download").addEventListener("click", download);
  at("copy").addEventListener("click", copy);
  at("unified").addEventListener("click", () => changeView("unified"));
  at("split").addEventListener("click", () => changeView("split"));
  at("theme").addEventListener("click", changeTheme);
  at("help").addEventListener("click", showKeys);
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  // Keys.

  function judge(state) {
    const id = cards.current();
    if (id === null) return void cards.step(1);
    decide([id], state);
    if (state !== review.OPEN && !cards.step(1)) say("That was the last change shown.");
  }

  const onCurrent = (action) => () => cards.current() !== null && action(cards.current());
  const PRESSED = {
    j: () => cards.step(1), k: () => cards.step(-1), f: () => cards.nextFile() || say("This is the last file shown."),
    a: () => judge(review.ACCEPTED), y: () => judge(review.ACCEPTED), r: () => judge(review.REJECTED), n: () => judge(review.REJECTED), o: () => judge(review.OPEN),
    u: takeBack, e: onCurrent(cards.expand), w: onCurrent((id) => cards.toggleTogether(data.changes[id].file)),
    s: () => changeView(view.mode === "split" ? "unified" : "split"), d: download, c: copy, t: changeTheme, "?": showKeys,
    "/": () => {
      at("filters").open = true;
      at("search").focus();
      at("search").select();
    },
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, dialog");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = PRESSED[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // Begin.

  const theme = recalled("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  at("root").textContent = visible(data.root);
  document.title = `${visible(data.root)}: codemend review`;
  const facts = [`codemend ${data.version}`, `${count(data.read, "file")} looked at`, data.target && `target ${data.target}`];
  at("facts").textContent = visible(facts.filter(Boolean).join(" · "));
  const fit = () => { at("filters").open = !narrow.matches; };
  narrow.addEventListener("change", fit);
  fit();
  setView(["unified", "split"].includes(view.mode) ? view.mode : "unified");
  let pending = false;
  review.onChange((changed) => {
    cards.refresh(changed);
    tally();
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      facets();
    });
  });
  notes();
  tally();
  show();
})();
