import os
import sys


def hello() -> str:
    return sys.intern("hello")
