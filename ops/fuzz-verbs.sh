#!/usr/bin/env bash
# Gives damaged files to the verbs that read files, and proves that each call ends by itself with one line a file: radar files of all
# formats and archives of them to `inspect`, forecast files to `plot` and `evaluate`, checkpoints to `forecast --model`.
#   ops/fuzz-verbs.sh [--files N] [--seed S]     1000 radar files, a fiftieth as many of the others, and seed 1 where not given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
files=1000 seed=1
while [ $# -gt 0 ]; do
  case $1 in
    --files) files=$2 ;;
    --seed) seed=$2 ;;
    *) echo "error: ops/fuzz-verbs.sh knows --files and --seed, not '$1'" >&2; exit 2 ;;
  esac
  shift 2
done

scratch=$(mktemp -d /tmp/nowcast-fuzz-XXXXXX)
trap 'rm -rf "$scratch"' EXIT
nowcast=$here/nowcast
mkdir "$scratch/radar"
/usr/bin/python3 "$here/fuzz/mutate.py" "$scratch/radar" "$files" "$seed"
"$nowcast" simulate --out "$scratch/rain" --size 64 --frames 24 >/dev/null
"$nowcast" forecast --data "$scratch/rain" --method extrapolation --at "$("$nowcast" inspect --json "$scratch/rain" \
  | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[8]["frames"][0]["validTime"])')" --out "$scratch/whole.nc" >/dev/null
"$nowcast" train --data "$scratch/rain" --network encoder-forecaster --hidden 4 --crop 32 --past 3 --future 3 --epochs 1 \
  --out "$scratch/whole.safetensors" >/dev/null 2>&1
/usr/bin/python3 "$here/fuzz/verbs.py" "$nowcast" "$scratch" "$((files / 50))" "$seed"
