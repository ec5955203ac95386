#!/bin/sh
# Brings the schema up to date and starts the version that is current. Without systemd (a container) there is nothing to start.
set -eu
setpriv --reuid nowcast --regid nowcast --clear-groups --reset-env /usr/bin/nowcast db migrate
[ -d /run/systemd/system ] || { echo "no systemd runs here: start 'nowcast serve' yourself"; exit 0; }
systemctl daemon-reload
systemctl enable --quiet nowcast-web.service
systemctl restart nowcast-web.service 'nowcast-worker@*'
