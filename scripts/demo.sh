#!/usr/bin/env bash
# Shows the service at work on real files: uploads a folder of this machine's documentation, uploads part of it again,
# cancels an upload midway, downloads everything and compares every byte, makes documents and images and processes them,
# compresses what it stored and compares again.
# Leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

purser=.build/release/purser
limit_bytes=$((200 * 1000 * 1000))
work=$(mktemp -d)
server=""
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
step() { printf '\n== %s\n' "$*"; }
field() { python3 -c 'import json,sys; d=json.load(sys.stdin)
for k in sys.argv[1].split("."): d=d[k]
print(d)' "$1"; }

step "The files: documentation that this machine has, up to 200 MB"
mkdir "$work/source"
total=0 count=0
while IFS= read -r -d '' file; do
    size=$(stat -c %s -- "$file")
    [ $((total + size)) -le $limit_bytes ] || continue
    mkdir -p "$work/source/$(dirname "$file")"
    cp -- "$file" "$work/source/$file"
    total=$((total + size)) count=$((count + 1))
    [ $count -lt 3000 ] || break
done < <(find /usr/share/doc /usr/share/man /usr/share/info -type f -size +0 -print0 2>/dev/null | sort -z)
if [ $count -eq 0 ]; then
    cp -r README.md docs Sources "$work/source/"
    count=$(find "$work/source" -type f | wc -l)
    total=$(du -sb "$work/source" | cut -f1)
fi
echo "$count files, $total bytes"

step "Start the service on a free port with a fresh store"
"$purser" serve --config config/purser.yaml --storage "$work/store" --port 0 >"$work/ready" 2>"$work/log" &
server=$!
for _ in $(seq 100); do
    grep -q '^ready ' "$work/ready" && break
    kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done
url=$(sed -n 's/^ready //p' "$work/ready")
echo "$url"
export PURSER_SERVER=$url
system() { curl -sS "$url/v1/system"; }

step "Upload the folder"
time "$purser" put -r "$work/source" demo
files=$(system | field storage.files)
distinct=$(system | field storage.distinct_bytes)

step "Upload a part of it again, under other names"
part=$(find "$work/source" -mindepth 1 -maxdepth 4 -type d | sort | tail -1)
"$purser" put -r "$part" again
again=$(($(system | field storage.files) - files))
grown=$(($(system | field storage.distinct_bytes) - distinct))
echo "$again more files, $grown more bytes"

step "Cancel an upload midway"
head -c 50000000 /dev/urandom >"$work/large"
id=$(cat /proc/sys/kernel/random/uuid)
curl -sS -o "$work/answer" -w '%{http_code}' --limit-rate 5M -H "X-Operation-Id: $id" -T "$work/large" \
    "$url/v1/buckets/default/files/cancelled" >"$work/status" 2>"$work/curl" &
upload=$!
for _ in $(seq 100); do
    done_bytes=$(curl -sS "$url/v1/operations/$id" | field progress.bytes_done 2>/dev/null || echo 0)
    [ "$done_bytes" -gt 0 ] && break
    sleep 0.1
done
"$purser" operations cancel "$id"
wait "$upload" || true
echo "after $done_bytes of 50000000 bytes; the uploader was told: $(cat "$work/status") $(field code <"$work/answer" 2>/dev/null || true)"
staging=$(find "$work/store/staging" -type f | wc -l)
gone=$(curl -sS -o /dev/null -w '%{http_code}' "$url/v1/buckets/default/files/cancelled")

step "Download everything and compare every byte"
time "$purser" get -r demo "$work/back"
if diff -r "$work/source" "$work/back" >/dev/null; then same=yes; else same=NO; fi

step "Make documents and images: PDFs with text, scans, photos of 12 megapixels, and one PDF that is broken"
mkdir "$work/documents" "$work/images"
for number in 1 2 3 4; do
    scripts/demo-files.py text "$work/documents/report-$number.pdf" "Report $number"
done
for number in 1 2; do
    pdftoppm -jpeg -gray -r 200 -singlefile "$work/documents/report-$number.pdf" "$work/page"
    scripts/demo-files.py scan "$work/documents/scan-$number.pdf" "$work/page.jpg"
    vips gaussnoise "$work/noise.v" 4000 3000 --mean 128 --sigma 40
    vips jpegsave "$work/noise.v" "$work/images/photo-$number.jpg"
done
head -c 500 "$work/documents/report-4.pdf" >"$work/documents/broken.pdf"
(cd "$work" && wc -c documents/* images/*)

step "Process them: text and layout of the documents, thumbnails of the images"
"$purser" pipelines
"$purser" put -r "$work/documents" papers
"$purser" put -r "$work/images" photos
"$purser" process document --prefix papers/ --wait --json >"$work/papers" 2>/dev/null && broken_told=NO || broken_told=yes
"$purser" jobs report "$(field id <"$work/papers")"
time "$purser" process image --prefix photos/ --wait --json >"$work/photos"
"$purser" jobs report "$(field id <"$work/photos")"
"$purser" ls -r .derived/
"$purser" get .derived/document/papers/scan-1.pdf/document.txt "$work/read"
grep -q 'quick brown fox' "$work/read" && read=yes || read=NO
echo "the text of the first scan:"
head -n 3 "$work/read"

step "Process the images again: nothing is to be done"
"$purser" process image --prefix photos/ --wait --json >"$work/cached"

step "Optimize what was uploaded: first a dry run, then the run"
before=$(system | field storage.physical_bytes)
"$purser" optimize --dry-run --strategy compression --json >"$work/dry"
"$purser" optimize --strategy compression --watch
kept=$(system | field storage.physical_bytes)
predicted=$(field space_saved_bytes <"$work/dry")
saved=$((before - kept))

step "Verify every file again: on the disk, and by downloading and comparing"
"$purser" verify --quiet >/dev/null && verified=yes || verified=NO
"$purser" get -r demo "$work/after"
if diff -r "$work/source" "$work/after" >/dev/null; then same_after=yes; else same_after=NO; fi

step "Report"
system >"$work/system"
printf '%-42s %s\n' \
    "files stored" "$(field storage.files <"$work/system")" \
    "bytes as uploaded" "$(field storage.logical_bytes <"$work/system")" \
    "bytes of distinct contents" "$(field storage.distinct_bytes <"$work/system")" \
    "bytes added by the second upload" "$grown" \
    "cancelled upload: staging files, status" "$staging, $gone" \
    "every byte came back" "$same" \
    "documents processed, failed" "$(field files.succeeded <"$work/papers"), $(field files.failed <"$work/papers")" \
    "the broken document was told, scans read" "$broken_told, $read" \
    "images processed; again, from the cache" "$(field files.succeeded <"$work/photos"), $(field files.cached <"$work/cached")" \
    "bytes kept before the optimizer, after it" "$before, $kept" \
    "bytes saved, as predicted by the dry run" "$saved, $predicted" \
    "every byte came back after it" "$same_after, verified: $verified" \
    "operations granted" "$(field resource_usage.totals.granted <"$work/system")" \
    "most operations at a time" "$(field resource_usage.high_water.active_operations <"$work/system")" \
    "resident memory of the service" "$(field resource_usage.memory_resident_bytes <"$work/system")"

step "Metrics"
"$purser" metrics
"$purser" metrics --output "$work/metrics.json"
cp "$work/metrics.json" "${METRICS:-metrics.json}"
printf '%-42s %s\n' "written to ${METRICS:-metrics.json}" "$(wc -c <"$work/metrics.json") bytes" \
    "uploads that succeeded" "$(field performance.operations.upload.succeeded <"$work/metrics.json")"

step "Stop"
kill "$server"
status=0
wait "$server" || status=$?
server=""
echo "exit status $status"

[ "$(field files.succeeded <"$work/papers")" -eq 6 ] && [ "$broken_told" = yes ] && [ "$read" = yes ] &&
    [ "$(field files.succeeded <"$work/photos")" -eq 2 ] && [ "$(field files.cached <"$work/cached")" -eq 2 ] &&
    [ "$same" = yes ] && [ "$same_after" = yes ] && [ "$verified" = yes ] && [ "$saved" -gt 0 ] && [ "$staging" -eq 0 ] && [ "$gone" = 404 ] && [ "$grown" -eq 0 ] && [ $status -eq 0 ] || {
    echo "The demo FAILED." >&2
    exit 1
}
echo "All is well."
