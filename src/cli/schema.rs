//! `codemend schema WHAT`: JSON schemas of what people and programs write for codemend or read from it.

use anyhow::Context;
use clap::{Args, ValueEnum};
use codemend_engine::codemod::Codemod;
use codemend_engine::config::json_schema;

use super::Exit;
use super::formats::model;
use super::terminal::Terminal;

#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// What it describes
    what: Described,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Described {
    /// codemend.toml, and [tool.codemend] of pyproject.toml
    Config,
    /// What --format json prints
    Report,
}

/// Print the schema that `arguments` ask for.
///
/// # Errors
/// Standard output cannot be written.
pub fn schema(
    arguments: &SchemaArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let about: Vec<_> = catalogue.iter().map(|codemod| codemod.about()).collect();
    let schema = match arguments.what {
        Described::Config => json_schema(&about),
        Described::Report => model::schema().to_value(),
    };
    let mut text = serde_json::to_vec_pretty(&schema).context("cannot write the schema")?;
    text.push(b'\n');
    terminal.print(&text)?;
    Ok(Exit::Fine)
}
