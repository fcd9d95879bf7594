// The colours of Python and of TOML: pieces of a text with their kinds. A wrong colour is the worst that can happen here.

const Python = (() => {
  "use strict";

  const KEYWORDS = new Set(
    ("and as assert async await break case class continue def del elif else except finally for from global if import " +
      "in is lambda match nonlocal not or pass raise return try type while with yield").split(" "),
  );
  const CONSTANTS = new Set(["None", "True", "False", "self", "cls", "true", "false"]);
  const SOFT = new Set(["match", "case", "type"]);
  const TOKEN =
    /(#[^\n\r]*)|((?:[rR][bBfFtT]?|[bBfFtT][rR]?|[uU])?("""|'''|"|'))|(@[ \t]*[\p{L}_][\p{L}\p{N}_.]*)|([\p{L}_][\p{L}\p{N}_]*)|(\d[\w.]*|\.\d\w*)/gu;

  // Pieces of `text`: [from, to, kind], in order; what lies between has no kind. `quotes` are those of the string that
  // it begins in the middle of, if it does.
  function pieces(text, quotes) {
    const found = [];
    let at = 0;
    if (quotes) {
      at = endOf(text, 0, quotes);
      found.push([0, at, "string"]);
    }
    let word = "";
    TOKEN.lastIndex = at;
    for (let match; (match = TOKEN.exec(text)); ) {
      const from = match.index;
      let to = TOKEN.lastIndex;
      if (match[2]) TOKEN.lastIndex = to = endOf(text, to, match[3]);
      const kind = kindOf(match, word, text, from, to);
      if (kind) found.push([from, to, kind]);
      word = match[5] ?? "";
    }
    return found;
  }

  function kindOf([, comment, string, , decorator, name, number], before, text, from, to) {
    if (comment !== undefined) return "comment";
    if (string !== undefined) return "string";
    if (decorator !== undefined) return /(^|[\n\r])[ \t]*$/.test(text.slice(Math.max(0, from - 80), from)) ? "decorator" : null;
    if (number !== undefined) return "number";
    if (text[from - 1] === ".") return null;
    if (before === "def" || before === "class") return "name";
    if (CONSTANTS.has(name)) return "constant";
    if (!KEYWORDS.has(name)) return null;
    // `match`, `case` and `type` are names too, where something is done with them.
    return SOFT.has(name) && !/^ +[^\s=.,:)\]]/.test(text.slice(to, to + 8)) ? null : "keyword";
  }

  // Where the string that is open at `at` ends: behind its quotes, or with its line when it is a short one.
  function endOf(text, at, quotes) {
    const short = quotes.length === 1;
    for (; at < text.length; at++) {
      if (text[at] === "\\") at++;
      else if (text.startsWith(quotes, at)) return at + quotes.length;
      else if (short && (text[at] === "\n" || text[at] === "\r")) return at;
    }
    return text.length;
  }

  // The pieces of each line of `lines`, which are `text` cut up: offsets are from the start of the line.
  function byLine(text, lines, quotes) {
    const all = pieces(text, quotes);
    const result = [];
    let [start, next] = [0, 0];
    for (const line of lines) {
      const end = start + line.length;
      const own = [];
      while (next < all.length && all[next][0] < end) {
        const [from, to, kind] = all[next];
        own.push([Math.max(from, start) - start, Math.min(to, end) - start, kind]);
        if (to > end) break;
        next++;
      }
      result.push(own);
      start = end;
    }
    return result;
  }

  const speaks = (name) => /\.(pyi?|pyw|toml|cfg|txt)$/.test(name);

  return { byLine, speaks };
})();
