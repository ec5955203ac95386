#!/usr/bin/env bash
# Lets damaged files of seven formats, and archives of them, arrive in a feed that is watched, and proves that the watch survives: it ends by itself, each file
# is in the database or in quarantine with a reason, no undamaged one is refused, and no file held it up for longer than its limit.
#   ops/fuzz-feed.sh [--files N] [--seed S] [--keep DIR]     5000 files and seed 1 where not given
# Uses the database of NOWCAST_DB, which should be empty; a throw-away cluster where that is not set.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
files=5000 seed=1 work=
while [ $# -gt 0 ]; do
  case $1 in
    --files) files=$2 ;;
    --seed) seed=$2 ;;
    --keep) work=$2 ;;
    *) echo "error: ops/fuzz-feed.sh knows --files, --seed and --keep, not '$1'" >&2; exit 2 ;;
  esac
  shift 2
done

scratch=$(mktemp -d /tmp/nowcast-fuzz-XXXXXX)
. "$here/throwaway-database.sh"
trap 'stop_database; rm -rf "$scratch"' EXIT
start_database fsync=off

feed=${work:-$scratch}/feed
mkdir -p "$feed"
"$here/nowcast" --version >/dev/null
"$here/nowcast" ingest --watch "$feed" --idle 30 --patience 0 >"$scratch/out" 2>"$scratch/err" &
watch=$!
/usr/bin/python3 "$here/fuzz/mutate.py" "$feed" "$files" "$seed"
start=$SECONDS
status=0
# The kernel's own high-water mark, until there is no such process.
while mark=$(sed -n 's/^VmHWM:[^0-9]*//p' "/proc/$watch/status" 2>/dev/null) && [ -n "$mark" ]; do most=$mark; sleep 1; done
wait "$watch" || status=$?
tail -n 1 "$scratch/out"
echo "the watch ended with status $status, $((SECONDS - start)) s after the last file had arrived; its memory was at most ${most:-unknown}"

quarantine=$feed/quarantine
taken=$(wc -l <"$quarantine/.taken")
# Names hold line ends.
refused_files=(-type f ! -name '*.reason.txt' ! -name .taken)
refused=$(find "$quarantine" "${refused_files[@]}" -printf . | wc -c)
without=0
while IFS= read -r -d '' file; do
  [ -s "$file.reason.txt" ] || { echo "no reason: $file"; without=$((without + 1)); }
done < <(find "$quarantine" "${refused_files[@]}" -print0)
left=$(find "$feed" -maxdepth 1 -type f -printf . | wc -c)
echo "$files files: $taken taken, $refused in quarantine, $without of those without a reason, $((left - taken)) left over"
# Some arrive as they were written: a decoder that the file before has spoilt would refuse them.
whole=$(find "$quarantine" "${refused_files[@]}" -name '*-none*' -printf . | wc -c)
echo "undamaged files: $(find "$feed" -maxdepth 1 -type f -name '*-none*' -printf . | wc -c) taken, $whole in quarantine"
find "$quarantine" -name '*-none*.reason.txt' -exec cat {} +
reasons_with() { grep -rlZ "$1" "$quarantine" --include='*.reason.txt' | tr -cd '\0' | wc -c; }
echo "decoders ended by a file: $(reasons_with 'ended the decoder'), stopped at the time limit: $(reasons_with 'reading it took over')"
echo "most frequent reasons:"
find "$quarantine" -name '*.reason.txt' -exec cat {} + | sed -E 's/^[^:]*: //; s/[-+]?[0-9.]+(E[-+]?[0-9]+)?/N/g; s/'"'"'[^'"'"']*'"'"'/X/g' | cut -c1-100 | sort | uniq -c | sort -rn | sed -n 1,15p
[ "$status" -eq 0 ] && [ "$without" -eq 0 ] && [ $((taken + refused)) -eq "$files" ] && [ "$left" -eq "$taken" ] && [ "$whole" -eq 0 ] || { echo "FAILED" >&2; exit 1; }
echo "every file is in the database or in quarantine with its reason"
