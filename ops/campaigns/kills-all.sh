#!/usr/bin/env bash
# A busy pipeline of which one process after the other is killed (SIGKILL) at a random moment: a service, a process that forecasts or
# trains, a decoder, PostgreSQL's postmaster, or a training by hand that writes checkpoints. What an init system would start again is
# started again; nobody else lends a hand. Afterwards nothing may be lost, doubled, half or left over.
#   ops/campaigns/kills-all.sh [KILLS [SEED]]     100 and 1 where not given
# Needs a build (ops/test.sh makes one). Runs as root or as a user who may start PostgreSQL.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
nowcast=${CAMPAIGN_PROGRAM:-$root/tests/bin/Release/net10.0/nowcast}
kills=${1:-100} RANDOM=${2:-1} failed=0
folder=$(mktemp -d /tmp/nowcast-kills-XXXXXX)
. "$here/private-service.sh"
mkdir "$folder/feed" "$folder/sim" "$folder/tmp" "$folder/models"
# Its own, so that what is left in it is seen; the campaign's processes are known by it, too.
export TMPDIR=$folder/tmp
finish() {
  end_kept
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

make_database
keep postgres postgres & 
until answers postgres; do sleep 0.2; done
ask 'CREATE DATABASE nowcast' postgres
export NOWCAST_DB="Host=$folder/socket;Username=nowcast;Database=nowcast" NOWCAST_FEED="$folder/feed" NOWCAST_LOGLEVEL=Warning
export NOWCAST_NOWCAST__ONNEWSCAN=true NOWCAST_VERIFY__CRON='* * * * *' NOWCAST_WATCHDOG__CRON='* * * * *' NOWCAST_WATCHDOG__MAXAGEMINUTES=100000000
export NOWCAST_NOWCAST__CRON='* * * * *' NOWCAST_RETENTION__DAYS=100000 NOWCAST_VERIFY__DAYS=100000
export NOWCAST_RETRAIN__CRON='* * * * *' NOWCAST_RETRAIN__MINUTES=0.2 NOWCAST_RETRAIN__CROP=32 NOWCAST_RETRAIN__BLOCKS=2 NOWCAST_RETRAIN__HELDOUTSHARE=0.3
frames=${CAMPAIGN_SCANS:-$((kills * 2))}
"$nowcast" simulate --out "$folder/sim" --size 64 --frames "$frames" >/dev/null
cp -r "$folder/sim" "$folder/archive"
"$nowcast" db migrate >/dev/null
keep first "$nowcast" serve --urls http://127.0.0.1:0 &
keep second "$nowcast" serve --roles scheduler,ingest,forecast,train &
keep training "$nowcast" train --data "$folder/archive" --network encoder-forecaster --hidden 4 --crop 32 --past 3 --future 3 --epochs 1 --out "$folder/models/rain.safetensors" &
deliver() { for file in "$folder"/sim/*; do mv "$file" "$folder/feed/"; sleep 1.$((RANDOM % 10)); done; touch "$folder/delivered"; }
deliver &
until [ "$(ask 'SELECT count(*) > 0 FROM nowcast.run' 2>/dev/null)" = t ]; do sleep 1; done

# children VERB: those of the services, by what the kernel says of them.
children() { for pid in $(pgrep -f "^$nowcast $1"); do grep -qsa "$folder/tmp" "/proc/$pid/environ" && echo "$pid"; done; }
pick() {
  case $1 in
    service) cat "$folder/pid.$([ $((RANDOM % 2)) = 0 ] && echo first || echo second)" ;;
    worker) children job-worker ;;
    decoder) children decode-worker ;;
    postmaster) head -n 1 "$folder/data/postmaster.pid" 2>/dev/null ;;
    training) cat "$folder/pid.training" ;;
  esac | shuf -n 1
}
kinds=(service worker worker decoder decoder postmaster training)
for ((killed = 0; killed < kills;)); do
  sleep "$((RANDOM % 5)).$((RANDOM % 10))"
  kind=${kinds[RANDOM % ${#kinds[@]}]}
  pid=$(pick "$kind") && [ -n "$pid" ] || continue
  kill -KILL "$pid" 2>/dev/null || continue
  killed=$((killed + 1))
  echo "$kind" >>"$folder/killed"
done
echo "killed: $(sort "$folder/killed" | uniq -c | awk '{ printf "%s%s %d", n++ ? ", " : "", $2, $1 }')"

within 120 "PostgreSQL answers" answers
before=$(newest_job)
for job in ingest nowcast verify; do within 300 "$job goes on by itself" went_on "$job" "$before"; done
within 600 "all scans are delivered" test -e "$folder/delivered"
stored() { [ "$(ask 'SELECT count(*) FROM nowcast.scan' 2>/dev/null)" = "$frames" ]; }
within 120 "all scans are stored" stored
within 400 "a retraining succeeds" went_on retrain 0
holds "no job waits for a server that is gone" "$(ask "SELECT count(*) FROM nowcast.lease WHERE expires_at < now() - interval '2 minutes'")" 0
touch "$folder/stop"
kill -TERM $(cat "$folder"/pid.{first,second,training}) 2>/dev/null || true
gone() { ! kill -0 "$(cat "$folder/pid.first")" 2>/dev/null && ! kill -0 "$(cat "$folder/pid.second")" 2>/dev/null && ! kill -0 "$(cat "$folder/pid.training")" 2>/dev/null; }
within 60 "the services end" gone
check_invariants "$frames"
"$nowcast" models list | sed -n 1,5p
holds "the promoted model forecasts" "$("$nowcast" run >"$folder/run.out" 2>&1 || true; ask "SELECT count(*) > 0 FROM nowcast.run WHERE method = 'model' AND usable
  AND issue_time = (SELECT max(valid_time) FROM nowcast.scan)")" t
if [ -e "$folder/models/rain.safetensors" ]; then
  holds "the checkpoint of the training that was killed is whole" "$("$nowcast" forecast --data "$folder/archive" --model "$folder/models/rain.safetensors" --out "$folder/f.nc" >/dev/null 2>"$folder/f.log" && echo yes || cat "$folder/f.log")" yes
fi
# What killed processes left is deleted by the next that reads a file.
"$nowcast" inspect "$folder/archive" >/dev/null
holds "files beside the checkpoint" "$(find "$folder/models" -type f ! -name rain.safetensors ! -name '*.json' | wc -l)" 0
holds "temporary files and folders" "$(find "$folder/tmp" -mindepth 1 -maxdepth 1 ! -name 'clr-debug-pipe-*' ! -name 'dotnet-diagnostic-*' | wc -l)" 0
find "$folder/tmp" -mindepth 1 -maxdepth 1 ! -name 'clr-debug-pipe-*' ! -name 'dotnet-diagnostic-*' | sed -n 1,10p
echo "pipes and sockets for debuggers of killed services: $(find "$folder/tmp" -mindepth 1 -maxdepth 1 \( -name 'clr-debug-pipe-*' -o -name 'dotnet-diagnostic-*' \) | wc -l)"
# 137: killed by the campaign; 143 and 0: ended as told, or a training that was done; 1: no database at the start.
own=$(grep -vE '^postgres | status (0|1|137|143)$' "$folder/ends" | sort | uniq -c || true)
holds "services and trainings that ended by themselves" "${own:-none}" none
holds "processes left" "$(for verb in job-worker decode-worker serve; do children $verb; done | wc -l)" 0
ask "SELECT string_agg(job || ' ' || outcome || ' ' || n, ', ') FROM (SELECT job, outcome, count(*) AS n FROM nowcast.job_run GROUP BY 1, 2 ORDER BY 1, 2) AS j"
[ "$failed" = 0 ] || { tail -n 5 "$folder"/*.log >&2; cp -r "$folder" "$folder.failed"; exit 1; }
echo "nothing lost, nothing twice, nothing left"
