"""Say what CPython makes of configuration files.

Reads cases as JSON lines on stdin, {"cfg": base64, "env": {...}}, and writes an
answer for each on stdout: {"error": CLASS} when the file cannot be read, else
{"sections": [...], "values": [[section, option, text or null, CLASS or null]]}.

This is configparser with the one change that Airflow makes to it (names keep
their case) followed by os.path.expandvars and expanduser until nothing changes.
"""

import base64
import configparser
import json
import os
import sys
import tempfile

# Airflow has no such bounds. They are wider than those under test.
MAX_ROUNDS = 300
MAX_TEXT = 1 << 22


class EndlessError(Exception):
    """The expansion does not come to an end."""


def expand(text):
    for _ in range(MAX_ROUNDS):
        expanded = os.path.expanduser(os.path.expandvars(text))
        if expanded == text:
            return text
        if len(expanded) > MAX_TEXT:
            break
        text = expanded
    raise EndlessError


def read(path):
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return parser


def values(parser):
    for section in parser.sections():
        for option in parser.options(section):
            try:
                yield section, option, expand(parser.get(section, option)), None
            except (configparser.Error, EndlessError) as error:
                yield section, option, None, type(error).__name__


def answer(case, path):
    with open(path, "wb") as file:
        file.write(base64.b64decode(case["cfg"]))
    os.environ.clear()
    os.environ.update(case["env"])
    try:
        parser = read(path)
    except (configparser.Error, UnicodeDecodeError) as error:
        return {"error": type(error).__name__}
    return {"sections": parser.sections(), "values": list(values(parser))}


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "airflow.cfg")
        for line in sys.stdin:
            json.dump(answer(json.loads(line), path), sys.stdout)
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
