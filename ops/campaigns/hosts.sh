#!/usr/bin/env bash
# Three hosts, network namespaces on a bridge: the database and the ingest on one, the forecasts shared by two others, of which one is cut off and comes back.
#   ops/campaigns/hosts.sh [SCANS [SECONDS_CUT_OFF]]
# Nothing may run twice or be lost, and the work goes on while one is away. As root, with iproute2. Needs a build (ops/test.sh makes one).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
nowcast="$root/tests/bin/Release/net10.0/nowcast"
scans=${1:-40} away=${2:-90} pause=6
[ "$(id -u)" -eq 0 ] || { echo "error: as root" >&2; exit 1; }
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
folder=$(mktemp -d /tmp/nowcast-hosts-XXXXXX)
chown postgres "$folder"
on() { ip netns exec "nowcast$1" "${@:2}"; }
postgres() { on 1 runuser -u postgres -- "$bin/$1" "${@:2}" >/dev/null; }
ask() { on 1 runuser -u postgres -- psql -h "$folder" -U nowcast -qAtc "$1" nowcast; }

ip link add nowcast-bridge type bridge
cleanup() {
  for host in 1 2 3; do for pid in $(ip netns pids "nowcast$host" 2>/dev/null); do grep -q nowcast "/proc/$pid/comm" 2>/dev/null && kill "$pid" 2>/dev/null || true; done; done
  wait 2>/dev/null || true
  postgres pg_ctl -D "$folder/data" -m immediate stop || true
  for host in 1 2 3; do ip netns del "nowcast$host" 2>/dev/null || true; done
  ip link del nowcast-bridge 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT
ip link set nowcast-bridge up
for host in 1 2 3; do
  ip netns add "nowcast$host"
  ip link add "nowcast-$host" type veth peer name eth0 netns "nowcast$host"
  ip link set "nowcast-$host" master nowcast-bridge up
  on $host ip addr add "10.77.0.$host/24" dev eth0
  on $host ip link set eth0 up
  on $host ip link set lo up
done

# As people have it: over TCP, with a password, the service with the rights of the writer.
echo owner >"$folder/password" && chown postgres "$folder/password"
postgres initdb -D "$folder/data" -A scram-sha-256 --auth-local=trust -U nowcast --pwfile="$folder/password" --no-instructions
echo 'host all all 10.77.0.0/24 scram-sha-256' >>"$folder/data/pg_hba.conf"
postgres pg_ctl -D "$folder/data" -w -o "-k $folder -c listen_addresses=10.77.0.1" -l "$folder/log" start
on 1 runuser -u postgres -- createdb -h "$folder" -U nowcast nowcast
on 1 env NOWCAST_DB="Host=10.77.0.1;Username=nowcast;Password=owner;Database=nowcast" "$nowcast" db migrate >/dev/null
ask "ALTER ROLE nowcast_writer LOGIN PASSWORD 'writer'"
export NOWCAST_DB="Host=10.77.0.1;Username=nowcast_writer;Password=writer;Database=nowcast" NOWCAST_FEED="$folder/feed" NOWCAST_LOGLEVEL=Warning
export NOWCAST_NOWCAST__ONNEWSCAN=true NOWCAST_WATCHDOG__MAXAGEMINUTES=100000000 NOWCAST_RETENTION__DAYS=100000 DOTNET_gcServer=0
for job in NOWCAST VERIFY RETRAIN RETENTION WATCHDOG; do export "NOWCAST_${job}__CRON=0 0 29 2 *"; done
mkdir "$folder/feed" "$folder/sim"
"$nowcast" simulate --out "$folder/sim" --size 128 --frames "$scans" --step 5 >/dev/null
serve() { local host=$1 roles=$2; on "$host" unshare --uts sh -c 'hostname "host$0"; exec "$@"' "$host" "$nowcast" serve --roles "$roles" --urls "http://10.77.0.$host:5080" >"$folder/host$host.out" 2>"$folder/host$host.log" & }
serve 1 scheduler,ingest,web
serve 2 forecast
serve 3 forecast
for host in 1 2 3; do until grep -q 'Ctrl-C' "$folder/host$host.out"; do sleep 0.5; done; done

deliver() { for file in "$folder"/sim/*; do mv "$file" "$folder/feed/"; sleep $pause; done; }
deliver & delivering=$!
until [ "$(ask "SELECT count(DISTINCT issue_time) >= 5 FROM nowcast.run WHERE method = 'model' AND usable")" = t ]; do sleep 1; done
# In the middle of a forecast of its own.
until [ "$(ask "SELECT count(*) FROM nowcast.job_run WHERE outcome = 'running' AND job = 'nowcast' AND server LIKE 'host3-%'")" != 0 ]; do sleep 0.1; done
on 3 ip link set eth0 down
cut=$(date -u +%FT%TZ) before=$(ask "SELECT count(*) FROM nowcast.run WHERE method = 'model' AND usable")
echo "host 3 is cut off for $away s"
sleep "$away"
during=$(ask "SELECT count(*) FROM nowcast.run WHERE method = 'model' AND usable")
on 3 ip link set eth0 up
back=$(date -u +%FT%TZ)
echo "forecasts by the model published meanwhile: $((during - before))"
wait $delivering
for ((waited = 0; waited < 180; waited++)); do
  [ "$(ask "SELECT (SELECT count(*) FROM nowcast.job_run WHERE outcome = 'running') = 0
    AND (SELECT max(issue_time) FROM nowcast.run WHERE method = 'model' AND usable) = (SELECT max(valid_time) FROM nowcast.scan)")" = t ] && break
  sleep 1
done
echo "quiet $waited s after the last scan"
ask "SELECT server || ': ' || count(*) || ' forecasts, ' || count(*) FILTER (WHERE outcome = 'succeeded') || ' succeeded, ' || count(*) FILTER (WHERE started_at > '$back') || ' of them after it came back'
  FROM nowcast.job_run WHERE job = 'nowcast' GROUP BY server ORDER BY server"
holds() { local what=$1 wanted=$2 found; found=$(ask "$3"); if [ "$found" = "$wanted" ]; then echo "holds: $what"; else echo "FAILS: $what ($found, not $wanted)"; failed=1; fi; }
holds "every scan is stored once" "$scans" "SELECT count(*) FROM nowcast.scan"
holds "no job ran twice at the same time" 0 "SELECT count(*) FROM nowcast.job_run AS a JOIN nowcast.job_run AS b ON a.job = b.job AND a.job_run_id < b.job_run_id
  WHERE a.outcome <> 'interrupted' AND b.started_at < a.finished_at"
holds "no issue time was published twice by a method" 0 "SELECT count(*) FROM (SELECT 1 FROM nowcast.run WHERE usable GROUP BY grid_id, issue_time, method HAVING count(*) > 1) AS twice"
holds "every run is whole" 0 "SELECT count(*) FROM nowcast.run AS r WHERE NOT is_complete OR tiles <> (SELECT count(*) FROM nowcast.forecast_tile AS t WHERE t.run_id = r.run_id)"
holds "the newest scan has its forecast by the model" t "SELECT (SELECT max(issue_time) FROM nowcast.run WHERE method = 'model' AND usable) = (SELECT max(valid_time) FROM nowcast.scan)"
holds "nothing failed for good" 0 "SELECT count(*) FROM nowcast.job_run WHERE outcome IN ('running', 'cancelled')"
holds "two hosts forecast" t "SELECT count(DISTINCT server) >= 2 FROM nowcast.job_run WHERE job = 'nowcast' AND outcome = 'succeeded'"
holds "the forecasts went on while it was away" t "SELECT $during > $before"
echo "cut off at $cut, back at $back"
tail -n 2 "$folder"/host*.log
exit ${failed:-0}
