"""A plain pseudo-terminal: runs a program in it, waits for what it shows, types what is to be typed.

Reads from standard input, as JSON: the command, the folder, the size, the environment, and the steps, each of them
["expect", text], ["type", text], ["signal", number] or ["write", path, text]. A text is expected after what was expected
before. Writes what was shown, how the program ended, and the modes of the terminal before and after.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 60.0


def main() -> None:
    plan = json.load(sys.stdin)
    # A terminal of its own, which stays open after the program, so that its modes can be looked at.
    leader, follower = pty.openpty()
    rows, columns = plan["size"]
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    before = termios.tcgetattr(follower)
    child = os.fork()
    if child == 0:
        os.login_tty(follower) if hasattr(os, "login_tty") else login(follower)
        os.chdir(plan["folder"])
        os.environ.update(plan["environment"])
        os.execvp(plan["command"][0], plan["command"])
    screen = Screen(leader)
    missing = None
    for kind, *rest in plan["steps"]:
        if kind == "expect":
            if not screen.wait_for(rest[0]):
                missing = rest[0]
                break
        elif kind == "type":
            os.write(leader, rest[0].encode())
        elif kind == "signal":
            os.kill(child, rest[0])
        elif kind == "write":
            with open(rest[0], "w", encoding="utf-8") as file:
                file.write(rest[1])
    if missing is not None:
        os.kill(child, signal.SIGKILL)
    status = screen.until_end_of(child)
    after = termios.tcgetattr(follower)
    code = os.waitstatus_to_exitcode(status)
    shown = screen.shown.decode("utf-8", "replace").replace("\r\n", "\n")
    said = {"shown": shown, "missing": missing, "code": code, "modes_are_back": before == after}
    json.dump(said, sys.stdout)


def login(follower: int) -> None:
    os.setsid()
    fcntl.ioctl(follower, termios.TIOCSCTTY, 0)
    for stream in range(3):
        os.dup2(follower, stream)


class Screen:
    """What a program has shown so far."""

    def __init__(self, leader: int) -> None:
        self.leader = leader
        self.shown = b""
        self.seen = 0

    def wait_for(self, text: str) -> bool:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            wanted = text.encode().replace(b"\n", b"\r\n")
            found = self.shown.find(wanted, self.seen)
            if found >= 0:
                self.seen = found + len(wanted)
                return True
            self.read(0.1)
        return False

    def until_end_of(self, child: int) -> int:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read(0.05)
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                while self.read(0.05):
                    pass
                return status
        os.kill(child, signal.SIGKILL)
        return os.waitpid(child, 0)[1]

    def read(self, patience: float) -> bool:
        if not select.select([self.leader], [], [], patience)[0]:
            return False
        self.shown += os.read(self.leader, 65536)
        return True


main()
