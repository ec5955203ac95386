#!/usr/bin/env bash
# A day of 5-minute scans at 1000×1000 into the database: how long it takes, and how much memory the program holds on the way.
#   ops/ingest-day.sh [--scans DIR]     a folder for the 288 simulated files, which are made where it has none; that takes minutes and does not count
# Uses the database of NOWCAST_DB, which should be empty; a throw-away cluster where that is not set, durable and set as the private one is.
# Fails at 2 minutes, or where the memory of the second half of the files is on average over a quarter above that of the first: holding scans would make it a gigabyte.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
frames=288 limit=120 scans=
while [ $# -gt 0 ]; do
  case $1 in
    --scans) scans=$2 ;;
    *) echo "error: ops/ingest-day.sh knows --scans, not '$1'" >&2; exit 2 ;;
  esac
  shift 2
done

scratch=$(mktemp -d /tmp/nowcast-day-XXXXXX)
. "$here/throwaway-database.sh"
trap 'stop_database; rm -rf "$scratch"' EXIT
scans=${scans:-$scratch/scans}
if [ ! -d "$scans" ] || [ "$(find "$scans" -name '*.nc' | wc -l)" -ne "$frames" ]; then
  "$here/nowcast" simulate --out "$scans" --scenario mixed --size 1000 --frames "$frames" --step 5 --seed 1
fi
start_database shared_buffers=1GB max_wal_size=2GB checkpoint_timeout=15min wal_compression=on
"$here/nowcast" db migrate >/dev/null
cat "$scans"/*.nc >/dev/null

# Private memory in MB of the program and of its decoders, ten times in a second or as often as the machine allows.
memory() {
  local sum=0 kib pid
  for pid in "$1" $(cat /proc/"$1"/task/*/children 2>/dev/null); do
    kib=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null) || continue
    sum=$((sum + ${kib:-0}))
  done
  echo $((sum / 1024))
}
start=$(date +%s%N)
"$here/nowcast" ingest "$scans" >"$scratch/out" &
program=$!
while [ -d "/proc/$program" ] && memory "$program" >>"$scratch/memory"; do sleep 0.1; done
status=0
wait "$program" || status=$?
seconds=$(( ($(date +%s%N) - start) / 1000000 ))
cat "$scratch/out"
# Of each quarter but for the start; garbage comes and goes, so that means tell more than peaks.
read -r one two three four peak < <(awk '{ m[NR] = $1 } END { n = NR - 1; for (i = int(n / 20) + 1; i <= n; i++) { q = int(4 * (i - 1) / n); sum[q] += m[i]; count[q]++; if (m[i] > peak) peak = m[i] } for (q = 0; q < 4; q++) printf "%d ", sum[q] / (count[q] ? count[q] : 1); print peak + 0 }' "$scratch/memory")
printf '%d scans of 1000×1000 in %d.%03d s; memory of program and decoders, means of the quarters: %d, %d, %d, %d MB, at most %d MB (%d samples); load %s\n' \
  "$frames" $((seconds / 1000)) $((seconds % 1000)) "$one" "$two" "$three" "$four" "$peak" "$(wc -l <"$scratch/memory")" "$(cut -d' ' -f1 /proc/loadavg)"
[ "$status" -eq 0 ] && grep -q "^$frames scans stored" "$scratch/out" && [ "$seconds" -lt $((limit * 1000)) ] && [ $(((three + four) * 4)) -le $(((one + two) * 5)) ] ||
  { echo "FAILED" >&2; exit 1; }
