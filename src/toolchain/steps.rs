//! A plan as a list of steps, and the one loop that carries it out.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::command::Invocation;

/// Output up to this many lines is shown whole.
const SHORT: usize = 60;
/// Of longer output, this many lines are shown.
const TAIL: usize = 40;

/// One step of a plan.
pub struct Step<'a> {
    /// What it does, in two or three words; also its key in `needs`.
    pub name: &'static str,
    /// Steps that must have passed before this one makes sense.
    pub needs: &'static [&'static str],
    /// What is done.
    pub work: Work<'a>,
    /// What to do when it fails; the first entry that fits the output is shown.
    pub advice: Vec<Advice>,
    /// What to say of its output when it passes.
    pub summary: fn(&str) -> Option<String>,
}

/// What a step does.
pub enum Work<'a> {
    /// Run a program.
    Run(Invocation),
    /// Run a program that depends on what earlier steps made.
    Prepare(Box<dyn FnOnce() -> Result<Invocation, String> + 'a>),
    /// Do something in this process: `Ok` and `Err` carry output.
    Call(Box<dyn FnOnce() -> Result<String, String> + 'a>),
    /// Nothing to do, and why.
    Nothing(String),
}

/// What to do about a failure.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Text that the output must hold; empty fits always.
    pub when: &'static str,
    /// What to do.
    pub say: String,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Plain lines, for files and pipes.
    Lines,
    /// One line per step, rewritten while the step runs, for a terminal of this many columns.
    InPlace(usize),
}

/// How many steps ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Done and good.
    pub passed: usize,
    /// Done and bad.
    pub failed: usize,
    /// Not done, because a step that they need was not passed.
    pub skipped: usize,
}

impl<'a> Step<'a> {
    /// A step that needs no other and comes with no advice.
    #[must_use]
    pub fn new(name: &'static str, work: Work<'a>) -> Self {
        Self { name, needs: &[], work, advice: Vec::new(), summary: |_| None }
    }

    /// Names the steps that must have passed before.
    #[must_use]
    pub fn needs(mut self, needs: &'static [&'static str]) -> Self {
        self.needs = needs;
        self
    }

    /// Adds what to do when the output of a failure holds `when`.
    #[must_use]
    pub fn advise(mut self, when: &'static str, say: impl Into<String>) -> Self {
        self.advice.push(Advice { when, say: say.into() });
        self
    }

    /// Says what a success shows of its output.
    #[must_use]
    pub fn summarise(mut self, summary: fn(&str) -> Option<String>) -> Self {
        self.summary = summary;
        self
    }
}

/// What became of the work of a step.
struct Done {
    success: bool,
    output: String,
    /// The command, its folder and its exit status.
    command: Option<(Invocation, String)>,
}

/// Carries out a plan, one line per step. Steps whose needs did not pass are skipped, independent ones go on.
///
/// # Errors
/// `out` cannot be written to.
pub fn execute(plan: Vec<Step<'_>>, progress: Progress, out: &mut dyn Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut missing = Vec::new();
    for step in plan {
        if let Some(need) = step.needs.iter().find(|need| missing.contains(*need)) {
            writeln!(out, "  {} … skipped: `{need}` did not pass", step.name)?;
            missing.push(step.name);
            tally.skipped += 1;
            continue;
        }
        write!(out, "  {} … ", step.name)?;
        out.flush()?;
        let started = Instant::now();
        let done = match step.work {
            Work::Nothing(why) => {
                writeln!(out, "skipped: {why}")?;
                continue;
            }
            Work::Call(call) => {
                let result = call();
                Done { success: result.is_ok(), output: result.unwrap_or_else(|output| output), command: None }
            }
            Work::Run(invocation) => run(invocation, step.name, progress, out),
            Work::Prepare(prepare) => match prepare() {
                Ok(invocation) => run(invocation, step.name, progress, out),
                Err(output) => Done { success: false, output, command: None },
            },
        };
        if matches!(progress, Progress::InPlace(_)) {
            write!(out, "\r\x1b[2K  {} … ", step.name)?;
        }
        if done.success {
            tally.passed += 1;
            let summary = (step.summary)(&done.output).map(|summary| format!(", {summary}")).unwrap_or_default();
            writeln!(out, "ok {}{summary}", seconds(started.elapsed()))?;
            continue;
        }
        tally.failed += 1;
        missing.push(step.name);
        writeln!(out, "failed after {}", seconds(started.elapsed()))?;
        explain(&done, &step.advice, out)?;
    }
    Ok(tally)
}

