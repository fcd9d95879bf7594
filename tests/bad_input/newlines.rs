//! Newlines of all kinds in one file: what is there stays, and what is inserted has the newline of its place.

use crate::outside::Project;

/// Apply `codemod` to `before` as the file `path` of a project with `others`, and insist on the bytes of `after`.
fn insist(codemod: &str, path: &str, before: &str, after: &str, others: &[(&str, &str)]) {
    let project = Project::of(others);
    project.write(path, before);
    let arguments = ["--select", codemod, "--unsafe-fixes", "--apply"];
    let said = project.codemend(&[&arguments[..], &["--target-version", "3.9"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.read(path), after, "{codemod}");
    let again = project.codemend(&[&arguments[..3], &["--target-version", "3.9"]].concat());
    assert_eq!(again.out, "", "{codemod}: a second run changes something");
}

#[test]
fn imports() {
    for (before, after) in [
        (
            "import os\r\nimport sys\r\n\nx: int | None = os.sep or sys\n",
            "import os\r\nimport sys\r\nfrom typing import Optional\r\n\nx: Optional[int] = os.sep or sys\n",
        ),
        (
            "import os\nimport sys\r\rx: int | None = os.sep or sys\n",
            "import os\nimport sys\rfrom typing import Optional\r\rx: Optional[int] = os.sep or sys\n",
        ),
        (
            "\"\"\"Doc.\"\"\"\r\n\ndef f(a: int | None):\n    pass\n",
            "\"\"\"Doc.\"\"\"\r\n\r\nfrom typing import Optional\r\n\ndef f(a: Optional[int]):\n    pass\n",
        ),
        (
            "from typing import (\n    Any,\r\n)\nx: int | None\ny: Any\n",
            "from typing import (\n    Any,\r\n    Optional,\r\n)\nx: Optional[int]\ny: Any\n",
        ),
        (
            "x: int | None = 1\r",
            "from typing import Optional\r\rx: Optional[int] = 1\r",
        ),
        (
            "x: int | None",
            "from typing import Optional\n\nx: Optional[int]",
        ),
    ] {
        insist("union-to-optional", "a.py", before, after, &[]);
    }
}

#[test]
fn moved_imports() {
    let before = "import os\r\n\ndef f():\n    from json import (\n        dumps,\r        loads,\n    )\n    return dumps, loads, os\n";
    let after = "import os\r\nfrom json import (\n    dumps,\r    loads,\n)\r\n\ndef f():\n    return dumps, loads, os\n";
    insist("hoist-imports", "a.py", before, after, &[]);
    let before = "import os\r\rdef f():\r    import json\r    return json, os\r";
    let after = "import os\rimport json\r\rdef f():\r    return json, os\r";
    insist("hoist-imports", "a.py", before, after, &[]);
}

#[test]
fn classes_and_arguments() {
    let before = "from fastapi import FastAPI\n\napp = FastAPI()\r\n\r\n\r\n@app.get(\"/\",\n    tags=[\"x\"],\r)\ndef f():\n    return {\"a\": 1}\r";
    let after = "from fastapi import FastAPI\nfrom pydantic import BaseModel\n\napp = FastAPI()\r\n\r\n\r\nclass FResponse(BaseModel):\r\n    a: int\r\n\r\n\r\n@app.get(\"/\",\n    tags=[\"x\"],\r    response_model=FResponse,\r)\ndef f():\n    return {\"a\": 1}\r";
    insist("response-model", "a.py", before, after, &[]);
}

#[test]
fn manifests() {
    let model = "from pydantic import BaseModel, EmailStr\n\n\nclass User(BaseModel):\n    email: EmailStr\n";
    for (path, before, after) in [
        (
            "requirements.txt",
            "aa\nfastapi\rpydantic>=2\r\n",
            "aa\nemail-validator>=2.0.0\nfastapi\rpydantic>=2\r\n",
        ),
        (
            "requirements.txt",
            "aa\r\nbb\nee\rpydantic\n",
            "aa\r\nbb\nee\remail-validator>=2.0.0\rpydantic\n",
        ),
        (
            "requirements.txt",
            "# first\r\npydantic",
            "# first\r\npydantic\r\nemail-validator>=2.0.0",
        ),
        (
            "pyproject.toml",
            "[project]\nname = \"x\"\ndependencies = [\n    \"aa\",\r\n    \"pydantic>=2\",\n]\n",
            "[project]\nname = \"x\"\ndependencies = [\n    \"aa\",\r\n    \"email-validator>=2.0.0\",\r\n    \"pydantic>=2\",\n]\n",
        ),
        (
            "setup.cfg",
            "[metadata]\nname = x\n[options]\ninstall_requires =\r\n    aa\r\n    pydantic\n",
            "[metadata]\nname = x\n[options]\ninstall_requires =\r\n    aa\r\n    email-validator>=2.0.0\r\n    pydantic\n",
        ),
    ] {
        insist(
            "email-validator",
            path,
            before,
            after,
            &[("app/a.py", model)],
        );
    }
}

#[test]
fn two_newlines_do_not_become_one() {
    let text = "import os\rfrom typing import Optional\n\nx: Optional[str] = os.sep\n";
    let project = Project::of(&[("a.py", text)]);
    let said = project.codemend(&["--apply", "--explain-refusals"]);
    assert_eq!(project.read("a.py"), text);
    let told = "a CR and an LF would become one newline";
    assert!(
        said.out.contains(told) || said.err.contains(told),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn what_is_no_newline_for_python() {
    // Form feeds, vertical tabs, NEL and the separators of Unicode end no line, in comments and strings above all.
    let before = "from typing import Optional  # a\u{2028}b\u{85}c\x0b\n\x0c\ndef f(a: Optional[int] = '\u{2029}\u{85}'): \x0c\n    return a\n\x0cx: Optional[str] = 1";
    let after = before
        .replacen("from typing import Optional", "import os", 1)
        .replace("Optional[int]", "int | None")
        .replace("Optional[str]", "str | None");
    let project = Project::of(&[("a.py", before.replacen("from", "import os\nfrom", 1))]);
    let said = project.codemend(&[
        "--select",
        "optional-to-union",
        "--apply",
        "--target-version",
        "3.10",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    // The import stays: its comment would be lost with it.
    let kept = after.replacen("import os", "import os\nfrom typing import Optional", 1);
    assert_eq!(project.read("a.py"), kept);
}
