import numpy as np
from numpy.typing import NDArray

__all__ = ["mix", "smooth", "trim"]

def mix(
    track: NDArray[np.float64], other: NDArray[np.float64], *, gain: float = 1.0
) -> None: ...
def smooth(
    samples: NDArray[np.float64], window: int, *, axis: int = -1
) -> NDArray[np.float64]: ...
def trim(
    samples: NDArray[np.float64], *, threshold: float = 0.0
) -> NDArray[np.float64]: ...
