//! Whether a file may have code that cannot run, by its lines alone: most files need no syntax tree for that.
//!
//! Blocks are told by their indentation. Where that leaves a doubt the answer is yes.

use codemend_engine::lines::{Line, first_word};
use codemend_engine::syntax::is_identifier;

/// Statements that never let control pass.
const JUMPS: [&str; 4] = ["return", "raise", "continue", "break"];

/// Whether a call may never come back of something with this last name, as far as can be told. Before it stands the dotted
/// name of what it is called on: nothing for a function, and `None` where nobody knows.
pub type Ends<'e> = &'e dyn Fn(Option<&str>, &str) -> bool;

/// Whether a function in `text` may have code that cannot run. `ends` tells of the calls.
pub fn may_have_dead(text: &str, ends: Ends<'_>) -> bool {
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
        // A decorator calls what it says, and what it stands above is bound all the same.
        if code.starts_with('@') {
            never = false;
            continue;
        }
        let kind = Kind::of(word);
        let head = line.colon.filter(|_| kind.is_some() || is_clause(word));
        let Some(colon) = head else {
            if line.has_semicolon && has_jump(code, ends) {
                return true;
            }
            never = JUMPS.contains(&word)
                || called(code).is_some_and(|(on, name)| ends(Some(on), name));
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

/// Whether `text` may give another name to a function for which `ends` holds: `from sys import exit as leave`.
pub fn has_renamed(text: &str, ends: Ends<'_>) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), " as ").any(|at| {
        let mut words = text[..at].rsplit(|c: char| !c.is_alphanumeric() && c != '_');
        words
            .next()
            .is_some_and(|word| !word.is_empty() && ends(Some(""), word))
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
fn has_jump(code: &str, ends: Ends<'_>) -> bool {
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| JUMPS.contains(&word) || !word.is_empty() && ends(None, word))
}

/// The name of what `code` calls, and what stands before its last dot: `sys` and `exit` of `sys.exit(1)` and of
/// `await sys.exit(1)`. Nothing where that is no dotted name, as in `x = sys.exit(1)`.
fn called(code: &str) -> Option<(&str, &str)> {
    let code = code.strip_prefix("await ").unwrap_or(code);
    let end = code.find('(')?;
    let (on, name) = code[..end].rsplit_once('.').unwrap_or(("", &code[..end]));
    let (on, name) = (on.trim(), name.trim());
    let is_dotted = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.\\".contains(c);
    (is_identifier(name) && on.chars().all(is_dotted)).then_some((on, name))
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

#[cfg(test)]
mod tests {
    use super::may_have_dead;

    fn may(text: &str) -> bool {
        may_have_dead(text, &|on, name| name == "exit" && on != Some("log"))
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
            "def f():\n    log.exit()\n    y()\n",
            "def f():\n    @app.exit(1)\n    def g():\n        pass\n    return g\n",
            "def f():\n    x = y.exit()\n    z()\n",
            "def f():\n    x[0].exit()\n    z()\n",
        ] {
            assert!(!may(text), "{text}");
        }
    }
}
