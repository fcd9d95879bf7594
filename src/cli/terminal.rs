//! The two streams: what may be coloured, what must be made visible, and what a closed pipe means.

use std::borrow::Cow;
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
    /// A file or a program reads: bytes as they are.
    Raw,
    /// A person reads: control characters are made visible.
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
            err: Look::of(&io::stderr(), choice),
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

    /// Write to standard error, as it is. There is nobody to tell when that fails.
    pub fn say(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// One line that says why the program cannot go on.
    pub fn error(&self, message: &str) {
        let label = self.err.paint(RED.bold(), "error:");
        self.say(&format!("{label} {}\n", lines_visible(self.err, message)));
    }

    /// One line that is good to know.
    pub fn note(&self, message: &str) {
        let label = self.err.paint(CYAN.bold(), "note:");
        self.say(&format!("{label} {}\n", self.err.text(message)));
    }
}

/// `message` with its own line ends: the messages of the TOML reader have several lines.
fn lines_visible(look: Look, message: &str) -> String {
    let lines = message.trim_end().split('\n').map(|line| look.text(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// `text` with everything spelled out that could move the cursor, change colours or reorder what is shown.
fn visible(text: &str) -> Cow<'_, str> {
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

/// Control characters but the tab; marks that turn the direction of text; line separators; the byte order mark.
fn is_hidden(c: char) -> bool {
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let breaks = matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    (c.is_control() && c != '\t') || turns || breaks
}

#[cfg(test)]
mod tests {
    use super::{Look, RED};

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
}
