#!/usr/bin/env bash
# Installs the service on this machine, or brings an installed one up to date; as root.
#   ops/install.sh                   build, install, bring the schema up to date, start
#   ops/install.sh --self-contained  with its own .NET, for machines without one
#   ops/install.sh --rollback        the version before answers again
#   ops/install.sh --root FOLDER     only lay the files below FOLDER (a package is made of it)
# Versions lie in /opt/convlstm-nowcast/versions; /opt/convlstm-nowcast/current is the one that runs. Settings are in /etc/convlstm-nowcast, data under
# /var/lib/convlstm-nowcast; neither is ever overwritten.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(dirname "$here")
root= self_contained=false rollback=false
while [ $# -gt 0 ]; do
  case $1 in
    --self-contained) self_contained=true ;;
    --rollback) rollback=true ;;
    --root) root=${2:?--root wants a folder}; shift ;;
    *) echo "error: ops/install.sh knows --self-contained, --rollback and --root FOLDER, not '$1'" >&2; exit 2 ;;
  esac
  shift
done
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || { echo "error: installing is root's: run it with sudo" >&2; exit 1; }
opt=$root/opt/convlstm-nowcast
system=$here/debian

if $rollback; then
  before=$(readlink "$opt/before") || { echo "error: no version before this one is installed" >&2; exit 1; }
  now=$(readlink "$opt/current")
  ln -sfn "$before" "$opt/current"
  ln -sfn "$now" "$opt/before"
  if ! "$system/restart.sh"; then
    # Its migrations are all or nothing: the database is as it was.
    ln -sfn "$now" "$opt/current"
    ln -sfn "$before" "$opt/before"
    "$system/restart.sh" || true
    echo "error: $(basename "$before") cannot work on the schema of $(basename "$now"), which answers on: give it the backup of before the upgrade (ops/docs/install.md)" >&2
    exit 1
  fi
  echo "$(basename "$before") answers again; $(basename "$now") is kept"
  exit 0
fi

[ -n "$root" ] || "$here/setup.sh"
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$source/Directory.Build.props")-$(git -C "$source" rev-parse --short HEAD 2>/dev/null || date -u +%Y%m%d%H%M)
target=$opt/versions/$version
aside=$target.unfinished
rm -rf "$aside"
echo "Building $version …"
dotnet publish "$source/jobs" -c Release -r linux-x64 --self-contained "$self_contained" -o "$aside" -v q -nologo
rm -rf "$target"
mv "$aside" "$target"
[ ! -L "$opt/current" ] || [ "$(readlink "$opt/current")" = "versions/$version" ] || ln -sfn "$(readlink "$opt/current")" "$opt/before"
ln -sfn "versions/$version" "$opt/current"

install -D -m 755 "$system/nowcast" "$root/usr/bin/nowcast"
for unit in "$system"/*.service; do install -D -m 644 "$unit" "$root/lib/systemd/system/$(basename "$unit")"; done
for script in configure restart stop; do install -D -m 755 "$system/$script.sh" "$opt/$script.sh"; done
[ -z "$root" ] || exit 0
"$opt/configure.sh"
"$opt/restart.sh"
# Of the versions the one that runs and the one before stay.
for old in "$opt"/versions/*; do
  case versions/$(basename "$old") in "$(readlink "$opt/current")" | "$(readlink "$opt/before" 2>/dev/null)") ;; *) rm -rf "$old" ;; esac
done
echo "$version is installed: 'nowcast --help'; settings in /etc/convlstm-nowcast"
