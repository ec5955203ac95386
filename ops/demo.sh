#!/usr/bin/env bash
# Installs what is missing, builds, and shows the whole pipeline on simulated rain.
#   ops/demo.sh           ends in the web service, until Ctrl-C
#   ops/demo.sh --exit    ends after the summary
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
exec "$here/nowcast" demo "$@"
