//! A Markdown page as lines for a terminal.
//!
//! pulldown-cmark reads it. What codemods' pages use has a form of its own here: headings, paragraphs, lists, tables,
//! code, emphasis and links. Anything else comes out as its text.

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::super::terminal::{BOLD, CYAN, Look};
use super::super::words::Words;
use super::code::{self, Block};
use super::table::{self, Table};

const HEADING: Style = AnsiColor::Green.on_default().bold();

/// What text below a heading is moved by.
const INDENTATION: usize = 2;

/// The page `markdown` in at most `width` columns; code and long words keep theirs.
pub fn layout(markdown: &str, width: usize, look: Look) -> String {
    let mut page = Page {
        width,
        look,
        text: String::new(),
        words: Words::default(),
        styles: Vec::new(),
        lists: Vec::new(),
        bullet: String::new(),
        tight: Tight::No,
        blocks: Vec::new(),
        code: None,
        table: None,
    };
    for event in parser(markdown) {
        page.take(event);
    }
    page.flush_blocks();
    page.text
}

/// The cases in `markdown`, what stands below "Cases": each from its heading on.
pub fn cases(markdown: &str) -> Vec<&str> {
    let events = parser(markdown).into_offset_iter();
    let heads = events.filter_map(|(event, range)| match event {
        Event::Start(Tag::Heading {
            level: HeadingLevel::H3,
            ..
        }) => Some(range.start),
        _ => None,
    });
    let heads: Vec<usize> = heads.collect();
    let ends = heads.iter().skip(1).copied().chain([markdown.len()]);
    let cases = heads.iter().zip(ends);
    cases.map(|(start, end)| &markdown[*start..end]).collect()
}

fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES)
}

/// Whether an empty line stands between one block and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tight {
    No,
    Yes,
}

