#!/usr/bin/env bash
# Runs the tests that were built, a target at a time: within a target they run in parallel, and those that wait for
# something real need not share two cores with all the others. Suites that measure by the clock, whose names end in
# PromptnessTests, and the long random histories of ModelTests run by themselves at the end. Arguments go to `swift test`.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
run() {
    local name=$1 log
    shift
    echo "== $name"
    log=$(mktemp)
    if swift test --skip-build "$@" >"$log" 2>&1; then
        grep -E 'skipped|Test run with' "$log"
    else
        failed+=("$name")
        # What went well says nothing about what went wrong.
        grep -vE '^(◇|✔)' "$log"
    fi
    rm -f "$log"
}

alone='(Promptness|Model)Tests'
for folder in Tests/*Tests; do
    target=$(basename "$folder")
    run "$target" --filter "^$target\." --skip PromptnessTests --skip ModelTests "$@"
done
for suite in $(grep -rhoE "struct [A-Za-z]*$alone" Tests | cut -d' ' -f2 | sort -u); do
    run "$suite" --filter "\.$suite" "$@"
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}" >&2
    exit 1
fi
