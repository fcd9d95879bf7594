//! The table holds together, and says what Python says.

use std::collections::BTreeSet;
use std::process::Command;

use codemend_engine::project::is_standard;

use super::leave::{Reraise, reraise};
use super::raised::fold;
use super::signature::parse;
use super::table::{Doubt, Table};

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn every_row_can_be_read() {
    let table = Table::shipped();
    assert_eq!(table.faults, [""; 0]);
    assert!(table.calls().count() > 200);
}

#[test]
fn rows_of_libraries_are_never_safe() {
    for (call, rows) in Table::shipped().calls() {
        let top = call.split('.').next().unwrap_or_default();
        let own = [
            "str", "bytes", "list", "dict", "set", "tuple", "file", "unknown", "builtins",
        ];
        if is_standard(top) || own.contains(&top) {
            continue;
        }
        for row in rows {
            assert!(matches!(row.doubt, Some(Doubt::Library(_))), "{call}");
        }
    }
}

#[test]
fn subclasses_fold_into_their_parents() {
    let table = Table::shipped();
    let folded = |names: &[&str]| fold(table, &set(names));
    assert_eq!(
        folded(&["ValueError", "json.JSONDecodeError", "binascii.Error"]),
        set(&["ValueError"])
    );
    assert_eq!(
        folded(&["OSError", "requests.RequestException"]),
        set(&["OSError"])
    );
    assert_eq!(
        folded(&["IndexError", "KeyError"]),
        set(&["IndexError", "KeyError"])
    );
    assert_eq!(
        folded(&[
            "OSError",
            "subprocess.CalledProcessError",
            "subprocess.TimeoutExpired"
        ]),
        set(&["OSError", "subprocess.SubprocessError"])
    );
    assert!(
        table.catches("BaseException", "KeyError") && !table.catches("KeyError", "LookupError")
    );
}

#[test]
fn rows_of_the_configuration_are_read_or_named() {
    let rows = ["mylib.fetch = mylib.FetchError, OSError".to_owned()];
    let table = Table::with(&rows).unwrap();
    assert_eq!(
        table.rows("mylib.fetch")[0].raises,
        ["mylib.FetchError", "OSError"]
    );
    for wrong in [
        "mylib.fetch",
        "fetch = OSError",
        "mylib.fetch = ",
        "mylib.fetch = Nonsense",
        "a b.c = OSError",
    ] {
        let error = Table::with(&[wrong.to_owned()]).unwrap_err();
        assert!(error.contains(wrong), "{error}");
    }
}

#[test]
fn signatures_are_read() {
    let signature = parse("file: literal, mode: mode?, *any, **any").unwrap();
    assert_eq!(signature.parameters.len(), 2);
    assert!(signature.parameters[1].optional && signature.more.is_some());
    assert!(parse("file: nonsense").is_err());
}

#[test]
fn paths_through_a_handler() {
    let of = |text: &str| {
        let parsed = ruff_python_parser::parse_module(text).unwrap();
        reraise(&parsed.syntax().body)
    };
    for always in [
        "raise",
        "f()\nraise",
        "if a:\n    raise\nelse:\n    raise",
        "try:\n    f()\nfinally:\n    raise",
        "try:\n    f()\nexcept E:\n    pass\nraise",
        "while True:\n    raise",
        "match a:\n    case 1:\n        raise\n    case _:\n        raise",
    ] {
        assert_eq!(of(always), Reraise::Always, "{always}");
    }
    for some in [
        "if a:\n    raise",
        "for a in b:\n    raise",
        "with a:\n    raise",
        "if a:\n    raise E\nraise",
        "try:\n    raise\nexcept E:\n    pass",
        "match a:\n    case 1:\n        raise",
        "while a:\n    raise",
        "if a:\n    return\nraise",
    ] {
        assert_eq!(of(some), Reraise::OnSomePaths, "{some}");
    }
    for never in [
        "pass",
        "raise E",
        "raise E from None",
        "def f():\n    raise",
        "try:\n    f()\nexcept E:\n    raise",
        "try:\n    raise\nfinally:\n    return",
    ] {
        assert_eq!(of(never), Reraise::Never, "{never}");
    }
}

/// Whether every name that the rows of the standard library speak of is there, and every exception derives from what the
/// table says, by the Python at hand; nothing is asked where there is none.
#[test]
fn python_agrees() {
    let table = Table::shipped();
    let mut script = String::from("import builtins, importlib\n");
    script +=
        "def find(name):\n    parts = name.split('.')\n    for at in range(len(parts), 0, -1):\n";
    script += "        try:\n            found = importlib.import_module('.'.join(parts[:at]))\n";
    script += "        except ImportError:\n            continue\n";
    script += "        for part in parts[at:]:\n            found = getattr(found, part)\n        return found\n";
    script += "    raise LookupError(name)\n";
    for (call, rows) in table.calls() {
        let top = call.split('.').next().unwrap_or_default();
        let builtin = ["str", "bytes", "list", "dict", "set", "tuple"].contains(&top);
        let callable = rows.iter().any(|row| row.given.is_some());
        if builtin {
            script += &format!("find('builtins.{call}')\n");
        } else if callable && is_standard(top) || top == "builtins" {
            script += &format!("find('{call}')\n");
        }
    }
    for (name, parent) in table.hierarchy() {
        let top = name.split('.').next().unwrap_or_default();
        let path = |name: &str| match name.contains('.') {
            true => name.to_owned(),
            false => format!("builtins.{name}"),
        };
        if name.contains('.') && !is_standard(top) {
            continue;
        }
        let parent = path(&parent.unwrap_or_default());
        script += &format!(
            "assert find('{parent}') in find('{}').__mro__\n",
            path(&name)
        );
    }
    let Ok(output) = Command::new("python3").arg("-c").arg(&script).output() else {
        return;
    };
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}