/// Runs a program; on a terminal, the line of the step shows what it said last.
fn run(invocation: Invocation, name: &str, progress: Progress, out: &mut dyn Write) -> Done {
    let finished = invocation.run(&mut |line| {
        let Progress::InPlace(columns) = progress else { return };
        let room = columns.saturating_sub(name.chars().count() + 6);
        let shown: String = line.trim().chars().filter(|c| !c.is_control()).take(room).collect();
        // Losing a line of progress harms nobody: the result is written with its error checked.
        let _ = write!(out, "\r\x1b[2K  {name} … {shown}").and_then(|()| out.flush());
    });
    match finished {
        Ok(finished) => Done { success: finished.success, output: finished.output, command: Some((invocation, finished.status)) },
        Err(error) => Done { success: false, output: format!("could not be run: {error}"), command: Some((invocation, String::new())) },
    }
}

/// Shows a failed step: the command, where it ran, what it wrote, what to do.
fn explain(done: &Done, advice: &[Advice], out: &mut dyn Write) -> io::Result<()> {
    if let Some((invocation, status)) = &done.command {
        writeln!(out, "    $ {}", invocation.shown())?;
        if let Some(dir) = invocation.dir() {
            writeln!(out, "    in {}", dir.display())?;
        }
        if !status.is_empty() {
            writeln!(out, "    {status}")?;
        }
    }
    let lines: Vec<&str> = done.output.trim_end().lines().collect();
    let skipped = if lines.len() > SHORT { lines.len() - TAIL } else { 0 };
    if skipped > 0 {
        writeln!(out, "    | … {skipped} lines before")?;
    }
    for line in &lines[skipped..] {
        writeln!(out, "    | {line}")?;
    }
    if let Some(advice) = advice.iter().find(|advice| done.output.contains(advice.when)) {
        writeln!(out, "    help: {}", advice.say)?;
    }
    Ok(())
}

/// A duration as the steps show it.
fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report with all durations made equal.
    fn report(plan: Vec<Step<'_>>, progress: Progress) -> (Tally, String) {
        let mut out = Vec::new();
        let tally = execute(plan, progress, &mut out).expect("a buffer takes everything");
        let text = String::from_utf8(out).expect("the report is text");
        (tally, text.replace("0.1 s", "0.0 s"))
    }

    fn call<'a>(result: Result<&'a str, &'a str>) -> Work<'a> {
        Work::Call(Box::new(move || result.map(str::to_owned).map_err(str::to_owned)))
    }

    #[test]
    fn what_depends_on_a_failure_is_skipped_and_the_rest_goes_on() {
        let plan = vec![
            Step::new("first", call(Err("it\nbroke"))).advise("nothing of this", "not this").advise("broke", "mend it"),
            Step::new("second", call(Ok(""))).needs(&["first"]),
            Step::new("third", call(Ok(""))).needs(&["second"]),
            Step::new("other", call(Ok("5 things"))).summarise(|output| Some(output.to_owned())),
            Step::new("idle", Work::Nothing("there is nothing to do".to_owned())),
            Step::new("last", call(Ok(""))).needs(&["idle"]),
        ];
        let (tally, text) = report(plan, Progress::Lines);
        assert_eq!(tally, Tally { passed: 2, failed: 1, skipped: 2 });
        assert_eq!(
            text,
            "  first … failed after 0.0 s\n    | it\n    | broke\n    help: mend it\n\
             \x20 second … skipped: `first` did not pass\n\
             \x20 third … skipped: `second` did not pass\n\
             \x20 other … ok 0.0 s, 5 things\n\
             \x20 idle … skipped: there is nothing to do\n\
             \x20 last … ok 0.0 s\n"
        );
    }

    #[test]
    fn long_output_is_cut_to_its_tail() {
        let output = (1..=100).map(|line| format!("line {line}\n")).collect::<String>();
        let (_, text) = report(vec![Step::new("noisy", call(Err(&output)))], Progress::Lines);
        assert!(text.contains("… 60 lines before\n    | line 61\n"), "{text}");
        assert!(!text.contains("line 60\n"));
    }

    #[test]
    fn a_program_that_cannot_be_run_is_a_failure_with_its_command() {
        let work = Work::Run(Invocation::new("no-such-program-of-hognose").arg("--now"));
        let (tally, text) = report(vec![Step::new("try", work)], Progress::Lines);
        assert_eq!(tally.failed, 1);
        assert!(text.contains("$ no-such-program-of-hognose --now\n    | could not be run: "), "{text}");
    }

    #[test]
    #[cfg(unix)]
    fn a_terminal_shows_the_last_line_in_place() {
        let work = Work::Run(Invocation::new("sh").args(["-c", "echo 12345678901234567890; echo two"]));
        let (_, text) = report(vec![Step::new("talk", work)], Progress::InPlace(20));
        assert_eq!(text, "  talk … \r\u{1b}[2K  talk … 1234567890\r\u{1b}[2K  talk … two\r\u{1b}[2K  talk … ok 0.0 s\n");
    }
}
