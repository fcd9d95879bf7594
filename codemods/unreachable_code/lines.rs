//! Whether a file may have code that cannot run, by its lines alone: most files need no syntax tree for that.
//!
//! Blocks are told by their indentation. Where that leaves a doubt the answer is yes.

use codemend_engine::syntax::is_identifier;

/// Statements that never let control pass.
const JUMPS: [&str; 4] = ["return", "raise", "continue", "break"];

/// Whether a function in `text` may have code that cannot run. `ends`: whether a call may never come back of something
/// with this last name.
pub fn may_have_dead(text: &str, ends: &dyn Fn(&str) -> bool) -> bool {
    let mut blocks: Vec<Block> = Vec::new();
    // The last statement of the block at hand never lets control pass.
    let mut never = false;
    let mut at = 0;
    while let Some(line) = Line::behind(text, at) {
        at = line.end;
        let code = &text[line.start..line.end];
        let code = code.strip_prefix("async ").map_or(code, str::trim_start);
        let word = first_word(code);
        while let Some(block) = blocks.last() {
            let is_over = block.indent > line.indent
                || block.indent == line.indent && !block.kind.takes(word);
            if !is_over {
                break;
            }
            never = block.ends(never);
            blocks.pop();
        }
        let clause = blocks
            .last_mut()
            .filter(|block| block.indent == line.indent);
        let is_dead = match clause {
            Some(block) => block.go_on(word, never),
            None => never,
        };
        if is_dead {
            return true;
        }
        let kind = Kind::of(word);
        let head = line.colon.filter(|_| kind.is_some() || is_clause(word));
        let Some(colon) = head else {
            if line.has_semicolon && has_jump(code, ends) {
                return true;
            }
            never = JUMPS.contains(&word) || called(code).is_some_and(ends);
            continue;
        };
        let test = code_between(text, line.start, colon, word);
        if matches!(word, "if" | "elif" | "while") && is_constant(test, false) {
            return true;
        }
        if has_jump(&text[colon + 1..line.end], ends) {
            return true;
        }
        never = false;
        if let Some(kind) = kind.filter(|_| !is_clause(word) || word == "case") {
            if word == "case" && blocks.last().is_some_and(|one| one.indent == line.indent) {
                continue;
            }
            blocks.push(Block {
                indent: line.indent,
                kind,
                is_endless: word == "while" && is_constant(test, true),
                phase: Phase::Body,
                first: false,
                all: true,
            });
        }
    }
    false
}

/// Whether `text` may give another name to something for which `ends` holds: `from sys import exit as leave`.
pub fn has_renamed(text: &str, ends: &dyn Fn(&str) -> bool) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), " as ").any(|at| {
        let mut words = text[..at].rsplit(|c: char| !c.is_alphanumeric() && c != '_');
        words
            .next()
            .is_some_and(|word| !word.is_empty() && ends(word))
    })
}

fn is_clause(word: &str) -> bool {
    matches!(word, "elif" | "else" | "except" | "finally" | "case")
}

/// What stands between the word at the start of a head and its colon, without parentheses.
fn code_between<'t>(text: &'t str, start: usize, colon: usize, word: &str) -> &'t str {
    let head = &text[start..colon];
    let test = head.strip_prefix(word).unwrap_or(head);
    test.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '\\'))
}

/// Whether `test` may be a literal that is true, or one that is false.
fn is_constant(test: &str, truth: bool) -> bool {
    let word = if truth { "True" } else { "False" };
    test == word || test.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether one of several statements on a line may never let control pass.
fn has_jump(code: &str, ends: &dyn Fn(&str) -> bool) -> bool {
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| JUMPS.contains(&word) || !word.is_empty() && ends(word))
}

fn first_word(code: &str) -> &str {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_');
    &code[..end.unwrap_or(code.len())]
}

/// The last name of what `code` calls: `exit` of `sys.exit(1)` and of `await sys.exit(1)`.
fn called(code: &str) -> Option<&str> {
    let code = code.strip_prefix("await ").unwrap_or(code);
    let end = code.find('(')?;
    let name = code[..end].rsplit('.').next().unwrap_or_default().trim();
    is_identifier(name).then_some(name)
}

