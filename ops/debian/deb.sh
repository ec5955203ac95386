#!/usr/bin/env bash
# Makes a Debian package of the program with its own .NET: ops/debian/deb.sh [FOLDER] writes convlstm-nowcast_VERSION_amd64.deb there. NOWCAST_PACKAGE_VERSION names another version.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(realpath -m "${1:-.}")
version=${NOWCAST_PACKAGE_VERSION:-$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$here/../../Directory.Build.props")}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
"$here/../install.sh" --self-contained --root "$tree"
mkdir -p "$tree/DEBIAN" "$out"
# Whatever release of the library the distribution has (ops/docs/install.md).
cat >"$tree/DEBIAN/control" <<END
Package: convlstm-nowcast
Version: $version
Architecture: amd64
Maintainer: The ConvLstm.Nowcast authors
Installed-Size: $(du -sk "$tree" | cut -f1)
Depends: libnetcdf19 | libnetcdf19t64 | libnetcdf22, libproj25 | libproj22, libgdal32 | libgdal34t64 | libgdal36 | libgdal30, libicu72 | libicu74 | libicu76, postgresql-client, fonts-dejavu-core
Recommends: postgresql, postgresql-15-postgis-3 | postgresql-16-postgis-3 | postgresql-17-postgis-3
Section: science
Priority: optional
Description: rain nowcasts from weather radar
 Takes radar scans as they come, forecasts the rain of the next hour or two, and keeps the maps in
 PostgreSQL with PostGIS, where they are asked with SQL, by an API and on a map.
END
printf '#!/bin/sh\nset -e\n[ "$1" = configure ] || exit 0\n/opt/convlstm-nowcast/configure.sh\n/opt/convlstm-nowcast/restart.sh || echo "the service does not start yet: set NOWCAST_DB in /etc/convlstm-nowcast/environment, then run /opt/convlstm-nowcast/restart.sh"\n' >"$tree/DEBIAN/postinst"
printf '#!/bin/sh\nset -e\n[ "$1" != remove ] || /opt/convlstm-nowcast/stop.sh\n' >"$tree/DEBIAN/prerm"
chmod 755 "$tree/DEBIAN/postinst" "$tree/DEBIAN/prerm"
# Weights and libraries hardly shrink: the quickest setting.
dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$out/convlstm-nowcast_${version}_amd64.deb"
