#!/usr/bin/env bash
# Puts the servers that `make bench-peers` compares with into .build/peers: nginx and rclone from Debian, without
# installing them (Debian's nginx would start a server), and copyparty from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."

peers=$PWD/.build/peers
mkdir -p "$peers/packages"
cd "$peers/packages"
for package in nginx libpcre2-8-0 rclone; do
    ls "${package}"_*.deb >/dev/null 2>&1 || apt-get download -q "$package"
done
for file in *.deb; do dpkg -x "$file" "$peers"; done
[ -d "$peers/python/copyparty" ] || python3 -m pip install --quiet --disable-pip-version-check --target "$peers/python" copyparty
