"""No import stands in a function."""

import ast
import pathlib

for path in pathlib.Path("app").rglob("*.py"):
    for function in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = [node for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))]
            assert not inner, f"{path}:{function.lineno}"
