#!/usr/bin/env bash
# How long a nowcast takes, in turn without and with bad guests of the web server: 2,000 idle connections, a hundred slow clients, oversized polygons.
#   ops/campaigns/load.sh [PAIRS [SIZE]]     8 pairs and 256 pixels where not given
# Needs a build (ops/test.sh makes one). Runs as root or as a user who may start PostgreSQL.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
nowcast=${CAMPAIGN_PROGRAM:-$root/tests/bin/Release/net10.0/nowcast}
pairs=${1:-8} size=${2:-256} past=11 failed=0
folder=$(mktemp -d /tmp/nowcast-load-XXXXXX)
. "$here/private-service.sh"
mkdir "$folder/feed" "$folder/sim"
trap 'touch "$folder/stop"; kill ${guests:-} 2>/dev/null || true; end_kept; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
make_database
keep postgres postgres &
until answers postgres; do sleep 0.2; done
ask 'CREATE DATABASE nowcast' postgres
export NOWCAST_DB="Host=$folder/socket;Username=nowcast;Database=nowcast" NOWCAST_FEED="$folder/feed" NOWCAST_LOGLEVEL=Warning
export NOWCAST_NOWCAST__ONNEWSCAN=true NOWCAST_NOWCAST__CRON='0 0 29 2 *' NOWCAST_WATCHDOG__MAXAGEMINUTES=100000000
"$nowcast" simulate --out "$folder/sim" --size "$size" --frames $((past + 2 + 2 * pairs)) >/dev/null
files=("$folder/sim"/*)
"$nowcast" ingest "${files[@]:0:past}" >/dev/null
keep service "$nowcast" serve --urls http://127.0.0.1:0 &
until url=$(sed -n 's/^serving at \([^ ;]*\).*/\1/p' "$folder/service.out" 2>/dev/null) && [ -n "$url" ]; do sleep 0.5; done
models() { ask "SELECT count(*) FROM nowcast.run WHERE method = 'model'"; }
within 120 "the forecast that was missed" test "$(models)" -ge 0
sleep 20

# one KIND: a file as it comes, until the model's run is published; with what PostgreSQL's clock says.
one() {
  local before=$(models) arrived=$EPOCHREALTIME file=${files[next]}
  next=$((next + 1))
  cp "$file" "$folder/feed/.coming" && touch "$folder/feed/.coming" && mv "$folder/feed/.coming" "$folder/feed/$(basename "$file")"
  for ((waited = 0; waited < 1200; waited++)); do [ "$(models)" -gt "$before" ] && break; sleep 0.1; done
  ask "SELECT round(extract(epoch FROM max(published_at)) - $arrived, 2) FROM nowcast.run WHERE method = 'model'" >>"$folder/$1"
  ask "SELECT round(extract(epoch FROM max(finished_at - started_at)), 2) FROM nowcast.job_run WHERE job = 'nowcast' AND started_at > to_timestamp($arrived)" >>"$folder/$1.job"
  sleep 1
}
next=$past
one warm; one warm
for ((pair = 0; pair < pairs; pair++)); do
  one quiet
  # Guests ask from elsewhere: here their own work gets what is left.
  nice -n 19 /usr/bin/python3 "$here/load.py" "$url" >>"$folder/guests" & guests=$!
  sleep 5
  one loaded
  kill -TERM $guests; wait $guests || true
  guests=
  sleep 2
done
median() { sort -n "$1" | awk '{ t[NR] = $1 } END { printf "%.2f", (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2 }'; }
for kind in quiet loaded; do echo "$kind: from the scan to the model's run, s: $(tr '\n' ' ' <"$folder/$kind")median $(median "$folder/$kind")"; done
awk -v q="$(median "$folder/quiet")" -v l="$(median "$folder/loaded")" 'BEGIN { printf "with guests: %+.0f %% (aim: under 20)\n", 100 * (l / q - 1) }'
paste "$folder/quiet" "$folder/loaded" | awk '{ print $2 / $1 }' | sort -n | awk '{ r[NR] = $1 } END { printf "ratio of the pairs: median %.2f, %.2f to %.2f\n", r[int((NR + 1) / 2)], r[1], r[NR] }'
echo "the last guests: $(tail -n 1 "$folder/guests")"
[ "$failed" = 0 ] && [ ! -e "$folder/ends" ] || { tail -5 "$folder/service.log" >&2; exit 1; }
