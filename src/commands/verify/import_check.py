"""Imports an installed wheel from outside the source tree and shows what was imported. Run by `hognose verify` with the new environment's Python."""

import importlib
import importlib.machinery
import importlib.metadata
import os
import sys

distribution, expected = sys.argv[1:]


def inside(path):
    return os.path.realpath(path).startswith(os.path.realpath(sys.prefix) + os.sep)


def compiled_modules():
    """The dotted names of the extension modules that the wheel brought."""
    suffixes = sorted(importlib.machinery.EXTENSION_SUFFIXES, key=len, reverse=True)
    for file in importlib.metadata.distribution(distribution).files or []:
        if file.parts and any(part == ".." or part.endswith((".libs", ".dylibs", ".data")) for part in file.parts):
            continue
        suffix = next((suffix for suffix in suffixes if file.name.endswith(suffix)), None)
        if suffix is not None:
            yield ".".join([*file.parts[:-1], file.name[: -len(suffix)]])


names = sorted(compiled_modules())
if not names:
    sys.exit("error: the wheel holds no compiled module")
package = expected.split(".")[0]
if expected not in names and not any(name.split(".")[0] == package for name in names):
    sys.exit(f"error: the wheel should hold `{expected}` and holds {', '.join(names)}")

module = importlib.import_module(package)
origin = getattr(module, "__file__", None)
if origin is None:
    sys.exit(f"error: `{package}` was imported as a namespace, without code: {list(module.__path__)}")
if not inside(origin):
    sys.exit(f"error: `{package}` was imported from {origin}, which is not what the wheel installed")
for name in names:
    extension = importlib.import_module(name)
    if not inside(extension.__file__):
        sys.exit(f"error: `{name}` was imported from {extension.__file__}, which is not what the wheel installed")
print(", ".join(names))
