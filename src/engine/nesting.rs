//! Text that nests deeper than any Python reads. Parsing it could overflow the stack, which nothing can catch.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;

/// CPython's tokenizer gives up at this many open brackets (`MAXLEVEL` in `Parser/lexer/state.h`).
const BRACKETS: usize = 200;

/// Operators, keywords and opening brackets in one run, without a comma between them at the same depth. CPython's
/// compiler gives up at about as many.
const OPERATORS: usize = 3_000;

/// The byte offset and the reason, when `text` nests too deeply to be Python.
///
/// A cheap count over the bytes clears nearly every file; only what looks suspicious is tokenized.
pub(crate) fn too_deep(text: &str) -> Option<(usize, &'static str)> {
    let offset = suspicious(text.as_bytes())?;
    let mut lexer = lex(text, Mode::Module);
    let mut run = vec![0usize];
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return None,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                // A chain of calls and subscripts nests as well.
                if let Some(last) = run.last_mut() {
                    *last += 1;
                }
                run.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if run.len() > 1 => {
                run.pop();
            }
            TokenKind::Comma | TokenKind::Newline | TokenKind::Semi => {
                if let Some(last) = run.last_mut() {
                    *last = 0;
                }
            }
            kind if kind.is_operator() || kind.is_keyword() => {
                if let Some(last) = run.last_mut() {
                    *last += 1;
                }
            }
            _ => {}
        }
        if run.len() > BRACKETS {
            return Some((offset, "syntax error: too many nested parentheses"));
        }
        if run.last().is_some_and(|&length| length > OPERATORS) {
            return Some((offset, "syntax error: expression is nested too deeply"));
        }
    }
}

/// Where the bytes seem to nest too deeply: brackets and operators are counted in strings and comments too.
fn suspicious(bytes: &[u8]) -> Option<usize> {
    // A small file has not as many bytes, and rarely as many brackets.
    if bytes.len() <= OPERATORS {
        let opening = bytes
            .iter()
            .filter(|byte| matches!(byte, b'(' | b'[' | b'{'));
        if opening.count() <= BRACKETS {
            return None;
        }
    }
    // The length of the run at each depth.
    let mut runs = [0usize; BRACKETS + 2];
    let mut depth = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        match CLASSES[usize::from(byte)] {
            Class::Other => continue,
            Class::Open => {
                runs[depth] += 1;
                depth += 1;
                runs[depth] = 0;
            }
            Class::Close => depth = depth.saturating_sub(1),
            Class::Separator => runs[depth] = 0,
            Class::Operator => runs[depth] += 1,
            Class::Newline if depth == 0 => runs[0] = 0,
            Class::Newline => {}
        }
        if depth > BRACKETS || runs[depth] > OPERATORS {
            return Some(at);
        }
    }
    None
}

#[derive(Clone, Copy)]
enum Class {
    Other,
    Open,
    Close,
    Separator,
    Operator,
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
            b'+' | b'-' | b'*' | b'/' | b'~' | b'.' | b'|' | b'&' | b'<' | b'>' | b'=' | b'%'
            | b'^' | b'@' | b' ' => Class::Operator,
            b'\n' | b'\r' => Class::Newline,
            _ => Class::Other,
        };
        at += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::too_deep;

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