/// A statement with a block of its own.
struct Block {
    indent: usize,
    kind: Kind,
    /// `while True`
    is_endless: bool,
    phase: Phase,
    /// The first part, and an `else` of a `try`, never lets control pass.
    first: bool,
    /// Nor do the others.
    all: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    If,
    Loop,
    With,
    Try,
    Match,
    Case,
    Definition,
}

/// The part of a statement that is being looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Body,
    Handler,
    Else,
    Finally,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "if" => Self::If,
            "for" | "while" => Self::Loop,
            "with" => Self::With,
            "try" => Self::Try,
            "match" => Self::Match,
            "case" => Self::Case,
            "def" | "class" => Self::Definition,
            _ => return None,
        })
    }

    /// Whether a clause that starts with `word` goes on with such a statement.
    fn takes(self, word: &str) -> bool {
        match self {
            Self::If => matches!(word, "elif" | "else"),
            Self::Loop => word == "else",
            Self::Try => matches!(word, "except" | "else" | "finally"),
            Self::Case => word == "case",
            Self::With | Self::Match | Self::Definition => false,
        }
    }
}

impl Block {
    /// Begin the clause that starts with `word`; the part before it ends with a statement that `never` lets control pass.
    /// Gives whether the clause can never run.
    fn go_on(&mut self, word: &str, never: bool) -> bool {
        self.close(never);
        self.phase = match word {
            "except" => Phase::Handler,
            "finally" => Phase::Finally,
            "else" => Phase::Else,
            _ => self.phase,
        };
        word == "else" && (self.is_endless || self.kind == Kind::Try && self.first)
    }

    fn close(&mut self, never: bool) {
        match (self.kind, self.phase) {
            (Kind::Try, Phase::Body) => self.first = never,
            (Kind::Try, Phase::Else) => self.first |= never,
            _ => self.all &= never,
        }
    }

    /// Whether the whole statement never lets control pass, when its last part ends with one that `never` does.
    fn ends(&self, never: bool) -> bool {
        match self.kind {
            Kind::If => self.phase == Phase::Else && self.all && never,
            Kind::Loop => self.is_endless || self.phase == Phase::Else && never,
            Kind::With | Kind::Match => never,
            Kind::Case => self.all && never,
            Kind::Try => match self.phase {
                Phase::Body => never,
                Phase::Handler => self.first && self.all && never,
                Phase::Else => (self.first || never) && self.all,
                Phase::Finally => never || self.first && self.all,
            },
            Kind::Definition => false,
        }
    }
}

/// A line as Python sees it, which may go on over several.
struct Line {
    indent: usize,
    /// Where its code begins, and where the line ends, as bytes of the text.
    start: usize,
    end: usize,
    /// The first colon outside of brackets.
    colon: Option<usize>,
    has_semicolon: bool,
}

impl Line {
    /// The first line with code at or behind the byte `at` of `text`, which is behind another.
    fn behind(text: &str, mut at: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut indent = 0;
        loop {
            match bytes.get(at)? {
                b' ' => indent += 1,
                b'\t' => indent = (indent / 8 + 1) * 8,
                b'\n' | b'\r' | b'\x0c' => indent = 0,
                b'#' => {
                    at += memchr::memchr2(b'\n', b'\r', &bytes[at..])?;
                    continue;
                }
                // The line before ends here.
                b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => at += 1,
                _ => break,
            }
            at += 1;
        }
        let mut line = Self {
            indent,
            start: at,
            end: at,
            colon: None,
            has_semicolon: false,
        };
        line.walk(bytes);
        Some(line)
    }

    /// Go on to the end of the line.
    fn walk(&mut self, bytes: &[u8]) {
        let mut depth = 0_usize;
        let mut at = self.start;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'#' => {
                    let rest = memchr::memchr2(b'\n', b'\r', &bytes[at..]);
                    match rest {
                        Some(length) if depth > 0 => at += length,
                        _ => break,
                    }
                    continue;
                }
                b'"' | b'\'' => {
                    at = behind_string(bytes, at);
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'\\' => at += 1,
                b'\n' | b'\r' if depth == 0 => break,
                b':' if depth == 0 && self.colon.is_none() => self.colon = Some(at),
                b';' if depth == 0 => self.has_semicolon = true,
                _ => {}
            }
            at += 1;
        }
        self.end = at.min(bytes.len());
    }
}

