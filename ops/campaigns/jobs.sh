#!/usr/bin/env bash
# 10,000 jobs (or JOBS): each done once; the size of what they leave and the time of the questions about it; how soon a job begins.
#   ops/campaigns/jobs.sh [JOBS]
# Needs a build (ops/test.sh makes one).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin="$root/tests/bin/Release/net10.0"
NOWCAST_TEST_DEADLINE=600 NOWCAST_TEST_JOBS=${1:-10000} "$bin/ConvLstm.Nowcast.Tests" -noColor -class '*ManyJobs'
cat "$bin/jobs.txt" "$bin/soon.txt"
