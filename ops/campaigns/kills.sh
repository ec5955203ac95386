#!/usr/bin/env bash
# Two servers on one database; the one at work is killed (SIGKILL) at random moments of forecasts and trainings, 30 times or KILLS.
#   ops/campaigns/kills.sh [KILLS]
# No run may be lost, doubled or half published, no process or lock left behind. Needs a build (ops/test.sh makes one).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin="$root/tests/bin/Release/net10.0"
NOWCAST_TEST_DEADLINE=600 NOWCAST_TEST_KILLS=${1:-30} "$bin/ConvLstm.Nowcast.Tests" -noColor -class '*KilledWorkers'
echo "seconds until the run was taken up by another server:"
sort "$bin/takeovers.txt"
