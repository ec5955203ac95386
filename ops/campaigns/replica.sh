#!/usr/bin/env bash
# A streaming replica answers while the primary publishes: time of rain_at and rain_over on it, by SQL and by a web server that reads there
# (NOWCAST_REPLICA), how far it is behind, and how soon the web server has a new run.
#   ops/campaigns/replica.sh [SECONDS]
# Runs as root or as a user who may start PostgreSQL. Needs a build (ops/test.sh makes one).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
nowcast="$root/tests/bin/Release/net10.0/nowcast"
seconds=${1:-60}
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
folder=$(mktemp -d /tmp/nowcast-replica-XXXXXX)
as_postgres=()
[ "$(id -u)" -eq 0 ] && { chown postgres "$folder"; as_postgres=(runuser -u postgres --); }
postgres() { "${as_postgres[@]}" "$bin/$1" "${@:2}" >/dev/null; }
ask() { "${as_postgres[@]}" psql -h "$folder/$1" -U nowcast -qAtc "$2" nowcast; }
install -d -m 755 ${as_postgres:+-o postgres} "$folder/primary" "$folder/replica"
trap 'kill ${pids:-} 2>/dev/null || true; wait 2>/dev/null || true; for d in replica primary; do postgres pg_ctl -D "$folder/$d/data" -m immediate stop || true; done; rm -rf "$folder"' EXIT

