//! Text that nests deeper than any Python reads, or that parts the flow of control too often. Parsing the one could
//! overflow the stack, which nothing can catch; following names through the other would take for ever.

mod depth;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::{memchr2_iter, memmem};
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;

use depth::{ASSIGNMENTS, BRACKETS, Depth, INDENTS, OPERATORS};

/// Words that part the flow of control, in a file, up to which nobody has to count them.
const WORDS: usize = 250;

/// Dots in one run, and commas in one line, up to which nobody has to count them.
const DOTS: usize = 250;

/// The byte offset (near it, that is) and the reason, when `text` nests too deeply to be Python, or branches too often
/// to be analysed.
///
/// A cheap count over the bytes clears nearly every file; only what looks suspicious is tokenized.
pub(crate) fn too_deep(text: &str) -> Option<(usize, &'static str)> {
    let suspicious = suspicious(text.as_bytes());
    let offset = suspicious
        .or_else(|| branching(text))
        .or_else(|| assigning(text))?;
    let mut lexer = lex(text, Mode::Module);
    let mut depth = Depth::default();
    loop {
        let kind = lexer.next_token();
        if kind == TokenKind::EndOfFile {
            return None;
        }
        if let Some(reason) = depth.take(kind) {
            return Some((offset, reason));
        }
    }
}

/// Words that part the flow of control.
const PARTING: [&str; 5] = ["and", "or", "elif", "case", "if"];

/// Whether these words stand in `text` so rarely that nobody has to know where. One word after the other is much faster
/// than all at once: each is found many bytes at a time.
fn branches_rarely(text: &str) -> bool {
    let mut left = WORDS;
    PARTING.iter().all(|word| {
        let bytes = text.as_bytes();
        let found = memmem::find_iter(bytes, word).filter(|at| is_word(bytes, *at, word.len()));
        match left.checked_sub(found.take(left + 1).count()) {
            Some(rest) => left = rest,
            None => return false,
        }
        true
    })
}

/// Whether the `length` bytes at `at` are a word of their own.
fn is_word(bytes: &[u8], at: usize, length: usize) -> bool {
    let in_word = |at: usize| {
        let byte = bytes.get(at);
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let before = at.checked_sub(1);
    // `1and 2` is Python.
    let ends_word = before.is_some_and(|at| in_word(at) && !bytes[at].is_ascii_digit());
    !ends_word && !in_word(at + length)
}

/// The first of the words that part the flow of control, when there are many.
fn branching(text: &str) -> Option<usize> {
    if branches_rarely(text) {
        return None;
    }
    static WORDS_OF: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::new(PARTING).ok());
    let finder = WORDS_OF.as_ref()?;
    let mut words = finder
        .find_iter(text)
        .filter(|found| is_word(text.as_bytes(), found.start(), found.len()));
    words.nth(WORDS).map(|found| found.start())
}

/// The last of the signs that may belong to assignments, when there are too many.
fn assigning(text: &str) -> Option<usize> {
    if text.len() <= ASSIGNMENTS {
        return None;
    }
    memchr2_iter(b'=', b':', text.as_bytes()).nth(ASSIGNMENTS)
}

/// Bytes that are counted together, fewer than a lane can count. Wherever an indentation is too deep, one block of it is
/// blank.
const BLOCK: usize = INDENTS / 2;

/// Whether `bytes` surely nest nowhere too deeply. Whole blocks are counted, without a look at the order in them but for
/// brackets, so it clears what is far from any limit and leaves the rest to [`suspicious`].
fn is_shallow(bytes: &[u8]) -> bool {
    let (mut depth, mut run, mut dots, mut commas) = (0usize, 0, 0, 0);
    for (at, block) in bytes.chunks(BLOCK).enumerate() {
        let counts: u64 = block.iter().map(|byte| LANES[usize::from(*byte)]).sum();
        let of = |class: Class| (counts >> (8 * class as u32)) as usize & 0xff;
        let (opening, closing) = (of(Class::Open), of(Class::Close));
        run += opening + of(Class::Operator) + of(Class::Blank) + of(Class::Dot);
        dots += of(Class::Dot);
        commas += of(Class::Separator);
        let is_blank = of(Class::Blank) == BLOCK;
        if depth + opening > BRACKETS || run > OPERATORS || dots > DOTS || commas > DOTS || is_blank
        {
            return false;
        }
        let mut ends_line = depth == 0 && of(Class::Newline) > 0;
        if opening + closing > 0 {
            ends_line = false;
            for byte in block {
                match CLASSES[usize::from(*byte)] {
                    Class::Open => depth += 1,
                    Class::Close => depth = depth.saturating_sub(1),
                    Class::Newline => ends_line |= depth == 0,
                    _ => {}
                }
            }
        }
        if ends_line && !goes_on(bytes, at) {
            // What stands before the newline is counted once more: that is never too little.
            (run, dots, commas) = (block.len(), of(Class::Dot), of(Class::Separator));
        }
    }
    true
}

