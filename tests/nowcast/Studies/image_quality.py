"""PSNR and SSIM of scikit-image for pairs of float32 images: FORECAST OBSERVED width; prints JSON."""
import json
import sys
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

width = int(sys.argv[3])
a, b = (np.fromfile(f, np.float32).astype(np.float64).reshape(-1, width) for f in sys.argv[1:3])
print(json.dumps({
    "psnr": peak_signal_noise_ratio(b, a, data_range=1),
    "ssim": structural_similarity(b, a, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False),
}))
