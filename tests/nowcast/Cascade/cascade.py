"""The cascade of two fields in a folder, its parameters and forecasts, written with numpy alone and in double precision."""
import json
import sys

import numpy as np

folder, width, pixel, levels, steps = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
scans = [np.fromfile(f"{folder}/scan{i}.f32", np.float32).reshape(-1, width).astype(float) for i in range(3)]
db = [np.where(s >= 0.1, 10 * np.log10(np.maximum(s, 0.1)), -15.0) for s in scans]
height = db[0].shape[0]

# Whole spectra here, half spectra there.
fy, fx = np.meshgrid(np.fft.fftfreq(height), np.fft.fftfreq(width), indexing="ij")
length = max(height, width)
wavenumber = np.hypot(fx, fy) * length
ratio = (length / 2) ** (1 / levels)
centres = [(ratio ** (k - 1) + ratio ** k) / 2 for k in range(1, levels + 1)]
with np.errstate(divide="ignore"):
    position = np.log(wavenumber) / np.log(ratio)
middles = [np.log(c) / np.log(ratio) for c in centres]
position = np.clip(position, middles[0], middles[-1])
weights = np.stack([np.exp(-(position - m) ** 2 / (2 * 0.5 ** 2)) for m in middles])
weights /= weights.sum(0)
weights[:, 0, 0] = 0
weights[0, 0, 0] = 1

parts = [[np.fft.ifft2(np.fft.fft2(f) * w).real for w in weights] for f in db]
out = {"wavelengths": [length * pixel / c for c in centres], "deviation": [], "phi1": [], "phi2": [], "explained": []}
forecast = np.zeros((steps, height, width))
for k in range(levels):
    old, mid, new = (parts[t][k] - parts[t][k].mean() for t in range(3))
    r1, r2 = np.corrcoef(new.ravel(), mid.ravel())[0, 1], np.corrcoef(new.ravel(), old.ravel())[0, 1]
    r1 = min(max(r1, 0), 1 - 1e-5)
    least = 0 if r1 < 1e-3 else (3 * r1 ** 2 - 2 + 2 * (1 - r1 ** 2) ** 1.5) / r1 ** 2
    r2 = min(max(r2, least), r1)
    phi = np.linalg.solve([[1, r1], [r1, 1]], [r1, r2])
    out["deviation"].append(new.std())
    out["phi1"].append(phi[0])
    out["phi2"].append(phi[1])
    now, before, mean = new / new.std(), mid / max(mid.std(), new.std() / 2), parts[2][k].mean()
    weight_now, weight_before, last_now, last_before = 1.0, 0.0, 0.0, 1.0
    for step in range(steps):
        now, before = phi[0] * now + phi[1] * before, now
        weight_now, last_now = phi[0] * weight_now + phi[1] * last_now, weight_now
        weight_before, last_before = phi[0] * weight_before + phi[1] * last_before, weight_before
        forecast[step] += now * new.std() + mean
    out["explained"].append(weight_now ** 2 + weight_before ** 2 + 2 * weight_now * weight_before * r1)
forecast.astype(np.float32).tofile(f"{folder}/expected.f32")

# Noise: white noise takes the amplitudes of the newest field, each level has variance 1.
amplitude = np.abs(np.fft.fft2(db[2]))
amplitude[0, 0] = 0
noise = [amplitude * w / np.sqrt(((amplitude * w) ** 2).sum() / amplitude.size) for w in weights]
np.stack(noise)[:, :, : width // 2 + 1].astype(np.float32).tofile(f"{folder}/noise.f32")
print(json.dumps(out))
