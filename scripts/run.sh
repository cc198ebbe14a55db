#!/usr/bin/env bash
# Serves ./storage, and shows a first call once the service is ready. Signals go to the service itself.
set -euo pipefail
cd "$(dirname "$0")/.."

show() {
    trap '' INT TERM
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case "$line" in
        "ready "*) printf 'try: curl -T README.md %s/v1/buckets/default/files/README.md\n' "${line#ready }" ;;
        esac
    done
}

exec .build/release/purser serve --config config/purser.yaml "$@" > >(show)
