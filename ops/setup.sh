#!/usr/bin/env bash
# Installs what the pipeline needs from the distribution's packages; silent and quick where it is there already.
#   ops/setup.sh [--test] [--gpu] [--packages auto|nuget|system]
#     --test      also what the tests compare with
#     --gpu       build with the CUDA libraries of TorchSharp, if the NuGet sources have them; kept in ops/local.props until that file is removed
#     --packages  what to build with: SDSLite from the NuGet sources (nuget), libnetcdf alone (system, as long as nothing is said),
#                 or what can be had (auto); the choice is kept (ops/docs/packages.md)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

packages=(libnetcdf19 libproj25 libgdal32 postgresql-15 postgresql-15-postgis-3 fonts-dejavu-core)
# The web page is bundled in the build; node of another origin, 18 or newer, does as well.
command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] < 18 ? 1 : 0)' 2>/dev/null || packages+=(nodejs npm)
chosen= gpu=
while [ $# -gt 0 ]; do
  case $1 in
    --test) packages+=(netcdf-bin proj-bin gdal-bin python3-torch python3-netcdf4 python3-h5py python3-scipy python3-skimage python3-opencv chromium nginx-light caddy) ;;
    --gpu) gpu=true ;;
    --packages) chosen=${2:-nothing}; shift $(($# > 1)) ;;
    *) echo "error: ops/setup.sh knows --test, --gpu and --packages, not '$1'" >&2; exit 2 ;;
  esac
  shift
done

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
  echo "error: the .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download and put dotnet on PATH" >&2
  exit 1
fi

[ -z "$chosen" ] || "$here/ops/nuget/choose.sh" "$chosen"
# The CUDA libraries are some gigabytes, and not every source has them: asked for, or proposed.
if [ -n "$gpu" ]; then
  rm -f "$here/ops/local.props"
  log=$(mktemp)
  if dotnet restore "$here/model" -p:Gpu=true -v m -nologo >"$log" 2>&1 </dev/null; then
    echo '<Project><PropertyGroup><Gpu>true</Gpu></PropertyGroup></Project>' >"$here/ops/local.props"
    echo "gpu: built with TorchSharp-cuda-linux from now on"
  else
    echo "gpu: the build stays with the CPU ($(grep -m 1 -oE 'NU[0-9]+: [^[]*' "$log" || tail -n 1 "$log"))"
  fi
  rm -f "$log"
elif [ ! -e "$here/ops/local.props" ] && nvidia-smi -L >/dev/null 2>&1; then
  echo "gpu: this machine has one; ops/setup.sh --gpu builds for it"
fi

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "error: ${missing[*]} must be installed: run as root or install sudo" >&2; exit 1; }
  as_root=(sudo)
fi
command -v apt-get >/dev/null || { echo "error: no apt-get here; install these or their like: ${missing[*]}" >&2; exit 1; }

echo "Installing ${missing[*]} …"
log=$(mktemp)
# The pipeline starts a private cluster; the server package shall not start one for the whole machine.
no_cluster=/etc/postgresql-common/createcluster.d/convlstm-nowcast.conf
cleanup() { "${as_root[@]}" rm -f "$no_cluster"; rm -f "$log"; }
trap cleanup EXIT
"${as_root[@]}" mkdir -p "${no_cluster%/*}"
echo 'create_main_cluster = false' | "${as_root[@]}" tee "$no_cluster" >/dev/null
if ! { "${as_root[@]}" apt-get update -q \
    && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  echo "error: apt-get could not install ${missing[*]}" >&2
  exit 1
fi
