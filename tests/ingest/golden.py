"""Reads every radar file below a folder with netCDF4, h5py and numpy and prints what is in it, as golden.tsv has it:
golden.py FOLDER > golden.tsv. PROJ's cs2cs turns the corners of ODIM files into metres."""
import datetime
import functools
import os
import re
import subprocess
import sys

import h5py
import netCDF4
import numpy as np

DRY_BELOW = 0.05


def rain_of(dbz):
    """Marshall and Palmer 1948."""
    rate = (10 ** (dbz / 10) / 200) ** (1 / 1.6)
    rate[rate < DRY_BELOW] = 0
    return rate


def utc(seconds):
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(seconds))


def edges(axis, scale):
    """The outer edges of an axis, in the order of the file."""
    half = (axis[-1] - axis[0]) / (len(axis) - 1) / 2
    return (axis[0] - half) * scale, (axis[-1] + half) * scale


def read_netcdf(path):
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        data = next(file[name] for name in ("precipitation", "rainfall_rate", "reflectivity") if name in file.variables)
        y, x = (file[name] for name in data.dimensions[-2:])
        scale = 1000 if getattr(x, "units", "m") == "km" else 1
        (top, bottom), (left, right) = edges(y[:], scale), edges(x[:], scale)
        assert top > bottom and left < right
        times = file["valid_time"][...].reshape(1) if "valid_time" in file.variables else file["time"][:]
        for index, seconds in enumerate(times):
            raw = data[index] if data.ndim == 3 else data[:]
            value = raw * np.float64(data.scale_factor) + np.float64(data.add_offset)
            if data.name == "precipitation":
                rate = value / ((int(seconds) - int(file["start_time"][...])) / 3600)
            else:
                rate = rain_of(value) if data.units == "dBZ" else value
            # A negative amount is no rain.
            rate[(raw == data._FillValue) | (rate < 0)] = np.nan
            yield utc(seconds), (left, top, right, bottom), rate


def read_knmi(path):
    with h5py.File(path) as file:
        image, geographic = file["image1"], file["geographic"].attrs
        calibration = image["calibration"].attrs
        gain, offset = re.match(r"GEO=([\d.]+)\*PV\+([\d.]+)", calibration["calibration_formulas"].decode()).groups()
        start, end = (datetime.datetime.strptime(file["overview"].attrs[f"product_datetime_{name}"][0].decode(), "%d-%b-%Y;%H:%M:%S.000")
                      for name in ("start", "end"))
        raw = image["image_data"][:]
        rate = (raw * float(gain) + float(offset)) / ((end - start).total_seconds() / 3600)
        rate[(raw == calibration["calibration_missing_data"][0]) | (raw == calibration["calibration_out_of_image"][0])] = np.nan
        wide, high = (1000 * float(geographic[f"geo_pixel_size_{axis}"][0]) for axis in "xy")
        left, top = wide * float(geographic["geo_column_offset"][0]), high * float(geographic["geo_row_offset"][0])
        right, bottom = left + wide * raw.shape[1], top + high * raw.shape[0]
        # The file also gives its corners in degrees, to three decimals: south-west, north-west, north-east, south-east.
        product = geographic["geo_product_corners"].astype(float)
        figure = "+a=6378137 +b=6356752"
        north_west, south_east = project(f"+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 {figure}", figure, [product[2:4], product[6:8]])
        assert np.allclose(north_west + south_east, (left, top, right, bottom), atol=100)
        yield end, (left, top, right, bottom), rate


def read_odim(path):
    with h5py.File(path) as file:
        where, what = file["where"].attrs, file["dataset1/what"].attrs
        assert what["quantity"] == b"RATE"
        projdef = where["projdef"].decode()
        figure = re.search(r"\+ellps=\w+", projdef)[0]
        (left, top), (right, bottom) = project(projdef, figure, [(where[c + "_lon"], where[c + "_lat"]) for c in ("UL", "LR")])
        raw = file["dataset1/data1/data"][:]
        rate = raw * what["gain"] + what["offset"]
        rate[raw == what["undetect"]] = 0
        rate[raw == what["nodata"]] = np.nan
        time = datetime.datetime.strptime((file["what"].attrs["date"] + file["what"].attrs["time"]).decode(), "%Y%m%d%H%M%S")
        yield time, (left, top, right, bottom), rate


@functools.cache
def cs2cs(projection, figure, places):
    """Degrees to metres on the same figure of the earth."""
    done = subprocess.run(["cs2cs", "-f", "%.3f", "+proj=longlat", *figure.split(), "+to", *projection.split()], input=places, capture_output=True, text=True, check=True)
    return [tuple(map(float, line.split()[:2])) for line in done.stdout.splitlines()]


def project(projection, figure, places):
    return cs2cs(projection, figure, "".join(f"{longitude:.12f} {latitude:.12f}\n" for longitude, latitude in places))


def checksum(rate):
    """The sum of the rates, each times its own number from -1 to 1: any pixel that changes or moves changes it."""
    weight = (np.arange(rate.size, dtype=np.uint64) * 2654435761 % 2**32) / 2**31 - 1
    return float(np.nansum(rate.astype(np.float32).ravel().astype(np.float64) * weight))


READERS = {".nc": read_netcdf, ".h5": read_knmi, ".hdf": read_odim}

print("# file, scan, valid time, rows, columns, left, top, right, bottom, missing, above 0, sum, checksum, maximum: by golden.py, of " +
      f"netCDF4 {netCDF4.__version__}, h5py {h5py.__version__}, numpy {np.__version__}")
root = sys.argv[1]
for folder, _, names in sorted(os.walk(root)):
    for name in sorted(names):
        path = os.path.relpath(os.path.join(folder, name), root)
        reader = READERS.get(os.path.splitext(name)[1])
        if reader is None:
            continue
        for index, (time, corners, rate) in enumerate(reader(os.path.join(folder, name))):
            print(path, index, f"{time:%Y-%m-%dT%H:%M:%SZ}", *rate.shape, *(f"{round(c, 3) + 0.0:.9g}" for c in corners), np.isnan(rate).sum(), (rate > 0).sum(),
                  f"{np.nansum(rate, dtype=np.float64):.6f}", f"{checksum(rate):.6f}", f"{np.nanmax(rate):.6f}", sep="\t")
