#!/usr/bin/env bash
# Builds the documentation of the library targets into .build/docs, without a warning: one archive for each target, and
# a web site of its own in each. The targets are those of Package.swift with a catalog.
set -euo pipefail
cd "$(dirname "$0")/.."

# Package.swift has the plugin only then.
export PURSER_DOCS=true
output=.build/docs
mkdir -p "$output"
for catalog in Sources/*/*.docc; do
    target=$(basename "$catalog" .docc)
    rm -rf "${output:?}/$target"
    log=$(mktemp)
    if ! swift package "$@" --allow-writing-to-directory "$output" generate-documentation \
        --target "$target" --warnings-as-errors --output-path "$output/$target" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
    echo "$output/$target"
done
