//! codemend in a plain pseudo-terminal, by way of `terminal.py`.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::outside::Project;

/// What happened in a terminal.
#[derive(Debug)]
pub struct Shown {
    pub text: String,
    /// Of the exit; below zero the signal that ended it.
    pub code: i64,
    /// Whether the terminal is in the modes that it was in before.
    pub modes_are_back: bool,
}

/// A conversation to come: what is expected, and what is then typed.
pub struct Terminal<'p> {
    project: &'p Project,
    command: Vec<String>,
    environment: Value,
    steps: Vec<Value>,
}

impl<'p> Terminal<'p> {
    /// `codemend` with `arguments` in the root of `project`.
    pub fn of(project: &'p Project, arguments: &[&str]) -> Self {
        let program = [env!("CARGO_BIN_EXE_codemend")];
        let command = program.iter().chain(arguments).map(ToString::to_string);
        Self {
            project,
            command: command.collect(),
            environment: json!({"TERM": "xterm", "NO_COLOR": "1"}),
            steps: Vec::new(),
        }
    }

    /// A line of shell, in which `$CODEMEND` is the program.
    pub fn shell(project: &'p Project, line: &str) -> Self {
        let mut terminal = Self::of(project, &[]);
        terminal.command = ["sh", "-c", line].map(str::to_owned).to_vec();
        terminal.environment["CODEMEND"] = env!("CARGO_BIN_EXE_codemend").into();
        terminal
    }

    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment[variable] = value.into();
        self
    }

    /// Wait until `text` is shown, after what was waited for before.
    pub fn expect(mut self, text: &str) -> Self {
        self.steps.push(json!(["expect", text]));
        self
    }

    pub fn types(mut self, text: &str) -> Self {
        self.steps.push(json!(["type", text]));
        self
    }

    /// Wait for the question about the change that `header` begins with, and answer it.
    pub fn answer(self, header: &str, key: &str) -> Self {
        self.expect(header)
            .expect("Apply this change? ")
            .expect("] ")
            .types(key)
    }

    /// Wait for `question` and answer it.
    pub fn reply(self, question: &str, key: &str) -> Self {
        self.expect(question).expect("] ").types(key)
    }

    pub fn signal(mut self, number: i32) -> Self {
        self.steps.push(json!(["signal", number]));
        self
    }

    /// Somebody else saves a file.
    pub fn saves(mut self, path: &str, text: &str) -> Self {
        let path = self.project.root().join(path);
        self.steps.push(json!(["write", path, text]));
        self
    }

    /// Let it happen. What is expected has to come.
    pub fn run(self) -> Shown {
        let plan = json!({
            "command": self.command,
            "folder": self.project.root(),
            "size": [24, 80],
            "environment": self.environment,
            "steps": self.steps,
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interactive/terminal.py");
        let mut command = Command::new("python3");
        command
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for variable in ["CLICOLOR_FORCE", "VIRTUAL_ENV", "GIT_DIR", "GIT_WORK_TREE"] {
            command.env_remove(variable);
        }
        let mut child = command.spawn().expect("python3 runs");
        let pipe = child.stdin.take().expect("a pipe");
        serde_json::to_writer(pipe, &plan).expect("the plan is read");
        let output = child.wait_with_output().expect("it ends");
        let said: Value = serde_json::from_slice(&output.stdout).expect("it says what was shown");
        let text = said["shown"].as_str().expect("a text").to_owned();
        assert!(
            said["missing"].is_null(),
            "{} did not come:\n{text}",
            said["missing"]
        );
        Shown {
            text,
            code: said["code"].as_i64().expect("a number"),
            modes_are_back: said["modes_are_back"] == true,
        }
    }
}
