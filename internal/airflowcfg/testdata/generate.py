"""Write vectors.json: the cases of cases.py with the answers of real Airflows.

    python3 generate.py PYTHON2 PYTHON3 > vectors.json

PYTHON2 and PYTHON3 are interpreters that have Airflow 2.11 and Airflow 3.
"""

import base64
import json
import pathlib
import subprocess
import sys

from cases import CASES

EVAL = pathlib.Path(__file__).with_name("airflow_eval.py")


def encode(content):
    if content is None:
        return None
    if isinstance(content, str):
        content = content.encode()
    return base64.b64encode(content).decode()


def answers(python, cases):
    text = "".join(json.dumps(case) + "\n" for case in cases)
    out = subprocess.run([python, EVAL], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    _, python2, python3 = sys.argv
    cases = [{**case, "files": {n: encode(c) for n, c in case["files"].items()}} for case in CASES]
    names = [case["name"] for case in cases]
    if len(set(names)) < len(names):
        sys.exit(f"names are not unique: {sorted(n for n in set(names) if names.count(n) > 1)}")
    lines = [
        json.dumps({**case, "airflow2": two, "airflow3": three})
        for case, two, three in zip(cases, answers(python2, cases), answers(python3, cases), strict=True)
    ]
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main()
