import pathlib

from app.prices import Price, cents

assert cents("1.50") == 150 and cents(None) == 0
text = pathlib.Path("app/prices.py").read_bytes()
assert text.startswith(b"\xef\xbb\xbf")
assert text.count(b"\n") == text.count(b"\r\n")
