"""Load the models as an environment would that was made from requirements.txt and nothing else."""

import pathlib
import sys

listed = pathlib.Path("requirements.txt").read_text()
if "email-validator" not in listed:
    sys.modules["email_validator"] = None  # not installed

from app.schemas import User

assert User(email="bo@example.com").email == "bo@example.com"
