"""Mean, maximum and wet share of rates over a polygon, from the pixels whose centre lies in it.

Arguments: raw float32 file, width, height, pixel (degrees), west, north, then x y of the corners. Prints a line a map.
"""
import sys

import numpy as np

path, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
pixel, west, north = map(float, sys.argv[4:7])
corners = np.array(sys.argv[7:], float).reshape(-1, 2)
x, y = np.meshgrid(west + (np.arange(width) + 0.5) * pixel, north - (np.arange(height) + 0.5) * pixel)
inside = np.zeros(x.shape, bool)
for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0)):
    with np.errstate(divide="ignore", invalid="ignore"):
        inside ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
for rates in np.fromfile(path, "<f4").reshape(-1, height, width):
    known = rates[inside & np.isfinite(rates)].astype(float)
    print(known.size, known.mean(), known.max(), (known > 0.1 + 1e-6).mean())
