// Differences as tables: side by side or one below the other, with line numbers, colours and the words that differ.
//
// Whatever comes from the repository becomes a text node. Characters that nobody sees are spelled out.

const Diff = (() => {
  "use strict";

  // Characters of both sides that are compared word by word.
  const MOST = 4000;
  // Pairs of lines that are held against each other.
  const CELLS = 2500;
  const HIDDEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\ufff0-\ufff8]/u;
  const HIDDEN_RUNS = /([\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\ufff0-\ufff8])/u;

  const spelled = (c) => {
    const code = c.codePointAt(0);
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  };

  // `text` for one line of a label.
  const visible = (text) =>
    text.split(HIDDEN_RUNS).map((part, at) => (at % 2 && part !== "\t" ? spelled(part) : part)).join("");

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === undefined || value === null) continue;
      made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  }

  // Text nodes for `text`; hidden characters stand out.
  function shown(text) {
    if (!HIDDEN.test(text)) return [document.createTextNode(text)];
    return text.split(HIDDEN_RUNS).filter(Boolean).map((part) => {
      if (part === "\t" || !HIDDEN.test(part)) return document.createTextNode(part);
      return element("span", { class: "hidden-character", title: "a character that nobody sees" }, spelled(part));
    });
  }

  // The words that differ between two lines: [[from, to], ..] of each. None when hardly anything is the same.
  function marks(old, now) {
    if (old.length + now.length > MOST) return [[], []];
    const words = (text) => text.match(/[\p{L}\p{N}_]+|\s+|[^]/gu) ?? [];
    const [a, b] = [words(old), words(now)];
    const pairs = Patch.matches(a, b);
    if (!pairs) return [[], []];
    const same = new Set();
    const kept = new Set();
    let letters = 0;
    for (const [x, y, length] of pairs) {
      for (let i = 0; i < length; i++) {
        same.add(x + i);
        kept.add(y + i);
        letters += a[x + i].trim().length;
      }
    }
    if (letters * 4 < Math.min(old.trim().length, now.trim().length)) return [[], []];
    return [settled(old, ranges(a, same)), settled(now, ranges(b, kept))];
  }

  function ranges(words, same) {
    const found = [];
    let at = 0;
    words.forEach((word, index) => {
      const last = found.at(-1);
      // A blank between two words that differ differs with them.
      const between = same.has(index) && !word.trim() && last?.[1] === at && index + 1 < words.length && !same.has(index + 1);
      if (!same.has(index) || between) {
        if (last?.[1] === at) last[1] = at + word.length;
        else if (word.trim() || !same.has(index)) found.push([at, at + word.length]);
      }
      at += word.length;
    });
    return found;
  }

  // A mark that ends with a blank and stands behind one moves over it: ` | None`, not `| None `.
  function settled(text, ranges) {
    for (const range of ranges) {
      while (range[0] > 0 && text[range[0] - 1] === text[range[1] - 1] && /\s/.test(text[range[1] - 1])) {
        range[0]--;
        range[1]--;
      }
    }
    return ranges;
  }

  // One line as nodes, with its colours and its marks.
  function code(text, pieces, marked) {
    const body = text.replace(/\r?\n$/, "");
    const cuts = new Set([0, body.length]);
    for (const [from, to] of [...pieces, ...marked]) cuts.add(Math.min(from, body.length)).add(Math.min(to, body.length));
    const sorted = [...cuts].sort((a, b) => a - b);
    const within = (list, at) => list.find(([from, to]) => from <= at && at < to);
    const nodes = [];
    for (let i = 0; i + 1 < sorted.length; i++) {
      const [from, to] = [sorted[i], sorted[i + 1]];
      const kind = within(pieces, from)?.[2];
      const mark = within(marked, from);
      const inner = shown(body.slice(from, to));
      if (!kind && !mark) nodes.push(...inner);
      else nodes.push(element(mark ? "mark" : "span", { class: kind ? `py-${kind}` : undefined }, ...inner));
    }
    return nodes;
  }

  // Rows out of the lines of a hunk: pairs of a line that was and one that is.
  function rows(hunk) {
    const rows = [];
    let [removed, added] = [[], []];
    const flush = () => {
      rows.push(...paired(removed, added));
      [removed, added] = [[], []];
    };
    for (const line of hunk.lines) {
      if (line[0] === "-") removed.push(line);
      else if (line[0] === "+") added.push(line);
      else {
        flush();
        rows.push([line, line]);
      }
    }
    flush();
    return rows;
  }

  // Lines that were beside the lines that they became: those that are most alike, in order.
  function paired(removed, added) {
    const [n, m] = [removed.length, added.length];
    if (n === m || !n || !m || n * m > CELLS) {
      return Array.from({ length: Math.max(n, m) }, (_, i) => [removed[i], added[i]]);
    }
    const bags = (lines) => lines.map((line) => line[1].match(/[\p{L}\p{N}_]+|[^\s]/gu) ?? []);
    const [old, now] = [bags(removed), bags(added)];
    // best[i][j]: the likeness of the lines from i and from j on.
    const best = Array.from({ length: n + 1 }, () => new Array(m + 1).fill(0));
    const like = (i, j) => likeness(old[i], now[j]);
    for (let i = n - 1; i >= 0; i--) {
      for (let j = m - 1; j >= 0; j--) best[i][j] = Math.max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + like(i, j));
    }
    const rows = [];
    let [i, j] = [0, 0];
    while (i < n || j < m) {
      if (i < n && j < m && like(i, j) && best[i][j] === best[i + 1][j + 1] + like(i, j)) rows.push([removed[i++], added[j++]]);
      else if (j < m && (i === n || best[i][j] === best[i][j + 1])) rows.push([undefined, added[j++]]);
      else rows.push([removed[i++], undefined]);
    }
    return rows;
  }

  // From 0 to 1: the words that two lines share. Less than a third is nothing.
  function likeness(a, b) {
    const left = new Map();
    for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
    let shared = 0;
    for (const word of b) {
      if (!left.get(word)) continue;
      left.set(word, left.get(word) - 1);
      shared++;
    }
    const share = (2 * shared) / Math.max(1, a.length + b.length);
    return share < 0.34 ? 0 : share;
  }

  // The hunks of one file as a table. `view` is "unified" or "split".
  function table(file, hunks, view) {
    const body = element("tbody");
    const coloured = new Map();
    const isOdd = hunks.some((hunk) => mixed(hunk.part.old) || mixed(hunk.part.now));
    hunks.forEach((hunk, index) => {
      if (index) body.append(element("tr", { class: "gap" }, element("td", { colspan: 4 }, "⋯")));
      const painter = painterOf(file, hunk.part, coloured, isOdd);
      for (const row of view === "split" ? sides(rows(hunk), painter) : lines(rows(hunk), painter)) body.append(row);
    });
    const columns = view === "split" ? ["number", "code", "number", "code"] : ["number", "number", "sign", "code"];
    const widths = element("colgroup", {}, ...columns.map((name) => element("col", { class: name })));
    return element("table", { class: `diff ${view}`, "aria-label": `${visible(file.name)}, what changes` }, widths, body);
  }

  // A line ends in CR LF in one place and in LF in another: then each CR is worth seeing.
  function mixed(lines) {
    const ends = new Set(lines.filter((line) => line.endsWith("\n")).map((line) => line.endsWith("\r\n")));
    return ends.size > 1;
  }

  function painterOf(file, part, coloured, isOdd) {
    if (!coloured.has(part)) {
      const paint = (text, lines) =>
        Python.speaks(file.name) ? Python.byLine(text, lines, part.window.quotes) : lines.map(() => []);
      coloured.set(part, { old: paint(part.window.text, part.old), now: paint(part.text, part.now) });
    }
    const kinds = coloured.get(part);
    return (line, marked) => {
      const pieces = (line[0] === "+" ? kinds.now : kinds.old)[line[3]] ?? [];
      const nodes = code(line[1], pieces, marked ?? []);
      if (isOdd && line[1].endsWith("\r\n")) nodes.push(element("span", { class: "hidden-character" }, "\\x0d"));
      if (!line[1].endsWith("\n")) nodes.push(element("span", { class: "no-newline" }, "no newline at end of file"));
      return nodes;
    };
  }

  // The cell of a line. What does not fit goes on below, further in than the line begins.
  function codeCell(attributes, line, nodes) {
    const cell = element("td", attributes, ...nodes);
    const indent = Math.min(/^[ ]*/.exec(line[1])[0].length, 24) + 2;
    cell.style.setProperty("--indent", `${indent}ch`);
    return cell;
  }

  const isPair = (old, now) => old && now && old !== now;

  const number = (index) => element("td", { class: "number" }, index === undefined ? "" : String(index + 1));

  const SIGNS = { "-": "−", "+": "+", " ": "" };
  const CLASSES = { "-": "removed", "+": "added", " ": "same" };

  function lines(rows, paint) {
    const made = [];
    let late = [];
    const flush = () => {
      made.push(...late);
      late = [];
    };
    const row = (line, old, now, marked) =>
      element("tr", { class: CLASSES[line[0]] }, number(old), number(now),
        element("td", { class: "sign" }, SIGNS[line[0]]), codeCell({ class: "code" }, line, paint(line, marked)));
    for (const [old, now] of rows) {
      if (old === now) {
        flush();
        made.push(row(old, old[2], old[4]));
        continue;
      }
      const [gone, come] = isPair(old, now) ? marks(old[1], now[1]) : [[], []];
      if (old) made.push(row(old, old[2], undefined, gone));
      if (now) late.push(row(now, undefined, now[2], come));
    }
    flush();
    return made;
  }

  function sides(rows, paint) {
    return rows.map(([old, now]) => {
      const [gone, come] = isPair(old, now) ? marks(old[1], now[1]) : [[], []];
      const same = old === now;
      const cells = (line, index, marked) => {
        const kind = line ? CLASSES[line[0]] : "none";
        return [
          element("td", { class: `number ${kind}` }, line ? String(index + 1) : ""),
          line ? codeCell({ class: `code ${kind}` }, line, paint(line, marked)) : element("td", { class: `code ${kind}` }),
        ];
      };
      return element("tr", {}, ...cells(old, old?.[2], gone), ...cells(now, same ? now[4] : now?.[2], come));
    });
  }

  return { element, visible, shown, table };
})();
