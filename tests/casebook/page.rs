//! A codemod's page, read: its sections, and the cases below `## Cases`.
//!
//! A case is a `### title` and fenced blocks. The words after the fence say what a block is:
//! `python before [path]`, `python after [path]`, `python safe [path]`, `python unchanged [path]`, `toml options`.
//! Other languages stand for other files: `pyi before`, `toml before pyproject.toml`. Without a path a block is
//! `example.py` or `example.pyi`. An `unchanged` block beside the others is a file that stays as it is.
//!
//! The options are `target-version`, `unsafe`, and those of the codemod. With `unsafe = true` the case is run without
//! unsafe fixes too, and then gives its `safe` blocks, or what it began with. A case that stays unchanged does so in
//! both modes, unless it says `unsafe = false`.
//!
//! Lines of their own: Reason: and a part of a refusal's reason in backticks; Report: and a part of what a report or
//! a problem says; Silent: and why an unchanged case says nothing. Every unchanged case has one of them.

use super::tree::Tree;

/// What a page must have, in this order.
const SECTIONS: &[&str] = &[
    "What changes",
    "Why",
    "Safety",
    "When it declines",
    "Options",
    "Cases",
];

#[derive(Debug)]
pub struct Page {
    pub title: String,
    /// Whether a paragraph follows the title at once.
    pub has_summary: bool,
    /// Headings of the second level, and whether anything stands below them.
    pub sections: Vec<(String, bool)>,
    pub cases: Vec<Case>,
}

#[derive(Debug, Default)]
pub struct Case {
    pub title: String,
    /// Of its heading, from 1.
    pub line: usize,
    pub before: Tree,
    /// What it becomes. For an unchanged case the same as `before`.
    pub after: Tree,
    /// What a run without unsafe fixes makes of it.
    pub safe: Tree,
    pub unchanged: bool,
    pub options: toml::Table,
    /// Parts of refusals' reasons.
    pub reasons: Vec<String>,
    /// Parts of reports' or problems' messages.
    pub reports: Vec<String>,
    /// Why an unchanged case says nothing.
    pub silent: bool,
}

impl Page {
    /// What the page of the codemod `name` lacks.
    pub fn faults(&self, name: &str) -> Vec<String> {
        let mut faults = Vec::new();
        if self.title != name {
            faults.push(format!("the title is `{}`, not `{name}`", self.title));
        }
        if !self.has_summary {
            faults.push("no paragraph below the title".into());
        }
        let mut expected = SECTIONS.iter().peekable();
        for (section, filled) in &self.sections {
            expected.next_if(|expected| *expected == section);
            if !filled {
                faults.push(format!("nothing stands below `## {section}`"));
            }
        }
        if let Some(missing) = expected.next() {
            faults.push(format!("no `## {missing}`, or not in its place"));
        }
        if self.cases.is_empty() {
            faults.push("no case".into());
        }
        faults
    }
}

/// A line outside of the fences, or a fenced block.
enum Item<'a> {
    Line(&'a str),
    Block { info: &'a str, text: String },
}

/// Read a page. The errors name the line.
pub fn parse(text: &str) -> Result<Page, Vec<String>> {
    let mut reader = Reader::default();
    for (line, item) in items(text) {
        reader.take(line, item);
    }
    for case in &mut reader.page.cases {
        if let Err(error) = case.finish() {
            reader.errors.push(error);
        }
    }
    if reader.errors.is_empty() {
        Ok(reader.page)
    } else {
        Err(reader.errors)
    }
}

fn items(text: &str) -> Vec<(usize, Item<'_>)> {
    let mut items = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        if ticks < 3 {
            items.push((index + 1, Item::Line(line)));
            continue;
        }
        let mut block = String::new();
        for (_, inner) in lines.by_ref() {
            if inner.len() >= ticks && inner.bytes().all(|byte| byte == b'`') {
                break;
            }
            block.push_str(inner);
            block.push('\n');
        }
        let info = line[ticks..].trim();
        items.push((index + 1, Item::Block { info, text: block }));
    }
    items
}

struct Reader {
    page: Page,
    errors: Vec<String>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            page: Page {
                title: String::new(),
                has_summary: false,
                sections: Vec::new(),
                cases: Vec::new(),
            },
            errors: Vec::new(),
        }
    }
}

