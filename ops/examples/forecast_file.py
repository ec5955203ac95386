"""The newest run of a grid as an xarray data set:  forecast_file.py [ADDRESS]"""
import json
import sys
import tempfile
import urllib.request

import xarray

address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5080"
with urllib.request.urlopen(f"{address}/api/runs?limit=1") as answer:
    run = json.load(answer)[0]
with tempfile.NamedTemporaryFile(suffix=".nc") as file:
    urllib.request.urlretrieve(address + run["download"], file.name)
    forecast = xarray.open_dataset(file.name)
    print(forecast.rainfall_rate)
    print(f"wettest pixel: {float(forecast.rainfall_rate.max()):.2f} mm/h")
