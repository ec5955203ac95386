#!/usr/bin/env bash
# Writes the dump of a database that an earlier version of the program filled: tests/storage/Versions/make.sh CHECKOUT >tests/storage/Versions/DATE.sql.gz
# CHECKOUT is a folder with the sources of then, built (dotnet build jobs -c Release). 2026-11-22.sql.gz is of commit 4cf8b34.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nowcast=${1:?a checkout of the earlier version}/jobs/bin/Release/net10.0/nowcast
scratch=$(mktemp -d)
unset NOWCAST_DB
. "$here/../../../ops/throwaway-database.sh"
trap 'stop_database; rm -rf "$scratch"' EXIT
start_database
export NOWCAST_LEADMINUTES=10 NOWCAST_INGEST__CRON='* * * * *' NOWCAST_NOWCAST__CRON='* * * * *' NOWCAST_WATCHDOG__CRON='* * * * *'
mkdir "$scratch/feed"
{
  "$nowcast" simulate --out "$scratch/scans" --size 64 --frames 40 --step 5 --scenario mixed --seed 3
  "$nowcast" train --data "$scratch/scans" --out "$scratch/tiny.safetensors" --minutes 0.1 --hidden 2 --crop 32 --past 3 --future 2 --pixel-windows 4 --pixel-steps 20
  "$nowcast" db migrate
  "$nowcast" models import "$scratch/tiny.safetensors" --promote
  files=("$scratch"/scans/*)
  # Of the feed, by the schedule of then: scans, a run of each method, the history of the jobs. Then its scores.
  cp "${files[@]:0:8}" "$scratch/feed"
  NOWCAST_FEED=$scratch/feed timeout --signal=TERM 150 "$nowcast" serve --urls http://127.0.0.1:0 || [ $? = 124 ]
  "$nowcast" ingest "${files[@]:8:2}"
  "$nowcast" run
  "$nowcast" db status
} >&2
# Without the lines that only the newest psql knows.
as_postgres pg_dump -h "$scratch/pg" -U postgres --no-owner --no-tablespaces postgres | grep -vE '^\\(un)?restrict ' | gzip -9n
