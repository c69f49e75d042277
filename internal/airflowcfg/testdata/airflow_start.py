"""Start Airflow as everybody does and ask it for options.

Reads one case as JSON on stdin, {"section": ..., "options": [...]}, and writes
{"values": {option: text or null}, "error": CLASS or ""} on stdout. The
environment is that of the process.
"""

import json
import sys


def values(case):
    from airflow.configuration import conf

    return {option: conf.get(case["section"], option, fallback=None) for option in case["options"]}


case = json.loads(sys.stdin.readline())
try:
    print(json.dumps({"values": values(case), "error": ""}))
except Exception as error:  # noqa: BLE001 its class is the answer
    print(json.dumps({"values": {}, "error": type(error).__name__}))
