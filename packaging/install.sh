#!/usr/bin/env bash
# Puts a built purser in place, with completions, manual page, settings, pipelines, schemas and systemd unit, or takes all that
# away again:
#   install.sh install BINARY | uninstall
# PREFIX (/usr/local) is where it goes; DESTDIR is put before every path, for packages. SYSCONFDIR is /etc where PREFIX is
# /usr, else PREFIX/etc. Settings and pipelines that were edited are neither replaced nor removed, and the store is never touched.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/usr/local}
destdir=${DESTDIR:-}
[[ $prefix == /* ]] || { echo "PREFIX is an absolute path, not '$prefix'." >&2; exit 2; }
if [ "$prefix" = /usr ]; then sysconfdir=${SYSCONFDIR:-/etc}; else sysconfdir=${SYSCONFDIR:-$prefix/etc}; fi
bindir=$prefix/bin
bash_completion=$destdir$prefix/share/bash-completion/completions/purser
zsh_completion=$destdir$prefix/share/zsh/site-functions/_purser
fish_completion=$destdir$prefix/share/fish/vendor_completions.d/purser.fish
man_page=$destdir$prefix/share/man/man1/purser.1
unit=$destdir$prefix/lib/systemd/system/purser.service
settings=$destdir$sysconfdir/purser/purser.yaml
# The service takes the pipelines beside its settings.
pipelines=$destdir$sysconfdir/purser/pipelines
schemas=$destdir$prefix/share/purser/schemas

# Writes standard input to a file that everybody may read.
place() {
    install -D -m 644 /dev/stdin "$1"
    echo "$1"
}

# Writes a file that the operator may edit, unless it is there.
place_once() {
    if [ -e "$2" ]; then
        cmp -s "$1" "$2" || echo "$2 is left as it is; compare it with $1"
    else
        place "$2" <"$1"
    fi
}

# Removes such a file unless it was edited.
take_away_once() {
    if cmp -s "$1" "$2"; then
        rm -f "$2"
    elif [ -e "$2" ]; then
        echo "$2 was edited, and is left"
    fi
}

put_in_place() {
    local purser=$1
    command -v python3 >/dev/null || { echo "The manual page is made with python3, which is not there." >&2; exit 1; }
    install -D -m 755 "$purser" "$destdir$bindir/purser"
    echo "$destdir$bindir/purser"
    "$purser" --generate-completion-script bash | place "$bash_completion"
    "$purser" --generate-completion-script zsh | place "$zsh_completion"
    "$purser" --generate-completion-script fish | place "$fish_completion"
    "$purser" --experimental-dump-help | packaging/man-page "$("$purser" --version | cut -d' ' -f2)" | place "$man_page"
    sed -e "s|@BINDIR@|$bindir|g" -e "s|@SYSCONFDIR@|$sysconfdir|g" packaging/purser.service.in | place "$unit"
    place_once config/purser.yaml "$settings"
    for file in config/pipelines/*.yaml; do place_once "$file" "$pipelines/$(basename "$file")"; done
    for file in config/schemas/*.json; do place "$schemas/$(basename "$file")" <"$file"; done
    [ -n "$destdir" ] || echo "Serve it with: systemctl daemon-reload && systemctl enable --now purser"
}

take_away() {
    rm -f "$destdir$bindir/purser" "$bash_completion" "$zsh_completion" "$fish_completion" "$man_page" "$unit"
    for file in config/schemas/*.json; do rm -f "$schemas/$(basename "$file")"; done
    for file in config/pipelines/*.yaml; do take_away_once "$file" "$pipelines/$(basename "$file")"; done
    take_away_once config/purser.yaml "$settings"
    for folder in "$schemas" "$(dirname "$schemas")" "$pipelines" "$(dirname "$settings")"; do
        [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
    done
}

case "${1:-}" in
install) put_in_place "${2:?the path of the built purser}" ;;
uninstall) take_away ;;
*) echo "usage: $0 install BINARY | uninstall" >&2; exit 2 ;;
esac
