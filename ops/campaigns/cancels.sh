#!/usr/bin/env bash
# Runs are cancelled while a process reads, forecasts or trains for them, 10 times each or CANCELS: how long the process goes on, and until the history says so.
#   ops/campaigns/cancels.sh [CANCELS]
# Needs a build (ops/test.sh makes one).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin="$root/tests/bin/Release/net10.0"
NOWCAST_TEST_DEADLINE=600 NOWCAST_TEST_CANCELS=${1:-10} "$bin/ConvLstm.Nowcast.Tests" -noColor -class '*CancelledRuns'
for job in ingest nowcast retrain; do
  for what in 2 3; do
    awk -v job=$job -v what=$what '$1 == job { print $what }' "$bin/cancels.txt" | sort -n | awk -v job=$job -v what=$what '
      { t[NR] = $1 } END { printf "%s: %s after %.2f s (median of %d), %.2f to %.2f s\n", job, what == 2 ? "its process is gone" : "the history says so", t[int((NR + 1) / 2)], NR, t[1], t[NR] }'
  done
done
