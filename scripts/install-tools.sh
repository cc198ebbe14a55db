#!/usr/bin/env bash
# Puts what some tests look at Purser with into .build/tools: Prometheus and its promtool from Debian, without installing
# them (Debian's package would start a server). Does nothing where they are there, or where nobody wants them:
# PURSER_SKIP_PROMETHEUS=1.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$PWD/.build/tools
[ "${PURSER_SKIP_PROMETHEUS:-}" != 1 ] || exit 0
[ ! -x "$tools/usr/bin/prometheus" ] || [ ! -x "$tools/usr/bin/promtool" ] || exit 0

missing() {
    echo "Prometheus is missing: $1." >&2
    echo "Put its programs prometheus and promtool into $tools/usr/bin, or set PURSER_SKIP_PROMETHEUS=1." >&2
    exit 1
}
command -v apt-get >/dev/null && command -v dpkg >/dev/null || missing "this is no Debian to fetch it from"

packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
echo "Fetching Debian's prometheus into .build/tools"
(cd "$packages" && apt-get download -qq prometheus) || missing "'apt-get download prometheus' failed"
mkdir -p "$tools"
dpkg -x "$packages"/prometheus_*.deb "$tools" || missing "its package cannot be unpacked"
[ -x "$tools/usr/bin/promtool" ] || missing "its package has no promtool"
