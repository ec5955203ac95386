#!/usr/bin/env bash
# Builds the Debian package twice, installs it, upgrades it, removes it, on this machine as root; says what holds. Leaves nothing but the settings and the data.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ "$(id -u)" -eq 0 ] || { echo "error: as root" >&2; exit 1; }
scratch=$(mktemp -d)
export NOWCAST_DB=
. "$here/../throwaway-database.sh"
unset NOWCAST_DB
trap 'dpkg --purge convlstm-nowcast >/dev/null 2>&1 || true; stop_database; rm -rf "$scratch"' EXIT
# The user of the service has to get at it.
install -d -m 755 -o postgres "$scratch/socket"
start_database "unix_socket_directories=$scratch/socket"
NOWCAST_DB="Host=$scratch/socket;Database=postgres;Username=postgres"
fails() { echo "FAILS: $1" >&2; exit 1; }
shows() { local what=$1; shift; if "$@"; then echo "holds: $what"; else fails "$what"; fi; }

NOWCAST_PACKAGE_VERSION=1.0.0 "$here/../debian/deb.sh" "$scratch"
NOWCAST_PACKAGE_VERSION=1.0.1 "$here/../debian/deb.sh" "$scratch"
install -d -m 755 /etc/convlstm-nowcast
echo "NOWCAST_DB='$NOWCAST_DB'" >/etc/convlstm-nowcast/environment
dpkg -i "$scratch/convlstm-nowcast_1.0.0_amd64.deb"
as_service() { (cd / && setpriv --reuid nowcast --regid nowcast --clear-groups --reset-env /usr/bin/nowcast "$@"); }
says() { local pattern=$1; shift; as_service "$@" | tee "$scratch/said" | grep -E "$pattern" >/dev/null || { cat "$scratch/said"; return 1; }; }
scans=/tmp/package-scans.$$
shows "the installed program runs as the user of the service" says '^[0-9]' --version
shows "the schema was made by the installation" says 'migration' db status
echo '// mine' >>/etc/convlstm-nowcast/appsettings.json
as_service simulate --out "$scans" --frames 6 --size 64 --seed 1
shows "scans are taken" says '6 scans stored|6 new' ingest "$scans"
shows "a forecast is made" says 'UTC' run
dpkg -i "$scratch/convlstm-nowcast_1.0.1_amd64.deb"
shows "an upgrade leaves the settings" grep -q '^// mine' /etc/convlstm-nowcast/appsettings.json
as_service simulate --out "$scans" --frames 7 --size 64 --seed 1
as_service ingest "$scans"
shows "the upgraded program goes on with the data" says 'UTC' run
dpkg --remove convlstm-nowcast
shows "removing takes the program" test ! -e /usr/bin/nowcast
shows "removing leaves the settings" test -e /etc/convlstm-nowcast/appsettings.json
rm -rf "$scans"
