//! The GitHub action, and the pages about CI and installing: what stands there is what GitHub, GitLab and pre-commit
//! take, and every command in it is one that the program takes.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use outside::{Project, Said};
use serde_json::Value;

const OLD: &str = "from typing import Optional\n\n\ndef f(x: Optional[int]) -> None: ...\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The YAML document `text` as JSON.
fn parsed(python: &Path, text: &str) -> Value {
    // `on` is a key of workflows, and in YAML also a word for true.
    let read = "import json, sys, yaml\n\
        class Loader(yaml.SafeLoader): pass\n\
        Loader.add_constructor('tag:yaml.org,2002:bool', lambda loader, node: node.value)\n\
        print(json.dumps(yaml.load(sys.argv[1], Loader)))";
    let text = tools::insist(Command::new(python).args(["-c", read, text]));
    serde_json::from_str(&text).expect("JSON")
}

/// Hold `text` against a schema that check-jsonschema carries.
fn insist_on_schema(schema: &str, text: &str) {
    let check = tools::of_python("check-jsonschema").expect("it comes with the other tools");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file.yaml");
    fs::write(&file, text).expect("it can be written");
    let mut check = Command::new(check);
    tools::insist(check.args(["--builtin-schema", schema]).arg(file));
}

/// The action, run as GitHub runs it: each input is given or its default.
struct Action {
    parsed: Value,
}

impl Action {
    fn read() -> Option<Self> {
        let python = tools::of_python("python")?;
        let text = fs::read_to_string(root().join("action.yml")).expect("the action");
        insist_on_schema("vendor.github-actions", &text);
        let parsed = parsed(&python, &text);
        Some(Self { parsed })
    }

    fn input(&self, name: &str, given: &[(&str, &str)]) -> String {
        let default = self.parsed["inputs"][name]["default"].as_str();
        let default = default.unwrap_or_else(|| panic!("no input {name}"));
        let given = given.iter().find(|(key, _)| *key == name);
        given.map_or(default, |(_, value)| value).to_owned()
    }

