//! Text of a repository in Markdown that GitHub and GitLab show: as it is, and as nothing else.
//!
//! A backslash keeps a character from being markup, but not `@name`, `#12`, `!3` or a hash from becoming a link that
//! calls somebody. Only a code span does that. So a word either is plain letters, or stands in a code span.

use super::super::terminal::visible;

/// Characters of one reason or title that are shown.
const MOST: usize = 300;

/// `text` as a code span.
pub fn code(text: &str) -> String {
    let text = visible(text);
    let text = text.as_ref();
    let fence = "`".repeat(longest_run(text) + 1);
    // A blank on each side is taken off again where the text begins or ends with one, or with a backquote.
    let touches = |c: Option<char>| c.is_none_or(|c| c == '`' || c == ' ');
    let pad = match touches(text.chars().next()) || touches(text.chars().last()) {
        true => " ",
        false => "",
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Prose with code between backquotes, such as a reason or a title, in one line.
pub fn prose(text: &str) -> String {
    let text = cut(&visible(text));
    let mut parts = text.split('`').peekable();
    let mut shown = String::new();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        // A backquote without a partner is just a character.
        let is_closed = parts.peek().is_some();
        match (is_code, is_closed) {
            (true, true) => shown.push_str(&code(part)),
            (true, false) => shown.push_str(&words(&format!("`{part}"))),
            (false, _) => shown.push_str(&words(part)),
        }
        is_code = !is_code;
    }
    shown
}

/// `text` as a block of code, for a shell.
pub fn block(text: &str) -> String {
    let text = visible(text);
    let fence = "`".repeat((longest_run(&text) + 1).max(3));
    format!("{fence}sh\n{text}\n{fence}\n")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

/// Words that are no code: plain ones as they are, others as code.
fn words(text: &str) -> String {
    let words = text.split(' ').map(|word| match is_plain(word) {
        true => word.to_owned(),
        false => code(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a word means nothing but itself wherever it stands in a line.
fn is_plain(word: &str) -> bool {
    if matches!(word, "->" | "|") {
        return true;
    }
    let inner = word.trim_start_matches(['(', '"']);
    let inner = inner.trim_end_matches([',', '.', ';', ':', ')', '"', '?']);
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '…' | '.' | '/');
    // `1.` and `1)` begin a list.
    let is_number = word.ends_with(['.', ')']) && inner.chars().all(|c| c.is_ascii_digit());
    let is_dash = inner.chars().all(|c| matches!(c, '-' | '.' | '/'));
    // `www.example.org`, `app/api#2`.
    let is_link = inner.contains("..") || inner.contains("www.") || inner.contains('/');
    inner.chars().all(letters)
        && (inner.is_empty() || !is_dash)
        && !is_link
        && (inner.is_empty() || !is_number)
        && !is_reference(inner)
}

/// Whether `word` could be the name of a commit or of an issue: `7b76cb9`, `GH-12`.
fn is_reference(word: &str) -> bool {
    let hexadecimal = word.chars().all(|c| c.is_ascii_hexdigit());
    let is_hash = hexadecimal && word.len() >= 7 && word.contains(|c: char| c.is_ascii_digit());
    let has_number = word.contains('-') && word.ends_with(|c: char| c.is_ascii_digit());
    is_hash || has_number
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{block, code, prose};

    #[test]
    fn nothing_is_markup_or_a_link() {
        for (text, want) in [
            (
                "the name may be used: see `X` (here), then.",
                "the name may be used: see `X` (here), then.",
            ),
            (
                "ask @admin about #12 or GH-7",
                "ask `@admin` about `#12` or `GH-7`",
            ),
            ("at 7b76cb9, a | b", "at `7b76cb9,` a | b"),
            (
                "<img src=x> *b* _c_ [d](e)",
                "`<img` `src=x>` `*b*` `_c_` `[d](e)`",
            ),
            ("`a``b` odd ` tick", "`a``b` odd `` ` `` tick"),
            (
                "http://x.y www.x.y :tada: &amp; ~x !3 $4 %5",
                "`http://x.y` `www.x.y` `:tada:` `&amp;` `~x` `!3` `$4` `%5`",
            ),
            ("1. a (no) 3 b", "`1.` a (no) 3 b"),
            ("line\nbreak\u{202e}", "`line\\x0abreak<U+202E>`"),
        ] {
            assert_eq!(prose(text), want);
        }
    }

    #[test]
    fn long_text_is_cut() {
        let long = prose(&"word ".repeat(100));
        assert!(long.ends_with('…') && long.chars().count() <= 310, "{long}");
    }

    #[test]
    fn code_ends_where_it_ends() {
        assert_eq!(code("a.py"), "`a.py`");
        assert_eq!(code("a``b`.py"), "```a``b`.py```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(" a "), "`  a  `");
        assert_eq!(code(""), "`  `");
        assert_eq!(block("x ```"), "````sh\nx ```\n````\n");
    }
}