impl Reader {
    fn take(&mut self, line: usize, item: Item<'_>) {
        let in_cases = self
            .page
            .sections
            .last()
            .is_some_and(|(name, _)| name == "Cases");
        match item {
            Item::Line(text) if text.starts_with("### ") && in_cases => {
                self.fill();
                self.page.cases.push(Case {
                    title: text[4..].trim().to_owned(),
                    line,
                    ..Case::default()
                });
            }
            Item::Line(text) if text.starts_with("## ") => {
                self.page
                    .sections
                    .push((text[3..].trim().to_owned(), false));
            }
            Item::Line(text) if text.starts_with("# ") => {
                text[2..].trim().clone_into(&mut self.page.title)
            }
            Item::Line(text) if text.trim().is_empty() => {}
            Item::Line(text) => {
                self.fill();
                if in_cases {
                    self.remark(line, text);
                }
            }
            Item::Block { info, text } => {
                self.fill();
                if in_cases {
                    self.block(line, info, text);
                }
            }
        }
    }

    /// Something stands below the newest heading.
    fn fill(&mut self) {
        match self.page.sections.last_mut() {
            Some((_, filled)) => *filled = true,
            None => self.page.has_summary = true,
        }
    }

    fn remark(&mut self, line: usize, text: &str) {
        let Some(case) = self.page.cases.last_mut() else {
            return;
        };
        if text.starts_with("Silent: ") {
            case.silent = true;
        }
        for (word, list) in [
            ("Reason:", &mut case.reasons),
            ("Report:", &mut case.reports),
        ] {
            let Some(rest) = text.strip_prefix(word) else {
                continue;
            };
            match code(rest.trim()) {
                Some(part) if !part.is_empty() => list.push(part.to_owned()),
                _ => self
                    .errors
                    .push(format!("line {line}: `{word}` wants a text in backticks")),
            }
        }
    }

    fn block(&mut self, line: usize, info: &str, text: String) {
        let Some(case) = self.page.cases.last_mut() else {
            self.errors
                .push(format!("line {line}: a block before the first case"));
            return;
        };
        if let Err(error) = case.add(info, text) {
            self.errors.push(format!("line {line}: {error}"));
        }
    }
}

impl Case {
    fn add(&mut self, info: &str, text: String) -> Result<(), String> {
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let role = words.next().unwrap_or_default();
        if role == "options" {
            self.options = text.parse().map_err(|error| format!("options: {error}"))?;
            return Ok(());
        }
        let path = match (words.next(), language) {
            (Some(path), _) => path.to_owned(),
            (None, "python") => "example.py".to_owned(),
            (None, "pyi") => "example.pyi".to_owned(),
            (None, _) => return Err(format!("`{info}`: a file that is not Python needs a path")),
        };
        let (tree, unchanged) = match role {
            "before" => (&mut self.before, false),
            "after" => (&mut self.after, false),
            "safe" => (&mut self.safe, false),
            "unchanged" => (&mut self.before, true),
            _ => {
                return Err(format!(
                    "`{info}`: want before, after, safe, unchanged or options"
                ));
            }
        };
        self.unchanged |= unchanged;
        match tree.insert(path.clone(), text.into_bytes()) {
            Some(_) => Err(format!("{path} stands twice in one case")),
            None => Ok(()),
        }
    }

    /// Complete the trees: a file without an `after` stays as it is.
    fn finish(&mut self) -> Result<(), String> {
        let place = format!("line {}: `{}`", self.line, self.title);
        let fail = |what: &str| Err(format!("{place} {what}"));
        if self.before.is_empty() {
            return fail("has no block to start from");
        }
        if !self.unchanged && self.after.is_empty() {
            return fail("has no `after` block");
        }
        // A case may show a file that stays beside one that changes; without an `after` all of them stay.
        self.unchanged = self.after.is_empty();
        if self.unchanged && !self.silent && self.reasons.is_empty() && self.reports.is_empty() {
            return fail("stays unchanged and needs a line `Reason: `, `Report: ` or `Silent: `");
        }
        if !self.safe.is_empty() && !self.unsafe_fixes() {
            return fail("has a `safe` block without `unsafe = true`");
        }
        for tree in [&mut self.after, &mut self.safe] {
            for (path, bytes) in &self.before {
                tree.entry(path.clone()).or_insert_with(|| bytes.clone());
            }
        }
        if !self.unchanged && self.after == self.before {
            return fail("has an `after` that is its `before`");
        }
        Ok(())
    }

    pub fn unsafe_fixes(&self) -> bool {
        self.options.get("unsafe").and_then(toml::Value::as_bool) == Some(true)
    }
}

/// The text of the code span that `text` begins with. More than one backtick lets backticks stand inside.
fn code(text: &str) -> Option<&str> {
    let inside = text.trim_start_matches('`');
    let fence = &text[..text.len() - inside.len()];
    let (span, _) = inside.split_once(fence).filter(|_| !fence.is_empty())?;
    Some(span.trim_matches(' '))
}
