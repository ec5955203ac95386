#!/bin/sh
# What an installation needs beside its files: the user, the settings (never overwritten), the folders.
set -eu
opt=/opt/convlstm-nowcast etc=/etc/convlstm-nowcast data=/var/lib/convlstm-nowcast
getent passwd nowcast >/dev/null || useradd --system --user-group --home-dir "$data" --shell /usr/sbin/nologin nowcast
install -d -m 750 -o root -g nowcast "$etc"
install -d -m 755 -o nowcast -g nowcast "$data"
[ -e "$etc/appsettings.json" ] || "$opt/current/nowcast" settings --as appsettings >"$etc/appsettings.json"
[ -e "$etc/environment" ] || cat >"$etc/environment" <<'END'
# Secrets, a line each: NOWCAST_DB='Host=…;Username=…;Password=…;Database=…', NOWCAST_DASHBOARD__USER=…, NOWCAST_DASHBOARD__PASSWORD=…
END
chown root:nowcast "$etc/appsettings.json" "$etc/environment"
chmod 640 "$etc/appsettings.json" "$etc/environment"
