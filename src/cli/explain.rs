//! `codemend explain NAME`: a codemod's page.

use anyhow::Context;
use codemend_engine::codemod::Codemod;

use super::Exit;
use super::terminal::Terminal;

/// Print the page of the codemod `name`. A wrong name was refused when the arguments were read.
pub fn explain(
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
    name: &str,
) -> anyhow::Result<Exit> {
    let mut about = catalogue.iter().map(|codemod| codemod.about());
    let about = about.find(|about| about.name == name);
    let page = about.with_context(|| format!("no codemod `{name}`"))?.page;
    terminal.print(page.as_bytes())?;
    if !page.ends_with('\n') {
        terminal.print(b"\n")?;
    }
    Ok(Exit::Fine)
}
