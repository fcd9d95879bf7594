//! `--html FILE`: the page to review the changes in a browser.
//!
//! One file without a network. What comes from the repository is data in it and nothing else: JSON that no tag can end,
//! which the script turns into text nodes. A policy forbids all scripts and styles but the page's own, should that fail.

mod data;
mod files;
mod quotes;
mod windows;

use anyhow::Context;
use codemend_engine::codemod::Codemod;
use codemend_engine::patch::Outcome;
use git2::{ObjectType, Oid};

use super::root::Rooted;
use data::Data;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// In the order that they build upon each other.
const SCRIPTS: [&str; 7] = [
    include_str!("patch.js"),
    include_str!("python.js"),
    include_str!("diff.js"),
    include_str!("review.js"),
    include_str!("filter.js"),
    include_str!("cards.js"),
    include_str!("page.js"),
];

/// The page of `outcome`, which has to be that of a request with `review`.
///
/// # Errors
/// The changes, put together one by one, are not what the run itself would write.
pub fn page(
    outcome: &Outcome,
    rooted: &Rooted,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Vec<u8>> {
    let data = Data::new(outcome, rooted, catalogue)?;
    let json = serde_json::to_string(&data).context("cannot write the page")?;
    let json = shielded(&json);
    let digest = Oid::hash_object(ObjectType::Blob, json.as_bytes());
    let digest = digest.context("cannot write the page")?.to_string();
    Ok(put_together(&json, &digest).into_bytes())
}

/// `json` without a character that means something to a reader of HTML. It stays the same JSON.
fn shielded(json: &str) -> String {
    let mut shielded = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' => shielded.push_str("\\u003c"),
            '>' => shielded.push_str("\\u003e"),
            '&' => shielded.push_str("\\u0026"),
            '\u{2028}' => shielded.push_str("\\u2028"),
            '\u{2029}' => shielded.push_str("\\u2029"),
            '\u{7f}' => shielded.push_str("\\u007f"),
            '\u{feff}' => shielded.push_str("\\ufeff"),
            c => shielded.push(c),
        }
    }
    shielded
}

/// The frame with its parts in it. What is put in is not looked at again: data cannot name a place.
fn put_together(json: &str, digest: &str) -> String {
    let scripts = SCRIPTS.join("\n");
    let mut page = String::with_capacity(PAGE.len() + STYLE.len() + scripts.len() + json.len());
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or(("", after));
        page.push_str(before);
        page.push_str(match name {
            "style" => STYLE,
            "script" => &scripts,
            "data" => json,
            // It is the hash of the data, so that nothing in there can know it.
            "digest" => digest,
            _ => "",
        });
        rest = after;
    }
    page.push_str(rest);
    page
}

#[cfg(test)]
mod tests;
