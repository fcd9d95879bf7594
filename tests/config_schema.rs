//! `codemend schema config` says yes and no where the program does: every kind of TOML value for every key.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use codemend_codemods::ALL;
use codemend_engine::about::OptionKind;
use outside::Project;
use rayon::prelude::*;
use serde_json::Value;

/// Values of every kind, and those that lie near the border of what a key takes.
const VALUES: &[&str] = &[
    "true",
    "false",
    "0",
    "1",
    "-7",
    "1.5",
    "1e3",
    "\"\"",
    "\"x\"",
    "'true'",
    "\"all\"",
    "\"hoist-imports\"",
    "3.10",
    "\"3.10\"",
    "\"3.7\"",
    "\"3.6\"",
    "\"3.99\"",
    "\"2.7\"",
    "\"3\"",
    "\"3.10.2\"",
    "\"3.10.255\"",
    "\"3.10.256\"",
    "\"3.10.x\"",
    "\"3.10.\"",
    "\"310\"",
    "\"py310\"",
    "\"py310.1\"",
    "\"py3\"",
    "\"py3.10\"",
    "\"PY310\"",
    "\">=3.10\"",
    "1979-05-27",
    "07:32:00",
    "1979-05-27T07:32:00Z",
    "[]",
    "[\"x\"]",
    "[\"app/**\", \"*_pb2.py\", \"build/\"]",
    "[\"hoist-imports\"]",
    "[\"hoist-imports\", \"all\", \"hoist-imports\"]",
    "[\"all\"]",
    "[\"ALL\"]",
    "[\"hoist_imports\"]",
    "[\"all\", 1]",
    "[1]",
    "[true]",
    "[[\"all\"]]",
    "[{}]",
    "[1979-05-27]",
    "{}",
    "{ x = 1 }",
    "{ \"tests/**\" = [] }",
    "{ \"tests/**\" = [\"all\"], \"!app/**\" = [\"hoist-imports\"] }",
    "{ \"tests/**\" = [\"x\"] }",
    "{ \"tests/**\" = \"all\" }",
    "{ \"tests/**\" = { all = true } }",
];

/// What the program says of the settings `text`: `None` is yes.
fn verdict(project: &Project, text: &str) -> Option<String> {
    let said = project.codemend(&["--config", text]);
    match said.code {
        Some(0) => None,
        Some(2) if said.err.contains("--config") => Some(said.err),
        code => panic!("{text}: {code:?} {}", said.err),
    }
}

/// What the schema says of each of `texts`, which are TOML.
fn verdicts_of_schema(python: &Path, schema: &str, texts: &[String]) -> Vec<bool> {
    let ask = "import json, sys, tomllib\n\
        from jsonschema import Draft202012Validator as Validator\n\
        schema, texts = (json.load(open(path)) for path in sys.argv[1:])\n\
        Validator.check_schema(schema)\n\
        validator = Validator(schema)\n\
        print(json.dumps([validator.is_valid(tomllib.loads(text)) for text in texts]))";
    let folder = tempfile::tempdir().expect("a folder");
    let [schema_file, texts_file] =
        ["schema.json", "texts.json"].map(|name| folder.path().join(name));
    fs::write(&schema_file, schema).expect("it can be written");
    let texts = serde_json::to_string(texts).expect("JSON");
    fs::write(&texts_file, texts).expect("it can be written");
    let mut asked = Command::new(python);
    let said = tools::insist(asked.args(["-c", ask]).arg(schema_file).arg(texts_file));
    serde_json::from_str(&said).expect("a list of verdicts")
}

fn project() -> Project {
    Project::of(&[("a.py", "x = 1\n")])
}

/// The keys that the program lists when it is given one that is like none.
fn keys(project: &Project) -> BTreeSet<String> {
    let said = verdict(project, "zzzzzzzzzzzzzzz = 1").expect("it is no key");
    let listed = said.split("; it has ").nth(1).expect("a list of keys");
    let listed = listed.split(", and a table").next().expect("its end");
    let words = listed.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
    let keys: BTreeSet<_> = words
        .filter(|word| !matches!(*word, "" | "and" | "or"))
        .map(str::to_owned)
        .collect();
    assert!(
        keys.contains("select") && keys.contains("unsafe-fixes"),
        "{said}"
    );
    keys
}

/// Each key as it is written before `=`, the tables of the codemods and their options with them.
fn places(project: &Project) -> Vec<String> {
    let mut places: Vec<String> = keys(project).into_iter().collect();
    for codemod in ALL {
        let about = codemod.about();
        places.push(about.name.to_owned());
        places.extend(
            about
                .options
                .iter()
                .map(|option| format!("{}.{}", about.name, option.name)),
        );
    }
    places
}

