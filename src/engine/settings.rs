//! Settings: which rules run, and what in the settings means nothing.

use super::check::{CheckOptions, TargetChoice};
use crate::diagnostic::{Diagnostic, Findings, Fix, Level};
use crate::project::{Package, Setting, Settings};
use crate::release::Release;
use crate::rules::{self, ALL, Group, Rule};
use crate::text::Edit;

/// Keys that the settings may have.
const KEYS: &[&str] = &["select", "ignore", "target", "exclude"];

/// The rules that run: all of them, narrowed by `select`, less `ignore`. The command line comes before the settings.
pub(super) fn selected_rules(options: &CheckOptions, settings: &Settings) -> Vec<&'static Rule> {
    let of_settings = |list: &[Setting]| list.iter().map(|setting| setting.value.clone()).collect::<Vec<_>>();
    let select = if options.select.is_empty() { of_settings(&settings.select) } else { options.select.clone() };
    let ignore: Vec<String> = options.ignore.iter().cloned().chain(of_settings(&settings.ignore)).collect();
    let named = |selectors: &[String], rule: &Rule| {
        selectors.iter().any(|selector| rules::select(selector).iter().any(|selected| selected.id == rule.id))
    };
    // A rule that is selected by its own name on the command line runs even if the settings ignore its group.
    let by_name = |rule: &Rule| options.select.iter().any(|selector| rules::find(selector).is_some_and(|found| found.id == rule.id));
    // What is wrong with the settings themselves, or kept a file from being checked, is told whatever the settings select.
    let is_own = |rule: &Rule| options.select.is_empty() && rule.group == Group::Hognose;
    let wanted = |rule: &&&'static Rule| {
        let selected = select.is_empty() || is_own(rule) || named(&select, rule);
        selected && (by_name(rule) && !named(&options.ignore, rule) || !named(&ignore, rule))
    };
    ALL.iter().filter(wanted).copied().collect()
}

/// Reports what the settings say in vain, and tells the target that they name.
pub(super) fn check_settings(package: &Package) -> (Vec<Diagnostic>, TargetChoice) {
    let mut target = TargetChoice::Release(Release::NEWEST);
    let Some(rule) = rules::find("unknown-setting") else { return (Vec::new(), target) };
    let mut findings = Findings::new(rule.id);
    let settings = &package.settings;
    for setting in &settings.unknown {
        let guess = KEYS.iter().copied().max_by(|a, b| strsim::jaro(a, &setting.value).total_cmp(&strsim::jaro(b, &setting.value)));
        let close = guess.filter(|key| strsim::jaro(key, &setting.value) > 0.7);
        let message = format!("hognose has no setting `{}`", setting.value);
        report(&mut findings, setting, message, close, &format!("remove it; the settings are {}", KEYS.map_list()));
    }
    for setting in settings.select.iter().chain(&settings.ignore) {
        if rules::select(&setting.value).is_empty() {
            let message = format!("hognose has no rule or group `{}`", setting.value);
            report(&mut findings, setting, message, rules::suggest(&setting.value), "`hognose rules` lists them; remove this one");
        }
    }
    for setting in &settings.malformed {
        findings.report(setting.file, setting.range, Level::Warning, setting.value.clone()).help("correct the value");
    }
    if let Some(setting) = &settings.target {
        match parse_target(&setting.value) {
            Some(choice) => target = choice,
            None => {
                let message = format!("`{}` is no PyO3 release that hognose knows", setting.value);
                let help = format!("write `newest`, `declared` or a release from {} to {}", Release::OLDEST, Release::NEWEST);
                report(&mut findings, setting, message, None, &help);
            }
        }
    }
    (findings.found, target)
}

fn report(findings: &mut Findings, setting: &Setting, message: String, meant: Option<&str>, help: &str) {
    let finding = findings.report(setting.file, setting.range, Level::Warning, message);
    match meant {
        Some(word) => {
            finding.help(format!("did you mean `{word}`?"));
            let reason = "it is a guess at what was meant";
            // A value's range has quotes around it, a key's has not.
            let quoted = setting.range.len() >= setting.value.len() + 2;
            let text = if quoted { format!("\"{word}\"") } else { word.to_owned() };
            finding.fix(Fix::risky(format!("write `{word}`"), reason).edit(setting.file, Edit::replace(setting.range, text)));
        }
        None => {
            finding.help(help);
        }
    }
}

/// Reads `--target` and the setting `target`.
pub(super) fn parse_target(word: &str) -> Option<TargetChoice> {
    match word {
        "newest" => Some(TargetChoice::Release(Release::NEWEST)),
        "declared" => Some(TargetChoice::Declared),
        other => {
            let release = other.parse::<Release>().ok()?;
            (Release::OLDEST..=Release::NEWEST).contains(&release).then_some(TargetChoice::Release(release))
        }
    }
}

impl std::str::FromStr for TargetChoice {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        parse_target(word).ok_or_else(|| {
            format!(
                "`{word}` is no PyO3 release that hognose knows: write `newest`, `declared` or a release from {} to {}",
                Release::OLDEST,
                Release::NEWEST
            )
        })
    }
}

/// A list of words for a message.
trait WordList {
    fn map_list(&self) -> String;
}

impl WordList for &[&str] {
    fn map_list(&self) -> String {
        self.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    }
}
