"""Coverage-guided fuzzing of everything that reads input from outside: ``python -m tests.fuzz --runs 200000``.

The inputs are shared out among the targets, each of which runs in a process of its own. An input that makes a target
raise anything but the project's own errors is written to ``.smartcity/fuzz`` and ends the run. Needs the dependency
group ``fuzz``.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".smartcity" / "fuzz"
ORDER = ("csv", "xlsx", "yaml", "geojson", "form")


def run_all(runs):
    from .targets import SHARES

    for target in ORDER:
        share, start = round(runs * SHARES[target]), time.monotonic()
        command = [sys.executable, "-m", "tests.fuzz", "--target", target, "--runs", str(share)]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return 1
        print(f"{target}: {share} inputs in {time.monotonic() - start:.0f} s, nothing uncaught", flush=True)
    return 0


def run_one(target, runs):
    import atheris

    with atheris.instrument_imports(include=["smartcity_analysis"]):
        from . import targets
    corpus = PLACE / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(targets.seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-atheris_runs={runs}", f"-artifact_prefix={PLACE}/{target}-", "-max_len=8000"]
    if target in targets.DICTIONARY:
        words = PLACE / f"{target}.dict"
        words.write_text("".join(f'"{word}"\n' for word in targets.DICTIONARY[target]), encoding="utf-8")
        options.append(f"-dict={words}")
    options += ["-timeout=600", "-rss_limit_mb=3000", "-verbosity=0", "-print_final_stats=0", "-seed=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], targets.TARGETS[target])
    atheris.Fuzz()


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--runs", type=int, default=200_000)
    parser.add_argument("--target", choices=ORDER)
    chosen = parser.parse_args()
    if chosen.target:
        return run_one(chosen.target, chosen.runs)
    return run_all(chosen.runs)


if __name__ == "__main__":
    sys.exit(main())
