#!/usr/bin/env bash
# Installs what is missing, builds, checks the layout of the sources, runs every test. The last line counts them.
#   ops/test.sh [--fast] [OPTION OF THE RUNNER…]
#     --fast  while one works: builds, and runs the tests that need neither database nor browser nor long training
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
export NOWCAST_TEST_FAST=0
if [ "${1:-}" = --fast ]; then
  NOWCAST_TEST_FAST=1
  shift
else
  "$here/setup.sh" --test
fi
dotnet build "$root/ConvLstm.Nowcast.sln" -c Release -v q -nologo
# The rest of .editorconfig is checked by the build.
if [ $NOWCAST_TEST_FAST = 0 ] && ! (cd "$root" && dotnet format whitespace --folder . --verify-no-changes --include ingest/ model/ nowcast/ storage/ jobs/ tests/ ops/); then
  echo "error: the layout above is not that of .editorconfig: run the same command without --verify-no-changes" >&2
  exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
# A test that hangs is named by the runner after some minutes (xunit.runner.json); it must not hold up whoever waits for the end.
timeout --signal=INT --kill-after=60 "${NOWCAST_TEST_LIMIT:-50m}" "$root/tests/bin/Release/net10.0/ConvLstm.Nowcast.Tests" -noColor "$@" 2>&1 | tee "$log" || status=$?
# The runner's own summary: Total: 21, Errors: 0, Failed: 0, Skipped: 0, …
if ! counts=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1 | grep -oE '[0-9]+'); then
  echo "error: the test run ended without a summary (exit status $status)" >&2
  exit 1
fi
read -r total errors failed skipped <<<"$(echo $counts)"
echo "$((total - errors - failed - skipped)) passed, $((errors + failed)) failed, $skipped skipped"
[ "$status" -eq 0 ] && [ $((errors + failed)) -eq 0 ] && [ "$total" -gt 0 ]
