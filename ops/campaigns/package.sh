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
start_database
holds() { echo "holds: $1"; }
fails() { echo "FAILS: $1" >&2; exit 1; }

NOWCAST_PACKAGE_VERSION=1.0.0 "$here/../package/deb.sh" "$scratch"
NOWCAST_PACKAGE_VERSION=1.0.1 "$here/../package/deb.sh" "$scratch"
install -d -m 755 /etc/convlstm-nowcast
echo "NOWCAST_DB='$NOWCAST_DB'" >/etc/convlstm-nowcast/environment
dpkg -i "$scratch/convlstm-nowcast_1.0.0_amd64.deb"
as_service() { (cd / && setpriv --reuid nowcast --regid nowcast --clear-groups --reset-env /usr/bin/nowcast "$@"); }
as_service --version && holds "the installed program runs as the user of the service"
as_service db status | grep -q '^migration' && holds "the schema was made by the installation"
echo '// mine' >>/etc/convlstm-nowcast/appsettings.json
as_service simulate --out "/tmp/package-scans.$$" --frames 6 --size 64 --seed 1
as_service ingest "/tmp/package-scans.$$" | grep -q '6 scans stored' && holds "scans are taken"
dpkg -i "$scratch/convlstm-nowcast_1.0.1_amd64.deb"
grep -q '^// mine' /etc/convlstm-nowcast/appsettings.json && holds "an upgrade leaves the settings"
as_service run | grep -q UTC && holds "the upgraded program goes on with the data"
dpkg --remove convlstm-nowcast
[ ! -e /usr/bin/nowcast ] || fails "the program is still there"
[ -e /etc/convlstm-nowcast/appsettings.json ] && holds "removing leaves the settings"
rm -rf "/tmp/package-scans.$$"
