"""Imports an installed wheel from outside the source tree and shows what was imported. Run by `hognose verify` with the new environment's Python."""

import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import re
import sys
import traceback

distribution, expected = sys.argv[1:]


def inside(path):
    return os.path.realpath(path).startswith(os.path.realpath(sys.prefix) + os.sep)


def compiled_modules():
    """The extension modules that the wheel brought, with their files."""
    suffixes = sorted(importlib.machinery.EXTENSION_SUFFIXES, key=len, reverse=True)
    for file in importlib.metadata.distribution(distribution).files or []:
        if file.parts and any(part == ".." or part.endswith((".libs", ".dylibs", ".data")) for part in file.parts):
            continue
        suffix = next((suffix for suffix in suffixes if file.name.endswith(suffix)), None)
        if suffix is not None:
            yield ".".join([*file.parts[:-1], file.name[: -len(suffix)]]), str(file.locate())


def explain(files):
    """Loads each compiled module by itself, because the package's own code may have hidden why it does not load."""
    traceback.print_exc()
    for name, path in files.items():
        try:
            importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, path))
        except ImportError as error:
            print(f"error: `{name}` does not load from {path}: {error}", file=sys.stderr)
            with open(path, "rb") as file:
                defined = {match.decode() for match in re.findall(rb"\0PyInit_(\w+)", file.read())}
            if defined and name.split(".")[-1] not in defined:
                print(f"error: the file defines the module `{', '.join(sorted(defined))}`", file=sys.stderr)
    sys.exit(1)


files = dict(sorted(compiled_modules()))
names = list(files)
if not names:
    sys.exit("error: the wheel holds no compiled module")
top = expected.split(".")[0]
# Where nothing says what the wheel should hold, it is what it does hold.
held = expected if expected in names else next((name for name in names if name.split(".")[0] == top or not top), None)
if held is None:
    sys.exit(f"error: the wheel should hold `{expected}` and holds {', '.join(names)}")
# The parents of this package may be namespaces, which hold no code and belong to several distributions.
package, _, own_name = held.rpartition(".")
package = package or held

try:
    module = importlib.import_module(package)
except Exception:
    explain(files)
origin = getattr(module, "__file__", None)
# A module with a public name may lie in a namespace itself; a private one is there for the code of its package.
if origin is None and own_name.startswith("_"):
    sys.exit(f"error: `{package}` was imported as a namespace, without code: {list(module.__path__)}")
if origin is not None and not inside(origin):
    sys.exit(f"error: `{package}` was imported from {origin}, which is not what the wheel installed")
for name in names:
    try:
        extension = importlib.import_module(name)
    except Exception:
        explain(files)
    if not inside(extension.__file__):
        sys.exit(f"error: `{name}` was imported from {extension.__file__}, which is not what the wheel installed")
print(", ".join(names))
