//! The JSON schema of the configuration, for editors that complete and check a settings file as it is written.
//!
//! Made from the list of keys and from what the codemods say of their options, so that it cannot lag behind them.
//! It says yes and no where the program does, with exceptions that a JSON schema has no words for: whether a glob can
//! be read, whether `src` or `cache-dir` leaves the repository, versions with blanks or zeros around them, `5.0` for a whole number.

use serde_json::{Map, Value, json};

use super::schema::{ALL, KEYS};
use crate::about::{About, OptionAbout, OptionKind};
use crate::target::PythonVersion;

/// The schema (draft 2020-12) of `codemend.toml`, which is that of `[tool.codemend]` as well, for the codemods of
/// `catalogue`.
pub fn json_schema(catalogue: &[About]) -> Value {
    let keys = KEYS.iter().map(|key| ((*key).to_owned(), key_schema(key)));
    let tables = catalogue
        .iter()
        .map(|about| (about.name.to_owned(), table_schema(about)));
    let properties: Map<String, Value> = keys.chain(tables).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "codemend",
        "description": "Settings of codemend, in codemend.toml or in [tool.codemend] of pyproject.toml.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "$defs": { "codemods": codemods_schema(catalogue) },
    })
}

fn key_schema(key: &str) -> Value {
    match key {
        "cache" => json!({
            "description": "Remember runs, so that the same run over the same files is told again at once.",
            "type": "boolean",
            "default": true,
        }),
        "cache-dir" => json!({
            "description": "The folder of what is remembered, in place of the one in the root of the project.",
            "type": "string",
        }),
        "exclude" => strings("Globs of files and folders to leave out, instead of the usual ones."),
        "extend-exclude" => strings("Globs of files and folders to leave out, added to `exclude`."),
        "ignore" => codemods("Codemods not to run."),
        "per-file-ignores" => json!({
            "description": "Codemods not to run on the files that a glob matches; with a leading `!`, on all others.",
            "type": "object",
            "additionalProperties": { "$ref": "#/$defs/codemods" },
        }),
        "select" => codemods("Codemods to run. Without it, all of them."),
        "src" => strings(
            "Folders that imports start from, besides the root of the project and its `src`.",
        ),
        "target-version" => {
            version("The lowest Python that the code must run on: `3.10` or `py310`.")
        }
        "unsafe-fixes" => json!({
            "description": "Also make changes that may mean something else.",
            "type": "boolean",
            "default": false,
        }),
        // A key that is added to the list and not here: anything goes, and a test says so.
        _ => Value::Bool(true),
    }
}

fn strings(description: &str) -> Value {
    json!({
        "description": description,
        "type": "array",
        "items": { "type": "string" },
    })
}

fn codemods(description: &str) -> Value {
    json!({ "description": description, "$ref": "#/$defs/codemods" })
}

/// A list of names. Editors that build on taplo show the summary of each in their menu.
fn codemods_schema(catalogue: &[About]) -> Value {
    let all = catalogue
        .iter()
        .map(|about| (about.name, about.summary))
        .chain([(ALL, "every codemod")]);
    let (names, summaries): (Vec<_>, Vec<_>) = all.unzip();
    json!({
        "type": "array",
        "items": {
            "type": "string",
            "enum": names,
            "x-taplo": { "docs": { "enumValues": summaries } },
        },
    })
}

/// Both spellings of every known version, for the editor's menu, and `3.10.2`, whose last number counts for nothing.
fn version(description: &str) -> Value {
    let dotted: Vec<String> = PythonVersion::iter().map(|one| one.to_string()).collect();
    let short = dotted
        .iter()
        .map(|one| format!("py{}", one.replace('.', "")));
    let all: Vec<String> = dotted.iter().cloned().chain(short).collect();
    let any = all.join("|").replace('.', r"\.");
    let patch = r"\.([01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5])";
    json!({
        "description": description,
        "type": "string",
        "anyOf": [
            { "enum": all },
            { "pattern": format!("^({any}){patch}$") },
        ],
    })
}

/// The table of a codemod.
fn table_schema(about: &About) -> Value {
    let options = about.options.iter();
    let properties: Map<String, Value> = options
        .map(|option| (option.name.to_owned(), option_schema(option)))
        .collect();
    json!({
        "description": about.summary,
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn option_schema(option: &OptionAbout) -> Value {
    let mut schema = match option.kind {
        OptionKind::Boolean { default } => json!({ "type": "boolean", "default": default }),
        // TOML's whole numbers have 64 bits.
        OptionKind::Integer { default } => json!({
            "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX, "default": default,
        }),
        OptionKind::Float { default } => json!({ "type": "number", "default": default }),
        OptionKind::Choice(words) => {
            json!({ "type": "string", "enum": words, "default": words.first() })
        }
        OptionKind::Text { default } => json!({ "type": "string", "default": default }),
        OptionKind::List { default } => {
            json!({ "type": "array", "items": { "type": "string" }, "default": default })
        }
    };
    schema["description"] = option.summary.into();
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{json_schema, key_schema};
    use crate::about::{About, Deed, OptionAbout, OptionKind, Scope};
    use crate::change::Safety;
    use crate::config::schema::KEYS;
    use crate::target::PythonVersion;

    const ABOUT: About = About {
        name: "tidy",
        summary: "it is tidy",
        deed: Deed { one: "", many: "" },
        page: "",
        ceiling: Safety::Safe,
        scope: Scope::File,
        since: PythonVersion::PY37,
        rules: &[],
        options: &[
            OptionAbout {
                name: "level",
                kind: OptionKind::Choice(&["low", "high"]),
                summary: "how much",
            },
            OptionAbout {
                name: "depth",
                kind: OptionKind::Integer { default: 3 },
                summary: "how deep",
            },
        ],
    };

    #[test]
    fn every_key_says_what_it_takes() {
        for key in KEYS {
            assert!(key_schema(key)["description"].is_string(), "{key}");
        }
    }

    #[test]
    fn options_come_from_the_codemods() {
        let schema = json_schema(&[ABOUT]);
        let table = &schema["properties"]["tidy"];
        assert_eq!(table["description"], "it is tidy");
        assert_eq!(table["additionalProperties"], false);
        let level = json!({
            "type": "string", "enum": ["low", "high"], "default": "low", "description": "how much",
        });
        assert_eq!(table["properties"]["level"], level);
        assert_eq!(table["properties"]["depth"]["default"], 3);
        let names = &schema["$defs"]["codemods"]["items"]["enum"];
        assert_eq!(names, &json!(["tidy", "all"]));
    }
}
