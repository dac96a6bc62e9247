"""Times of several tasks side by side, as minima over rounds, so that other work on the machine disturbs all alike."""

import gc
import time


def best(tasks, rounds=7):
    """Return the shortest time of every task in seconds; each round runs every task once."""
    times = dict.fromkeys(tasks, float("inf"))
    gc.disable()
    try:
        for _ in range(rounds):
            for name, task in tasks.items():
                start = time.perf_counter()
                task()
                times[name] = min(times[name], time.perf_counter() - start)
    finally:
        gc.enable()
    return times


def line(what, found, target=None, unit="x"):
    """Print one figure beside its target."""
    goal = "" if target is None else f"   (target {target})"
    print(f"  {what:<78} {found:>10.3g} {unit}{goal}", flush=True)


def head(text):
    """Print a heading."""
    print(f"\n{text}", flush=True)
