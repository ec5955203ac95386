#!/usr/bin/env bash
# The alerts of ops/monitoring/alerts.yml, by a real Prometheus on the metrics of a real service: quiet while all is well, and each fires when the
# feed stops, the forecasts are slow, the disk fills, PostgreSQL or the service goes away. Limits and waits are shortened, the rules are the same.
#   ops/campaigns/alerts.sh
# Needs a build (ops/test.sh makes one), Debian's prometheus and python3-h5py, and root for a small file system.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
nowcast="$root/tests/bin/Release/net10.0/nowcast"
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
# Debian's, where h5py is.
python=/usr/bin/python3
folder=$(mktemp -d /tmp/nowcast-alerts-XXXXXX)
chown postgres "$folder"
postgres() { runuser -u postgres -- "$bin/$1" "${@:2}" >/dev/null; }
database_up() { postgres pg_ctl -D "$folder/data" -w -o "-k $folder -c listen_addresses=''" -l "$folder/log" start; }
trap 'kill ${pids:-} 2>/dev/null; pkill -CONT -P "${service_PID:-0}" 2>/dev/null; wait 2>/dev/null || true; umount "$folder/feed" 2>/dev/null || true
  postgres pg_ctl -D "$folder/data" -m immediate stop 2>/dev/null || true; rm -rf "$folder"' EXIT
export PGUSER=nowcast PGHOST="$folder"
postgres initdb -D "$folder/data" -A trust -U nowcast --no-instructions
database_up
postgres createdb nowcast
mkdir "$folder/feed" "$folder/sim"
mount -t tmpfs -o size=300m nowcast-alerts "$folder/feed"

export NOWCAST_DB="Host=$folder;Username=nowcast;Database=nowcast" NOWCAST_FEED="$folder/feed" NOWCAST_LOGLEVEL=Error
export NOWCAST_NOWCAST__ONNEWSCAN=true NOWCAST_NOWCAST__CRON='0 0 29 2 *' NOWCAST_NOWCAST__DEADLINESECONDS=600
"$nowcast" simulate --out "$folder/sim" --size 64 --frames 40 --step 1 >/dev/null
# The scans are of now: the tenth has just been made, and one comes each minute.
"$python" - "$folder/sim" <<'PYTHON'
import glob, sys, time, h5py
files = sorted(glob.glob(sys.argv[1] + "/*.nc"))
first = h5py.File(files[0], "r")["time"][...].flat[0]
for name in files:
    with h5py.File(name, "r+") as file:
        file["time"][...] += int(time.time() // 60 * 60 - 9 * 60 - first)
PYTHON
files=("$folder/sim"/*)
"$nowcast" ingest "${files[@]:0:10}" >/dev/null
coproc service { exec "$nowcast" serve --urls http://127.0.0.1:0 2>"$folder/service.log"; }
pids=$service_PID
read -r serving <&"${service[0]}"
url=$(grep -oE '127\.0\.0\.1:[0-9]+' <<<"$serving" | head -1)

port=$((20000 + RANDOM % 20000))
sed -E 's/> 1800/> 100/; s/> 4500/> 100/; s/< 2e9/< 1e8/; s/for: .*/for: 2s/' "$root/ops/monitoring/alerts.yml" >"$folder/alerts.yml"
printf 'global: {evaluation_interval: 1s}\nscrape_configs: [{job_name: nowcast, scrape_interval: 1s, static_configs: [{targets: ["%s"]}]}]\nrule_files: [alerts.yml]\n' \
  "$url" >"$folder/prometheus.yml"
promtool check config "$folder/prometheus.yml" >/dev/null
prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/metrics" --web.listen-address="127.0.0.1:$port" 2>"$folder/prometheus.log" &
pids+=" $!"

firing() { curl -s "http://127.0.0.1:$port/api/v1/alerts" | "$python" -c 'import json, sys
print(" ".join(sorted({a["labels"]["alertname"] for a in json.load(sys.stdin)["data"]["alerts"] if a["state"] == "firing"})))'; }
wait_for() { # ALERT WHAT: how long until it fires
  local from=$SECONDS
  until grep -qw "$1" <<<"$(firing)"; do
    [ $((SECONDS - from)) -lt 240 ] || { echo "$2: $1 does not fire; firing: $(firing)"; exit 1; }
    sleep 1
  done
  echo "$2: $1 fires after $((SECONDS - from)) s"
}
wait_gone() { local from=$SECONDS; while grep -qw "$1" <<<"$(firing)"; do [ $((SECONDS - from)) -lt 240 ] || { echo "$1 does not end"; exit 1; }; sleep 1; done; }
next=10
deliver() { cp "${files[next]}" "$folder/feed/.coming"; mv "$folder/feed/.coming" "$folder/feed/$(basename "${files[next]}")"; next=$((next + 1)); }

for _ in 1 2 3; do
  sleep $((60 - $(date +%s) % 60)) && deliver
done
sleep 30
echo "all is well: firing '$(firing)'"
[ -z "$(firing)" ] || exit 1
wait_for NowcastFeedStale "the feed stops"
while [ "$(date +%s)" -gt $(($(stat -c %Y "$folder/sim") + (next - 10) * 60)) ]; do deliver; done
wait_gone NowcastFeedStale
for child in $(pgrep -P "$service_PID" -f job-worker); do kill -STOP "$child"; done
(for i in 1 2 3 4; do sleep $((60 - $(date +%s) % 60)); cp "${files[next + i - 1]}" "$folder/feed/"; done) &
pids+=" $!"
wait_for NowcastForecastLate "the forecasts are slow"
for child in $(pgrep -P "$service_PID" -f job-worker); do kill -CONT "$child"; done
head -c 230M /dev/zero >"$folder/feed/.filling"
wait_for NowcastDiskFull "the disk fills"
rm "$folder/feed/.filling"
wait_gone NowcastDiskFull
postgres pg_ctl -D "$folder/data" -m immediate stop
wait_for NowcastDatabaseAway "PostgreSQL is away"
database_up
wait_gone NowcastDatabaseAway
kill -9 "$service_PID"
wait_for NowcastDown "the service is killed"
