#!/usr/bin/env bash
# The whole service over 48 hours (or HOURS, a multiple of 24) of simulated time: feed, forecasts, verification, retrainings, retention.
#   ops/campaigns/days.sh [HOURS]
# Late, missing, doubled and broken scans; every expected run must be there exactly once. Needs a build (ops/test.sh makes one).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
started=$SECONDS
NOWCAST_TEST_DEADLINE=600 NOWCAST_TEST_HOURS=${1:-48} "$root/tests/bin/Release/net10.0/ConvLstm.Nowcast.Tests" -noColor -class '*SimulatedDays'
echo "took $((SECONDS - started)) s"
