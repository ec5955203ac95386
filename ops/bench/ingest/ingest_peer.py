"""Radar files to mm/h arrays of float32 with netCDF4, h5py and numpy: one line of JSON in, one out."""
import json
import re
import sys
import time

import h5py
import netCDF4
import numpy as np


def read_bom(path):
    with netCDF4.Dataset(path) as file:
        variable = file["precipitation"]
        # Masked arrays and double precision would take twice as long.
        variable.set_auto_maskandscale(False)
        hours = (int(file["valid_time"][...]) - int(file["start_time"][...])) / 3600
        raw = variable[:]
        rate = raw * np.float32(variable.scale_factor / hours)
        rate[(raw == variable._FillValue) | (raw < 0)] = np.nan
        return rate


def read_knmi(path):
    with h5py.File(path) as file:
        image = file["image1"]
        calibration = image["calibration"].attrs
        gain, offset = re.match(r"GEO=([\d.]+)\*PV\+([\d.]+)", calibration["calibration_formulas"].decode()).groups()
        overview = file["overview"].attrs
        start, end = (time.mktime(time.strptime(overview[name][0].decode(), "%d-%b-%Y;%H:%M:%S.000"))
                      for name in ("product_datetime_start", "product_datetime_end"))
        raw = image["image_data"][:]
        hours = (end - start) / 3600
        rate = raw * np.float32(float(gain) / hours)
        if float(offset):
            rate += np.float32(float(offset) / hours)
        missing, outside = int(calibration["calibration_missing_data"][0]), int(calibration["calibration_out_of_image"][0])
        unseen = raw == outside
        if missing != outside:
            unseen |= raw == missing
        rate[unseen] = np.nan
        return rate


READERS = {"bom": read_bom, "knmi": read_knmi}

for line in sys.stdin:
    question = json.loads(line)
    read, files = READERS[question["kind"]], question["files"]
    if question["do"] == "check":
        rates = [read(path) for path in files]
        answer = {"sum": float(sum(np.nansum(r, dtype=np.float64) for r in rates)), "missing": int(sum(np.isnan(r).sum() for r in rates)),
                  "version": f"netCDF4 {netCDF4.__version__}, h5py {h5py.__version__}, numpy {np.__version__}"}
    else:
        begin, processor = time.perf_counter(), time.process_time()
        for path in files:
            read(path)
        answer = {"seconds": time.perf_counter() - begin, "processor": time.process_time() - processor}
    print(json.dumps(answer), flush=True)
