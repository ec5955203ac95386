#!/bin/sh
# Stops the service and, where the service keeps one, the private PostgreSQL cluster, before their programs go.
set -eu
if [ -d /run/systemd/system ]; then systemctl disable --now nowcast-web.service 'nowcast-worker@*' || true; fi
[ -e /var/lib/convlstm-nowcast/.local/share/convlstm-nowcast/data/postmaster.pid ] || exit 0
# Whatever database the service was given since: this one is its own.
setpriv --reuid nowcast --regid nowcast --clear-groups --reset-env env HOME=/var/lib/convlstm-nowcast /opt/convlstm-nowcast/current/nowcast db stop
