//! The two streams: what may be coloured, what must be made visible, and what a closed pipe means.
//!
//! Names of files and source text come from strangers. Standard error is for people wherever it goes: a CI log is shown
//! by a terminal or a browser too. Only standard output may be read by a program, which wants its bytes.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{self, Write};

use anstream::AutoStream;
use anstream::stream::RawStream;
use anstyle::{AnsiColor, Style};
use anyhow::Context;
use clap::ColorChoice;

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const RED: Style = AnsiColor::Red.on_default();
pub const GREEN: Style = AnsiColor::Green.on_default();
pub const CYAN: Style = AnsiColor::Cyan.on_default();
pub const YELLOW: Style = AnsiColor::Yellow.on_default();

/// How text is shown on one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A program reads standard output: bytes as they are.
    Raw,
    /// A person reads: hidden characters are spelled out.
    Visible,
    /// The same in colours.
    Coloured,
}

impl Look {
    fn of<S: RawStream>(stream: &S, choice: ColorChoice) -> Self {
        let coloured = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => AutoStream::choice(stream) != anstream::ColorChoice::Never,
        };
        match coloured {
            true => Self::Coloured,
            false if stream.is_terminal() => Self::Visible,
            false => Self::Raw,
        }
    }

    /// The same for what only people read, also when it goes into a file or a pipe.
    pub fn for_people(self) -> Self {
        match self {
            Self::Raw => Self::Visible,
            shown => shown,
        }
    }

    /// `text` as this stream shows it, without colour.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Raw => text.into(),
            Self::Visible | Self::Coloured => visible(text),
        }
    }

    /// `text` in `style`, where colours are wanted.
    pub fn paint(self, style: Style, text: &str) -> String {
        let text = self.text(text);
        match self {
            Self::Coloured => format!("{style}{text}{style:#}"),
            Self::Raw | Self::Visible => text.into_owned(),
        }
    }
}

/// Standard output and standard error.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    pub out: Look,
    pub err: Look,
}

impl Terminal {
    pub fn new(choice: ColorChoice) -> Self {
        Self {
            out: Look::of(&io::stdout(), choice),
            err: Look::of(&io::stderr(), choice).for_people(),
        }
    }

    /// Write to standard output. A reader that has seen enough (`| head`) is no error.
    ///
    /// # Errors
    /// Any other failure, such as a full disk.
    pub fn print(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.context("cannot write to standard output"),
        }
    }

    /// Let `write` write to standard output, piece by piece. A reader that has seen enough is no error.
    ///
    /// # Errors
    /// Any other failure, such as a full disk.
    pub fn stream(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.context("cannot write to standard output"),
        }
    }

    /// Write to standard error, as it is. There is nobody to tell when that fails.
    pub fn say(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// One line that says why the program cannot go on.
    pub fn error(&self, message: &str) {
        let label = self.err.paint(RED.bold(), "error:");
        self.say(&format!("{label} {}\n", self.err.text(message.trim_end())));
    }

    /// One line that is good to know.
    pub fn note(&self, message: &str) {
        let label = self.err.paint(CYAN.bold(), "note:");
        self.say(&format!("{label} {}\n", self.err.text(message)));
    }
}

/// `arguments` with hidden characters spelled out, when one of them holds some: clap prints a wrong argument as it is.
/// `None` when there is nothing to spell out.
pub fn visible_arguments(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let shown = |one: &OsString| visible(&one.to_string_lossy()).into_owned();
    let shown: Vec<_> = arguments.iter().map(shown).collect();
    let differs = shown.iter().zip(arguments).any(|(a, b)| OsStr::new(a) != b);
    differs.then(|| shown.into_iter().map(OsString::from).collect())
}

/// `text` with everything spelled out that could move the cursor, change colours, reorder what is shown, or not be
/// seen at all. A backslash stays one, so this is for the eye and not to be read back.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        let _ = match c {
            c if !is_hidden(c) => write!(shown, "{c}"),
            c if c.is_ascii() => write!(shown, "\\x{:02x}", u32::from(c)),
            c => write!(shown, "<U+{:04X}>", u32::from(c)),
        };
    }
    shown.into()
}

/// What a terminal obeys, or what nobody sees: control characters but the tab; line and paragraph separators; and
/// what Unicode calls default-ignorable (marks that turn the direction of text, zero-width characters, soft hyphens,
/// Hangul fillers, variation selectors, tags) or format controls that have no shape of their own.
pub fn is_hidden(c: char) -> bool {
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    let ignorable = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    // The blank Braille pattern is a letter to programs and nothing to the eye.
    (c.is_control() && c != '\t') || breaks || ignorable || c == '\u{2800}'
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Look, RED, is_hidden, visible_arguments};

    #[test]
    fn spells_out_what_a_terminal_would_obey() {
        let nasty = "a\u{1b}[31m\u{9b}\u{202e}b\rc\tü🐍\u{7f}\n";
        let shown = "a\\x1b[31m<U+009B><U+202E>b\\x0dc\tü🐍\\x7f\\x0a";
        assert_eq!(Look::Visible.text(nasty), shown);
        assert_eq!(Look::Raw.text(nasty), nasty);
        assert_eq!(Look::Raw.paint(RED, nasty), nasty);
        let painted = Look::Coloured.paint(RED, "\u{1b}x");
        assert_eq!(painted, "\u{1b}[31m\\x1bx\u{1b}[0m");
    }

    #[test]
    fn spells_out_what_nobody_sees() {
        for hidden in [
            "\u{ad}",
            "\u{200b}",
            "\u{200d}",
            "\u{2060}",
            "\u{feff}",
            "\u{115f}",
            "\u{1160}",
            "\u{3164}",
            "\u{ffa0}",
            "\u{fe0f}",
            "\u{e0041}",
            "\u{e01ef}",
            "\u{2800}",
            "\u{85}",
            "\u{2028}",
            "\u{2066}",
            "\u{180e}",
            "\u{fff9}",
        ] {
            let code = u32::from(hidden.chars().next().unwrap());
            let shown = format!("a<U+{code:04X}>b");
            assert_eq!(Look::Visible.text(&format!("a{hidden}b")), shown);
        }
        let seen = "tab\t ü é 漢字 한글 עברית العربية 🐍 \u{a0}\u{3000} \\ ` ~";
        assert!(!seen.contains(is_hidden));
        assert_eq!(Look::Visible.text(seen), seen);
    }

    #[test]
    fn what_only_people_read_is_never_raw() {
        assert_eq!(Look::Raw.for_people(), Look::Visible);
        assert_eq!(Look::Coloured.for_people(), Look::Coloured);
    }

    #[test]
    fn arguments_are_shown_only_when_they_hide_something() {
        let given = |text: &str| vec![OsString::from("codemend"), OsString::from(text)];
        assert_eq!(visible_arguments(&given("--plain é")), None);
        let shown = visible_arguments(&given("--a\nb\u{1b}c"));
        assert_eq!(shown, Some(given("--a\\x0ab\\x1bc")));
    }
}