/// The words of an option that takes one of some.
fn own_values() -> impl Iterator<Item = String> {
    let options = ALL.iter().flat_map(|codemod| {
        let about = codemod.about();
        about.options.iter().map(move |option| (about.name, option))
    });
    options.flat_map(|(codemod, option)| {
        let words = match option.kind {
            OptionKind::Choice(words) => words,
            _ => &[],
        };
        words
            .iter()
            .map(move |word| format!("{codemod}.{} = \"{word}\"", option.name))
    })
}

#[test]
fn the_schema_has_the_keys_of_the_program() {
    let project = project();
    let schema = project.codemend(&["schema", "config"]).out;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let properties = |schema: &Value| -> BTreeSet<String> {
        let properties = schema["properties"].as_object().expect("properties");
        properties.keys().cloned().collect()
    };
    let mut wanted = keys(&project);
    wanted.extend(ALL.iter().map(|codemod| codemod.about().name.to_owned()));
    assert_eq!(properties(&schema), wanted);
    for about in ALL.iter().map(|codemod| codemod.about()) {
        let wanted = about.options.iter().map(|option| option.name.to_owned());
        let table = &schema["properties"][about.name];
        assert_eq!(properties(table), wanted.collect(), "{}", about.name);
    }
}

#[test]
fn program_and_schema_agree() {
    let Some(python) = tools::of_python("python") else {
        return;
    };
    let project = project();
    let places = places(&project);
    let pairs = places
        .iter()
        .flat_map(|key| VALUES.iter().map(move |value| format!("{key} = {value}")));
    let unknown = places
        .iter()
        .flat_map(|key| [format!("{key}x = []"), format!("{key}.no-option = true")]);
    let texts: Vec<String> = pairs.chain(own_values()).chain(unknown).collect();
    let schema = project.codemend(&["schema", "config"]).out;
    let of_schema = verdicts_of_schema(&python, &schema, &texts);
    let of_program: Vec<_> = texts
        .par_iter()
        .map(|text| verdict(&project, text))
        .collect();
    let mut faults = Vec::new();
    let mut counts = BTreeMap::<&str, [usize; 2]>::new();
    for ((text, schema), program) in texts.iter().zip(of_schema).zip(of_program) {
        let key = text.split(" = ").next().expect("a key");
        counts.entry(key).or_default()[usize::from(schema)] += 1;
        if schema != program.is_none() {
            faults.push(format!(
                "{text}: the schema says {schema}, the program {program:?}"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for place in &places {
        let [no, yes] = counts[place.as_str()];
        assert!(no > 0 && yes > 0, "{place}: {yes} valid, {no} invalid");
    }
}

/// What a JSON schema has no words for: the program decides.
#[test]
fn the_schema_is_silent_about_globs_and_strict_about_odd_versions() {
    let Some(python) = tools::of_python("python") else {
        return;
    };
    let project = project();
    let cases = [
        ("exclude = [\"a[\"]", true),
        ("extend-exclude = [\"{a\"]", true),
        ("per-file-ignores = { \"a[\" = [] }", true),
        ("target-version = \" 3.10 \"", false),
    ];
    let texts = cases.map(|(text, _)| text.to_owned());
    let schema = project.codemend(&["schema", "config"]).out;
    let of_schema = verdicts_of_schema(&python, &schema, &texts);
    for ((text, wanted), got) in cases.into_iter().zip(of_schema) {
        assert_eq!(got, wanted, "{text}");
        assert_eq!(verdict(&project, text).is_none(), !wanted, "{text}");
    }
}

/// As the page about the configuration has it: the schema beside the file, and a first line that names it.
#[test]
fn an_editor_takes_the_schema() {
    let Some(taplo) = tools::of_node("taplo") else {
        return;
    };
    let page = include_str!("../docs/configuration.md");
    let first = page.lines().find(|line| line.starts_with("#:schema "));
    let first = first.expect("the page says how");
    let project = project();
    let made = project.shell("codemend schema config > codemend.schema.json");
    assert_eq!(made.code, Some(0), "{}", made.err);
    let verdict = |settings: &str| {
        project.write("codemend.toml", format!("{first}\n{settings}\n"));
        let mut lint = Command::new(&taplo);
        let lint = lint
            .args(["lint", "codemend.toml"])
            .current_dir(project.root());
        let output = lint.output().expect("taplo runs");
        (output.status.success(), tools::said(&output).1)
    };
    let fine = "select = [\"hoist-imports\"]\ntarget-version = \"3.10.2\"\n\
        [per-file-ignores]\n\"tests/**\" = [\"all\"]\n[hoist-imports]\nextend-heavy = [\"torch\"]";
    let (is_fine, said) = verdict(fine);
    assert!(is_fine, "{said}");
    for (wrong, word) in [
        ("select = [\"hoist-import\"]", "hoist-import"),
        ("selct = []", "selct"),
        ("target-version = 3.10", "3.1"),
        ("[hoist-imports]\nheavi = []", "heavi"),
    ] {
        let (is_fine, said) = verdict(wrong);
        assert!(!is_fine && said.contains(word), "{wrong}: {said}");
    }
}
