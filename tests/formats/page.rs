//! `docs/json.md`, held against the program: its example is real output, its script works, it names every key.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::outside::{Project, tree};
use super::{parsed, printed};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    fs::read_to_string(path).expect("the page")
}

/// The fenced blocks of `language`.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    let parts = page.split(&fence).skip(1);
    let ended = parts.map(|part| part.split("```").next().unwrap_or(part));
    ended.map(str::to_owned).collect()
}

fn project(page: &str) -> Project {
    Project::of(&[("app/load.py", blocks(page, "python").remove(0))])
}

/// With `UPDATE_SNAPSHOTS` the page is written anew.
#[test]
fn the_example_is_real() {
    let page = page();
    let project = project(&page);
    let root = project.root().display().to_string();
    let real = printed(&project, "json", &[]).out;
    let real = real.replace(&root, "/home/me/project");
    let shown = blocks(&page, "json").remove(0);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        let fence = "\n```json\n";
        let page = page.replacen(&format!("{fence}{shown}"), &format!("{fence}{real}"), 1);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
        fs::write(path, page).expect("it can be written");
        return;
    }
    assert_eq!(real, shown);
}

#[test]
fn the_script_makes_all_changes() {
    let page = page();
    let script = blocks(&page, "python").remove(1);
    for make in [
        || project(&self::page()),
        Project::example,
        super::projects::odd,
    ] {
        let (by_hand, applied) = (make(), make());
        let report = printed(&by_hand, "json", &["--unsafe-fixes"]).out;
        by_hand.insist("python3", &["-c", &script], report.as_bytes());
        applied.codemend(&["--apply", "--unsafe-fixes"]);
        let faults = tree::difference(&applied.tree(), &by_hand.tree());
        assert!(faults.is_empty(), "{faults}");
    }
}

#[test]
fn every_key_is_named() {
    let schema = parsed(&project(&page()).codemend(&["schema", "report"]).out);
    let mut keys = BTreeSet::new();
    collect(&schema, &mut keys);
    assert!(keys.len() > 40, "{keys:?}");
    let page = page();
    let words: BTreeSet<&str> = page
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-')
        .collect();
    let missing: Vec<_> = keys
        .iter()
        .filter(|key| !words.contains(key.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The names of all properties, and all words that a value can be.
fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            keys.extend(
                object
                    .get("const")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            object.values().for_each(|value| collect(value, keys));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, keys)),
        _ => {}
    }
}
