#!/usr/bin/env bash
# Chooses between the packages of the .NET ecosystem and those of the distribution (ops/docs/packages.md); ops/setup.sh --packages calls it.
#   ops/nuget/choose.sh auto|nuget|system
# The choice is kept in Directory.Packages.local.props, which git ignores; "system" is its absence.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
choice=$root/Directory.Packages.local.props
mode=${1:-}

use_system() {
  rm -f "$choice"
  echo "packages: system ($1)"
  exit 0
}

case $mode in
  auto | nuget) ;;
  system) use_system "as asked" ;;
  *) echo "error: --packages knows auto, nuget and system, not '$mode'" >&2; exit 2 ;;
esac

needed=(SDSLite)

# A throw-away project inside the repository, so that its versions and whoever's nuget.config hold for it too.
trial=$(mktemp -d "$root/.packages-XXXXXX")
trap 'rm -rf "$trial"' EXIT
{
  echo '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>'
  printf '<PackageReference Include="%s" />' "${needed[@]}"
  echo '</ItemGroup></Project>'
} >"$trial/trial.csproj"

why=
if ! dotnet restore "$trial/trial.csproj" -v m -nologo -p:TreatWarningsAsErrors=true -p:RestorePackagesWithLockFile=false >"$trial/log" 2>&1 </dev/null; then
  missing=()
  for package in "${needed[@]}"; do
    # No such package, no such version, or only another one.
    if grep -qE "(NU1101|NU1102|NU1603).*[ '\"]$package[ .,'\"]" "$trial/log"; then
      missing+=("$package $(sed -nE "s/.*Include=\"$package\" Version=\"([^\"]+)\".*/\1/p" "$root/Directory.Packages.props")")
    fi
  done
  if [ ${#missing[@]} -gt 0 ]; then
    printf -v list '%s, ' "${missing[@]}"
    why="the NuGet sources lack ${list%, }"
  else
    why="the NuGet sources do not answer: $(grep -m 1 -oE 'error.*' "$trial/log" | cut -c1-200 || tail -n 1 "$trial/log")"
  fi
fi

if [ -z "$why" ]; then
  cat >"$choice" <<PROPS
<Project>
  <PropertyGroup>
    <NetCdfBackend Condition="'\$(NetCdfBackend)' == ''">SDSLite</NetCdfBackend>
  </PropertyGroup>
</Project>
PROPS
  echo "packages: nuget (SDSLite can be had in the version needed)"
elif [ "$mode" = auto ]; then
  use_system "$why"
else
  echo "error: --packages nuget: $why; add a source that has them (dotnet nuget add source …) or take --packages system" >&2
  exit 1
fi
