"""Reads a file of a service by other means than the program (numpy from the format's description, h5py, netCDF4, GDAL's tools) and prints a line for each scan:
unix time, columns, rows, left, top, right and bottom edge in the projection, missing pixels, sum and checksum of mm/h.   independent.py KIND FILE"""
import bz2
import calendar
import datetime
import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile

import h5py
import netCDF4
import numpy as np


def show(time, rain, left, top, pixel_x, pixel_y):
    rows, columns = rain.shape
    flat = rain.ravel().astype("f8")
    number = (np.arange(flat.size, dtype="u8") * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)).astype("u4") / 2147483648.0 - 1
    seen = np.isfinite(flat)
    print(calendar.timegm(time.timetuple()), columns, rows, repr(float(left)), repr(float(top)), repr(float(left + columns * pixel_x)), repr(float(top - rows * pixel_y)),
          int((~seen).sum()), repr(float(flat[seen].sum())), repr(float((flat[seen] * number[seen]).sum())))


def of_dbz(dbz, a=200.0, b=1.6, dry=0.05):
    rate = (10 ** (dbz / 10) / a) ** (1 / b)
    return np.where(np.isnan(dbz), np.nan, np.where(rate < dry, 0, rate))


def project(definition, longitude, latitude):
    out = subprocess.run(["cs2cs", "-f", "%.6f", "+proj=longlat", *[p for p in definition.split() if p.startswith(("+R", "+a", "+b", "+ellps"))], "+to", *definition.split()],
                         input=f"{longitude} {latitude}\n", capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), float(out[1])


def radolan_scan(data):
    head, pixels = data[:data.index(b"\x03")].decode("latin1"), data[data.index(b"\x03") + 1:]
    head = re.sub(r"<[^>]*>", "", head)
    time = datetime.datetime.strptime(head[2:8] + head[13:17], "%d%H%M%m%y")
    rows, columns = (int(n) for n in re.search(r"GP\s*(\d+)x\s*(\d+)", head).groups())
    precision = float("1" + re.search(r"PR\s*(E[-+]\d+)", head).group(1))
    minutes = int(re.search(r"INT\s*(\d+)", head).group(1))
    lead = re.search(r"VV\s*(\d+)", head)
    time += datetime.timedelta(minutes=int(lead.group(1)) if lead else 0)
    codes = np.frombuffer(pixels, "<u2", rows * columns).reshape(rows, columns)[::-1]
    rain = np.where(codes & 0xA000, np.nan, (codes & 0x0FFF) * precision * 60 / minutes)
    # 9 E 51 N lies so far from the western and the southern edge (Projektionen und Gitter, 2022).
    earth = "+a=6378137 +b=6356752.3142451802" if int(re.search(r"VS\s*(\d+)", head).group(1)) >= 5 else "+R=6370040"
    x, y = project(f"+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 {earth}", 9, 51)
    west, south = {(900, 900): (450, 450), (1200, 1100): (470, 600)}[rows, columns]
    # The origin of the program's projection is the centre of the first pixel.
    left, top = x - 1000 * west, y - 1000 * south + 1000 * rows
    show(time, rain, left - (left + 500), top - (top - 500), 1000, 1000)


def radolan(path):
    data = open(path, "rb").read()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else bz2.decompress(data) if data[:3] == b"BZh" else data
    if data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for name in sorted(tar.getnames()):
                radolan_scan(tar.extractfile(name).read())
    else:
        radolan_scan(data)


def translated(path, kind, dtype):
    info = json.loads(subprocess.run(["gdalinfo", "-json", path], capture_output=True, text=True, check=True).stdout)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["gdal_translate", "-q", "-of", "ENVI", "-ot", kind, path, folder + "/raw"], check=True)
        return info, np.fromfile(folder + "/raw", dtype).reshape(info["size"][1], info["size"][0])


def mrms(path):
    info, rain = translated(path, "Float32", "f4")
    left, pixel_x, _, top, _, pixel_y = info["geoTransform"]
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(info["bands"][0]["metadata"][""]["GRIB_VALID_TIME"].split()[0]))
    show(time, np.where((rain == -3) | (rain == -1), np.nan, rain), left, top, pixel_x, -pixel_y)


def fmi_tiff(path):
    info, codes = translated(path, "Byte", "u1")
    left, pixel_x, _, top, _, pixel_y = info["geoTransform"]
    dbz = np.where(codes == 255, np.nan, np.where(codes == 0, -999, codes * 0.5 - 32))
    show(datetime.datetime(2016, 9, 28, 14, 45), of_dbz(dbz), left, top, pixel_x, -pixel_y)


