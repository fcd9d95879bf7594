"""Does with reports what their readers do: holds them to their schemas, applies edits, looks for files.

Called as `reports.py TASK FILE...`; says nothing when all is well.
"""

import json
import pathlib
import re
import sys
import urllib.parse

NEWLINE = re.compile("\r\n|\n|\r")


def load(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def strict(schema):
    """The same schema, where every object has no other keys than those that are named."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: strict(value) for key, value in schema.items()}
    if schema.get("type") == "object":
        schema["additionalProperties"] = False
    return schema


def report(schema_file, *reports):
    """Each document is what the schema says, and nothing else."""
    from jsonschema import Draft202012Validator as Validator

    schema = load(schema_file)
    Validator.check_schema(schema)
    schema = strict(schema)
    for one in reports:
        Validator(schema).validate(load(one))


def lines(schema_file, *reports):
    """Each line is what the schema says of its type, and the whole is the document."""
    from jsonschema import Draft202012Validator as Validator

    schema = strict(load(schema_file))
    for one in reports:
        text = pathlib.Path(one).read_text(encoding="utf-8")
        items = [json.loads(line) for line in text.splitlines()]
        assert items[0]["type"] == "run" and items[-1]["type"] == "summary", items
        assert items[0].pop("version") == 1 and items[0].pop("codemend")
        for item in items:
            kind = {"fault": "problem"}.get(item["type"], item["type"])
            del item["type"]
            one_of = {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
            Validator(one_of).validate(item)


def sarif(schema_file, log_file, root):
    """The log holds to the standard's schema; its addresses lead to files."""
    import jsonschema

    log = load(log_file)
    schema = load(schema_file)
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    base = run["originalUriBaseIds"]["SRCROOT"]["uri"]
    assert base == pathlib.Path(root).as_uri() + "/", base
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for fix in result.get("fixes", []):
            for change in fix["artifactChanges"]:
                found(change["artifactLocation"], root)
        found(result["locations"][0]["physicalLocation"]["artifactLocation"], root)


def found(artifact, root):
    assert artifact["uriBaseId"] == "SRCROOT"
    assert not re.search(r"[^A-Za-z0-9._~%/-]", artifact["uri"]), artifact
    path = pathlib.Path(root, urllib.parse.unquote(artifact["uri"]))
    assert path.is_file(), path
    return path


def by_bytes(data, edits):
    """`data` with `edits`, which are sorted, by their bytes."""
    made, at = [], 0
    for edit in edits:
        start, end = edit["start"]["byte"], edit["end"]["byte"]
        assert at <= start <= end <= len(data), edit
        made += [data[at:start], edit["replacement"].encode()]
        at = end
    return b"".join([*made, data[at:]])


def by_lines(data, edits):
    """The same by lines and columns."""
    text = data.decode()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text[len(mark) :]
    starts = [0] + [match.end() for match in NEWLINE.finditer(text)]
    made, at = [], 0
    for edit in edits:
        start, end = (
            starts[edit[side]["line"] - 1] + edit[side]["column"] - 1 for side in ("start", "end")
        )
        assert at <= start <= end <= len(text), edit
        made += [text[at:start], edit["replacement"]]
        at = end
    return (mark + "".join([*made, text[at:]])).encode()


def mended(root, path, edits):
    """The bytes of the file at `path` below `root` after `edits`."""
    file = pathlib.Path(root, path)
    creates = {edit["creates"] for edit in edits}
    assert creates == {not file.exists()}, (path, creates)
    data = b"" if creates == {True} else file.read_bytes()
    made = by_bytes(data, edits)
    assert made == by_lines(data, edits), path
    return made


def write(root, by_path):
    for path, data in by_path.items():
        pathlib.Path(root, path).write_bytes(data)


def grouped(edits):
    by_path = {}
    for edit in edits:
        by_path.setdefault(edit["path"], []).append(edit)
    return by_path


def apply_all(report_file, root):
    """Do what all changes of the report do."""
    files = load(report_file)["files"]
    write(root, {file["path"]: mended(root, file["path"], file["edits"]) for file in files})


def apply_one(report_file, root, number):
    """Do what the change with this number does; say how many changes that takes."""
    changes = load(report_file)["changes"]
    change = changes[int(number)]
    with_it, waiting = set(), [change["id"]]
    while waiting:
        one = waiting.pop()
        if one not in with_it:
            with_it.add(one)
            waiting += changes[one]["needs"]
    same_as = change["same_as"]
    assert same_as is None or same_as in with_it and not change["edits"], change
    edits = change["edits"] if same_as is None else changes[same_as]["edits"]
    made = {path: mended(root, path, edits) for path, edits in grouped(edits).items()}
    write(root, made)
    for path, data in made.items():
        if path.endswith(".py"):
            compile(data, path, "exec")
    print(len(with_it))


def fixes(report_file, log_file, root):
    """The fixes of the log do what the changes of the report do."""
    changes = [one for one in load(report_file)["changes"] if one["status"] == "proposed"]
    (run,) = load(log_file)["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    by_fingerprint = {one["fingerprint"]: one for one in changes}
    results = [one for one in run["results"] if "partialFingerprints" in one]
    assert len(results) == len(changes) > 0, (len(results), len(changes))
    for result in results:
        change = by_fingerprint[result["partialFingerprints"]["codemend/v1"]]
        wanted = {
            path: mended(root, path, edits) for path, edits in grouped(change["edits"]).items()
        }
        made = {}
        for fix in result.get("fixes", []):
            for one in fix["artifactChanges"]:
                path = urllib.parse.unquote(one["artifactLocation"]["uri"])
                data = pathlib.Path(root, path)
                data = data.read_bytes() if data.exists() else b""
                edits = [
                    {
                        "start": {"line": region["startLine"], "column": region["startColumn"]},
                        "end": {"line": region["endLine"], "column": region["endColumn"]},
                        "replacement": replacement["insertedContent"]["text"],
                    }
                    for replacement in one["replacements"]
                    for region in [replacement["deletedRegion"]]
                ]
                made[path] = by_lines(data, edits)
        assert made == wanted, change


if __name__ == "__main__":
    task, *arguments = sys.argv[1:]
    globals()[task](*arguments)