/// Whether a line may go on behind a backslash in the block with the number `at`.
fn goes_on(bytes: &[u8], at: usize) -> bool {
    let start = (at * BLOCK).saturating_sub(2);
    let end = bytes.len().min((at + 1) * BLOCK);
    bytes[start..end].contains(&b'\\')
}

/// Where the bytes seem to nest too deeply: brackets and operators are counted in strings and comments too.
fn suspicious(bytes: &[u8]) -> Option<usize> {
    match is_shallow(bytes) {
        true => None,
        false => counted(bytes),
    }
}

/// The same, byte by byte.
fn counted(bytes: &[u8]) -> Option<usize> {
    // A small file has not as many bytes, and rarely as many brackets.
    if bytes.len() <= DOTS {
        let opening = bytes
            .iter()
            .filter(|byte| matches!(byte, b'(' | b'[' | b'{'));
        if opening.count() <= BRACKETS {
            return None;
        }
    }
    // The length of the run at each depth.
    let mut runs = [0usize; BRACKETS + 2];
    let (mut depth, mut dots, mut commas, mut blanks) = (0, 0, 0, 0usize);
    let mut starts_line = true;
    for (at, &byte) in bytes.iter().enumerate() {
        let class = CLASSES[usize::from(byte)];
        match class {
            Class::Other => {
                starts_line = false;
                continue;
            }
            Class::Blank if starts_line => (runs[depth], blanks) = (runs[depth] + 1, blanks + 1),
            Class::Operator | Class::Blank => runs[depth] += 1,
            Class::Open => {
                runs[depth] += 1;
                depth += 1;
                runs[depth] = 0;
            }
            Class::Close => depth = depth.saturating_sub(1),
            Class::Separator => (runs[depth], commas, dots) = (0, commas + 1, 0),
            Class::Dot => (runs[depth], dots) = (runs[depth] + 1, dots + 1),
            // A line that goes on behind a backslash is one with the next.
            Class::Newline if depth == 0 && !continues(&bytes[..at]) => {
                (runs[0], dots, commas) = (0, 0, 0);
            }
            Class::Newline => {}
        }
        let is_long = runs[depth] > OPERATORS || dots > DOTS || commas > DOTS;
        if depth > BRACKETS || is_long || blanks >= INDENTS {
            return Some(at);
        }
        match class {
            Class::Newline => (starts_line, blanks) = (true, 0),
            Class::Blank => {}
            _ => starts_line = false,
        }
    }
    None
}

/// Whether the line that ends `head` goes on in the next one.
fn continues(head: &[u8]) -> bool {
    head.strip_suffix(b"\r").unwrap_or(head).ends_with(b"\\")
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Other,
    Open,
    Close,
    Separator,
    Operator,
    Dot,
    Blank,
    Newline,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut at = 0;
    while at < 128 {
        classes[at] = match at as u8 {
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b',' => Class::Separator,
            b'.' => Class::Dot,
            b' ' | b'\t' | b'\x0c' => Class::Blank,
            b'+' | b'-' | b'*' | b'/' | b'~' | b'|' | b'&' | b'<' | b'>' | b'=' | b'%' | b'^'
            | b'@' => Class::Operator,
            b'\n' | b'\r' => Class::Newline,
            _ => Class::Other,
        };
        at += 1;
    }
    classes
};

