//! The binary on a project of its own: what every test that looks from outside needs.
//!
//! Nothing of the caller's surroundings gets in: no colours, no virtual environment, no settings of git.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

#[path = "../casebook/tree.rs"]
pub mod tree;

use tree::Tree;

/// What a process said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The lines of standard error that begin with `start`.
    pub fn errors<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.err.lines().filter(move |line| line.starts_with(start))
    }

    /// Exit code, standard output and standard error, as a person would write them down.
    pub fn transcript(&self) -> String {
        let code = self.code.map_or("none".into(), |code| code.to_string());
        let (out, err) = (ended(&self.out), ended(&self.err));
        format!("exit code: {code}\n--- stdout\n{out}--- stderr\n{err}")
    }
}

fn ended(text: &str) -> String {
    match text {
        "" => String::new(),
        text if text.ends_with('\n') => text.to_owned(),
        text => format!("{text}\n"),
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("what is said is UTF-8");
        Self {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

/// A fresh folder with files in it, gone when it is dropped.
pub struct Project {
    _guard: TempDir,
    root: PathBuf,
}

impl Project {
    /// With these files: relative path and text.
    pub fn of<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Self {
        // Not hidden, as a plain `tempdir` would be: the walk leaves hidden folders out.
        let guard = tempfile::Builder::new().prefix("project-").tempdir();
        Self::within(guard.expect("a temporary folder"), files)
    }

    fn within<T: AsRef<[u8]>>(guard: TempDir, files: &[(&str, T)]) -> Self {
        let root = guard.path().canonicalize().expect("the folder stands");
        let project = Self {
            _guard: guard,
            root,
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// The same where the machine keeps files in memory, if it does: a thousand of them are then written at once.
    pub fn in_memory<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Self {
        let memory = tempfile::Builder::new()
            .prefix("project-")
            .tempdir_in("/dev/shm");
        let Ok(guard) = memory else {
            return Self::of(files);
        };
        Self::within(guard, files)
    }

    /// A copy of `examples/backend`.
    pub fn example() -> Self {
        let project = Self::of::<&str>(&[]);
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/backend");
        let tree = tree::read(&example).expect("the example can be read");
        tree::write(&tree, &project.root).expect("the copy can be written");
        project
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn write<T: AsRef<[u8]>>(&self, path: &str, text: T) {
        let file = self.root.join(path);
        let folder = file.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).expect("a folder can be made");
        fs::write(file, text).expect("a file can be written");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).expect("a text")
    }

    /// All files, less those of git and of codemend's own memory.
    pub fn tree(&self) -> Tree {
        let mut tree = tree::read(&self.root).expect("the project can be read");
        let own = [".git/", ".codemend_cache/"];
        tree.retain(|path, _| !own.iter().any(|folder| path.starts_with(folder)));
        tree
    }

    /// Run codemend in the root.
    pub fn codemend(&self, arguments: &[&str]) -> Said {
        self.codemend_in("", arguments)
    }

    /// Run codemend in the folder `folder`.
    pub fn codemend_in(&self, folder: &str, arguments: &[&str]) -> Said {
        let mut command = self.command(env!("CARGO_BIN_EXE_codemend"), folder, arguments);
        command.output().expect("codemend runs").into()
    }

    /// Give `input` to codemend.
    pub fn codemend_reading(&self, arguments: &[&str], input: &[u8]) -> Said {
        let command = self.command(env!("CARGO_BIN_EXE_codemend"), "", arguments);
        fed(command, input).into()
    }

    /// Run a line of shell that may call `codemend`.
    pub fn shell(&self, line: &str) -> Said {
        let mut command = self.command("sh", "", &["-c", line]);
        let own = Path::new(env!("CARGO_BIN_EXE_codemend")).parent();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = own
            .map(Path::to_owned)
            .into_iter()
            .chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(path).expect("no colons"));
        command.output().expect("sh runs").into()
    }

    /// Run another program in the root; it has to succeed.
    pub fn insist(&self, program: &str, arguments: &[&str], input: &[u8]) {
        let output = fed(self.command(program, "", arguments), input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {told}{said}"
        );
    }

    pub fn command(&self, program: &str, folder: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.root.join(folder));
        for variable in [
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "VIRTUAL_ENV",
            "COLUMNS",
        ] {
            command.env_remove(variable);
        }
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(variable);
        }
        for variable in [
            "CODEMEND_CACHE_DIR",
            "CODEMEND_CACHE_KEY",
            "CODEMEND_NO_CACHE",
        ] {
            command.env_remove(variable);
        }
        // Where codemend keeps its key: not in the home of whoever runs the tests.
        command.env(
            "XDG_STATE_HOME",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/state"),
        );
        command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        command.stdin(Stdio::null());
        command
    }
}

fn fed(mut command: Command, input: &[u8]) -> Output {
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = streams.stderr(Stdio::piped()).spawn().expect("it starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // From another thread: the program may answer before it has read everything.
    let feeder = std::thread::spawn(move || pipe.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    // A program that does not want its input is its own business.
    let _ = feeder.join();
    output
}
