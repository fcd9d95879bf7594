//! Encodings other than UTF-8: the file stays byte for byte as it is, is told of with its place and the way out, and
//! facts are drawn from it all the same.

use super::{GOOD, insist, project};
use crate::outside::Project;

const BODY: &str = "from typing import Optional\nx: Optional[str] = None\n";

fn bytes_of(project: &Project, path: &str) -> Vec<u8> {
    std::fs::read(project.root().join(path)).expect("a file")
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// Apply everything to a project with `bytes` as `odd.py`, which must stay.
fn insist_it_stays(bytes: &[u8], want: &str) {
    let project = project();
    project.write("odd.py", bytes);
    insist(&project.codemend(&["--unsafe-fixes"]), &[want]);
    let said = project.codemend(&["--unsafe-fixes", "--apply"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(bytes_of(&project, "odd.py") == bytes, "{want}");
    assert_ne!(project.read("good.py"), GOOD);
}

#[test]
fn cookies_that_name_another_encoding() {
    let declares =
        |at: &str, name: &str| format!("odd.py:{at}: declares the encoding {name}; left alone");
    for (head, at, name) in [
        ("# -*- coding: latin-1 -*-\n", "1:15", "latin-1"),
        (
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n",
            "2:25",
            "cp1252",
        ),
        ("\n# coding: ascii\n", "2:11", "ascii"),
        ("# coding=no-such-codec\r\n", "1:10", "no-such-codec"),
        ("#\r# coding:euc_jp\r", "2:10", "euc_jp"),
    ] {
        insist_it_stays(format!("{head}{BODY}").as_bytes(), &declares(at, name));
        // A cookie that lies: the bytes are UTF-8.
        insist_it_stays(format!("{head}{BODY}# é\n").as_bytes(), &declares(at, name));
    }
    let latin = [
        b"# coding: latin-1\n".as_slice(),
        BODY.as_bytes(),
        b"y = '\xe9'\n",
    ]
    .concat();
    insist_it_stays(&latin, &declares("1:11", "latin-1"));
    let marked = format!("\u{feff}# coding: latin-1\n{BODY}");
    let want =
        "odd.py:1:11: begins with a byte order mark, but declares the encoding latin-1; left alone";
    insist_it_stays(marked.as_bytes(), want);
}

#[test]
fn cookies_that_say_utf_8_or_are_none() {
    for head in [
        "# -*- coding: utf-8 -*-\n",
        "#!/usr/bin/python\n# vim: set fileencoding=UTF_8 :\n",
        "\u{feff}# coding: utf-8-sig\n",
        "# coding: u8\r\n",
        "#\n#\n# coding: latin-1\n",
        "\"\"\"\n# coding: latin-1\n\"\"\"\n",
        "import os  # coding: latin-1\nos\n",
    ] {
        let project = Project::of(&[("a.py", format!("{head}{BODY}").as_str())]);
        let said = project.codemend(&["--apply"]);
        assert_eq!(said.code, Some(0), "{head:?}: {}", said.err);
        assert!(project.read("a.py").starts_with(head), "{head:?}");
        assert!(!project.read("a.py").contains("Optional"), "{head:?}");
    }
}

#[test]
fn no_edit_makes_a_cookie_of_a_comment() {
    // Without the first line, the third is the second.
    let text = "from typing import Optional\n#\n# coding: latin-1\nx: Optional[str] = 'é'\n";
    let project = Project::of(&[("a.py", text)]);
    let said = project.codemend(&["--apply", "--explain-refusals"]);
    assert_eq!(project.read("a.py"), text);
    let told = "a comment would become a declaration of another encoding";
    assert!(
        said.out.contains(told) || said.err.contains(told),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn wide_encodings_are_named() {
    let looks = |order| {
        format!("odd.py: looks like UTF-16 ({order}-endian, without a byte order mark); left alone")
    };
    insist_it_stays(&utf16(BODY, u16::to_le_bytes), &looks("little"));
    insist_it_stays(&utf16(BODY, u16::to_be_bytes), &looks("big"));
    let marked = utf16(&format!("\u{feff}{BODY}"), u16::to_be_bytes);
    insist_it_stays(&marked, "odd.py: is UTF-16 (big-endian); left alone");
    let chars = format!("\u{feff}{BODY}");
    let wide: Vec<u8> = chars
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    insist_it_stays(&wide, "odd.py: is UTF-32 (little-endian); left alone");
}

#[test]
fn the_way_out_is_told() {
    let project = project();
    project.write("odd.py", "# coding: latin-1\n");
    let said = project.codemend(&[]);
    let help = "  help: save it as UTF-8, and declare that or nothing\n";
    assert!(said.err.contains(help), "{}", said.err);
    let text = format!("# coding: latin-1\n{BODY}");
    let said = project.codemend_reading(&["--stdin-filename", "a.py", "-"], text.as_bytes());
    assert_eq!((said.code, said.out), (Some(2), text), "{}", said.err);
}

#[test]
fn facts_are_drawn_from_modules_in_other_encodings() {
    // `legacy.py` imports `main`: to move the import of it to the top of `main` would close a cycle.
    let main = "def f():\n    from app import legacy\n\n    return legacy.x\n";
    let legacy = b"# coding: latin-1\nfrom app.main import f\n\nx = '\xe9', f\n";
    let project = Project::of(&[("app/__init__.py", ""), ("app/main.py", main)]);
    project.write("app/legacy.py", legacy);
    let said = project.codemend(&[
        "--select",
        "hoist-imports",
        "--unsafe-fixes",
        "--explain-refusals",
    ]);
    assert!(!said.out.contains("diff --git"), "{}", said.out);
    assert!(
        said.err.contains("cycle") || said.out.contains("cycle"),
        "{}{}",
        said.out,
        said.err
    );
    // A name that only such a module takes from another stays there, however it takes it.
    for taking in [
        "from app.names import Optional\n",
        "import app.names\ny = app.names.Optional\n",
    ] {
        let names = "from typing import Optional\n\nx: Optional[int] = None\n";
        let project = Project::of(&[("app/__init__.py", ""), ("app/names.py", names)]);
        let legacy = [
            b"# coding: cp1252\nz = '\x80'\n".as_slice(),
            taking.as_bytes(),
        ]
        .concat();
        project.write("app/legacy.py", legacy);
        project.codemend(&["--select", "optional-to-union", "--apply"]);
        let want = "from typing import Optional\n\nx: int | None = None\n";
        assert_eq!(project.read("app/names.py"), want, "{taking}");
    }
}

#[test]
fn manifests_in_other_encodings_stay() {
    const SCHEMAS: &str = "from pydantic import BaseModel, EmailStr\n\n\nclass User(BaseModel):\n    email: EmailStr\n";
    let latin = b"# coding: latin-1\n# caf\xe9\npydantic\n".to_vec();
    let setup = b"# coding: latin-1\nfrom setuptools import setup\nsetup(name='x', install_requires=['pydantic'])\n";
    let wide = utf16("\u{feff}pydantic\r\n", u16::to_le_bytes);
    for (name, bytes, told) in [
        (
            "requirements.txt",
            latin,
            "requirements.txt:1:11: declares the encoding latin-1",
        ),
        ("requirements.txt", wide, "requirements.txt is UTF-16"),
        (
            "setup.py",
            setup.to_vec(),
            "setup.py:1:11: declares the encoding latin-1",
        ),
        (
            "setup.cfg",
            b"# coding: cp1252\n[options]\ninstall_requires =\n    pydantic\n".to_vec(),
            "setup.cfg:1:11: declares the encoding cp1252",
        ),
        (
            "pyproject.toml",
            b"# coding: ascii\n[project]\nname = 'x'\ndependencies = ['pydantic']\n".to_vec(),
            "pyproject.toml:1:11: declares the encoding ascii",
        ),
    ] {
        let project = Project::of(&[("app/schemas.py", SCHEMAS)]);
        project.write(name, &bytes);
        let said = project.codemend(&["--unsafe-fixes", "--apply"]);
        assert!(bytes_of(&project, name) == bytes, "{name}");
        assert!(
            said.err.contains(told) || said.out.contains(told),
            "{told}: {}{}",
            said.out,
            said.err
        );
    }
}
