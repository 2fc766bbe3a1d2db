"""Calls a hook of a build backend as PEP 517 says. Run by `hognose verify` with the Python of the build environment, in the folder of the project."""

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys

hook, out, litter, pip, backend, *folders = sys.argv[1:]

# The folder of the project is not to be imported from, unless the project says so.
sys.path[:] = [os.path.abspath(folder) for folder in folders] + [entry for entry in sys.path if entry]
os.makedirs(out, exist_ok=True)
# What an earlier call has left there would count as a part of the project.
shutil.rmtree(litter, ignore_errors=True)
os.makedirs(litter)
# setuptools reads this file after the project's own, and leaves what it builds where it says.
os.environ["DIST_EXTRA_CONFIG"] = os.path.join(litter, "extra.cfg")
with open(os.environ["DIST_EXTRA_CONFIG"], "w") as file:
    print(f"[build]\nbuild_base = {os.path.join(litter, 'build')}\n[egg_info]\negg_base = {litter}", file=file)

name, _, attributes = backend.partition(":")
module = importlib.import_module(name)
for attribute in filter(None, attributes.split(".")):
    module = getattr(module, attribute)

wanted = getattr(module, f"get_requires_for_{hook}", list)()
if wanted:
    runner = [pip, "-m", "pip", "--python", sys.executable] if pip else [sys.executable, "-m", "pip"]
    offline = ["--no-index"] if os.environ.get("CARGO_NET_OFFLINE") == "true" else []
    subprocess.run([*runner, "install", "--disable-pip-version-check", "--quiet", *offline, *wanted], check=True)
    importlib.invalidate_caches()
print(os.path.join(out, getattr(module, hook)(out)))
