"""fastNlMeansDenoising of OpenCV on 8-bit frames: FILE of bytes, side, h, then OUT of bytes."""
import sys
import cv2
import numpy as np

source, side, h, target = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
frames = np.fromfile(source, np.uint8).reshape(-1, side, side)
np.stack([cv2.fastNlMeansDenoising(f, None, h, 7, 21) for f in frames]).tofile(target)
