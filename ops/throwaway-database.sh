# Sourced, with $scratch a new folder: exports NOWCAST_DB, unless it is set, as a PostgreSQL that lives in $scratch until stop_database.
#   start_database [SETTING=VALUE…]
as_postgres() {
  local command="$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)/$1"
  shift
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$command" "$@"; else "$command" "$@"; fi
}

start_database() {
  [ -z "${NOWCAST_DB:-}" ] || return 0
  chmod 755 "$scratch"
  install -d -m 700 "$scratch/pg"
  [ "$(id -u)" -ne 0 ] || chown postgres "$scratch/pg"
  (cd / && as_postgres initdb -D "$scratch/pg/data" -A trust -U postgres >/dev/null)
  local settings="-c listen_addresses= -c unix_socket_directories=$scratch/pg"
  for setting in "$@"; do settings+=" -c $setting"; done
  (cd / && as_postgres pg_ctl -D "$scratch/pg/data" -l "$scratch/pg/log" -w -o "$settings" start >/dev/null)
  export NOWCAST_DB="Host=$scratch/pg;Database=postgres;Username=postgres"
}

stop_database() {
  [ ! -f "$scratch/pg/data/postmaster.pid" ] || (cd / && as_postgres pg_ctl -D "$scratch/pg/data" -m immediate stop >/dev/null)
}
