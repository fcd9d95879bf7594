//! Projects that are hard to report on.

use super::outside::Project;

/// One module with a change, and on the line of the change all that makes columns and offsets differ.
pub const ODD_LINE: &str = "import os\nfrom typing import Optional\n\ns = '🐍é\u{2028}\u{202e}\t</script>'; x: Optional[str] = os.sep\n";

/// What a stranger may write to be obeyed by the log of a CI.
pub const COMMANDS: &str = "from typing import Optional\n\nTEXT = \"\"\"\n::set-env name=A::b\n  ::stop-commands::x\n\
    ##[add-mask]y\n::error file=a::z\n::endgroup::\n\"\"\"\nx: Optional[str] = None\ny = '##[error]w'\n";

/// Names and bytes that are not everybody's.
pub fn odd() -> Project {
    let crlf = ODD_LINE.replace('\n', "\r\n");
    let mixed = format!("\u{feff}# one\r# two\r\n{}", ODD_LINE.trim_end());
    Project::of(&[
        (
            "pyproject.toml",
            "[project]\nname = \"odd\"\nversion = \"1\"\n".to_owned(),
        ),
        ("app/crlf.py", crlf.clone()),
        ("app/mark.py", format!("\u{feff}{crlf}")),
        ("app/mixed.py", mixed),
        ("naïve/日本 語.py", ODD_LINE.to_owned()),
        ("quote\"s/it's#?.py", ODD_LINE.to_owned()),
        ("a,b:c%d%0A.py", ODD_LINE.to_owned()),
        ("line\nfeed\u{2028}.py", ODD_LINE.to_owned()),
        ("::error file=x::y.py", COMMANDS.to_owned()),
        ("##[add-mask]z.py", COMMANDS.to_owned()),
        ("app/several.py", SEVERAL.to_owned()),
        ("app/ring.py", ring()),
    ])
}

/// Changes of several codemods that share imports.
pub const SEVERAL: &str = "from typing import Optional, Union\n\n\ndef f(a: Optional[int], b: Union[int, str]) -> Optional[str]:\n\
    \x20   try:\n        return str(a) + str(b)\n    except:\n        return None\n";

/// Something of every kind: a change, an unsafe one, a refusal, a report, a problem.
pub fn motley() -> Project {
    let project = Project::of(&[
        (
            "app/alias.py",
            "from typing import Union\n\nKey = Union[int, str]\nprint(Key)\n",
        ),
        (
            "app/broken.py",
            "from typing import Optional\n\nü = Optional[int\n",
        ),
        (
            "app/match.py",
            "def f(x: int | None):\n    match x:\n        case None:\n            pass\n",
        ),
        (
            "app/plain.py",
            "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n",
        ),
        (
            "app/kept.py",
            "from typing import Optional\n\nx: Optional[str] = None  # codemend: ignore\n",
        ),
        (
            "app/raise.py",
            "def f():\n    try:\n        g()\n    except:\n        if h():\n            raise\n",
        ),
    ]);
    project.write("app/latin.py", b"# caf\xe9\n");
    project
}

/// Ten imports of one statement: its changes go only together.
fn ring() -> String {
    let names = "getcwd getpid getppid sep path linesep environ name listdir walk";
    let function =
        |name: &str| format!("def f_{name}():\n    from os import {name}\n    return {name}\n\n\n");
    names.split(' ').map(function).collect()
}