/// Where the string literal ends that begins with a quote at the byte `at`.
fn behind_string(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let is_triple = bytes[at..].starts_with(&[quote; 3]);
    let mut at = at + if is_triple { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' | b'\r' if !is_triple => return at,
            _ if *byte == quote && !is_triple => return at + 1,
            _ if is_triple && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::may_have_dead;

    fn may(text: &str) -> bool {
        may_have_dead(text, &|name| name == "exit")
    }

    #[test]
    fn code_behind_a_jump_is_found() {
        for text in [
            "def f():\n    return 1\n    x = 2\n",
            "def f():\n    return (\n        1\n    )\n    # why\n\n    x = 2\n",
            "def f():\n    return \"\"\"\nif x:\n\"\"\"\n    x = 2\n",
            "def f():\n    return 1; x = 2\n",
            "def f():\n\tif a:\n\t\traise X\n\telse:\n\t\treturn\n\tx()\n",
            "def f():\n    if a: return 1\n    else: return 2\n    x()\n",
            "def f():\n    try:\n        return 1\n    finally:\n        x()\n    y()\n",
            "def f():\n    try:\n        return 1\n    except E:\n        raise\n    y()\n",
            "def f():\n    try:\n        return 1\n    except E:\n        x()\n    else:\n        y()\n",
            "def f():\n    try:\n        x()\n    except E:\n        raise\n    else:\n        return\n    y()\n",
            "def f():\n    while True:\n        x()\n    y()\n",
            "def f():\n    while (1):\n        x()\n    y()\n",
            "def f():\n    while a:\n        x()\n    else:\n        return\n    y()\n",
            "def f():\n    with a:\n        return 1\n    y()\n",
            "def f():\n    match a:\n        case 1:\n            return\n        case _:\n            raise X\n    y()\n",
            "def f():\n    if False:\n        x()\n",
            "def f():\n    if a:\n        x()\n    elif (0):\n        y()\n",
            "def f():\n    sys.exit(\n1)\n    y()\n",
            "async def f():\n    async with a:\n        await exit()\n    y()\n",
            "def f():\r\n    for a in b:\r\n        continue\r\n        x()\r\n",
        ] {
            assert!(may(text), "{text}");
        }
    }

    #[test]
    fn living_code_needs_no_closer_look() {
        for text in [
            "",
            "def f():\n    return 1\n\n\ndef g():\n    return 2\n",
            "class A:\n    def f(self):\n        return 1\n\n    x = 2\n",
            "def f():\n    if a:\n        return 1\n    return 2\n",
            "def f():\n    if a:\n        return 1\n    elif b:\n        return 3\n    return 2\n",
            "def f():\n    if a:\n        x()\n    else:\n        return 1\n    return 2\n",
            "def f():\n    try:\n        return 1\n    except E:\n        x()\n    return 2\n",
            "def f():\n    try:\n        x()\n    except E:\n        return\n    y()\n",
            "def f():\n    try:\n        x()\n    except E:\n        return\n    finally:\n        z()\n    y()\n",
            "def f():\n    for a in b:\n        if c:\n            continue\n        x()\n    y()\n",
            "def f():\n    while a:\n        return\n    y()\n",
            "def f():\n    match a:\n        case 1:\n            return\n        case 2:\n            x()\n    y()\n",
            "def f():\n    \"\"\"\n    return 1\n    x = 2\n    \"\"\"\n    y()\n",
            "def f():\n    return [\n        a\n        for a in b\n        if a\n    ]\n",
            "def f():\n    x = '#'; y = 2  # return\n    return x\n",
            "def f(\n    a,\n    b: int = 3,\n) -> int:\n    return a\n",
            "def f():\n    return a \\\n  + b\n",
        ] {
            assert!(!may(text), "{text}");
        }
    }
}
