// Texts, differences and patches out of a choice of changes. Pure: no page, no document.
//
// Lines end at "\n" only, as they do for git. Offsets are UTF-16 units. Only the lines around what may change are known;
// all others are the same before and after.

const Patch = (() => {
  "use strict";

  // Lines shown around a change in a patch.
  const AROUND = 3;
  // Steps to look for equal lines, before what is left counts as one replacement.
  const STEPS = 400;

  const linesOf = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

  const holds = (when, accepted) =>
    when.any ? when.any.some(accepted) : when.all.every(accepted);

  // The edits of `file` under a choice: [window, from, to, text], sorted. `accepted` says of a change whether it is.
  function edits(file, accepted) {
    const all = [];
    for (const region of file.regions) {
      const index = region.when.reduce((sum, when, bit) => sum + (holds(when, accepted) ? 1 << bit : 0), 0);
      all.push(...(region.table[index] ?? []));
    }
    // Stable: what the regions insert at one place stays in their order.
    return all.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  }

  function apply(text, edits) {
    let result = "";
    let at = 0;
    for (const [, from, to, replacement] of edits) {
      result += text.slice(at, Math.max(from, at)) + replacement;
      at = Math.max(to, at);
    }
    return result + text.slice(at);
  }

  // Pairs [old, new, length] of equal neighbouring items, by Myers; null when that takes too many steps.
  function matches(old, now) {
    const most = Math.min(old.length + now.length, STEPS);
    const ends = new Map([[1, 0]]);
    const trace = [];
    for (let d = 0; d <= most; d++) {
      trace.push(new Map(ends));
      for (let k = -d; k <= d; k += 2) {
        const down = k === -d || (k !== d && ends.get(k - 1) < ends.get(k + 1));
        let x = down ? ends.get(k + 1) : ends.get(k - 1) + 1;
        while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
        ends.set(k, x);
        if (x >= old.length && x - k >= now.length) return backtrack(trace, old.length, now.length);
      }
    }
    return null;
  }

  function backtrack(trace, x, y) {
    const pairs = [];
    for (let d = trace.length - 1; d >= 0; d--) {
      const ends = trace[d];
      const k = x - y;
      const down = k === -d || (k !== d && ends.get(k - 1) < ends.get(k + 1));
      const before = down ? k + 1 : k - 1;
      const start = d === 0 ? 0 : down ? ends.get(before) : ends.get(before) + 1;
      if (x > start) pairs.push([start, start - k, x - start]);
      x = d === 0 ? 0 : ends.get(before);
      y = x - before;
    }
    return pairs.reverse();
  }

  // What differs between two lists of lines: [first old, removed, first new, added].
  function compare(old, now, [from, removed, there, added]) {
    let head = 0;
    while (head < removed && head < added && old[from + head] === now[there + head]) head++;
    let tail = 0;
    while (
      tail < removed - head && tail < added - head &&
      old[from + removed - 1 - tail] === now[there + added - 1 - tail]
    ) tail++;
    from += head;
    there += head;
    removed -= head + tail;
    added -= head + tail;
    if (!removed && !added) return [];
    if (!removed || !added) return [[from, removed, there, added]];
    const pairs = matches(old.slice(from, from + removed), now.slice(there, there + added)) ?? [];
    const found = [];
    let [x, y] = [0, 0];
    for (const [a, b, length] of [...pairs, [removed, added, 0]]) {
      if (a > x || b > y) found.push([from + x, a - x, there + y, b - y]);
      [x, y] = [a + length, b + length];
    }
    return found;
  }

  // What the edits make of the lines of a window. Lines that no edit touches are equal; what lies between is compared.
  function differences(text, edits, old, now) {
    const starts = offsets(old);
    const nowStarts = new Map(offsets(now).map((start, line) => [start, line]));
    const found = [];
    let gap = [0, 0];
    let [line, moved, next] = [0, 0, 0];
    for (; line < old.length; line++) {
      const [start, end] = [starts[line], starts[line] + old[line].length];
      // Edits that end before this line.
      while (next < edits.length && edits[next][2] <= start) {
        // An insertion at the very start of the line comes before it, so it belongs to what lies above.
        moved += edits[next][3].length - (edits[next][2] - edits[next][1]);
        next++;
      }
      const touched = next < edits.length && edits[next][1] < end;
      const there = nowStarts.get(start + moved);
      if (touched || there === undefined || there < gap[1] || now[there] !== old[line]) continue;
      found.push(...compare(old, now, [gap[0], line - gap[0], gap[1], there - gap[1]]));
      gap = [line + 1, there + 1];
    }
    found.push(...compare(old, now, [gap[0], old.length - gap[0], gap[1], now.length - gap[1]]));
    return found;
  }

  function offsets(lines) {
    let at = 0;
    return lines.map((line) => (at += line.length) - line.length);
  }

  // The parts of `file` that a choice changes: the window, its lines before and after, and what differs in them.
  function compose(file, accepted) {
    const byWindow = new Map();
    for (const edit of edits(file, accepted)) {
      if (!byWindow.has(edit[0])) byWindow.set(edit[0], []);
      byWindow.get(edit[0]).push(edit);
    }
    const parts = [];
    for (const [index, edits] of byWindow) {
      const window = file.windows[index];
      const text = apply(window.text, edits);
      if (text === window.text) continue;
      const [old, now] = [linesOf(window.text), linesOf(text)];
      parts.push({ window, text, old, now, found: differences(window.text, edits, old, now) });
    }
    return parts;
  }

  // With everything accepted, the differences are those that the program has found itself.
  function agree(file, parts) {
    for (const part of parts) {
      const first = part.window.line - 1;
      const inside = file.whole.filter(([line]) => line >= first && line <= first + part.old.length);
      let moved = 0;
      const found = inside.map(([line, removed, added]) => {
        const one = [line - first, removed, line - first + moved, added];
        moved += added - removed;
        return one;
      });
      if (moved === part.now.length - part.old.length && fits(part, found)) part.found = found;
    }
    return parts;
  }

  // Whether all lines but those of `found` are equal.
  function fits({ old, now }, found) {
    let [x, y] = [0, 0];
    for (const [from, removed, there, added] of [...found, [old.length, 0, now.length, 0]]) {
      if (from < x || from - x !== there - y) return false;
      while (x < from) if (old[x++] !== now[y++]) return false;
      [x, y] = [from + removed, there + added];
    }
    return true;
  }

  // The parts put into hunks of lines, `around` lines of context at most: {old, now, lines}, where `old` and `now` are
  // indexes of first lines in the file, and a line is [sign, text, index old, index new, part].
  function hunks(parts, around = AROUND) {
    const all = [];
    let moved = 0;
    for (const part of parts) {
      const first = part.window.line - 1;
      let hunk = null;
      let last = 0;
      for (const [from, removed, there, added] of part.found) {
        if (!hunk || from - last > 2 * around) {
          if (hunk) context(hunk, part, last, Math.min(last + around, part.old.length), first, moved);
          const start = Math.max(from - around, hunk ? last : 0);
          hunk = { part, lines: [], old: first + start, now: first + start + there - from + moved };
          all.push(hunk);
          last = start;
        }
        context(hunk, part, last, from, first, moved);
        const at = (sign, lines, index, count, shift) => {
          for (let i = index; i < index + count; i++) hunk.lines.push([sign, lines[i], first + i + shift, i]);
        };
        at("-", part.old, from, removed, 0);
        at("+", part.now, there, added, moved);
        last = from + removed;
        hunk.shift = there + added - last;
      }
      if (hunk) context(hunk, part, last, Math.min(last + around, part.old.length), first, moved);
      moved += part.now.length - part.old.length;
    }
    return all;
  }

  function context(hunk, part, from, to, first, moved) {
    const shift = hunk.shift ?? hunk.now - hunk.old - moved;
    for (let i = from; i < to; i++) hunk.lines.push([" ", part.old[i], first + i, i, first + i + shift + moved]);
  }

  const span = (start, count) => (count === 1 ? `${start + 1}` : `${count ? start + 1 : start},${count}`);

  function headerOf(hunk) {
    const count = (sign) => hunk.lines.filter((line) => line[0] === " " || line[0] === sign).length;
    return `@@ -${span(hunk.old, count("-"))} +${span(hunk.now, count("+"))} @@`;
  }

  // The patch of one file, "" when nothing changes. `isWhole`: every change that touches it is accepted.
  function ofFile(file, accepted, isWhole) {
    let parts = compose(file, accepted);
    if (isWhole) parts = agree(file, parts);
    if (!parts.length && !(file.creates && edits(file, accepted).length)) return "";
    const hunked = hunks(parts);
    const header = hunked.length ? file.header : file.header.slice(0, 2);
    let patch = header.join("\n") + "\n";
    for (const hunk of hunked) {
      patch += headerOf(hunk) + "\n";
      for (const [sign, text] of hunk.lines) {
        patch += sign + text;
        if (!text.endsWith("\n")) patch += "\n\\ No newline at end of file\n";
      }
    }
    return patch;
  }

  // Every change that `file` depends on.
  function changesOf(file) {
    const ids = file.regions.flatMap((region) => region.when.flatMap((when) => when.any ?? when.all));
    return [...new Set(ids)].sort((a, b) => a - b);
  }

  // The patch of all files, in their order.
  function whole(files, accepted) {
    return files.map((file) => ofFile(file, accepted, changesOf(file).every(accepted))).join("");
  }

  return { linesOf, compose, agree, hunks, headerOf, matches, changesOf, whole };
})();
