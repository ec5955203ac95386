#!/usr/bin/env bash
# A service with work, while its PostgreSQL is restarted and then stopped for two minutes (or SECONDS).
#   ops/campaigns/postgres.sh [SECONDS]
# The service must stay up, say that it is not ready, and go on by itself. Runs as root or as a user who may start PostgreSQL.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
nowcast="$root/tests/bin/Release/net10.0/nowcast"
away=${1:-120}
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
folder=$(mktemp -d /tmp/nowcast-pg-XXXXXX)
as_postgres=()
[ "$(id -u)" -eq 0 ] && { chown postgres "$folder"; as_postgres=(runuser -u postgres --); }
postgres() { "${as_postgres[@]}" "$bin/$1" "${@:2}" >/dev/null; }
start() { postgres pg_ctl -D "$folder/data" -w -o "-k $folder -c listen_addresses=''" -l "$folder/log" start; }
ask() { "${as_postgres[@]}" psql -h "$folder" -qAtc "$1" nowcast; }
ready() { curl -s -o /dev/null -m 10 -w '%{http_code}' "$url/healthz/ready" || true; }
live() { curl -s -o /dev/null -m 10 -w '%{http_code}' "$url/healthz/live" || true; }
until_ready() { local since=$SECONDS; until [ "$(ready)" = 200 ]; do [ $((SECONDS - since)) -lt 60 ] || { echo "not ready after 60 s" >&2; exit 1; }; sleep 1; done; echo "ready after $((SECONDS - since)) s"; }

export PGUSER=nowcast
postgres initdb -D "$folder/data" -A trust -U nowcast --no-instructions
start
postgres createdb -h "$folder" nowcast
export NOWCAST_DB="Host=$folder;Username=nowcast;Database=nowcast" NOWCAST_FEED="$folder/feed" NOWCAST_LOGLEVEL=Warning
export NOWCAST_NOWCAST__CRON='* * * * *' NOWCAST_VERIFY__CRON='* * * * *' NOWCAST_WATCHDOG__MAXAGEMINUTES=100000000 NOWCAST_RETENTION__DAYS=100000 NOWCAST_NOWCAST__ONNEWSCAN=true
mkdir "$folder/feed" "$folder/sim"
"$nowcast" simulate --out "$folder/sim" --size 96 --frames 200 >/dev/null
coproc service { exec "$nowcast" serve --urls http://127.0.0.1:0 2>"$folder/service.log"; }
pid=$service_PID
trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null || true; postgres pg_ctl -D "$folder/data" -m immediate stop || true; rm -rf "$folder"' EXIT
read -r _ _ url _ <&"${service[0]}"
url=${url%;}
deliver() { for file in "$folder"/sim/*; do mv "$file" "$folder/feed/"; sleep 1; done; }
deliver & delivering=$!
until [ "$(ask "SELECT count(*) > 0 FROM nowcast.run WHERE usable" 2>/dev/null)" = t ]; do sleep 1; done
echo "at work: $(ask 'SELECT count(*) FROM nowcast.run') runs, $(ask 'SELECT count(*) FROM nowcast.scan') scans; ready: $(ready)"

postgres pg_ctl -D "$folder/data" -m fast -w restart -o "-k $folder -c listen_addresses=''" -l "$folder/log"
echo "restarted; live: $(live)"; until_ready

postgres pg_ctl -D "$folder/data" -m immediate -w stop
sleep 5
echo "stopped; live: $(live), ready: $(ready)"
sleep $((away - 5))
echo "after $away s; live: $(live), ready: $(ready); the process is $(kill -0 $pid 2>/dev/null && echo there || echo gone)"
start; until_ready
before=$(ask "SELECT coalesce(max(job_run_id), 0) FROM nowcast.job_run")
since=$SECONDS
for job in ingest nowcast verify; do
  until [ "$(ask "SELECT count(*) > 0 FROM nowcast.job_run WHERE job = '$job' AND outcome = 'succeeded' AND job_run_id > $before")" = t ]; do
    [ $((SECONDS - since)) -lt 180 ] || { echo "$job did not go on by itself within 180 s" >&2; tail -5 "$folder/service.log" >&2; exit 1; }
    sleep 1
  done
  echo "$job went on after $((SECONDS - since)) s"
done
wait $delivering
echo "incomplete runs: $(ask 'SELECT count(*) FROM nowcast.run WHERE NOT is_complete'); jobs that say that they run although nobody does: $(ask "SELECT count(*) FROM nowcast.job_run AS r WHERE outcome = 'running' AND started_at < now() - interval '5 minutes'")"
