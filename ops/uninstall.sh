#!/usr/bin/env bash
# Takes the service off this machine; settings (/etc/convlstm-nowcast) and data (/var/lib/convlstm-nowcast) stay.
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "error: uninstalling is root's: run it with sudo" >&2; exit 1; }
[ ! -x /opt/convlstm-nowcast/stop.sh ] || /opt/convlstm-nowcast/stop.sh
rm -rf /opt/convlstm-nowcast /usr/bin/nowcast /lib/systemd/system/nowcast-web.service /lib/systemd/system/nowcast-worker@.service
[ ! -d /run/systemd/system ] || systemctl daemon-reload
echo "uninstalled; settings are in /etc/convlstm-nowcast, data in /var/lib/convlstm-nowcast"
