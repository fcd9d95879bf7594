//! `codemend schema WHAT`: JSON schemas of what people and programs write for codemend or read from it.

use anyhow::Context;
use clap::{Args, ValueEnum};

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
    /// What --format json prints
    Report,
}

/// Print the schema that `arguments` ask for.
///
/// # Errors
/// Standard output cannot be written.
pub fn schema(arguments: &SchemaArguments, terminal: &Terminal) -> anyhow::Result<Exit> {
    let schema = match arguments.what {
        Described::Report => model::schema().to_value(),
    };
    let mut text = serde_json::to_vec_pretty(&schema).context("cannot write the schema")?;
    text.push(b'\n');
    terminal.print(&text)?;
    Ok(Exit::Fine)
}
