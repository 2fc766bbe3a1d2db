"""Migrates published projects with hognose and counts what the compiler and their own tests say, before and after.

    python tests/corpus/run.py [--only NAME[-VERSION],...] [--to 0.30] [--stages shipped,static,bump,verify,tests] [--redo]

`projects.json` pins the projects: source distributions on the Python package index, by version and SHA-256. Only they, what their manifests name
(through cargo) and what their tests need (through pip) are downloaded. Everything is kept below `target/corpus`; stages that ran are not run
again, those of hognose are when its program changed. The table is `target/corpus/report-TO.md`, its data `report-TO.json`.

The stages, each on a copy of the project:

shipped   `cargo check` as published, with the lock file that it came with (or fresh dependencies, where that one does not resolve any more)
static    `hognose migrate --no-verify`, then `cargo check`
bump      nothing but the manifests of `static`: what somebody meets who edits them by hand
verify    `hognose migrate`, then `cargo check`, then `hognose migrate` again, which has to change nothing
tests     the project's own tests against the wheel of `shipped` and that of `verify`

Programs of the projects run here: their build scripts, their macros and their tests.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import urllib.parse
import urllib.request
import xml.etree.ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STAGES = ["shipped", "static", "bump", "verify", "tests"]
# Nobody's optimiser is under test: wheels are built as maturin and setuptools-rust do it, in the time of a debug build.
QUICK_RELEASE = {"OPT_LEVEL": "0", "LTO": "off", "CODEGEN_UNITS": "16", "DEBUG": "0", "DEBUG_ASSERTIONS": "false", "OVERFLOW_CHECKS": "false"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hognose", type=Path, default=ROOT / "target/debug/hognose", help="the program to measure")
    parser.add_argument("--projects", type=Path, default=HERE / "projects.json", help="the pinned list")
    parser.add_argument("--work", type=Path, default=ROOT / "target/corpus", help="where everything is kept")
    parser.add_argument("--only", default="", help="names, with or without version, separated by commas")
    parser.add_argument("--to", default="0.30", help="the PyO3 release to go to")
    parser.add_argument("--stages", default=",".join(STAGES), help="stages to run, separated by commas")
    parser.add_argument("--jobs", type=int, default=1, help="projects at a time; they share cargo's folder, and wait for it")
    parser.add_argument("--redo", action="store_true", help="run the stages again, even if nothing changed")
    parser.add_argument("--timeout", type=int, default=3600, help="seconds that one program may take")
    arguments = parser.parse_args()
    run = Run(arguments)
    chosen = [project for project in json.loads(arguments.projects.read_text()) if is_asked_for(project, arguments.only)]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for job in [pool.submit(run.project, project) for project in chosen]:
            job.result()
            run.write_report()
    run.write_report()
    print(run.report("md"))


def is_asked_for(project, only):
    return not only or any(word in (project["name"], identify(project)) for word in only.split(","))


def identify(project):
    return f"{project['name']}-{project['version']}"


class Run:
    """One run over the list."""

    def __init__(self, arguments):
        self.work = arguments.work.resolve()
        self.hognose = arguments.hognose.resolve()
        self.projects = json.loads(arguments.projects.read_text())
        self.to = arguments.to
        self.stages = arguments.stages.split(",")
        self.redo = arguments.redo
        self.timeout = arguments.timeout
        self.program = hashlib.sha256(self.hognose.read_bytes()).hexdigest()[:16]
        unknown = [stage for stage in self.stages if stage not in STAGES]
        if unknown:
            sys.exit(f"no such stage: {', '.join(unknown)}")

    def project(self, project):
        """Runs the stages of one project that have not run yet."""
        for stage in STAGES:
            if stage not in self.stages:
                continue
            try:
                self.stage(project, stage)
            except Exception as error:  # One project's surprise is no reason to lose the others.
                self.save(project, stage, {"status": "broken", "detail": f"{type(error).__name__}: {error}"[-2000:]})

    def stage(self, project, stage):
        known = self.load(project, stage)
        # What people published does not change, and neither does the compiler's opinion of it.
        basis = "" if stage == "shipped" else self.program
        if known and known.get("basis") == basis and not self.redo:
            return
        started = time.monotonic()
        result = getattr(self, f"stage_{stage}")(project)
        if result is None:
            return
        result["seconds"] = round(time.monotonic() - started, 1)
        result["basis"] = basis
        self.save(project, stage, result)
        print(f"{identify(project)} {stage}: {self.cell(result)} in {result['seconds']} s", flush=True)

    # The stages.

    def stage_shipped(self, project):
        tree = self.copy_of(project, "shipped")
        return self.check(project, tree, project["python"])

    def stage_static(self, project):
        return self.migrated(project, "static", ["--no-verify"])

    def stage_verify(self, project):
        return self.migrated(project, "verify", [])

    def stage_bump(self, project):
        static = self.load(project, "static")
        if not static or static["status"] == "refused":
            return {"status": "refused"} if static else None
        tree = self.copy_of(project, "bump")
        for manifest in self.tree(project, "static").rglob("*.toml"):
            shutil.copyfile(manifest, tree / manifest.relative_to(self.tree(project, "static")))
        # Where the lock file goes on from decides which versions cargo takes.
        return self.check(project, tree, None)

    def stage_tests(self, project):
        tests, shipped, verify = project.get("tests"), self.load(project, "shipped"), self.load(project, "verify")
        if tests is None or not shipped or shipped["status"] != "compiles" or not verify or verify["status"] != "compiles":
            return None
        before = self.load(project, "tests") or {}
        # The tests of what was published are run once.
        old = before["before"] if "before" in before and not self.redo else self.run_tests(project, "shipped")
        new = self.run_tests(project, "verify")
        broken = sorted(name for name, outcome in old.get("outcomes", {}).items() if outcome == "passed" and new.get("outcomes", {}).get(name) != "passed")
        status = "no tests" if not any(outcome == "passed" for outcome in old.get("outcomes", {}).values()) else "worse" if broken else "same"
        return {"status": status, "broken": broken, "before": old, "after": new}

    # What they are made of.

    def migrated(self, project, stage, options):
        tree = self.copy_of(project, stage)
        command = [self.hognose, "migrate", tree, "--to", self.to, "--allow-dirty", *options]
        answer = self.call(command, env=self.environment(self.python(project, None) if project.get("build") else None))
        (self.place(project) / f"{stage}.log").write_text(answer.stdout + answer.stderr)
        if answer.returncode == 2:
            return {"status": "refused", "detail": answer.stderr[-2000:]}
        if answer.returncode not in (0, 1):
            return {"status": "broken", "detail": answer.stderr[-2000:]}
        result = self.check(project, tree, None)
        result["verdict"] = answer.returncode
        if stage == "verify":
            first = contents(tree)
            self.call([*command, "--no-verify"], env=self.environment())
            again = contents(tree)
            result["changed_again"] = sorted(name for name in first.keys() | again.keys() if first.get(name) != again.get(name))
        return result

    def check(self, project, tree, python):
        """What `cargo check` says of the package, and how many of its errors are in the project's own files."""
        manifest = tree / project["manifest"]
        command = ["cargo", "check", "--message-format=json", "--quiet", "--manifest-path", manifest]
        features = packaging_features(tree, manifest) + project.get("features", [])
        features = [feature for feature in features if "/" in feature or feature in declared_features(manifest)]
        if features:
            command += ["--features", ",".join(features)]
        answer = self.call(command, env=self.environment(self.python(project, python)))
        errors, rendered = set(), []
        for line in answer.stdout.splitlines():
            message = json.loads(line)
            if message.get("reason") != "compiler-message" or message["message"]["level"] != "error":
                continue
            if str(tree) not in message["manifest_path"] or message["message"]["message"].startswith("aborting due to"):
                continue
            errors.add(message["message"]["rendered"])
            rendered.append(message["message"])
        (self.place(project) / f"{tree.name}.errors.txt").write_text("\n".join(sorted(errors)) or answer.stderr)
        if answer.returncode == 0:
            return {"status": "compiles", "errors": 0}
        if not errors:
            return {"status": "stopped", "detail": answer.stderr[-2000:]}
        codes = [message["code"]["code"] if message.get("code") else "none" for message in rendered]
        return {"status": "errors", "errors": len(rendered), "codes": {code: codes.count(code) for code in sorted(set(codes))}}

    def python(self, project, series):
        """The environment with this Python, or the one that runs this: with what the project's build script imports, if it imports anything."""
        python = interpreter(series) if series else sys.executable
        if not project.get("build"):
            return {"PYO3_PYTHON": python}
        folder = self.work / "pythons" / f"{identify(project)}-{series or 'new'}"
        if not folder.exists():
            subprocess.run([python, "-m", "venv", folder], check=True)
            subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", *project["build"]], check=True)
        return {"PYO3_PYTHON": str(folder / "bin/python"), "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}

    def run_tests(self, project, stage):
        """Builds the wheel, installs it with what the tests need into a new environment, and runs the tests outside of the tree."""
        tests, tree = project["tests"], self.tree(project, stage)
        place = self.place(project) / f"tests-{stage}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        python = interpreter(project["python"])
        env = self.environment({f"CARGO_PROFILE_RELEASE_{key}": value for key, value in QUICK_RELEASE.items()})
        # The Rust that a project pins need not be installed.
        env |= {"SETUPTOOLS_SCM_PRETEND_VERSION": project["version"], "PYO3_PYTHON": python, "RUSTUP_TOOLCHAIN": "stable", **tests.get("env", {})}
        build = self.call([python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", place / "dist", tree / tests.get("root", ".")], env=env)
        wheels = list((place / "dist").glob("*.whl"))
        if not wheels:
            return {"detail": "no wheel: " + (build.stdout + build.stderr)[-2000:]}
        self.call([python, "-m", "venv", place / "venv"])
        within = place / "venv/bin/python"
        install = self.call([within, "-m", "pip", "install", "--quiet", *wheels, "pytest", *tests.get("requires", [])])
        if install.returncode:
            return {"detail": "not installed: " + install.stderr[-2000:]}
        for folder in tests.get("copy", ["tests"]):
            shutil.copytree(tree / folder, place / "run" / folder)
        (place / "run/pytest.ini").write_text("[pytest]\n" + tests.get("ini", ""))
        command = [within, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", place / "junit.xml", *tests.get("arguments", [])]
        answer = self.call(command, cwd=place / "run")
        (place / "pytest.log").write_text(answer.stdout + answer.stderr)
        shutil.rmtree(place / "venv")
        if not (place / "junit.xml").exists():
            return {"detail": (answer.stdout + answer.stderr)[-2000:]}
        return {"outcomes": outcomes(place / "junit.xml", place)}

    def call(self, command, env=None, cwd=None):
        try:
            return subprocess.run([str(word) for word in command], capture_output=True, text=True, env=env, cwd=cwd, timeout=self.timeout)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"`{Path(command[0]).name}` took more than {self.timeout} seconds") from error

    def environment(self, more=None):
        # The flags are those that hognose checks with: cargo would build every dependency twice otherwise.
        return os.environ | {"CARGO_TARGET_DIR": str(self.work / "cargo"), "RUSTFLAGS": "--cap-lints=warn", "CARGO_INCREMENTAL": "0"} | (more or {})

    # Where things are.

    def place(self, project):
        return self.work / self.to / identify(project)

    def tree(self, project, stage):
        return (self.work / "shipped" / identify(project) if stage == "shipped" else self.place(project)) / stage

    def copy_of(self, project, stage):
        tree = self.tree(project, stage)
        shutil.rmtree(tree, ignore_errors=True)
        self.place(project).mkdir(parents=True, exist_ok=True)
        unpack(self.download(project), tree)
        # Hognose asks git whether the tree is clean; an enclosing repository is not the project's.
        manifest = tree / project["manifest"]
        for lock in [parent / "Cargo.lock" for parent in manifest.parents if tree in (parent, *parent.parents)]:
            if project["lock"] == "fresh" and lock.exists():
                lock.unlink()
        return tree

    def download(self, project):
        sdist = self.work / "sdists" / project["sdist"]
        if not sdist.exists():
            sdist.parent.mkdir(parents=True, exist_ok=True)
            part = sdist.with_name(sdist.name + ".part")
            with urllib.request.urlopen(link_of(project)) as answer, part.open("wb") as file:
                shutil.copyfileobj(answer, file)
            part.replace(sdist)
        if hashlib.sha256(sdist.read_bytes()).hexdigest() != project["sha256"]:
            raise RuntimeError(f"{sdist} is not the file that the list pins")
        return sdist

    def result_file(self, project, stage):
        return self.work / ("shipped" if stage == "shipped" else self.to) / identify(project) / f"{stage}.json"

    def load(self, project, stage):
        file = self.result_file(project, stage)
        return json.loads(file.read_text()) if file.exists() else None

    def save(self, project, stage, result):
        file = self.result_file(project, stage)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(result, indent=1))

    # The report.

    def write_report(self):
        for kind in ("json", "md"):
            (self.work / f"report-{self.to}.{kind}").write_text(self.report(kind))

    def report(self, kind):
        rows = [(project, {stage: self.load(project, stage) for stage in STAGES}) for project in self.projects]
        rows = [row for row in rows if any(row[1].values())]
        sums = summary(rows)
        if kind == "json":
            projects = [{"name": project["name"], "version": project["version"], **stages} for project, stages in rows]
            return json.dumps({"version": 1, "to": self.to, "summary": sums, "projects": projects}, indent=1) + "\n"
        lines = [f"{name}: {value}" for name, value in sums.items()]
        lines += ["", "| project | PyO3 | shipped | bump | static | verify | again | tests |", "|---|---|--:|--:|--:|--:|---|---|"]
        for project, stages in rows:
            cells = [self.cell(stages[stage]) for stage in ("shipped", "bump", "static", "verify")]
            again = (stages["verify"] or {}).get("changed_again")
            cells += ["" if again is None else "same" if not again else f"{len(again)} files change", self.cell(stages["tests"])]
            lines.append(f"| {project['name']} {project['version']} | {project['pyo3']} | {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"

    @staticmethod
    def cell(result):
        if not result:
            return ""
        if "before" in result and result["status"] != "broken":
            passed = [sum(outcome == "passed" for outcome in result[side].get("outcomes", {}).values()) for side in ("before", "after")]
            return f"{result['status']}: {passed[0]} → {passed[1]}"
        return str(result["errors"]) if "errors" in result else result["status"]


def summary(rows):
    """The figures that matter: over projects that compiled as published."""
    compiled = [stages for _, stages in rows if (stages["shipped"] or {}).get("status") == "compiles"]
    measured = [stages for stages in compiled if stages["bump"] and stages["verify"]]
    errors = {stage: sum((stages[stage] or {}).get("errors", 0) for stages in measured) for stage in ("bump", "static", "verify")}
    done = [stages for stages in measured if stages["verify"]["status"] == "compiles"]
    tested = [stages["tests"] for stages in measured if stages["tests"] and stages["tests"]["status"] in ("same", "worse")]
    return {
        "projects": len(rows),
        "compile as published": len(compiled),
        "of these measured": len(measured),
        "errors after the bump": errors["bump"],
        "errors after static fixes": errors["static"],
        "errors after the compiler's part": errors["verify"],
        "compile after": len(done),
        "their tests pass as before": f"{sum(tests['status'] == 'same' for tests in tested)} of {len(tested)}",
        "changed by a second run": sum(bool(stages["verify"].get("changed_again")) for stages in measured),
    }


def contents(tree):
    return {str(file.relative_to(tree)): file.read_bytes() for file in tree.rglob("*") if file.is_file() and file.name != "Cargo.lock"}


def outcomes(junit, place):
    """Test → passed, failed or skipped. Tests that are named after files have the same name wherever they run."""
    found = {}
    for case in xml.etree.ElementTree.parse(junit).iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        found[f"{case.get('classname')}::{case.get('name')}".replace(str(place), "")] = outcome
    return found


def packaging_features(tree, manifest):
    """The cargo features that maturin switches on: where PyO3 is optional, a bare `cargo check` sees none of its code."""
    for folder in manifest.parents:
        pyproject = folder / "pyproject.toml"
        if pyproject.exists():
            return tomllib.loads(pyproject.read_text()).get("tool", {}).get("maturin", {}).get("features", [])
        if folder == tree:
            break
    return []


def declared_features(manifest):
    """The features of a package, those that optional dependencies are included."""
    content = tomllib.loads(manifest.read_text())
    optional = {name for name, value in content.get("dependencies", {}).items() if isinstance(value, dict) and value.get("optional")}
    return optional | set(content.get("features", {}))


def unpack(sdist, tree):
    """Unpacks a source distribution, which holds one folder, as `tree`."""
    above = tree.with_name(tree.name + ".part")
    shutil.rmtree(above, ignore_errors=True)
    above.mkdir(parents=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(above, filter="data")
    # Copies share cargo's folder, and cargo takes files that are older than its last look for what it has seen.
    for file in above.rglob("*"):
        os.utime(file)
    (folder,) = above.iterdir()
    folder.rename(tree)
    above.rmdir()


def link_of(project):
    """The address of the distribution at the index that pip is configured with."""
    index = pip_setting("index-url") or "https://pypi.org/simple"
    request = urllib.request.Request(f"{index.rstrip('/')}/{project['name']}/", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request) as answer:
        page, base = answer.read().decode(), answer.url
    for href in re.findall(r'href="([^"]+)"', page):
        if href.split("#")[0].endswith("/" + project["sdist"]):
            return urllib.parse.urljoin(base, href.split("#")[0])
    raise RuntimeError(f"the index has no {project['sdist']}")


def pip_setting(name):
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    found = re.findall(rf"^(?:global|:env:)\.{name}='(.*)'$", listed, re.MULTILINE)
    return found[-1] if found else None


def interpreter(series):
    """The path of Python `series`: on PATH, or one of pyenv's or uv's."""
    candidates = [shutil.which(f"python{series}")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += sorted(pyenv.glob(f"{series}.*/bin/python"))
    if uv := shutil.which("uv"):
        candidates.append(subprocess.run([uv, "python", "find", series], capture_output=True, text=True).stdout.strip())
    for candidate in filter(None, candidates):
        answer = subprocess.run([candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True)
        if answer.stdout.strip() == series:
            return str(candidate)
    raise RuntimeError(f"Python {series} is needed")


if __name__ == "__main__":
    main()
