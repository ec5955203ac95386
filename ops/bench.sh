#!/usr/bin/env bash
# Runs one benchmark, ours and the peer's alternately:  bench.sh NAME [--json FILE] [--rounds N]
# Without a name it lists them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dotnet build "$here/bench/ConvLstm.Nowcast.Bench.csproj" -c Release -v q -nologo >&2
exec dotnet "$here/bench/bin/Release/net10.0/ConvLstm.Nowcast.Bench.dll" "$@"
