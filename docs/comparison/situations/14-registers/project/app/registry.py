HANDLERS = {}


def handler(name):
    def keep(function):
        HANDLERS[name] = function
        return function

    return keep
