"""Say what the Airflow of this interpreter answers.

Reads cases as JSON lines on stdin (see cases.py; file contents are base64) and
writes an answer for each on stdout: {"value": TEXT}, {"absent": true} or
{"error": CLASS}.

Importing Airflow takes seconds, so one process answers all: for every new file
it finds and reads the configuration again with Airflow's own functions. Airflow
has no bound for expansion; a case that is said to hang is interrupted.
"""

import base64
import contextlib
import json
import logging
import os
import pathlib
import signal
import sys
import tempfile
import warnings

os.environ["_AIRFLOW__AS_LIBRARY"] = "1"
os.environ["AIRFLOW_HOME"] = "/nonexistent"
os.environ.pop("AIRFLOW_CONFIG", None)

from airflow import configuration  # noqa: E402

ABSENT = "no value anywhere"
# Long enough for any answer: the others take milliseconds.
PATIENCE = 0.3


class EndlessError(Exception):
    """Airflow would not have answered."""


def interrupt(*_):
    raise EndlessError


@contextlib.contextmanager
def patience(case):
    signal.setitimer(signal.ITIMER_REAL, PATIENCE if case["hangs"] else 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def find():
    configuration.AIRFLOW_HOME = configuration.get_airflow_home()
    configuration.AIRFLOW_CONFIG = configuration.get_airflow_config(configuration.AIRFLOW_HOME)
    return configuration.AIRFLOW_CONFIG


class Reader:
    """Keeps the last configuration, for cases that differ in what is asked."""

    key = conf = None

    def read(self, case):
        env = {k: v for k, v in case["env"].items() if not k.startswith("AIRFLOW__")}
        if self.key != (case["files"], env):
            self.conf = configuration.initialize_config()
            self.key = (case["files"], env)
        return self.conf


def ask(case, reader):
    """Give the answer as text, or None when there is no value."""
    with patience(case):
        path = find()
    if case["method"] == "path":
        return path
    conf = reader.read(case)
    with patience(case):
        if conf.get(case["section"], case["option"], fallback=ABSENT) == ABSENT:
            return None
        value = getattr(conf, case["method"])(case["section"], case["option"])
    return value if isinstance(value, str) else json.dumps(value)


def answer(case, reader):
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as directory:
        for name, content in case["files"].items():
            path = pathlib.Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.mkdir()
            else:
                path.write_bytes(base64.b64decode(content))
        os.environ.clear()
        os.environ.update({k: v.replace("{tmp}", directory) for k, v in case["env"].items()})
        os.chdir(directory)
        try:
            text = ask(case, reader)
        except Exception as error:  # noqa: BLE001 its class is the answer
            return {"error": type(error).__name__}
        finally:
            os.chdir("/")
            os.environ.clear()
            os.environ.update(before)
    return {"absent": True} if text is None else {"value": text.replace(directory, "{tmp}")}


def main():
    warnings.simplefilter("ignore")
    logging.disable()
    signal.signal(signal.SIGALRM, interrupt)
    reader = Reader()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), reader)), flush=True)


if __name__ == "__main__":
    main()