/// A page in the making.
struct Page {
    width: usize,
    look: Look,
    text: String,
    /// Those of the paragraph, the heading or the cell that is open.
    words: Words,
    /// Of the emphasis that is open.
    styles: Vec<Style>,
    /// The next number of each list that is open; none for bullets.
    lists: Vec<Option<u64>>,
    /// What stands before the first line of the next block: that of a list's item.
    bullet: String,
    tight: Tight,
    /// Blocks of code that wait for those that belong to them.
    blocks: Vec<Block>,
    /// The block of code that is open.
    code: Option<Block>,
    table: Option<Table>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text),
            Event::Code(text) => self.say_code(&text),
            Event::SoftBreak | Event::HardBreak => self.words.part(),
            Event::Rule => self.lines(&["─".repeat(self.width / 2)]),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                let text = String::new();
                self.code = Some(Block { info, text });
            }
            Tag::List(first) => {
                self.paragraph();
                self.lists.push(first);
            }
            Tag::Item => {
                self.bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
            }
            Tag::Table(_) => self.table = Some(Table::default()),
            Tag::TableHead => {
                self.add_row();
                self.styles.push(table::HEAD);
            }
            Tag::TableRow => self.add_row(),
            Tag::Emphasis => self.styles.push(Style::new().italic()),
            Tag::Strong => self.styles.push(BOLD),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item => self.paragraph(),
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::CodeBlock => self.blocks.extend(self.code.take()),
            TagEnd::List(_) => {
                self.lists.pop();
                self.tight = Tight::No;
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.words);
                if let Some(row) = self.table.as_mut().and_then(|it| it.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::TableHead | TagEnd::Emphasis | TagEnd::Strong => drop(self.styles.pop()),
            TagEnd::Table => self.end_table(),
            _ => {}
        }
    }

    fn add_row(&mut self) {
        if let Some(table) = &mut self.table {
            table.rows.push(Vec::new());
        }
    }

    fn say(&mut self, text: &str) {
        match &mut self.code {
            Some(block) => block.text.push_str(text),
            None => self.words.push(self.style(), text),
        }
    }

    /// Without colours, backquotes say that it is code.
    fn say_code(&mut self, text: &str) {
        match self.look {
            Look::Coloured => self.words.push_code(CYAN, text),
            Look::Raw | Look::Visible => {
                let quoted = format!("`{text}`");
                self.words.push_code(Style::new(), &quoted);
            }
        }
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or_default()
    }

    fn heading(&mut self, level: HeadingLevel) {
        let words = std::mem::take(&mut self.words);
        let (indentation, style) = match level {
            HeadingLevel::H1 | HeadingLevel::H2 => (0, HEADING),
            _ => (INDENTATION, BOLD),
        };
        let lines = words.lines(self.width - indentation, Look::Raw).into_iter();
        let blanks = " ".repeat(indentation);
        let lines: Vec<_> = lines
            .map(|(line, _)| format!("{blanks}{}", self.look.paint(style, &line)))
            .collect();
        self.lines(&lines);
    }

    /// The words so far are a block.
    fn paragraph(&mut self) {
        if self.words.is_empty() {
            return;
        }
        let words = std::mem::take(&mut self.words);
        let depth = self.lists.len();
        let blanks = " ".repeat(INDENTATION + 2 * depth.saturating_sub(1));
        let bullet = std::mem::take(&mut self.bullet);
        let hanging = match (depth, bullet.chars().count()) {
            (0, _) => 0,
            (_, 0) => 2,
            (_, columns) => columns,
        };
        let room = self.width.saturating_sub(blanks.len() + hanging);
        let lines = words.lines(room, self.look).into_iter().enumerate();
        let lines: Vec<_> = lines
            .map(|(at, (line, _))| match at {
                0 if !bullet.is_empty() => format!("{blanks}{bullet}{line}"),
                _ => format!("{blanks}{}{line}", " ".repeat(hanging)),
            })
            .collect();
        self.lines(&lines);
        self.tight = match depth {
            0 => Tight::No,
            _ => Tight::Yes,
        };
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else {
            return;
        };
        let lines = table.lines(self.width - INDENTATION, self.look);
        self.indented(&lines);
    }

    fn flush_blocks(&mut self) {
        if !self.blocks.is_empty() {
            let blocks = std::mem::take(&mut self.blocks);
            let lines = code::lines(&blocks, self.look);
            self.indented(&lines);
        }
    }

    fn indented(&mut self, lines: &[String]) {
        let blanks = " ".repeat(INDENTATION);
        let lines: Vec<_> = lines
            .iter()
            .map(|line| match line.as_str() {
                "" => String::new(),
                line => format!("{blanks}{line}"),
            })
            .collect();
        self.lines(&lines);
    }

    /// Put a block onto the page, below the code that waits.
    fn lines(&mut self, lines: &[String]) {
        self.flush_blocks();
        if std::mem::replace(&mut self.tight, Tight::No) == Tight::No && !self.text.is_empty() {
            self.text.push('\n');
        }
        for line in lines {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, layout};

    const PAGE: &str = "\
# name

A **long** line with `code` that has
to wrap somewhere.

- one item that is long
  enough to wrap
- two

1. first
2. second

| a | b |
|---|---|
| `x \\| y` | z |

```python before
x = 1
```

```python after
x = 2
```

Text <b>behind</b>.
";

    #[test]
    fn each_kind_of_block_has_its_form() {
        assert_eq!(
            layout(PAGE, 26, Look::Visible),
            "\
name

  A long line with `code`
  that has to wrap
  somewhere.

  • one item that is long
    enough to wrap
  • two

  1. first
  2. second

  a        b
  ───────  ─
  `x | y`  z

  - x = 1
  + x = 2

  Text <b>behind</b>.
"
        );
    }

    #[test]
    fn colours_mark_what_marks_marked() {
        let shown = layout(PAGE, 80, Look::Coloured).replace('\u{1b}', "^");
        for part in [
            "^[1m^[32mname^[0m\n",
            "A ^[1mlong^[0m line with ^[36mcode^[0m that",
            "^[1ma^[0m",
            "^[31m- x = 1^[0m\n",
            "^[32m+ x = 2^[0m\n",
        ] {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
    }
}
