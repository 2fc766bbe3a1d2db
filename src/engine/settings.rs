//! Settings: which rules run, and what in the settings means nothing.

use super::check::{CheckOptions, TargetChoice};
use crate::diagnostic::{Diagnostic, Findings, Fix, Level};
use crate::project::{Package, Setting, Settings};
use crate::release::Release;
use crate::rules::{self, ALL, Group, Rule};
use crate::text::Edit;

/// Keys that the settings may have.
const KEYS: [&str; 5] = ["select", "ignore", "target", "exclude", "fail-on"];

/// What the settings of a package ask for, besides rules.
pub(super) struct Demands {
    /// What they say in vain.
    pub(super) findings: Vec<Diagnostic>,
    /// `target`, if they name one.
    pub(super) target: Option<TargetChoice>,
    /// `fail-on`.
    pub(super) fail_on: Level,
}

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

/// Reports what the settings say in vain, and tells what else they ask for.
pub(super) fn check_settings(package: &Package) -> Demands {
    let mut demands = Demands { findings: Vec::new(), target: None, fail_on: Level::FAILING };
    let Some(rule) = rules::find("unknown-setting") else { return demands };
    let mut findings = Findings::new(rule.id);
    let settings = &package.settings;
    let keys = KEYS.map(|key| format!("`{key}`")).join(", ");
    // A key that is there already is not the one that was meant, and would stand there twice.
    let mut free: Vec<&str> = KEYS.into_iter().filter(|key| !settings.keys.iter().any(|written| written == key)).collect();
    for setting in &settings.unknown {
        let message = format!("hognose has no setting `{}`", setting.value);
        let meant = closest(&free, &setting.value);
        free.retain(|key| Some(*key) != meant);
        report(&mut findings, setting, message, meant, &format!("remove it; the settings are {keys}"));
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
            Some(choice) => demands.target = Some(choice),
            None => {
                let message = format!("`{}` is not a PyO3 release that hognose knows", setting.value);
                let help = format!("write `newest`, `declared` or a release from {} to {}", Release::OLDEST, Release::NEWEST);
                report(&mut findings, setting, message, None, &help);
            }
        }
    }
    if let Some(setting) = &settings.fail_on {
        match Level::named(&setting.value) {
            Some(level) => demands.fail_on = level,
            None => {
                let message = format!("`{}` is not a level of findings", setting.value);
                report(&mut findings, setting, message, closest(&Level::NAMES, &setting.value), "write `note`, `warning` or `error`");
            }
        }
    }
    demands.findings = findings.found;
    demands
}

/// The word that was probably meant.
fn closest(words: &[&'static str], written: &str) -> Option<&'static str> {
    let scored = words.iter().map(|word| (strsim::jaro(word, written), *word));
    scored.filter(|(score, _)| *score > 0.7).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
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
            finding
                .fix(Fix::risky(format!("write `{word}`"), reason, Release::OLDEST).edit(setting.file, Edit::replace(setting.range, text)));
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
                "`{word}` is not a PyO3 release that hognose knows: write `newest`, `declared` or a release from {} to {}",
                Release::OLDEST,
                Release::NEWEST
            )
        })
    }
}
