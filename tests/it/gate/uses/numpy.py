# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import assert_type

import numpy as np
from numpy.typing import NDArray
from package import mix, smooth, trim

track: NDArray[np.float64] = np.zeros(8)
single: NDArray[np.float32] = np.zeros(8, dtype=np.float32)
mix(track, track, gain=0.5)
assert_type(smooth(track, 2, axis=0), NDArray[np.float64])
assert_type(trim(track), NDArray[np.float64])
smooth(single, 2)  # type: ignore[arg-type]
mix(track, [1.0])  # type: ignore[arg-type]
trim(track, 0.5)  # type: ignore[call-arg]
