//! Running programs: the only place that starts one.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::platform::Platform;

/// Variables of the caller's shell that would make a build or a test see another Python than the chosen one.
const SCRUBBED: [&str; 22] = [
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONSAFEPATH",
    "PYTHONUSERBASE",
    "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "PYENV_VERSION",
    "PYO3_BUILD_EXTENSION_MODULE",
    "PYO3_CONFIG_FILE",
    "PYO3_CROSS",
    "PYO3_CROSS_LIB_DIR",
    "PYO3_CROSS_PYTHON_IMPLEMENTATION",
    "PYO3_CROSS_PYTHON_VERSION",
    "PYO3_NO_PYTHON",
    "PYO3_PYTHON",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PYTEST_ADDOPTS",
];

/// How often a running program is reported on, whether it writes something or not.
const TICK: Duration = Duration::from_millis(500);

/// A program with its arguments and surroundings, not yet run.
#[derive(Clone, Debug)]
pub struct Invocation {
    program: PathBuf,
    args: Vec<OsString>,
    dir: Option<PathBuf>,
    env: Vec<(String, OsString)>,
    /// Variables that it does not inherit.
    without: Vec<String>,
    /// A virtual environment that counts as active.
    venv: Option<(PathBuf, Platform)>,
    /// Whether it sees the Python of the caller's shell.
    keeps_shell: bool,
    /// What a person would type instead, when the real command holds a whole script.
    shown_as: Option<String>,
}

/// How a program ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Whether it reported success.
    pub success: bool,
    /// The exit code, or the signal that ended it.
    pub status: String,
    /// What it wrote, both streams in the order of writing.
    pub output: String,
    /// How long it ran.
    pub duration: Duration,
}

/// What a program wrote, the streams apart.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// Whether it reported success.
    pub success: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Invocation {
    /// `program` without arguments, in the current folder.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            dir: None,
            env: Vec::new(),
            without: Vec::new(),
            venv: None,
            keeps_shell: false,
            shown_as: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Runs in this folder.
    #[must_use]
    pub fn in_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs without variables that it would inherit.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.without.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Runs with the variables of the caller's shell that choose a Python, as if it were typed there.
    #[must_use]
    pub fn as_in_shell(mut self) -> Self {
        self.keeps_shell = true;
        self
    }

    /// Runs as if this virtual environment had been activated.
    #[must_use]
    pub fn in_venv(mut self, venv: impl Into<PathBuf>, platform: Platform) -> Self {
        self.venv = Some((venv.into(), platform));
        self
    }

    /// Shows this instead of the command itself.
    #[must_use]
    pub fn shown_as(mut self, command: String) -> Self {
        self.shown_as = Some(command);
        self
    }

    /// The command as a person would type it.
    #[must_use]
    pub fn shown(&self) -> String {
        if let Some(command) = &self.shown_as {
            return command.clone();
        }
        let quote = |word: &OsStr| Platform::current().quote(word);
        let variables = self.env.iter().filter(|(name, _)| name == "PYO3_PYTHON").map(|(name, value)| format!("{name}={}", quote(value)));
        let words = std::iter::once(self.program.as_os_str()).chain(self.args.iter().map(OsString::as_os_str)).map(quote);
        variables.chain(words).collect::<Vec<_>>().join(" ")
    }

    /// The folder that it runs in, unless it is the current one.
    #[must_use]
    pub fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// Runs the program to its end. `on_progress` gets the last line that it wrote: at each line, and twice a second meanwhile.
    ///
    /// # Errors
    /// The program cannot be started or read from.
    pub fn run(&self, on_progress: &mut dyn FnMut(&str)) -> io::Result<Finished> {
        let started = Instant::now();
        // One pipe for both streams keeps them in the order of writing.
        let (reader, writer) = io::pipe()?;
        let mut child = {
            let mut command = self.command();
            command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
            command.spawn()?
        };
        let output = follow(reader, on_progress)?;
        let status = child.wait()?;
        Ok(Finished { success: status.success(), status: status.to_string(), output, duration: started.elapsed() })
    }

    /// Runs the program to its end and keeps the streams apart.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn capture(&self) -> io::Result<Captured> {
        let output = self.command().stdin(Stdio::null()).output()?;
        Ok(Captured {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// As [`capture`](Self::capture), for a program that reads all of `input` before it answers.
    ///
    /// # Errors
    /// The program cannot be started, or stops reading.
    pub fn capture_of(&self, input: &str) -> io::Result<Captured> {
        let mut child = self.command().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        Ok(Captured {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// As [`capture`](Self::capture); `on_progress` gets the last line of standard error: at each line, and twice a second meanwhile.
    ///
    /// # Errors
    /// The program cannot be started or read from.
    pub fn capture_with(&self, on_progress: &mut dyn FnMut(&str)) -> io::Result<Captured> {
        let (reader, writer) = io::pipe()?;
        let mut child = {
            let mut command = self.command();
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(writer);
            command.spawn()?
        };
        let stdout = child.stdout.take();
        // A full pipe would stop the program: each stream has a thread that empties it.
        let stdout = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stdout.map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut bytes)).map(|_| bytes)
        });
        let stderr = follow(reader, on_progress)?;
        let stdout = stdout.join().map_err(|_| io::Error::other("a stream could not be read"))??;
        Ok(Captured { success: child.wait()?.success(), stdout: String::from_utf8_lossy(&stdout).into_owned(), stderr })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that runs programs")]
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        let scrubbed: &[&str] = if self.keeps_shell { &[] } else { &SCRUBBED };
        for name in scrubbed.iter().copied().chain(self.without.iter().map(String::as_str)) {
            command.env_remove(name);
        }
        // Compiled Python in the project's own folders would be litter.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some((venv, platform)) = &self.venv {
            command.env("VIRTUAL_ENV", venv).env("PATH", path_with(platform.venv_programs(venv), *platform));
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        command
    }
}

/// Everything that comes out of the pipe; `on_progress` gets its last line, at each line and twice a second meanwhile.
fn follow(reader: io::PipeReader, on_progress: &mut dyn FnMut(&str)) -> io::Result<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || read_lines(reader, &sender));
    let (mut output, mut last) = (String::new(), String::new());
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                let line = line?;
                last.clear();
                last.push_str(line.trim_end());
                output.push_str(&line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(output),
        }
        on_progress(&last);
    }
}

