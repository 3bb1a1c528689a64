"""Inverse CDFs of PERT estimates as tables of 1,025 knots, for the peers that draw from tables."""

import numpy as np

STEPS = 1024


def pert(workload):
    """Durations at the probabilities 0, 1/1024, … 1, one row for each task: float32, (tasks, 1025), in working days.

    PERT is a beta over the range with a = 1 + 4 (mode - low) / (high - low) and b = 6 - a. Both are at least 1, so that its
    density is finite and the trapezoidal rule will do.
    """
    low, mode, high = (np.array(values) for values in (workload.low, workload.mode, workload.high))
    peak = 4 * (mode - low) / (high - low)
    x = np.linspace(0.0, 1.0, 2 * STEPS + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.log(x), np.log1p(-x)
    knots = np.linspace(0.0, 1.0, STEPS + 1)
    rows = np.empty((len(workload), STEPS + 1), np.float32)
    for task in range(len(workload)):
        # A mode at an end of its range has exponent 0 there, and 0 times minus infinity is not a number.
        logs = [power * end if power > 0 else 0.0 for power, end in zip((peak[task], 4 - peak[task]), ends)]
        density = np.exp(logs[0] + logs[1])
        cdf = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
        rows[task] = low[task] + (high[task] - low[task]) * np.interp(knots, cdf / cdf[-1], x)
    return rows
