"""Judge rendered documents: JSON lines in, one JSON line out for each.

A document is right when Python loads our result, expanded once more, to the
tree that it loads from the expanded source, with the values in place.
"""

import json
import os
import sys

import yaml


def load(kind, text):
    return json.loads(text) if kind == "json" else yaml.safe_load(text)


def substituted(node, values):
    if isinstance(node, dict):
        return {key: substituted(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [substituted(item, values) for item in node]
    if isinstance(node, str) and node.startswith(("secret:", "fernet:")):
        return values[node.rstrip("\r\n")]
    return node


def judge(case):
    os.environ.clear()
    os.environ.update(case["env"])
    source = os.path.expandvars(case["source"])
    try:
        tree = load(case["format"], source)
    except (ValueError, yaml.YAMLError) as error:
        return {"refused": str(error)}
    if "out" not in case:
        return {}
    try:
        want = substituted(tree, case["values"])
        got = load(case["format"], os.path.expandvars(case["out"]))
    except (KeyError, ValueError, yaml.YAMLError) as error:
        return {"wrong": repr(error)}
    # repr tells 1 from True and from "1", and NaN equals itself in it.
    if repr(want) != repr(got):
        return {"wrong": f"want {want!r}\ngot  {got!r}"}
    return {}


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