postgres initdb -D "$folder/primary/data" -A trust -U nowcast --no-instructions
postgres pg_ctl -D "$folder/primary/data" -w -o "-k $folder/primary -c listen_addresses=''" -l "$folder/primary/log" start
"${as_postgres[@]}" createdb -h "$folder/primary" -U nowcast nowcast
export NOWCAST_DB="Host=$folder/primary;Username=nowcast;Database=nowcast" NOWCAST_LOGLEVEL=Warning
"$nowcast" simulate --out "$folder/sim" --size 512 --frames 60 --step 5 --scenario mixed >/dev/null
files=("$folder"/sim/*)
"$nowcast" ingest "${files[@]:0:59}" >/dev/null
postgres pg_basebackup -h "$folder/primary" -U nowcast -D "$folder/replica/data" -R -X stream -c fast
postgres pg_ctl -D "$folder/replica/data" -w -o "-k $folder/replica -c listen_addresses=''" -l "$folder/replica/log" start
until [ "$(ask primary "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")" = 1 ]; do sleep 0.2; done

# The primary publishes one run after the other, the replica is asked meanwhile.
from=$(ask primary "SELECT to_char(min(valid_time) + interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI\"Z\"') FROM nowcast.scan")
to=$(ask primary "SELECT to_char(max(valid_time), 'YYYY-MM-DD\"T\"HH24:MI\"Z\"') FROM nowcast.scan")
"$nowcast" hindcast --from "$from" --to "$from" >/dev/null
place=$(ask primary "SELECT (west + east) / 2 || ' ' || (south + north) / 2 FROM nowcast.grid")
read -r lon lat <<<"$place"
issue=$(ask primary "SELECT max(issue_time) FROM nowcast.run")
cat >"$folder/at.sql" <<SQL
SELECT count(rain_mm_h) FROM nowcast.rain_at($lon, $lat, at => '$issue'::timestamptz + interval '1 minute');
SQL
cat >"$folder/over.sql" <<SQL
SELECT count(*) FROM nowcast.rain_over(ST_Buffer(ST_SetSRID(ST_MakePoint($lon, $lat), 4326)::geography, 12600)::geometry, at => '$issue'::timestamptz + interval '1 minute');
SQL
chmod 644 "$folder"/*.sql
until [ "$(ask replica "SELECT count(*) FROM nowcast.run WHERE issue_time = '$issue'")" -gt 0 ]; do sleep 0.1; done
echo "an answer of the replica: $(ask replica "$(cat "$folder/at.sql")") leads at $lon $lat"
NOWCAST_DB="$NOWCAST_DB;Application Name=web-primary" NOWCAST_REPLICA="Host=$folder/replica;Username=nowcast;Database=nowcast;Application Name=web-replica" \
  "$nowcast" serve --roles web --urls http://127.0.0.1:0 >"$folder/web" 2>"$folder/web.log" & web=$!
until grep -q 'serving at' "$folder/web"; do sleep 0.5; done
url=$(sed -n 's/^serving at \([^ ;]*\).*/\1/p' "$folder/web")
( "$nowcast" hindcast --from "$from" --to "$to" >/dev/null 2>"$folder/hindcast.log" ) & hindcast=$! pids="$! $web"
for ((until = SECONDS + seconds; SECONDS < until;)); do
  ask primary "SELECT coalesce(extract(epoch FROM replay_lag), 0), pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) FROM pg_stat_replication" -F ' ' 2>/dev/null | tr '|' ' ' >>"$folder/lag"
  sleep 0.2
done & lagging=$!
published=$(ask primary "SELECT count(*) FROM nowcast.run")
for question in at over; do
  runuser -u postgres -- "$bin/pgbench" -h "$folder/replica" -U nowcast -n -f "$folder/$question.sql" -c 4 -j 1 -T $((seconds / 2)) -R 40 -l --log-prefix="$folder/$question" nowcast >"$folder/$question.out" 2>&1 || { cat "$folder/$question.out"; exit 1; }
  cat "$folder/$question".[0-9]* | awk '{print $3 / 1000}' | sort -n | awk -v q=$question '{ t[NR] = $1 } END { printf "rain_%s on the replica, %d answers to 4 readers, 40 a second: median %.1f ms, 95 %% within %.1f ms\n", q, NR, t[int((NR + 1) / 2)], t[int(NR * 0.95)] }'
done
at=$(ask primary "SELECT to_char('$issue'::timestamptz AT TIME ZONE 'UTC' + interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
# Looks meanwhile: later the pool has used its connections for something else.
asked() { ask "$1" "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'web-$1' AND query ~ 'rain_(at|over)'"; }
touch "$folder/asked.replica" "$folder/asked.primary"
while [ ! -e "$folder/answered" ]; do for of in replica primary; do asked $of >>"$folder/asked.$of"; done; sleep 0.2; done & looking=$!
for question in rain-at rain-over; do
  place="lon=$lon&lat=$lat"; [ $question = rain-at ] || place="bbox=$(awk -v x="$lon" -v y="$lat" 'BEGIN { print x - 0.15 "," y - 0.1 "," x + 0.15 "," y + 0.1 }')"
  for ((until = SECONDS + seconds / 4; SECONDS < until;)); do
    curl -sf -o "$folder/answer" -w '%{time_total}\n' "$url/api/$question?$place&at=$at" >>"$folder/$question" || { echo "FAILS: $url/api/$question"; cat "$folder/web.log"; exit 1; }
  done
  sort -n "$folder/$question" | awk -v q=$question '{ t[NR] = 1000 * $1 } END { printf "/api/%s of the web server, %d answers one after the other: median %.1f ms, 95 %% within %.1f ms\n", q, NR, t[int((NR + 1) / 2)], t[int(NR * 0.95)] }'
done
touch "$folder/answered" && wait $looking
seen() { awk '$1 > 0 { n++ } END { print n + 0 " of " NR }' "$folder/asked.$1"; }
echo "looks that saw connections of the web server that asked for rain: $(seen replica) on the replica, $(seen primary) on the primary"
wait $lagging
echo "runs published meanwhile: $(($(ask primary "SELECT count(*) FROM nowcast.run") - published))"
sort -n "$folder/lag" | awk '{ t[NR] = $1 } END { printf "behind by: median %.0f ms, 95 %% within %.0f ms, most %.0f ms, of %d looks\n", 1000 * t[int((NR + 1) / 2)], 1000 * t[int(NR * 0.95)], 1000 * t[NR], NR }'
ask primary "ALTER SYSTEM SET synchronous_standby_names = '*'" && ask primary "SELECT pg_reload_conf()" >/dev/null
sleep 1
kill $hindcast 2>/dev/null; wait $hindcast 2>/dev/null || true
# With remote_apply what the program has written is on the replica when it says so.
NOWCAST_DB="$NOWCAST_DB;Options=-c synchronous_commit=remote_apply" "$nowcast" ingest "${files[59]}" >/dev/null
echo "with synchronous_commit = remote_apply the replica has the scan when the program says that it is stored: $([ "$(ask replica 'SELECT count(*) FROM nowcast.scan')" = 60 ] && echo yes || echo NO)"
ask primary "ALTER SYSTEM RESET synchronous_standby_names" && ask primary "SELECT pg_reload_conf()" >/dev/null
newest=$(ask primary "SELECT to_char(max(valid_time) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM nowcast.scan")
( until curl -sf -o "$folder/grids" "$url/api/grids" && grep -q "\"issueTime\":\"$newest" "$folder/grids"; do sleep 0.02; done; date +%s.%N >"$folder/seen" ) & watching=$!
"$nowcast" run >/dev/null
wait $watching
ask primary "SELECT extract(epoch FROM min(published_at)) FROM nowcast.run WHERE issue_time = '${newest}Z'" >"$folder/published"
paste "$folder/seen" "$folder/published" | awk '{ printf "a new run answers on the web server %.2f s after it was published\n", $1 - $2 }'
