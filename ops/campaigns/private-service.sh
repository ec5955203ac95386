# Sourced by campaigns, with $folder a new folder and $nowcast the program: a private PostgreSQL and services that are started again when
# they end, as an init system would. PIDs stand in $folder/pid.NAME; $folder/stop ends the starting again.
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
as_postgres=()
[ "$(id -u)" -ne 0 ] || as_postgres=(setpriv --reuid postgres --regid postgres --clear-groups)
export PGUSER=nowcast

# keep NAME COMMAND…: runs it again a second after it has ended. Its output is added to $folder/NAME.out.
keep() {
  local name=$1
  shift
  while [ ! -e "$folder/stop" ]; do
    "$@" >>"$folder/$name.out" 2>>"$folder/$name.log" &
    echo $! >"$folder/pid.$name"
    wait $! || echo "$name ended with status $?" >>"$folder/ends"
    sleep 1
  done
}

# Makes the data folder, which may be a mount point, writable for the user postgres.
make_database() {
  chmod 755 "$folder"
  install -d -m 700 ${as_postgres:+-o postgres} "$folder/data"
  install -d -m 755 ${as_postgres:+-o postgres} "$folder/socket"
  (cd / && "${as_postgres[@]}" "$bin/initdb" -D "$folder/data" -A trust -U nowcast --no-instructions >/dev/null)
}

# For `keep` alone, which runs it in a shell of its own: it takes the place of that.
postgres() { cd / && exec "${as_postgres[@]}" "$bin/postgres" -D "$folder/data" -k "$folder/socket" -c listen_addresses=; }

# Ends what is kept; PostgreSQL does not wait for its guests.
end_kept() {
  touch "$folder/stop"
  for file in "$folder"/pid.*; do
    [ ! -e "$file" ] || kill "-$([ "$file" = "$folder/pid.postgres" ] && echo INT || echo TERM)" "$(cat "$file")" 2>/dev/null || true
  done
}
ask() { psql -h "$folder/socket" -qAtc "$1" "${2:-nowcast}"; }
answers() { ask 'SELECT 1' "${1:-nowcast}" >/dev/null 2>&1; }
code() { curl -s -o /dev/null -m 10 -w '%{http_code}' "$url/healthz/$1" || true; }

# within SECONDS WHAT COMMAND…: waits until the command holds.
within() {
  local seconds=$1 what=$2 since=$SECONDS
  shift 2
  until "$@"; do
    [ $((SECONDS - since)) -lt "$seconds" ] || { echo "FAILS: $what: not within $seconds s" >&2; failed=1; return 0; }
    sleep 1
  done
  echo "$what: after $((SECONDS - since)) s"
}

# holds WHAT FOUND EXPECTED
holds() { if [ "$2" = "$3" ]; then echo "holds: $1 ($2)"; else echo "FAILS: $1: $2 instead of $3" >&2; failed=1; fi; }

went_on() { [ "$(ask "SELECT count(*) > 0 FROM nowcast.job_run WHERE job = '$1' AND outcome = 'succeeded' AND job_run_id > $2" 2>/dev/null)" = t ]; }
newest_job() { ask 'SELECT coalesce(max(job_run_id), 0) FROM nowcast.job_run'; }

# Every scan once, every run whole, nobody at work who is not there.
check_invariants() {
  holds "scans, each once" "$(ask 'SELECT count(DISTINCT (grid_id, valid_time)) || chr(32) || count(*) FROM nowcast.scan')" "$1 $1"
  holds "scans without all of their tiles" "$(ask 'SELECT count(*) FROM (SELECT s.valid_time FROM nowcast.scan AS s LEFT JOIN nowcast.scan_tile AS t USING (grid_id, valid_time)
    GROUP BY s.grid_id, s.valid_time HAVING count(t.rast) <> (SELECT max(n) FROM (SELECT count(*) AS n FROM nowcast.scan_tile GROUP BY grid_id, valid_time) AS c)) AS d')" 0
  holds "files in quarantine" "$(find "$folder/feed/quarantine" -type f ! -name .taken 2>/dev/null | wc -l)" 0
  holds "runs that are not whole" "$(ask 'SELECT count(*) FROM nowcast.run AS r WHERE NOT is_complete OR tiles <> (SELECT count(*) FROM nowcast.forecast_tile AS t WHERE t.run_id = r.run_id)')" 0
  holds "runs twice" "$(ask 'SELECT count(*) FROM (SELECT 1 FROM nowcast.run GROUP BY grid_id, issue_time, method HAVING count(*) > 1) AS d')" 0
  holds "jobs twice at once" "$(ask "SELECT count(*) FROM nowcast.job_run AS a JOIN nowcast.job_run AS b ON a.job = b.job AND a.job_run_id < b.job_run_id
    WHERE a.outcome NOT IN ('interrupted', 'running') AND b.started_at < a.finished_at")" 0
  holds "jobs that say that they run although nobody does" "$(ask "SELECT count(*) FROM nowcast.job_run WHERE outcome = 'running' AND started_at < now() - interval '3 minutes'")" 0
}
