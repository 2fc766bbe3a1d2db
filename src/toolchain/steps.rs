//! A plan as a list of steps, and the one loop that carries it out.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use annotate_snippets::normalize_untrusted_str;

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

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done and good.
    Passed,
    /// Done and bad.
    Failed,
    /// Not done, because a step that it needs did not pass.
    Skipped,
    /// There was nothing to do.
    Idle,
}

/// What became of a step.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The name of the step.
    pub name: &'static str,
    /// How it ended.
    pub status: Status,
    /// How long it took.
    pub duration: Duration,
    /// In a few words: what it made, how it failed, why it was not done.
    pub detail: Option<String>,
    /// What to do about a failure.
    pub advice: Option<String>,
    /// The command of a failure, as a person would type it.
    pub command: Option<String>,
    /// What a failed step wrote.
    pub output: String,
}

/// How many steps ended so.
#[must_use]
pub fn count(reports: &[StepReport], status: Status) -> usize {
    reports.iter().filter(|report| report.status == status).count()
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
pub fn execute(plan: Vec<Step<'_>>, progress: Progress, out: &mut dyn Write) -> io::Result<Vec<StepReport>> {
    let mut reports: Vec<StepReport> = Vec::new();
    for step in plan {
        let has_failed =
            |need: &str| reports.iter().any(|report| report.name == need && matches!(report.status, Status::Failed | Status::Skipped));
        if let Some(need) = step.needs.iter().find(|need| has_failed(need)) {
            let why = format!("`{need}` did not pass");
            writeln!(out, "  {} … skipped: {why}", step.name)?;
            reports.push(StepReport::not_done(step.name, Status::Skipped, why));
            continue;
        }
        write!(out, "  {} … ", step.name)?;
        out.flush()?;
        let started = Instant::now();
        let done = match step.work {
            Work::Nothing(why) => {
                writeln!(out, "skipped: {}", visible(&why))?;
                reports.push(StepReport::not_done(step.name, Status::Idle, why));
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
        let duration = started.elapsed();
        if matches!(progress, Progress::InPlace(_)) {
            write!(out, "\r\x1b[2K  {} … ", step.name)?;
        }
        if done.success {
            let detail = (step.summary)(&done.output);
            let summary = detail.as_ref().map(|summary| format!(", {}", visible(summary))).unwrap_or_default();
            writeln!(out, "ok {}{summary}", seconds(duration))?;
            reports.push(StepReport { detail, duration, ..StepReport::not_done(step.name, Status::Passed, String::new()) });
            continue;
        }
        writeln!(out, "failed after {}", seconds(duration))?;
        let advice = step.advice.into_iter().find(|advice| done.output.contains(advice.when)).map(|advice| advice.say);
        explain(&done, advice.as_deref(), out)?;
        let status = done.command.as_ref().map(|(_, status)| status.clone()).filter(|status| !status.is_empty());
        reports.push(StepReport {
            name: step.name,
            status: Status::Failed,
            duration,
            detail: status,
            advice,
            command: done.command.map(|(invocation, _)| invocation.shown()),
            output: done.output,
        });
    }
    Ok(reports)
}

impl StepReport {
    fn not_done(name: &'static str, status: Status, why: String) -> Self {
        Self { name, status, duration: Duration::ZERO, detail: Some(why), advice: None, command: None, output: String::new() }
    }
}

/// Runs a program; on a terminal, the line of the step shows how long it has been running and what it said last.
fn run(invocation: Invocation, name: &str, progress: Progress, out: &mut dyn Write) -> Done {
    let started = Instant::now();
    let finished = invocation.run(&mut |line| {
        let Progress::InPlace(columns) = progress else { return };
        let shown = progress_line(name, started.elapsed(), line, columns);
        // Losing a line of progress harms nobody: the result is written with its error checked.
        let _ = write!(out, "\r\x1b[2K{shown}").and_then(|()| out.flush());
    });
    match finished {
        Ok(finished) => Done { success: finished.success, output: finished.output, command: Some((invocation, finished.status)) },
        Err(error) => Done { success: false, output: format!("could not be run: {error}"), command: Some((invocation, String::new())) },
    }
}

/// What the line of a running step shows, in fewer than `columns` columns.
#[must_use]
pub fn progress_line(name: &str, elapsed: Duration, said: &str, columns: usize) -> String {
    let minutes = elapsed.as_secs() / 60;
    let seconds = elapsed.as_secs() % 60;
    let time = if minutes > 0 { format!("{minutes} min {seconds:02} s") } else { format!("{seconds} s") };
    let line = format!("  {name} … {time}  {}", said.trim());
    line.chars().filter(|c| !c.is_control()).take(columns.saturating_sub(1)).collect::<String>().trim_end().to_owned()
}

/// Shows a failed step: the command, where it ran, what it wrote, what to do.
fn explain(done: &Done, advice: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    if let Some((invocation, status)) = &done.command {
        writeln!(out, "    $ {}", visible(&invocation.shown()))?;
        if let Some(dir) = invocation.dir() {
            writeln!(out, "    in {}", visible(&dir.display().to_string()))?;
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
        writeln!(out, "    | {}", visible(line))?;
    }
    if let Some(advice) = advice {
        writeln!(out, "    help: {}", visible(advice))?;
    }
    Ok(())
}

/// Text on one line, with control characters made visible: programs repeat what a stranger's project holds.
fn visible(text: &str) -> String {
    normalize_untrusted_str(&text.replace(['\r', '\n'], " "))
}

/// A duration as the steps show it.
fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report with all durations made equal.
    fn report(plan: Vec<Step<'_>>, progress: Progress) -> (Vec<StepReport>, String) {
        let mut out = Vec::new();
        let reports = execute(plan, progress, &mut out).expect("a buffer takes everything");
        let text = String::from_utf8(out).expect("the report is text");
        (reports, text.replace("0.1 s", "0.0 s"))
    }

    fn call<'a>(result: Result<&'a str, &'a str>) -> Work<'a> {
        Work::Call(Box::new(move || result.map(str::to_owned).map_err(str::to_owned)))
    }

    #[test]
    fn what_depends_on_a_failure_is_skipped_and_the_rest_goes_on() {
        let plan = vec![
            Step::new("first", call(Err("it\nbroke"))).advise("nothing of this", "not this").advise("broke", "repair it"),
            Step::new("second", call(Ok(""))).needs(&["first"]),
            Step::new("third", call(Ok(""))).needs(&["second"]),
            Step::new("other", call(Ok("5 things"))).summarise(|output| Some(output.to_owned())),
            Step::new("idle", Work::Nothing("there is nothing to do".to_owned())),
            Step::new("last", call(Ok(""))).needs(&["idle"]),
        ];
        let (reports, text) = report(plan, Progress::Lines);
        let counts = [Status::Passed, Status::Failed, Status::Skipped, Status::Idle].map(|status| count(&reports, status));
        assert_eq!(counts, [2, 1, 2, 1]);
        assert_eq!((reports[0].advice.as_deref(), reports[0].output.as_str()), (Some("repair it"), "it\nbroke"));
        assert_eq!(reports[2].detail.as_deref(), Some("`second` did not pass"));
        assert_eq!(
            text,
            "  first … failed after 0.0 s\n    | it\n    | broke\n    help: repair it\n\
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
    fn nothing_reaches_the_terminal_raw() {
        let plan = vec![
            Step::new("fail", call(Err("a\u{1b}[2Kb"))).advise("", "say\u{7}"),
            Step::new("pass", call(Ok("c\rd"))).summarise(|output| Some(output.to_owned())),
            Step::new("idle", Work::Nothing("e\u{1b}".to_owned())),
        ];
        let (reports, text) = report(plan, Progress::Lines);
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(text.contains("    | a␛[2Kb\n    help: say␇\n") && text.contains(", c d\n"), "{text}");
        assert_eq!(reports[0].output, "a\u{1b}[2Kb", "programs get what was written");
    }

    #[test]
    fn a_program_that_cannot_be_run_is_a_failure_with_its_command() {
        let work = Work::Run(Invocation::new("no-such-program-of-hognose").arg("--now"));
        let (reports, text) = report(vec![Step::new("try", work)], Progress::Lines);
        assert_eq!(reports[0].status, Status::Failed);
        assert_eq!(reports[0].command.as_deref(), Some("no-such-program-of-hognose --now"));
        assert!(text.contains("$ no-such-program-of-hognose --now\n    | could not be run: "), "{text}");
    }

    #[test]
    #[cfg(unix)]
    fn a_terminal_shows_the_last_line_in_place() {
        let work = Work::Run(Invocation::new("sh").args(["-c", "echo 12345678901234567890; echo two"]));
        let (_, text) = report(vec![Step::new("talk", work)], Progress::InPlace(20));
        let frames: Vec<&str> = text.split("\r\u{1b}[2K").collect();
        assert_eq!((frames.first(), frames.last()), (Some(&"  talk … "), Some(&"  talk … ok 0.0 s\n")));
        assert!(frames.contains(&"  talk … 0 s  12345") && frames.contains(&"  talk … 0 s  two"), "{frames:?}");
    }

    #[test]
    fn a_long_step_shows_its_minutes() {
        let line = progress_line("build", Duration::from_secs(125), "   Compiling\u{7} pyo3\n", 60);
        assert_eq!(line, "  build … 2 min 05 s  Compiling pyo3");
        assert_eq!(progress_line("build", Duration::from_secs(9), "", 60), "  build … 9 s");
    }
}
