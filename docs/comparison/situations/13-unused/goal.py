import pathlib

assert "import os" not in pathlib.Path("app/main.py").read_text()
