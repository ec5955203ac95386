"""Scores of the fields in a folder, written with numpy and scipy alone: the reference for the verification tests."""
import json
import sys

import numpy as np
from scipy import integrate, ndimage, stats

folder = sys.argv[1]
width = int(sys.argv[2])
thresholds = [float(t) for t in sys.argv[3].split(",")]


def load(name):
    return np.fromfile(f"{folder}/{name}.f32", np.float32).reshape(-1, width)


forecast, observed = load("forecast"), load("observed")
mask = np.fromfile(f"{folder}/mask.u8", np.uint8).reshape(observed.shape) > 0
members = np.stack([load(f"member{i}") for i in range(int(sys.argv[4]))])
ladder = np.stack([load(f"probability{i}") for i in range(len(thresholds))])
threshold = thresholds[1]
event = lambda x: x >= np.float32(threshold) - np.float32(1e-3)

ok = mask & np.isfinite(forecast) & np.isfinite(observed)
f, o = forecast[ok].astype(float), observed[ok].astype(float)
F, O = event(forecast[ok]), event(observed[ok])
a, b, c, d = (F & O).sum(), (F & ~O).sum(), (~F & O).sum(), (~F & ~O).sum()
n = a + b + c + d
chance = ((a + b) * (a + c) + (c + d) * (b + d)) / n
out = {
    "csi": a / (a + b + c), "pod": a / (a + c), "far": b / (a + b), "bias": (a + b) / (a + c), "pofd": b / (b + d),
    "hss": (a + d - chance) / (n - chance),
    "me": np.mean(f - o), "mae": np.mean(np.abs(f - o)), "rmse": np.sqrt(np.mean((f - o) ** 2)), "r": stats.pearsonr(f, o)[0],
}

fss = []
for scale in (1, 5, 11):
    box = lambda x: ndimage.uniform_filter(x.astype(float), scale, mode="constant") * scale * scale
    count = box(ok)
    pf, po = box(ok & event(forecast)) / np.maximum(count, 1), box(ok & event(observed)) / np.maximum(count, 1)
    fss.append(1 - np.sum((pf - po)[ok] ** 2) / np.sum((pf ** 2 + po ** 2)[ok]))
out["fss"] = fss

ok = mask & np.isfinite(observed) & np.isfinite(ladder).all(0)
p, O = ladder[1][ok].astype(float), event(observed[ok]).astype(float)
out["brier"] = np.mean((p - O) ** 2)
bins = np.clip((p * 10).astype(int), 0, 9)
used = [k for k in range(10) if (bins == k).any()]
out["reliability"] = sum((bins == k).sum() * (p[bins == k].mean() - O[bins == k].mean()) ** 2 for k in used) / len(p)
within = sum(((p[bins == k] - p[bins == k].mean()) ** 2).sum() for k in used) / len(p)
together = 2 * sum(((p[bins == k] - p[bins == k].mean()) * (O[bins == k] - O[bins == k].mean())).sum() for k in used) / len(p)
between = sum((bins == k).sum() * (O[bins == k].mean() - O.mean()) ** 2 for k in used) / len(p)
out["resolution"] = between - within + together
out["uncertainty"] = O.mean() * (1 - O.mean())
# The area under the ROC of the binned probabilities is the chance that an event got the higher bin, ties half (Mason and Graham 2002).
out["roc"] = stats.mannwhitneyu(bins[O == 1], bins[O == 0]).statistic / ((O == 1).sum() * (O == 0).sum())


def ladder_crps(g, y):
    top, before = thresholds[-1], thresholds[-2]
    fall = np.log(g[-2] / g[-1]) if g[-1] > 0 and g[-2] > g[-1] else 0
    scale = min(top, (top - before) / fall) if fall > 0 else top
    exceed = lambda x: np.where(x <= top, np.interp(x, thresholds, g), g[-1] * np.exp(-(x - top) / scale))
    square = lambda x: (exceed(x) - (x < y)) ** 2
    knots = sorted({0.0, *thresholds, float(y)})
    total = sum(integrate.quad(square, u, v)[0] for u, v in zip(knots, knots[1:]))
    return total + integrate.quad(square, knots[-1], knots[-1] + 60 * scale, limit=200)[0]


every = np.argwhere(ok)[::7]
out["ladderPixels"] = len(every)
out["ladder"] = float(np.mean([ladder_crps(ladder[:, y, x].astype(float), observed[y, x]) for y, x in every]))

ok = mask & np.isfinite(observed) & np.isfinite(members).all(0)
m, y = members[:, ok].astype(float), observed[ok].astype(float)
out["crps"] = np.mean(np.abs(m - y).mean(0) - 0.5 * np.abs(m[:, None] - m[None]).mean((0, 1)))
out["spread"] = np.sqrt(np.mean(m.var(0, ddof=1)) * (len(m) + 1) / len(m))
out["skill"] = np.sqrt(np.mean((m.mean(0) - y) ** 2))
rank = np.zeros(len(m) + 1)
for j in range(m.shape[1]):
    if y[j] > 0 or (m[:, j] > 0).any():
        low, high = (m[:, j] < y[j]).sum(), (m[:, j] <= y[j]).sum()
        rank[low:high + 1] += 1 / (high - low + 1)
out["ranks"] = (rank / rank.sum()).tolist()

print(json.dumps({k: v if isinstance(v, (list, int)) else float(v) for k, v in out.items()}))
