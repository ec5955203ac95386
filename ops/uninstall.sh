#!/usr/bin/env bash
# Takes the service off this machine; settings (/etc/convlstm-nowcast) and data (/var/lib/convlstm-nowcast) stay.
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "error: uninstalling is root's: run it with sudo" >&2; exit 1; }
if [ -d /run/systemd/system ]; then systemctl disable --now nowcast-web.service 'nowcast-worker@*' || true; fi
# The private cluster, where there is one, is asked to stop before its program goes.
[ ! -x /usr/bin/nowcast ] || [ ! -d /var/lib/convlstm-nowcast/postgresql ] || setpriv --reuid nowcast --regid nowcast --clear-groups --reset-env /usr/bin/nowcast db stop || true
rm -rf /opt/convlstm-nowcast /usr/bin/nowcast /lib/systemd/system/nowcast-web.service /lib/systemd/system/nowcast-worker@.service
[ ! -d /run/systemd/system ] || systemctl daemon-reload
echo "uninstalled; settings are in /etc/convlstm-nowcast, data in /var/lib/convlstm-nowcast"
