"""The rain of the next hour at a place as a table:  rain_table.py [ADDRESS LON LAT]"""
import sys

import pandas

address, lon, lat = sys.argv[1:] or ("http://127.0.0.1:5080", "5.1", "52.1")
table = pandas.read_csv(f"{address}/api/rain-at?lon={lon}&lat={lat}&f=csv", parse_dates=["valid_time", "issue_time"])
print(table.set_index("valid_time")[["rain_mm_h", "p_0_1", "p_1"]])
print(f"of run {table.run_id[0]}, {table.age_minutes[0]} minutes old{', STALE' if table.stale[0] else ''}")
