#!/usr/bin/env bash
# Builds the tests with counters in a folder of their own, runs them a target at a time, prints the share of lines that
# they reached for each library target, and fails where one is below 80 %. Whether the tests pass is for `make test` to say:
# a few mind the files that the counters write. Arguments go to `swift build`.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=.build/coverage
# The compiler's own: the format of the counters changes between versions.
tools=$(dirname "$(readlink -f "$(command -v swift)")")
swift build --scratch-path "$scratch" --build-tests --enable-code-coverage "$@"
tests=$(swift build --scratch-path "$scratch" --show-bin-path)/purserPackageTests.xctest
profiles=$(mktemp -d)
trap 'rm -rf "$profiles"' EXIT
for folder in Tests/*Tests; do
    target=$(basename "$folder")
    echo "== $target"
    LLVM_PROFILE_FILE="$profiles/%p.profraw" "$tests" --testing-library swift-testing --filter "^$target\." \
        >"$profiles/log" 2>&1 || grep -E '✘|↳' "$profiles/log" || true
done
"$tools/llvm-profdata" merge -sparse "$profiles"/*.profraw -o "$profiles/all.profdata"
"$tools/llvm-cov" export -summary-only -instr-profile "$profiles/all.profdata" "$tests" >"$profiles/all.json"

python3 - "$profiles/all.json" <<'PYTHON'
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
