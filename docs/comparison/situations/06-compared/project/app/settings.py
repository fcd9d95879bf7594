from typing import Optional, Union, get_args, get_origin, get_type_hints


class Settings:
    port: Optional[int] = None  # none means: any free one
    name: str = "shop"


def load(kind, environment):
    settings = kind()
    for name, hint in get_type_hints(kind).items():
        if get_origin(hint) is Union:
            hint = get_args(hint)[0]
        raw = environment.get(name.upper())
        if raw is not None and isinstance(hint, type):
            setattr(settings, name, hint(raw))
    return settings
