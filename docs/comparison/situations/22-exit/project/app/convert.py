import argparse


def convert(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int)
    try:
        return parser.parse_args(arguments).width
    except:
        return None  # the caller shows the help page
