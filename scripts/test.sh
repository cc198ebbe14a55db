#!/usr/bin/env bash
# Runs the tests that were built, a target at a time: within a target they run in parallel, and those that wait for
# something real need not share two cores with all the others. Arguments go to `swift test`.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
for folder in Tests/*Tests; do
    target=$(basename "$folder")
    echo "== $target"
    log=$(mktemp)
    if swift test --skip-build --filter "^$target\." "$@" >"$log" 2>&1; then
        grep -E 'skipped|Test run with' "$log"
    else
        failed+=("$target")
        # What went well says nothing about what went wrong.
        grep -vE '^(◇|✔)' "$log"
    fi
    rm -f "$log"
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}" >&2
    exit 1
fi
