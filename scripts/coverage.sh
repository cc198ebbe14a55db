#!/usr/bin/env bash
# Prints the share of lines that the tests reached, for each library target, and fails where one is below 80 %.
set -euo pipefail
cd "$(dirname "$0")/.."

python3 - "$(swift test --show-codecov-path)" <<'PYTHON'
import collections
import json
import os
import sys

lines = collections.defaultdict(lambda: [0, 0])
root = os.getcwd() + "/Sources/"
for file in json.load(open(sys.argv[1]))["data"][0]["files"]:
    if file["filename"].startswith(root):
        target = file["filename"][len(root):].split("/")[0]
        lines[target][0] += file["summary"]["lines"]["covered"]
        lines[target][1] += file["summary"]["lines"]["count"]
low = False
for target, (covered, count) in sorted(lines.items()):
    percent = 100 * covered / count
    is_library = target != "PurserCLI"
    low = low or (is_library and percent < 80)
    print(f"{target:20} {percent:5.1f} %  {covered} of {count} lines")
sys.exit("A library target is below 80 %." if low else 0)
PYTHON
