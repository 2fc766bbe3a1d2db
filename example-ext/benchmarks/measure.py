"""Measure with the packages that are importable, and print the seconds of every round as JSON. Started by run.py."""

import csv
import gc
import hashlib
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import kernels

import example_ext


@dataclass
class Contest:
    """Two ways to the same result."""

    what: str
    python_side: str
    python: Callable[[], object]
    rust: Callable[[], object]


@dataclass
class Sizes:
    words: int
    rows: int
    integers: int
    records: int
    bytes: int
    calls: int
    letters: int
    rounds: int


SIZES = {
    "full": Sizes(1_000_000, 50_000, 1_000_000, 50_000, 16 << 20, 1_000_000, 2000, 9),
    "quick": Sizes(1000, 50, 1000, 50, 1 << 10, 100, 20, 3),
}


def make_text(words: int) -> str:
    """Prose-like: few words are frequent, most are rare, one in twelve has a capital or a comma."""
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = [
        "".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(20_000)
    ]
    drawn = rng.choices(vocabulary, [1 / (rank + 1) for rank in range(20_000)], k=words)
    return " ".join(
        word.capitalize() if n % 12 == 0 else word + "," if n % 12 == 6 else word
        for n, word in enumerate(drawn)
    )


def counted_by_loop(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in text.lower().replace(",", " ").split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def read_dicts(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_column(path: Path) -> list[float]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        index = next(rows).index("price")
        return [float(row[index]) for row in rows]


def fnv1a(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def square(value: float) -> float:
    return value * value


def dumps(data: object) -> str:
    # As compact as serde_json, and without escapes for what is not ASCII, which serde_json does not make either.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def contests(sizes: Sizes, folder: Path) -> Iterator[Contest]:
    rng = random.Random(2)
    text = make_text(sizes.words)
    word = re.compile(r"[\w']+")
    yield Contest(
        f"word count, {sizes.words} words",
        "dict, word by word",
        lambda: counted_by_loop(text),
        lambda: example_ext.count_words(text),
    )
    yield Contest(
        f"word count, {sizes.words} words",
        "Counter over re.findall (C)",
        lambda: dict(Counter(word.findall(text.lower()))),
        lambda: example_ext.count_words(text),
    )

    path = folder / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "note", "price"])
        for n in range(sizes.rows):
            writer.writerow(
                [n, f"item {n % 997}", 'a "note", quoted', rng.random() * 100]
            )
    yield Contest(
        f"CSV to dicts, {sizes.rows} rows",
        "csv.DictReader (Python over C)",
        lambda: read_dicts(path),
        lambda: example_ext.read_csv(path),
    )
    yield Contest(
        f"CSV, one column of {sizes.rows} rows",
        "csv.reader (C) and float",
        lambda: read_column(path),
        lambda: example_ext.read_column(path, "price"),
    )

    records = [
        {
            "id": n,
            "name": f"näme {n}",
            "tags": ["a", "b"],
            "ok": n % 2 == 0,
            "none": None,
        }
        for n in range(sizes.records)
    ]
    yield Contest(
        f"JSON of {sizes.records} dicts",
        "json.dumps (C)",
        lambda: dumps(records),
        lambda: kernels.to_json(records),
    )
    yield Contest(
        f"JSON of a CSV file, {sizes.rows} rows",
        "csv.DictReader, json.dumps (C)",
        lambda: dumps(read_dicts(path)),
        lambda: kernels.csv_to_json(path),
    )

    integers = [rng.randrange(-(2**62), 2**62) for _ in range(sizes.integers)]
    yield Contest(
        f"sort {sizes.integers} integers, in parallel",
        "sorted (C)",
        lambda: sorted(integers),
        lambda: example_ext.sort_integers(integers),
    )
    yield Contest(
        f"no work on {sizes.integers} integers",
        "list copied (C)",
        lambda: list(integers),
        lambda: kernels.there_and_back(integers),
    )

    data = rng.randbytes(sizes.bytes)
    yield Contest(
        f"SHA-256, {sizes.bytes} bytes",
        "hashlib (C, OpenSSL)",
        lambda: hashlib.sha256(data).digest(),
        lambda: kernels.sha256(data),
    )
    short = data[: sizes.bytes // 16]
    yield Contest(
        f"FNV-1a, {len(short)} bytes",
        "loop over bytes",
        lambda: fnv1a(short),
        lambda: kernels.fnv1a(short),
    )

    floats = [rng.random() for _ in range(sizes.calls)]
    yield Contest(
        f"{sizes.calls} squares, one call each",
        "function, called for each",
        lambda: [square(value) for value in floats],
        lambda: [kernels.square(value) for value in floats],
    )
    yield Contest(
        f"{sizes.calls} squares, one call",
        "Rust, one call each",
        lambda: [kernels.square(value) for value in floats],
        lambda: kernels.square_all(floats),
    )
    texts = [text[n : n + 40] for n in range(0, min(len(text), sizes.calls * 4), 40)]
    yield Contest(
        f"{len(texts)} texts counted in one call",
        "Rust, one call each",
        lambda: count_each(texts),
        lambda: count_together(texts),
    )


def count_each(texts: list[str]) -> list[tuple[str, int]]:
    counter = example_ext.WordCounter()
    for text in texts:
        counter.add(text)
    return counter.most_common(5)


def count_together(texts: list[str]) -> list[tuple[str, int]]:
    counter = example_ext.WordCounter()
    counter.add_all(texts)
    return counter.most_common(5)


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    result = work()
    # Freeing the result is not part of the time.
    end = time.perf_counter()
    del result
    return end - start


def against_python(sizes: Sizes, folder: Path) -> Iterator[dict[str, object]]:
    for contest in contests(sizes, folder):
        # The first runs warm up, and show that the contest is one.
        assert contest.python() == contest.rust(), f"{contest.what}: results differ"
        # Turn by turn, so that a busy machine slows both.
        rounds = [
            (seconds(contest.python), seconds(contest.rust))
            for _ in range(sizes.rounds)
        ]
        yield {
            "what": contest.what,
            "python": contest.python_side,
            "python_seconds": [python for python, _ in rounds],
            "rust_seconds": [rust for _, rust in rounds],
        }


def builds(sizes: Sizes) -> Iterator[dict[str, object]]:
    text = make_text(sizes.words)
    rng = random.Random(3)
    left, right = ("".join(rng.choices("abcd", k=sizes.letters)) for _ in range(2))
    data = rng.randbytes(sizes.bytes // 16)
    integers = [rng.randrange(2**62) for _ in range(sizes.integers)]
    works: dict[str, Callable[[], object]] = {
        "word count": lambda: example_ext.count_words(text),
        "edit distance": lambda: example_ext.edit_distance(left, right),
        "FNV-1a": lambda: kernels.fnv1a(data),
        "sorting, with the way in and out": lambda: example_ext.sort_integers(integers),
    }
    for what, work in works.items():
        work()
        yield {"what": what, "seconds": [seconds(work) for _ in range(sizes.rounds)]}


def main() -> None:
    size, profile = sys.argv[1:]
    sizes = SIZES[size]
    results: dict[str, object] = {"builds": list(builds(sizes))}
    if profile == "release" or size == "quick":
        with tempfile.TemporaryDirectory() as folder:
            results["against_python"] = list(against_python(sizes, Path(folder)))
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
