#!/usr/bin/env bash
# A service at work while its database is restarted under load, stopped, cut off, slow, silent, and its disk is full.
#   ops/campaigns/database.sh [SECONDS]     how long it is stopped; 300 where not given
# The service stays up, says that it is not ready, and goes on by itself; nothing twice, nothing lost. As root: the data are on a small tmpfs.
# Needs a build (ops/test.sh makes one).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
nowcast=${CAMPAIGN_PROGRAM:-$root/tests/bin/Release/net10.0/nowcast}
away=${1:-300} failed=0
[ "$(id -u)" -eq 0 ] || { echo "error: as root, to mount a small tmpfs" >&2; exit 1; }
folder=$(mktemp -d /tmp/nowcast-database-XXXXXX)
. "$here/private-service.sh"
mkdir "$folder/feed" "$folder/sim" "$folder/data"
mount -t tmpfs -o size=900m,mode=755 nowcast-campaign "$folder/data"
finish() {
  kill ${delivering:-} ${proxy:-} 2>/dev/null || true
  end_kept
  wait 2>/dev/null || true
  umount "$folder/data"
  rm -rf "$folder"
}
trap finish EXIT
make_database
keep postgres postgres &
until answers postgres; do sleep 0.2; done
ask 'CREATE DATABASE nowcast' postgres
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo "0 0" >"$folder/control"
/usr/bin/python3 "$here/proxy.py" "$port" "$folder/socket/.s.PGSQL.5432" "$folder/control" & proxy=$!
sleep 1
export NOWCAST_DB="Host=127.0.0.1;Port=$port;Username=nowcast;Database=nowcast" NOWCAST_FEED="$folder/feed" NOWCAST_LOGLEVEL=Warning
export NOWCAST_NOWCAST__ONNEWSCAN=true NOWCAST_NOWCAST__CRON='* * * * *' NOWCAST_VERIFY__CRON='* * * * *' NOWCAST_WATCHDOG__MAXAGEMINUTES=100000000
export NOWCAST_RETENTION__DAYS=100000 NOWCAST_VERIFY__DAYS=100000
"$nowcast" simulate --out "$folder/sim" --size 96 --frames 600 >/dev/null
keep service "$nowcast" serve --urls http://127.0.0.1:0 &
until url=$(sed -n 's/^serving at \([^ ;]*\).*/\1/p' "$folder/service.out" 2>/dev/null | tail -n 1) && [ -n "$url" ]; do sleep 0.5; done
deliver() { for file in "$folder"/sim/*; do mv "$file" "$folder/feed/"; echo >>"$folder/delivered"; sleep 1; done; }
deliver & delivering=$!
until [ "$(ask 'SELECT count(*) > 0 FROM nowcast.run WHERE usable' 2>/dev/null)" = t ]; do sleep 1; done
ready() { [ "$(code ready)" = 200 ]; }
unready() { [ "$(code ready)" = 503 ]; }
goes_on() {
  within 120 "ready" ready
  local before job
  before=$(newest_job)
  for job in ingest nowcast verify; do within 240 "$job goes on" went_on "$job" "$before"; done
  holds "alive" "$(code live)" 200
}

echo "== restarted under load, five times"
for _ in 1 2 3 4 5; do kill -INT "$(cat "$folder/pid.postgres")"; sleep 5; done
goes_on

echo "== every connection cut, each second for 30 s"
for ((i = 0; i < 30; i++)); do ask "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'nowcast'" >/dev/null 2>&1 || true; sleep 1; done
goes_on

echo "== slow: 200 kB/s and 0.1 s a packet, for 60 s"
echo "200000 0.1" >"$folder/control"
slow=$(newest_job)
sleep 60
echo "jobs done while it was slow: $(ask "SELECT count(*) FROM nowcast.job_run WHERE job_run_id > $slow AND outcome = 'succeeded'"), failed: $(ask "SELECT count(*) FROM nowcast.job_run WHERE job_run_id > $slow AND outcome = 'failed'")"
holds "alive" "$(code live)" 200
echo "0 0" >"$folder/control"
goes_on

echo "== silent for 60 s: connected, and no answer"
echo still >"$folder/control"
within 60 "not ready" unready
holds "alive" "$(code live)" 200
sleep 50
echo "0 0" >"$folder/control"
goes_on

echo "== the disk under it is full for 60 s"
# WAL alone would go on in the files that it has: all of what is free is taken.
dd if=/dev/zero of="$folder/data/ballast" bs=1M status=none 2>/dev/null || true
dd if=/dev/zero of="$folder/data/ballast2" bs=4k status=none 2>/dev/null || true
within 120 "not ready" unready
holds "alive" "$(code live)" 200
sleep 60
echo "PostgreSQL ended $(cat "$folder/ends" 2>/dev/null | grep -c '^postgres ended' || true) times until now; free: $(df --output=avail -k "$folder/data" | tail -n 1) kB"
rm -f "$folder/data/ballast" "$folder/data/ballast2"
within 60 "PostgreSQL answers" answers
goes_on

echo "== stopped for $away s"
# What starts it again finds no folder for its socket meanwhile.
mv "$folder/socket" "$folder/socket.away"; kill -QUIT "$(cat "$folder/pid.postgres")"
within 60 "not ready" unready
sleep "$away"
holds "alive after $away s" "$(code live)" 200
holds "the same process" "$(grep -c '^service ended' "$folder/ends" || true)" 0
mv "$folder/socket.away" "$folder/socket"
within 60 "PostgreSQL answers" answers
goes_on

kill $delivering 2>/dev/null || true; wait $delivering 2>/dev/null || true
delivered=$(find "$folder/feed" -maxdepth 1 -type f | wc -l)
stored() { [ "$(ask 'SELECT count(*) FROM nowcast.scan')" = "$delivered" ]; }
within 240 "all $delivered scans are stored" stored
check_invariants "$delivered"
ask "SELECT string_agg(job || ' ' || outcome || ' ' || n, ', ') FROM (SELECT job, outcome, count(*) AS n FROM nowcast.job_run GROUP BY 1, 2 ORDER BY 1, 2) AS j"
[ "$failed" = 0 ] || { tail -n 5 "$folder"/*.log >&2; exit 1; }
echo "nothing lost, nothing twice"