def fmi_pgm(path):
    data = gzip.open(path).read()
    lines = data.split(b"\n")
    comments = {w[0]: w[1:] for w in (line[1:].decode().split() for line in lines if line.startswith(b"#")) if w}
    columns, rows = 760, 1226
    codes = np.frombuffer(data[-rows * columns:], "u1").reshape(rows, columns)
    earth = "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=25 +R=6371288"
    left, _ = project(earth, *comments["bottomleft"])
    _, top = project(earth, *comments["topright"])
    dbz = np.where(codes == 255, np.nan, (codes - 64.0) / 2)
    show(datetime.datetime.strptime(comments["obstime"][0], "%Y%m%d%H%M"), of_dbz(dbz), left, top,
         float(comments["metersperpixel_x"][0]), float(comments["metersperpixel_y"][0]))


def aqc(path):
    _, index = translated(path, "Byte", "u1")
    depth = (10 ** ((index - 71.5) / 20) / 316) ** (1 / 1.5)
    rain = np.where(index == 255, np.nan, np.where((index < 2) | (index > 250), 0, depth)) * 12
    show(datetime.datetime(2017, 1, 31, 9, 45), rain, 255000, 480000, 1000, 1000)


def combiprecip(path):
    with h5py.File(path) as file:
        depth = file["dataset1/data1/data"][:]
    # LV95: the domain of the Swiss composites is 2255..2965 km by 840..1480 km.
    show(datetime.datetime(2023, 12, 21, 13, 30), np.where(np.isinf(depth), 0, depth), 2255000, 1480000, 1000, 1000)


def polar(time, azimuths, first, spacing, elevation, rates, furthest_degrees):
    radius, angle = 4 / 3 * 6371000.0, np.radians(elevation)
    reach = first + (rates.shape[1] - 0.5) * spacing
    height = np.sqrt(reach ** 2 + radius ** 2 + 2 * reach * radius * np.sin(angle)) - radius
    half = int(np.ceil(radius * np.arcsin(reach * np.cos(angle) / (radius + height)) / 1000))
    centres = (np.arange(2 * half) + 0.5 - half) * 1000
    x, y = np.meshgrid(centres, -centres)
    ground = np.hypot(x, y)
    slant = radius * np.sin(ground / radius) / np.cos(angle + ground / radius)
    gate = np.floor((slant - first) / spacing + 0.5).astype(int)
    bearing = np.degrees(np.arctan2(x, y)) % 360
    apart = np.abs((bearing[..., None] - azimuths + 180) % 360 - 180)
    ray = apart.argmin(-1)
    seen = (gate >= 0) & (gate < rates.shape[1]) & (apart.min(-1) <= furthest_degrees)
    show(time, np.where(seen, rates[ray, np.clip(gate, 0, rates.shape[1] - 1)], np.nan), -half * 1000, half * 1000, 1000, 1000)


def odim_polar(path):
    with h5py.File(path) as file:
        name = min((k for k in file if k.startswith("dataset")), key=lambda k: float(np.ravel(file[k]["where"].attrs["elangle"])[0]))
        part = file[name]
        where, what = part["where"].attrs, part["data1/what"].attrs
        number = lambda v: float(np.ravel(v)[0])
        codes = part["data1/data"][:].astype("f8")
        dbz = np.where(codes == number(what["nodata"]), np.nan, np.where(codes == number(what["undetect"]), -999, codes * number(what["gain"]) + number(what["offset"])))
        rays = codes.shape[0]
        azimuths = (np.arange(rays) + 0.5) * 360 / rays
        if "how" in part and "startazA" in part["how"].attrs:
            start, stop = part["how"].attrs["startazA"], part["how"].attrs["stopazA"]
            azimuths = (start + ((stop - start + 180) % 360 - 180) / 2) % 360
        width = number(file["how"].attrs["beamwidth"]) if "how" in file and "beamwidth" in file["how"].attrs else 1
        text = lambda v: np.ravel(v)[0].decode()
        time = datetime.datetime.strptime(text(file["what"].attrs["date"]) + text(file["what"].attrs["time"]), "%Y%m%d%H%M%S")
        spacing = number(where["rscale"])
        polar(time, azimuths, number(where["rstart"]) * 1000 + spacing / 2, spacing, number(where["elangle"]), of_dbz(dbz), width)


def cfradial(path):
    with netCDF4.Dataset(path) as file:
        dbz = file["reflectivity_horizontal"][:].filled(np.nan).astype("f8")
        times = netCDF4.num2date(file["time"][0], file["time"].units)
        time = datetime.datetime(times.year, times.month, times.day, times.hour, times.minute, times.second) + datetime.timedelta(seconds=round(times.microsecond / 1e6))
        ranges = file["range"][:].astype("f8")
        polar(time, file["azimuth"][:].filled(np.nan).astype("f8"), ranges[0], (ranges[-1] - ranges[0]) / (len(ranges) - 1), float(np.sort(file["elevation"][:])[dbz.shape[0] // 2]), of_dbz(dbz), 1)


np.seterr(all="ignore")
globals()[sys.argv[1]](sys.argv[2])