/// For each byte a one in the lane of its class: eight bits each, so that a block's classes are counted by one sum.
const LANES: [u64; 256] = {
    let mut lanes = [0; 256];
    let mut at = 0;
    while at < 256 {
        lanes[at] = 1 << (8 * CLASSES[at] as u32);
        at += 1;
    }
    lanes
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{counted, is_shallow, too_deep};

    proptest! {
        #[test]
        fn what_blocks_clear_is_clear_byte_by_byte(
            parts in prop::collection::vec((0..PARTS.len(), 1..130usize), 1..60)
        ) {
            let text: String = parts.iter().map(|(part, times)| PARTS[*part].repeat(*times)).collect();
            prop_assert!(!is_shallow(text.as_bytes()) || counted(text.as_bytes()).is_none());
        }
    }

    const PARTS: [&str; 14] = [
        "(",
        ")",
        "[",
        "]\n",
        ",",
        ".a",
        " ",
        "\n",
        "\\\n",
        "\\\r\n",
        "+ ",
        "abc",
        "\t",
        "x = f(a, b)\n",
    ];

    #[test]
    fn plain_code_is_cleared_by_blocks() {
        let text = "class A:\n    def f(self, a, b=[1, 2]):\n        return a.b(c)[d] + {1: 2}\n"
            .repeat(500);
        assert!(is_shallow(text.as_bytes()));
        assert!(!is_shallow("(".repeat(201).as_bytes()));
    }

    #[test]
    fn deep_brackets_and_long_chains_are_found() {
        let deep = format!("x = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000));
        assert!(too_deep(&deep).is_some());
        let chain = format!("x = {}1\n", "-".repeat(10_000));
        assert!(too_deep(&chain).is_some());
        let calls = format!("x = a{}\n", "()".repeat(10_000));
        assert!(too_deep(&calls).is_some());
        let tuples = format!("x = {}\n", "(1, 2)".repeat(10_000));
        assert!(too_deep(&tuples).is_some());
        let lambdas = format!("x = {}1\n", "lambda: ".repeat(10_000));
        assert!(too_deep(&lambdas).is_some());
        let nots = format!("x = {}1\n", "not ".repeat(10_000));
        assert!(too_deep(&nots).is_some());
        let continued = format!("x = 1{}\n", " \\\n + 1".repeat(10_000));
        assert!(too_deep(&continued).is_some());
        let indented: String = (0..101).map(|n| " ".repeat(n) + "if a:\n").collect();
        assert!(too_deep(&indented).is_some());
    }

    #[test]
    fn too_many_assignments_are_found() {
        let refused = too_deep(&"x: int = 1\n".repeat(60_001)).map(|(_, reason)| reason);
        assert_eq!(
            refused,
            Some("assigns too often to be analysed; left alone")
        );
        assert!(too_deep(&"x: int\n".repeat(60_001)).is_some());
        assert!(too_deep(&"x = ".repeat(60_001)).is_some());
        assert_eq!(too_deep(&"x = 1\n".repeat(60_000)), None);
        assert_eq!(too_deep(&"x: int = 1\n".repeat(60_000)), None);
        // Each function has its own, and each class; what stands below a condition has not.
        assert_eq!(too_deep(&"def f():\n    x = 1\n".repeat(60_001)), None);
        assert_eq!(
            too_deep(&"class C:\n    async def f():\n        x = 1\n".repeat(60_001)),
            None
        );
        assert!(too_deep(&"for a in b:\n    x = 1\n".repeat(60_001)).is_some());
        let one = format!("def f():\n{}", "    x = 1\n".repeat(60_001));
        assert!(too_deep(&one).is_some());
        // Arguments, comparisons and what stands in strings assign nothing.
        let others = "f(a=1, b=2)\nx == 3\n'= = ='\nif x: f(lambda: 1, [1:2])\n".repeat(20_001);
        assert_eq!(too_deep(&others), None);
    }

    #[test]
    fn too_many_branches_are_found() {
        let is_refused = |text: &str| too_deep(text).is_some();
        let one_file = |piece: &str, times: usize| piece.repeat(times) + "\n";
        assert!(is_refused(&format!("x = {}1", one_file("a and ", 500))));
        assert!(is_refused(&format!(
            "x = {}1",
            one_file("(a)or(b)and", 500)
        )));
        assert!(!is_refused(&one_file("x = a and b or c and d\n", 2_000)));
        assert!(is_refused(&format!(
            "if a:\n  b\n{}",
            one_file("elif a:\n  b\n", 4_000)
        )));
        assert!(!is_refused(&format!(
            "if a:\n  b\n{}",
            one_file("elif a:\n  b\n", 1_000)
        )));
        assert!(!is_refused(&one_file("if a:\n  b\nelif a:\n  b\n", 9_000)));
        let cases = one_file("    case 1:\n        pass\n", 4_000);
        assert!(is_refused(&format!("match a:\n{cases}")));
        assert!(is_refused(&format!(
            "with {}a:\n  pass\n",
            "a, ".repeat(4_000)
        )));
        assert!(is_refused(&format!("x = a{}\n", ".b".repeat(2_900))));
        assert!(!is_refused(&one_file("x = a.b.c.d.e.f\n", 9_000)));
    }

    #[test]
    fn long_data_and_brackets_in_strings_are_fine() {
        let data = format!(
            "x = [{}]\ny = '{}'\n",
            "1, -2, ".repeat(10_000),
            "(+".repeat(9_000)
        );
        assert_eq!(too_deep(&data), None);
        assert_eq!(too_deep(&"x = (1)\n".repeat(10_000)), None);
    }
}
