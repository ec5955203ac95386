#!/usr/bin/env bash
# Installs a version, upgrades to the next, goes back, uninstalls, as ops/install.sh and ops/uninstall.sh do it; says what holds.
#   ops/campaigns/install.sh
# As root. In a mount namespace on copies of /etc, /opt, /usr and /var/lib, which are gone at the end: the machine stays as it is.
# The versions are the commit that is checked out and one after it. Where no systemd runs, ExecStart of the unit is run as its user.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
[ "$(id -u)" -eq 0 ] || { echo "error: as root" >&2; exit 1; }
if [ -z "${CAMPAIGN_SCRATCH:-}" ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  CAMPAIGN_SCRATCH=$scratch unshare --mount --propagation private "$0"
  exit
fi
scratch=$CAMPAIGN_SCRATCH
unset CAMPAIGN_SCRATCH
for folder in etc opt usr var/lib; do
  mkdir -p "$scratch/copies/$folder/"{upper,work}
  mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$scratch/copies/$folder/upper,workdir=$scratch/copies/$folder/work" "/$folder"
done
# As on a machine that never had it.
rm -rf /opt/convlstm-nowcast /etc/convlstm-nowcast /var/lib/convlstm-nowcast /usr/bin/nowcast /usr/lib/systemd/system/nowcast-*
! getent passwd nowcast >/dev/null || userdel nowcast

unset NOWCAST_DB
. "$here/../throwaway-database.sh"
group=/sys/fs/cgroup/memory/nowcast-install-$$
cleanup() {
  [ -z "${serving:-}" ] || { kill "$serving" 2>/dev/null; wait "$serving" 2>/dev/null || true; }
  [ ! -x /usr/bin/nowcast ] || NOWCAST_DB= as_service db stop >/dev/null 2>&1 || true
  stop_database
  [ ! -d "$group" ] || rmdir "$group" || true
}
trap cleanup EXIT
install -d -m 755 -o postgres "$scratch/socket"
start_database "unix_socket_directories=$scratch/socket"
database="Host=$scratch/socket;Database=postgres;Username=postgres"
unset NOWCAST_DB
shows() { local what=$1; shift; if "$@"; then echo "holds: $what"; else echo "FAILS: $what" >&2; exit 1; fi; }
# One that has ended may wait for a while to be buried.
nobody_runs() { ! pgrep -u nowcast -r D,R,S,T >/dev/null; }
as_service() { (cd / && setpriv --reuid nowcast --regid nowcast --clear-groups --reset-env /usr/bin/nowcast "$@"); }
says() { local pattern=$1; shift; as_service "$@" >"$scratch/said" 2>&1 && grep -E -- "$pattern" "$scratch/said" >/dev/null || { cat "$scratch/said" >&2; return 1; }; }
ask() { as_postgres psql -h "$scratch/socket" -U postgres -qAtc "$1" postgres; }
# What consumers are told of the run of a time; whatever version answers.
answers() {
  ask "SELECT a.* FROM nowcast.grid AS g, nowcast.rain_at((g.west + g.east) / 2, (g.south + g.north) / 2, at => '$1') AS a ORDER BY 1"
  ask "SELECT o.* FROM nowcast.grid AS g, nowcast.rain_over(ST_MakeEnvelope(g.west, g.south, g.east, g.north, 4326), at => '$1') AS o ORDER BY 1"
}
# As the unit starts it: its user, its variables, no new rights, its share of the memory.
serves() {
  local unit=/lib/systemd/system/nowcast-web.service version=$1 line environment=()
  while read -r line; do eval "environment+=($line)"; done < <(sed -n 's/^Environment=//p' "$unit"; [ ! -r /etc/convlstm-nowcast/environment ] || grep -v '^#' /etc/convlstm-nowcast/environment)
  read -r line < <(sed -n 's/^ExecStart=//p' "$unit")
  if [ -d "${group%/*}" ]; then
    mkdir -p "$group"
    echo $(($(awk '/^MemTotal/ { print $2 }' /proc/meminfo) * 1024 * 8 / 10)) >"$group/memory.limit_in_bytes"
  fi
  (
    [ ! -d "$group" ] || echo $BASHPID >"$group/cgroup.procs"
    cd / && exec env -i PATH="$PATH" "${environment[@]}" setpriv --reuid nowcast --regid nowcast --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all $line --urls http://127.0.0.1:0
  ) >"$scratch/served" 2>"$scratch/served.log" & serving=$!
  for ((tries = 0; tries < 120; tries++)); do grep -q 'serving at' "$scratch/served" && break; kill -0 $serving || break; sleep 0.5; done
  local url=$(sed -n 's/^serving at \([^ ;,]*\).*/\1/p' "$scratch/served") token
  [ -n "$url" ] || { cat "$scratch/served" "$scratch/served.log" >&2; return 1; }
  curl -sf "$url/healthz/live" >/dev/null && curl -sf "$url/api/grids" >"$scratch/grids" && grep -q name "$scratch/grids" \
    && curl -sf "$url/openapi/v1.json" >"$scratch/openapi" && grep -qE "\"version\": ?\"$version" "$scratch/openapi" || { cat "$scratch/served" "$scratch/served.log" >&2; return 1; }
  kill "$serving" && wait "$serving"
  serving=
}

git clone -q --shared "$root" "$scratch/source"
first=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$scratch/source/Directory.Build.props") second=99.0.0
versions() { ls /opt/convlstm-nowcast/versions; }
install -d -m 755 /etc/convlstm-nowcast
echo "NOWCAST_DB='$database'" >/etc/convlstm-nowcast/environment

"$scratch/source/ops/install.sh"
shows "version $first is installed and runs as the user of the service" says "^$first" --version
shows "the schema is made" says 'migration +016' db status
shows "systemd finds nothing wrong with the units" systemd-analyze verify /lib/systemd/system/nowcast-web.service /lib/systemd/system/nowcast-worker@.service
install -d -m 777 "$scratch/feed"
scans=$scratch/feed/scans
as_service simulate --out "$scans" --frames 6 --size 64 --seed 1 >/dev/null
as_service ingest "$scans" >/dev/null
shows "it forecasts" says UTC run
shows "it serves" serves "$first"
issued=$(ask "SELECT max(issue_time) FROM nowcast.run")
answers "$issued" >"$scratch/answers"
shows "the questions are answered" test "$(wc -l <"$scratch/answers")" -gt 10
echo '// mine' >>/etc/convlstm-nowcast/appsettings.json

sed -i "s|<Version>.*</Version>|<Version>$second</Version>|" "$scratch/source/Directory.Build.props"
git -C "$scratch/source" -c user.name=campaign -c user.email=campaign@localhost commit -qam "The next version"
"$scratch/source/ops/install.sh"
shows "version $second answers" says "^$second" --version
shows "the version before is kept" test "$(versions | wc -l)" = 2
shows "the settings are as they were" grep -q '^// mine' /etc/convlstm-nowcast/appsettings.json
shows "the questions about the run of before are answered the same" diff "$scratch/answers" <(answers "$issued")
as_service simulate --out "$scans" --frames 7 --size 64 --seed 1 >/dev/null
as_service ingest "$scans" >/dev/null
shows "it goes on with the data" says UTC run
shows "it serves" serves "$second"

"$scratch/source/ops/install.sh" --rollback
shows "after one command version $first answers" says "^$first" --version
shows "nothing that the newer one stored is lost" test "$(ask 'SELECT count(*) FROM nowcast.scan')" = 7
shows "the questions about the run of before are answered the same" diff "$scratch/answers" <(answers "$issued")
as_service simulate --out "$scans" --frames 8 --size 64 --seed 1 >/dev/null
as_service ingest "$scans" >/dev/null
shows "it goes on with the data" says UTC run
shows "it serves" serves "$first"
"$scratch/source/ops/install.sh" --rollback
shows "the same command again brings $second back" says "^$second" --version

"$scratch/source/ops/uninstall.sh"
shows "uninstalling takes the program" test ! -e /usr/bin/nowcast -a ! -e /opt/convlstm-nowcast -a ! -e /lib/systemd/system/nowcast-web.service
shows "the settings stay" grep -q '^// mine' /etc/convlstm-nowcast/appsettings.json
shows "the data stay" test "$(ask 'SELECT count(*) FROM nowcast.scan')" = 8

# The same without a database of one's own: the private cluster.
: >/etc/convlstm-nowcast/environment
"$scratch/source/ops/install.sh"
as_service ingest "$scans" >/dev/null
shows "the private cluster takes scans" says ' 8 scans' db status
shows "root asks the same database as the service" grep -q ' 8 scans' <(nowcast db status)
"$scratch/source/ops/uninstall.sh"
shows "uninstalling stops the private cluster" nobody_runs
"$scratch/source/ops/install.sh"
shows "installed again it finds its data" says ' 8 scans' db status
"$scratch/source/ops/uninstall.sh"
