from app import handlers  # fills the table
from app.registry import HANDLERS


def handle(name):
    return HANDLERS[name]()
