//! `codemend explain NAME`: a codemod's page.
//!
//! Into a pipe or a file goes the page as it is, Markdown, whole. In a terminal it is laid out for reading; the cases,
//! thousands of lines, are there for the asking.

mod arguments;
mod code;
mod layout;
mod table;

use anyhow::Context;
use codemend_engine::codemod::Codemod;

pub use arguments::ExplainArguments;

use super::Exit;
use super::terminal::{BOLD, Look, Terminal};
use super::words;

const CASES: &str = "\n## Cases\n";

/// Print the page of the codemod that `arguments` name. A wrong name was refused when the arguments were read.
///
/// # Errors
/// Standard output cannot be written.
pub fn explain(
    arguments: &ExplainArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let name = &arguments.name;
    let mut about = catalogue.iter().map(|codemod| codemod.about());
    let about = about.find(|about| about.name == name);
    let page = about.with_context(|| format!("no codemod `{name}`"))?.page;
    let shown = match terminal.out {
        Look::Raw => format!("{}\n", page.strip_suffix('\n').unwrap_or(page)),
        look if arguments.cases => layout::layout(page, words::columns(), look),
        look => abridged(page, name, words::columns(), look),
    };
    terminal.print(shown.as_bytes())?;
    Ok(Exit::Fine)
}

/// The page with the first of its cases only, and how to see the others.
fn abridged(page: &str, name: &str, width: usize, look: Look) -> String {
    let Some((head, cases)) = page.split_once(CASES) else {
        return layout::layout(page, width, look);
    };
    let mut cases = layout::cases(cases).into_iter();
    let first = cases.next().unwrap_or_default();
    let mut shown = layout::layout(&format!("{head}\n## Example\n\n{first}"), width, look);
    let more = match cases.count() {
        0 => return shown,
        1 => "1 more case".to_owned(),
        more => format!("{more} more cases"),
    };
    let way = look.paint(BOLD, &format!("codemend explain {name} --cases"));
    shown.push_str(&format!("\n{more}: {way}\n"));
    shown
}

#[cfg(test)]
mod tests {
    use super::{Look, abridged};

    #[test]
    fn only_the_first_case_is_shown() {
        let page = |cases: &str| format!("# name\n\nText.\n\n## Cases\n{cases}");
        let shown = |cases: &str| abridged(&page(cases), "name", 80, Look::Visible);
        let one = "\n### One\n\n```python unchanged\n### no case\n```\n";
        let head = "name\n\n  Text.\n\nExample\n\n  One\n";
        let got = shown(one);
        assert!(got.starts_with(head), "{got}");
        assert!(!got.contains("--cases"), "{got}");
        let got = shown(&format!("{one}\n### Two\n\nText.\n\n### Three\n"));
        assert!(
            got.ends_with("\n\n2 more cases: codemend explain name --cases\n"),
            "{got}"
        );
        assert!(!got.contains("Two"), "{got}");
    }
}
