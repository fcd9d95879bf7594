"""No `Optional[` and no `Union[` is left in the code."""

import ast
import pathlib

for path in pathlib.Path().rglob("*.py"):
    for node in ast.walk(ast.parse(path.read_bytes())):
        name = ast.unparse(node.value) if isinstance(node, ast.Subscript) else ""
        assert name.split(".")[-1] not in ("Optional", "Union"), f"{path}:{node.lineno}"
