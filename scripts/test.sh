#!/usr/bin/env bash
# Runs the tests that were built, a target at a time: within a target they run in parallel, and those that wait for
# something real need not share two cores with all the others. Three kinds of suites run by themselves at the end:
# PromptnessTests measure by the clock, ModelTests have long random histories, and RaceTests keep every core busy.
# Arguments go to `swift test`.
set -uo pipefail
cd "$(dirname "$0")/.."

# Seconds after which a target is given up, with what it has started. Each takes less than two minutes on two cores.
limit=600
failed=()
options=$*
trap 'exit 130' INT

# The tests of a log that began and did not end.
unfinished() {
    comm -23 <(sed -nE 's/^◇ Test ([^ ]+\(.*\)) started\.$/\1/p' "$1" | sort) \
        <(sed -nE 's/^(✔|✘) Test ([^ ]+\([^)]*\)) .*(passed|failed) after.*$/\2/p' "$1" | sort)
}

run() {
    local name=$1 log status=0
    shift
    echo "== $name"
    log=$(mktemp)
    timeout --foreground --signal=INT --kill-after=40 "$limit" swift test --skip-build "$@" >"$log" 2>&1 || status=$?
    if [ $status = 0 ] && { [ -n "$options" ] || ! grep -q 'Test run with 0 tests' "$log"; }; then
        grep -E 'skipped|Test run with' "$log"
    else
        failed+=("$name")
        # What went well says nothing about what went wrong.
        grep -vE '^(◇|✔)' "$log"
        if [ $status = 124 ] || [ $status = 137 ]; then
            echo "== $name did not end within $limit s; still running were:"
            unfinished "$log"
        fi
    fi
    rm -f "$log"
}

alone='(Promptness|Model|Race)Tests'
for folder in Tests/*Tests; do
    target=$(basename "$folder")
    run "$target" --filter "^$target\." --skip PromptnessTests --skip ModelTests --skip RaceTests "$@"
done
for suite in $(grep -rhoE "(struct|class|actor|enum) [A-Za-z]*$alone" Tests | cut -d' ' -f2 | sort -u); do
    run "$suite" --filter "\.$suite" "$@"
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}" >&2
    exit 1
fi
