from app.convert import convert

assert convert(["--width", "3"]) == 3
assert convert(["--width", "three"]) is None
