"""Measure Python against Rust, and print one table. Needs Python 3.11 or later and cargo; the rest goes into a folder of its own.

python example-ext/benchmarks/run.py [--dir FOLDER] [--quick]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANIFESTS = (HERE.parent / "Cargo.toml", HERE / "kernels" / "Cargo.toml")
MATURIN = "maturin==1.16.0"


def run(*command: str | Path, **variables: str) -> str:
    """Run a program with these environment variables; what it prints is returned, and its messages are shown."""
    environment = {**os.environ, **variables}
    # Of the outer environment, the programs must not find other packages than those that were built here.
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX"):
        if name not in variables:
            environment.pop(name, None)
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        sys.exit(f"failed: {' '.join(str(part) for part in command)}\n{done.stdout}")
    return done.stdout


def build(folder: Path, profiles: tuple[str, ...]) -> tuple[Path, dict[str, Path]]:
    """Build both packages once a profile; return the interpreter, and for each profile the folder to import from."""
    environment = folder / "environment"
    bin_folder = environment / ("Scripts" if os.name == "nt" else "bin")
    python = bin_folder / ("python.exe" if os.name == "nt" else "python")
    if not python.exists():
        venv.create(environment, with_pip=True)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    run(*pip, MATURIN)
    sites = {}
    for profile in profiles:
        wheels, site = folder / profile / "wheels", folder / profile / "site"
        # Wheels of other versions would be installed, too.
        shutil.rmtree(wheels, ignore_errors=True)
        for manifest in MANIFESTS:
            print(f"building {manifest.parent.name} ({profile}) …", file=sys.stderr)
            maturin = (python, "-m", "maturin", "build", "--quiet", "--manifest-path")
            options = ("--profile", profile, "--out", wheels, "--interpreter", python)
            # One folder for both, so that PyO3 compiles once.
            run(*maturin, manifest, *options, CARGO_TARGET_DIR=str(folder / "cargo"))
        built = sorted(wheels.glob("*.whl"))
        run(*pip, "--no-deps", "--no-index", "--upgrade", "--target", site, *built)
        sites[profile] = site
    return python, sites


def text(ratio: list[float]) -> str:
    """A ratio as `3.1x (2.9 to 3.3)`: the median of the rounds, the least and the greatest."""
    return f"{median(ratio):.3g}x ({min(ratio):.3g} to {max(ratio):.3g})"


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def milliseconds(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.3g} ms"


def print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    lines = [head, tuple("-" * width for width in widths), *rows]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        print("| " + " | ".join(cells) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--dir",
        type=Path,
        default=HERE.parent / "target" / "benchmark",
        help="where to build",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="small sizes, debug build only: whether it runs, not how fast",
    )
    arguments = parser.parse_args()
    folder = arguments.dir.resolve()
    profiles = ("dev",) if arguments.quick else ("release", "dev")
    python, sites = build(folder, profiles)

    size = "quick" if arguments.quick else "full"
    print("measuring …", file=sys.stderr)
    results = {}
    for profile in profiles:
        output = run(
            python, HERE / "measure.py", size, profile, PYTHONPATH=str(sites[profile])
        )
        results[profile] = json.loads(output)

    cores = (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count()
    )
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {cores} cores, {profiles[0]} build\n"
    )
    rows = [
        (
            row["what"],
            row["python"],
            milliseconds(row["python_seconds"]),
            milliseconds(row["rust_seconds"]),
            text(
                [
                    a / b
                    for a, b in zip(
                        row["python_seconds"], row["rust_seconds"], strict=True
                    )
                ]
            ),
        )
        for row in results[profiles[0]]["against_python"]
    ]
    print_table(("what", "Python side", "Python", "Rust", "Python / Rust"), rows)
    if arguments.quick:
        return
    print()
    pairs = zip(results["release"]["builds"], results["dev"]["builds"], strict=True)
    rows = [
        (
            release["what"],
            milliseconds(dev["seconds"]),
            milliseconds(release["seconds"]),
            # Two processes, one after the other: their rounds do not belong together.
            f"{median(dev['seconds']) / median(release['seconds']):.3g}x",
        )
        for release, dev in pairs
    ]
    print_table(("what", "debug", "release", "debug / release"), rows)


if __name__ == "__main__":
    main()
