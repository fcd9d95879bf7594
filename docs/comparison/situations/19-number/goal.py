"""Ctrl-C, pressed while the body runs, goes through."""

from app.pages import page


class Pressed(str):
    def strip(self, characters=None):
        raise KeyboardInterrupt


try:
    page(Pressed("3"))
except KeyboardInterrupt:
    raise SystemExit(0)
raise SystemExit("swallowed")