    /// Run the step `name` in `project`, behind the shell line `before`.
    fn run(&self, name: &str, project: &Project, before: &str, given: &[(&str, &str)]) -> Said {
        let steps = self.parsed["runs"]["steps"].as_array().expect("steps");
        let step = steps.iter().find(|step| step["name"] == name);
        let step = step.expect("the step");
        assert_eq!(step["shell"], "bash");
        let script = step["run"].as_str().expect("a script");
        assert!(
            !script.contains("${{"),
            "an input is read as shell: {script}"
        );
        let mut line = String::new();
        for (variable, value) in step["env"].as_object().expect("variables") {
            let value = value
                .as_str()
                .and_then(|value| value.strip_prefix("${{ inputs."));
            let value = value.and_then(|value| value.strip_suffix(" }}"));
            let value = self.input(value.expect("an input"), given);
            line += &format!("export {variable}={}\n", quoted(&value));
        }
        project.write(".step.sh", script);
        line += before;
        // As GitHub calls it.
        project.shell(&format!(
            "{line}\nbash --noprofile --norc -eo pipefail .step.sh"
        ))
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[test]
fn the_action_checks() {
    let Some(action) = Action::read() else {
        return;
    };
    let project = Project::of(&[("app/a.py", OLD), ("b c.py", OLD), ("fine.py", "x = 1\n")]);
    let check = |given: &[(&str, &str)]| action.run("Check", &project, "", given);
    for format in ["github", "text", "json", "sarif"] {
        let said = check(&[("format", format)]);
        assert_eq!(said.code, Some(1), "{format}: {}", said.err);
    }
    let said = check(&[]);
    assert_eq!(said.code, Some(1));
    let annotation = "::warning file=app/a.py,line=4,";
    assert!(said.out.contains(annotation), "{}", said.out);
    let said = check(&[("paths", "fine.py\n app"), ("format", "text")]);
    assert!(said.out.contains("+++ b/app/a.py"), "{}", said.transcript());
    assert!(!said.out.contains("b c.py"), "{}", said.out);
    let said = check(&[("paths", "fine.py")]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said = check(&[("args", "--select union-to-optional --exclude b*")]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(check(&[("args", "--no-such-option")]).code, Some(2));
    assert_eq!(project.read("app/a.py"), OLD);
}

#[test]
fn inputs_are_never_read_as_shell() {
    let Some(action) = Action::read() else {
        return;
    };
    let project = Project::of(&[("a.py", OLD)]);
    for input in ["paths", "args", "format"] {
        for text in [
            "$(touch owned)",
            "`touch owned`",
            "; touch owned",
            "* && touch owned",
        ] {
            action.run("Check", &project, "", &[(input, text)]);
            assert!(!project.root().join("owned").exists(), "{input}: {text}");
        }
    }
}

/// With a `python3` that makes an environment whose pip only says what it was asked for.
#[test]
fn the_action_installs_what_was_asked_for() {
    let Some(action) = Action::read() else {
        return;
    };
    let project = Project::of(&[(
        "fake/python3",
        "#!/bin/sh\nmkdir -p \"$3/bin\"\nprintf '#!/bin/sh\\necho \"pip $*\"\\n' > \"$3/bin/pip\"\nchmod +x \"$3/bin/pip\"\n",
    )]);
    project.insist("chmod", &["+x", "fake/python3"], b"");
    let here = "export PATH=\"$PWD/fake:$PATH\" RUNNER_TEMP=\"$PWD/runner temp\" \
        GITHUB_PATH=\"$PWD/path\" GITHUB_ACTION_PATH=\"$PWD/the action\"";
    let said = action.run("Install codemend", &project, here, &[]);
    let own = project.root().join("the action");
    assert_eq!(
        said.out,
        format!("pip install {}\n", own.display()),
        "{}",
        said.err
    );
    let said = action.run("Install codemend", &project, here, &[("version", "0.1.0")]);
    assert_eq!(said.out, "pip install codemend==0.1.0\n", "{}", said.err);
    let added = project.root().join("runner temp/codemend/bin");
    let added = format!("{}\n", added.display());
    assert_eq!(project.read("path"), added.repeat(2));
}

/// The fenced blocks of `docs/ci.md` that are YAML.
fn snippets() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/ci.md")).expect("the page");
    let parts = page.split("\n```yaml\n").skip(1);
    let snippets: Vec<_> = parts
        .map(|part| part.split("\n```").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    assert!(snippets.len() >= 6, "{snippets:#?}");
    snippets
}

/// Every text of `value` below the key `key`.
fn texts<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if name == key => found.push(text),
                    Value::Array(list) if name == key => {
                        found.extend(list.iter().filter_map(Value::as_str))
                    }
                    value => texts(value, key, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| texts(value, key, found)),
        _ => {}
    }
}

#[test]
fn snippets_are_what_their_readers_take() {
    let (Some(python), Some(pre_commit)) =
        (tools::of_python("python"), tools::of_python("pre-commit"))
    else {
        return;
    };
    for text in snippets() {
        let snippet = parsed(&python, &text);
        match () {
            () if snippet.get("repos").is_some() => {
                let project = Project::of(&[("config.yaml", &text)]);
                let file: PathBuf = project.root().join("config.yaml");
                tools::insist(Command::new(&pre_commit).arg("validate-config").arg(file));
            }
            () if snippet.get("on").is_some() => insist_on_schema("vendor.github-workflows", &text),
            () => insist_on_schema("vendor.gitlab-ci", &text),
        }
    }
}

/// Whether codemend would take these arguments: the help comes only when nothing before it is wrong.
#[track_caller]
fn insist_on_arguments(arguments: &str) {
    let project = Project::of::<&str>(&[]);
    let said = project.shell(&format!("codemend {arguments} --help"));
    assert_eq!(said.code, Some(0), "{arguments}: {}", said.err);
}

#[test]
fn snippets_use_options_and_inputs_that_there_are() {
    let (Some(python), Some(action)) = (tools::of_python("python"), Action::read()) else {
        return;
    };
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("the hooks");
    let mut used = 0;
    for text in snippets() {
        let snippet = parsed(&python, &text);
        let mut commands = Vec::new();
        for key in ["run", "script", "entry"] {
            texts(&snippet, key, &mut commands);
        }
        for line in commands.iter().flat_map(|script| script.lines()) {
            if let Some(arguments) = line.strip_prefix("codemend ") {
                insist_on_arguments(arguments.split(" > ").next().unwrap_or_default());
                used += 1;
            }
        }
        for hook in snippet["repos"][0]["hooks"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let id = hook["id"].as_str().expect("an id");
            assert!(hooks.contains(&format!("- id: {id}\n")), "no hook {id}");
            let mut arguments = Vec::new();
            texts(hook, "args", &mut arguments);
            insist_on_arguments(&arguments.join(" "));
            used += 1;
        }
        for step in snippet["jobs"]["codemend"]["steps"]
            .as_array()
            .into_iter()
            .flatten()
        {
            if step["uses"]
                .as_str()
                .is_some_and(|uses| uses.contains("/codemend@"))
            {
                for (name, value) in step["with"].as_object().expect("inputs") {
                    action.input(name, &[]);
                    if name == "args" {
                        let arguments = value.as_str().expect("a text");
                        insist_on_arguments(&arguments.replace("${{ github.base_ref }}", "main"));
                        used += 1;
                    }
                }
            }
        }
    }
    assert!(used >= 6, "{used}");
}

/// In a home of their own: these write to where shells and `man` look.
#[test]
fn commands_of_the_page_about_installing_work() {
    let page = fs::read_to_string(root().join("docs/install.md")).expect("the page");
    let commands = page.lines().filter(|line| line.starts_with("codemend "));
    let project = Project::of::<&str>(&[]);
    let mut made = 0;
    for command in commands {
        let home = "export HOME=\"$PWD\"; mkdir -p .local/share/bash-completion/completions .zfunc .config/fish/completions";
        let said = project.shell(&format!("{home}; {command}"));
        assert_eq!(said.code, Some(0), "{command}: {}", said.err);
        assert_eq!(
            (said.out.as_str(), said.err.as_str()),
            ("", ""),
            "{command}"
        );
        made += 1;
    }
    assert_eq!(made, 4);
    for file in [".zfunc/_codemend", ".local/share/man/man1/codemend-undo.1"] {
        assert!(!project.read(file).is_empty(), "{file}");
    }
}
