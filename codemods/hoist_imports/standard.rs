//! Candidates whose module is one of the standard library: it must be there wherever the program runs.

use codemend_engine::project::ImportRef;

use super::origin::Verdict;
use super::surroundings::Surroundings;

/// Modules of the standard library that some platform or build does not have.
const SOMEWHERE: [&str; 27] = [
    "_curses",
    "_posixsubprocess",
    "_scproxy",
    "_tkinter",
    "_winapi",
    "_winreg",
    "crypt",
    "curses",
    "fcntl",
    "grp",
    "idlelib",
    "msvcrt",
    "nis",
    "nt",
    "ossaudiodev",
    "posix",
    "pty",
    "pwd",
    "readline",
    "resource",
    "spwd",
    "syslog",
    "termios",
    "tkinter",
    "tty",
    "turtle",
    "winreg",
];

/// The newest Python whose standard library is known.
const NEWEST: u8 = 14;

/// Whether the first part of the dotted name `module` is one of the standard library, in some Python.
pub(super) fn is_standard(module: &str) -> bool {
    let top = module.split('.').next().unwrap_or_default();
    codemend_engine::project::is_standard(top)
}

/// # Errors
/// The reason why the import stays.
pub(super) fn judge(
    surroundings: &Surroundings<'_>,
    import: &ImportRef,
) -> Result<Verdict, String> {
    let top = import.module.split('.').next().unwrap_or_default();
    if SOMEWHERE.contains(&top)
        || matches!(
            top,
            "winsound" | "turtledemo" | "venv" | "ensurepip" | "_gdbm" | "_dbm"
        )
    {
        return Err(format!("`{top}` is not there on every platform"));
    }
    if matches!(top, "this" | "antigravity" | "rlcompleter") {
        return Err(format!("importing `{top}` does something"));
    }
    let elsewhere = ["multiprocessing.popen_", "encodings.mbcs", "encodings.oem"];
    if elsewhere.iter().any(|name| import.module.starts_with(name))
        || import.module.starts_with("dbm.")
        || import.module.contains("windows_")
        || import.module.contains("unix_")
    {
        return Err(format!(
            "`{}` is not there on every platform",
            import.module
        ));
    }
    let target = surroundings.module.target();
    let missing = (target.minor..=NEWEST)
        .find(|minor| !codemend_engine::project::is_standard_in(top, *minor));
    if let Some(minor) = missing {
        return Err(format!("Python 3.{minor} has no `{top}`"));
    }
    let names = surroundings.module.names();
    if !names.is_in_standard_library(&import.module, None) {
        return Err(format!(
            "Python {target} has no `{}` on every platform",
            import.module
        ));
    }
    let absent = import
        .names
        .iter()
        .find(|name| !names.is_in_standard_library(&import.module, Some(name)));
    match absent {
        Some(name) => Err(format!(
            "Python {target} has no `{name}` in `{}` on every platform",
            import.module
        )),
        None => Ok(Verdict::default()),
    }
}
