"""``import smartcity_analysis`` costs next to nothing."""

import os
import statistics
import subprocess
import sys

from .source import ROOT

HEAVY = ("pandas", "numpy", "matplotlib", "papermill", "nbformat", "pandera", "pydantic", "scipy", "yaml", "babel")


def python(code):
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout


def test_importing_the_package_loads_nothing_heavy():
    code = f"import smartcity_analysis, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert python(code).strip() == "[]"


def test_rooms_come_on_first_use():
    code = "import smartcity_analysis as s, sys; s.study.load_framework; print(s.__version__, 'pandas' in sys.modules)"
    assert python(code).split() == ["0.1.0", "True"]


def test_the_command_line_answers_without_loading_the_library():
    code = "import sys; from smartcity_analysis import cli; print({'pandas', 'matplotlib'} & set(sys.modules))"
    assert python(code).strip() == "set()"


def test_importing_the_package_takes_less_than_twice_importing_numpy():
    def seconds(module):
        code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
        return float(python(code))

    pairs = [(seconds("smartcity_analysis"), seconds("numpy")) for _ in range(7)]
    own, numpy = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert own < 2 * numpy, f"{own / numpy:.2f} times numpy"
