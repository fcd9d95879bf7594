import pathlib

assert "response_model" not in pathlib.Path("app/main.py").read_text()
