//! codemend over tmux: what a person really sees after each key, with all that has scrolled away.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use super::outside::Project;

const PATIENCE: Duration = Duration::from_secs(60);

/// A shell over tmux, gone when it is dropped.
pub struct Tmux {
    socket: String,
}

impl Tmux {
    /// A shell in the root of `project`, in a window of this size.
    pub fn of(project: &Project, columns: u16, rows: u16) -> Self {
        let name = project.root().file_name().expect("a name");
        let tmux = Self {
            socket: format!("codemend-{}", name.to_string_lossy()),
        };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let own = Path::new(env!("CARGO_BIN_EXE_codemend"))
            .parent()
            .expect("a folder");
        let path = std::env::var("PATH").expect("a path");
        let path = format!("PATH={}:{path}", own.display());
        let folder = project.root().to_str().expect("UTF-8");
        let size = ["-x", &columns, "-y", &rows, "-c", folder];
        let shell = ["env", "-u", "NO_COLOR", "PS1=ready$ ", &path, "sh"];
        tmux.insist(
            &[
                &["-f", "/dev/null", "new-session", "-d"],
                &size[..],
                &shell[..],
            ]
            .concat(),
        );
        tmux.wait_for(|text| text.contains("ready$"));
        tmux
    }

    /// Type `text`; then a key by its name, where there is one.
    pub fn types(&self, text: &str, key: Option<&str>) {
        self.insist(&["send-keys", "-l", text]);
        if let Some(key) = key {
            self.insist(&["send-keys", key]);
        }
    }

    /// Press the key `key` at a question, and wait until there is one more question that waits for an answer.
    pub fn answers(&self, key: &str) -> String {
        let known = questions(&self.text());
        self.types(key, None);
        self.wait_for(|text| questions(text) > known && waits(text))
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        let (columns, rows) = (columns.to_string(), rows.to_string());
        self.insist(&["resize-window", "-x", &columns, "-y", &rows]);
    }

    /// Wait until all that was shown is as `wanted` says, and give it.
    pub fn wait_for(&self, wanted: impl Fn(&str) -> bool) -> String {
        let started = Instant::now();
        loop {
            let text = self.text();
            if wanted(&text) {
                return text;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "this never came, but:\n{text}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// All lines from the first on, those that are too long for the window put together again.
    pub fn text(&self) -> String {
        self.insist(&["capture-pane", "-p", "-J", "-S", "-"])
    }

    fn insist(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tmux {arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("tmux");
        command.args(["-L", &self.socket]).args(arguments);
        command.output().expect("tmux runs")
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // Only the server of this very socket.
        self.run(&["kill-server"]);
    }
}

fn questions(text: &str) -> usize {
    text.matches("? [y,n").count()
}

/// Whether the last line is a question without an answer.
fn waits(text: &str) -> bool {
    let last = text.trim_end().lines().last().unwrap_or_default();
    last.contains("? [y,n") && last.ends_with(']')
}
