#!/usr/bin/env bash
# From a new scan in the feed folder to the NOTIFY of its forecast, by each method: 512×512 pixels (or SIZE), 60 minutes lead, SCANS times.
#   ops/campaigns/latency.sh [SCANS [SIZE]]
# Needs a build (ops/test.sh makes one). Runs as root or as a user who may start PostgreSQL.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
nowcast="$root/tests/bin/Release/net10.0/nowcast"
scans=${1:-8} size=${2:-512} past=11
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
folder=$(mktemp -d /tmp/nowcast-latency-XXXXXX)
as_postgres=()
[ "$(id -u)" -eq 0 ] && { chown postgres "$folder"; as_postgres=(runuser -u postgres --); }
postgres() { "${as_postgres[@]}" "$bin/$1" "${@:2}" >/dev/null; }

export PGUSER=nowcast PGHOST="$folder"
postgres initdb -D "$folder/data" -A trust -U nowcast --no-instructions
postgres pg_ctl -D "$folder/data" -w -o "-k $folder -c listen_addresses=''" -l "$folder/log" start
trap 'kill ${pids:-} 2>/dev/null; wait 2>/dev/null || true; postgres pg_ctl -D "$folder/data" -m immediate stop || true; rm -rf "$folder"' EXIT
postgres createdb nowcast
export NOWCAST_DB="Host=$folder;Username=nowcast;Database=nowcast" NOWCAST_FEED="$folder/feed" NOWCAST_LOGLEVEL=Warning
export NOWCAST_NOWCAST__ONNEWSCAN=true NOWCAST_NOWCAST__CRON='0 0 29 2 *' NOWCAST_WATCHDOG__MAXAGEMINUTES=100000000
mkdir "$folder/feed" "$folder/sim"
"$nowcast" simulate --out "$folder/sim" --size "$size" --frames $((past + scans)) --step 5 --scenario mixed >/dev/null
files=("$folder/sim"/*)
"$nowcast" ingest "${files[@]:0:past}" >/dev/null

# psql says what it was notified of after each answer.
while sleep 0.05; do echo 'SELECT 1;'; done | psql -qAt -c 'LISTEN nowcast_published' -f - nowcast 2>&1 \
  | while read -r line; do case $line in *nowcast_published*) echo "$EPOCHREALTIME $line";; esac; done >"$folder/notified" &
pids=$!
coproc service { exec "$nowcast" serve --urls http://127.0.0.1:0 2>"$folder/service.log"; }
pids+=" $service_PID"
read -r _ <&"${service[0]}"
# It makes its processes ready first.
sleep 20

for file in "${files[@]:past}"; do
  # A file as it comes: under another name first, then in one step under its own; written just now.
  cp "$file" "$folder/feed/.coming" && touch "$folder/feed/.coming"
  before=$(wc -l <"$folder/notified") arrived=$EPOCHREALTIME
  mv "$folder/feed/.coming" "$folder/feed/$(basename "$file")"
  for ((waited = 0; waited < 600; waited++)); do
    tail -n +$((before + 1)) "$folder/notified" | grep -q '"method" *: *"model"' && break
    sleep 0.1
  done
  psql -qAt -F ' ' -c "SELECT job, round(extract(epoch FROM min(started_at)) - $arrived, 1), round(extract(epoch FROM min(finished_at)) - $arrived, 1) FROM nowcast.job_run WHERE started_at > to_timestamp($arrived) GROUP BY 1 ORDER BY 2" nowcast \
    | awk '{ printf "%s %.1f to %s s  ", $1, $2, $3 == "" ? "…" : $3 }'
  tail -n +$((before + 1)) "$folder/notified" | awk -v from="$arrived" '
    match($0, /"method" *: *"[a-z]*"/) { m = substr($0, RSTART, RLENGTH); gsub(/.*: *"|"/, "", m); printf "%s %.1f s  ", m, $1 - from }
    END { print NR ? "" : "nothing within 60 s" }' | tee -a "$folder/times"
  # Scans are minutes apart: the next one comes when all is done.
  until [ "$(psql -qAt -c "SELECT count(*) FROM nowcast.job_run WHERE outcome = 'running'" nowcast)" = 0 ]; do sleep 0.2; done
  sleep 1
done
for method in persistence extrapolation model; do
  { grep -o "$method [0-9.]*" "$folder/times" || true; } | sort -k2n | awk -v m=$method '{ t[NR] = $2 } END { if (NR) printf "%s: median %.1f s, %.1f to %.1f s, of %d\n", m, t[int((NR + 1) / 2)], t[1], t[NR], NR }'
done
psql -qAt -c "SELECT log FROM nowcast.job_run WHERE job = 'nowcast' ORDER BY job_run_id DESC LIMIT 2" nowcast
psql -qAt -c "SELECT string_agg(job || ' ' || outcome || ' ' || n, ', ') FROM (SELECT job, outcome, count(*) AS n FROM nowcast.job_run GROUP BY 1, 2 ORDER BY 1, 2) AS j" nowcast
tail -3 "$folder/service.log"
