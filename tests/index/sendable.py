"""A researcher's own methods as they must be to be sent to a worker: functions of a module."""

import os
import signal
from functools import partial

import numpy as np


def upper_half(scores, weights):
    """Mean of the better half of the children."""
    ordered = np.sort(scores, axis=-1)
    return ordered[..., ordered.shape[-1] // 2 :].mean(axis=-1) + 0 * weights.sum(axis=-1)


def by_column(values, share=0.5):
    """Gaps filled between the lowest and the highest value."""
    low, high = np.nanmin(values, axis=-2, keepdims=True), np.nanmax(values, axis=-2, keepdims=True)
    return np.where(np.isnan(values), low + share * (high - low), values)


def spread(scores):
    """A number a draw."""
    return np.nanmax(scores, axis=1) - np.nanmin(scores, axis=1)


def water(regions, uniform):
    """Values of one indicator from uniform numbers."""
    return 1.0 + np.arange(regions)[:, None] * (1 + uniform[:, :1, None])


def fatal_water(regions, asker, flag, uniform):
    """The same, but the first worker that is asked is killed."""
    if os.getpid() != asker:
        try:
            os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return water(regions, uniform)


def fatal(regions, flag):
    return partial(fatal_water, regions, os.getpid(), str(flag))