/// Sends every line of the pipe, until its end or until nobody listens.
fn read_lines(pipe: io::PipeReader, lines: &mpsc::Sender<io::Result<String>>) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = match reader.read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => Ok(String::from_utf8_lossy(&line).into_owned()),
            Err(error) => Err(error),
        };
        if lines.send(read).is_err() {
            return;
        }
    }
}

/// PATH with `first` in front.
fn path_with(first: PathBuf, platform: Platform) -> OsString {
    let mut path = first.into_os_string();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(platform.path_separator().to_string());
        path.push(rest);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Invocation {
        Invocation::new("sh").args(["-c", script])
    }

    #[test]
    #[cfg(unix)]
    fn shows_what_a_person_would_type() {
        let command = Invocation::new("cargo").args(["test", "--", "it's slow"]).env("PYO3_PYTHON", "/v/python").env("SECRET", "1");
        assert_eq!(command.shown(), r"PYO3_PYTHON=/v/python cargo test -- 'it'\''s slow'");
    }

    #[test]
    #[cfg(unix)]
    fn keeps_the_order_of_both_streams() {
        let mut lines = Vec::new();
        let finished = shell("echo one; echo two >&2; echo three; exit 3").run(&mut |line| lines.push(line.to_owned())).expect("sh runs");
        // A line may be told twice, when the program takes its time after it.
        lines.dedup();
        assert_eq!(lines, ["one", "two", "three"]);
        assert_eq!(finished.output, "one\ntwo\nthree\n");
        assert!(!finished.success);
        assert!(finished.status.contains('3'), "{}", finished.status);
    }

    #[test]
    #[cfg(unix)]
    fn programs_see_the_given_environment_only() {
        let script = "echo \"${PYTHONPATH-unset} $VIRTUAL_ENV ${PATH%%:*}\"";
        let captured = shell(script).in_venv("/some/venv", Platform::Linux).capture().expect("sh runs");
        assert_eq!(captured.stdout, "unset /some/venv /some/venv/bin\n");
        let captured = shell("echo ${VIRTUAL_ENV-unset}").capture().expect("sh runs");
        assert_eq!(captured.stdout, "unset\n");
    }

    #[test]
    #[cfg(unix)]
    fn a_silent_program_is_reported_on_all_the_same() {
        let mut lines = Vec::new();
        shell("echo slow; sleep 1.2").run(&mut |line| lines.push(line.to_owned())).expect("sh runs");
        assert!(lines.len() >= 2 && lines.iter().all(|line| line == "slow"), "{lines:?}");
    }

    #[test]
    fn a_missing_program_is_an_error() {
        assert!(Invocation::new("no-such-program-of-hognose").capture().is_err());
    }
}
