//! Version requirements of manifests, rewritten for another release in the style that they were written in.

use std::str::FromStr;

use pep440_rs::{Operator, Version as PythonVersion, VersionSpecifier};
use semver::{Version, VersionReq};

use crate::release::Release;

/// Whether a cargo requirement admits this version.
pub(super) fn admits(requirement: &str, version: &str) -> bool {
    match (VersionReq::parse(requirement.trim()), Version::parse(version)) {
        (Ok(requirement), Ok(version)) => requirement.matches(&version),
        _ => false,
    }
}

/// A cargo requirement on `version`, which belongs to `release`, as exact as `old` was: `0.19` becomes `0.30`, `=0.22.2` becomes `=0.30.1`.
pub(super) fn raised(old: Option<&str>, version: &str, release: Release) -> String {
    let old = old.unwrap_or_default().trim();
    let (operator, rest) = old.strip_prefix('=').map_or(("", old), |rest| ("=", rest));
    let is_short = !rest.contains(',') && rest.split('.').count() < 3;
    // Crates that count as PyO3 does belong to it with every patch release; of others an older patch release may belong to an older PyO3.
    let series = release.to_string();
    let counts_alike = version.strip_prefix(&series).is_some_and(|patch| patch.starts_with('.'));
    if operator.is_empty() && is_short && counts_alike { series } else { format!("{operator}{version}") }
}

/// A Python requirement whose lower bound is at least `floor`; `None` when it is already, or has no bound to raise.
pub(super) fn with_floor(specifiers: &str, floor: &str) -> Option<String> {
    let wanted = PythonVersion::from_str(floor).ok()?;
    let mut parts: Vec<String> = specifiers.split(',').map(str::to_owned).collect();
    let parsed = parts.iter().map(|part| VersionSpecifier::from_str(part.trim()).ok()).collect::<Option<Vec<_>>>()?;
    // `~=3.7` goes up to 4, like `~=3.9`; `~=3.7.1` stays below 3.8 and cannot be raised.
    let is_compatible =
        |specifier: &VersionSpecifier| *specifier.operator() == Operator::TildeEqual && specifier.version().release().len() == 2;
    let is_lower = |specifier: &VersionSpecifier| matches!(specifier.operator(), Operator::GreaterThan | Operator::GreaterThanEqual);
    let at = parsed.iter().position(|specifier| is_lower(specifier) || is_compatible(specifier))?;
    if *parsed[at].version() >= wanted {
        return None;
    }
    let part = &parts[at];
    let version = part.find(|c: char| c.is_ascii_digit())?;
    let before = part[..version].replace('>', ">=").replace("==", "=");
    parts[at] = format!("{before}{floor}");
    Some(parts.join(","))
}

/// A build requirement whose lower bound is at least `floor`, with its extras and its marker: `maturin>=1,<2` becomes `maturin>=1.9.4,<2`. Where its
/// upper end is in the way, or it is exact, it becomes a range up to `below`. `None` when it is high enough, or names no versions.
pub(super) fn requirement_with_floor(requirement: &str, floor: &str, below: &str) -> Option<String> {
    let (body, marker) = requirement.split_at(requirement.find(';').unwrap_or(requirement.len()));
    let name_end = body.find(['<', '>', '=', '~', '!', '(', '@', ' ']).unwrap_or(body.trim_end().len());
    let (name, versions) = body.split_at(name_end);
    let gap = &body[body.trim_end().len()..];
    let versions = versions.trim();
    if versions.starts_with(['@', '(']) {
        return None;
    }
    let wanted = PythonVersion::from_str(floor).ok()?;
    let parsed = versions.split(',').filter(|part| !part.trim().is_empty()).map(|part| VersionSpecifier::from_str(part.trim()).ok());
    let parsed = parsed.collect::<Option<Vec<_>>>()?;
    let is_lower = |specifier: &VersionSpecifier| {
        matches!(
            specifier.operator(),
            Operator::GreaterThan | Operator::GreaterThanEqual | Operator::TildeEqual | Operator::Equal | Operator::EqualStar
        )
    };
    if parsed.iter().any(|specifier| is_lower(specifier) && *specifier.version() >= wanted) {
        return None;
    }
    let is_range = parsed
        .iter()
        .all(|specifier| !is_lower(specifier) || matches!(specifier.operator(), Operator::GreaterThan | Operator::GreaterThanEqual));
    let admits_floor = parsed.iter().filter(|specifier| !is_lower(specifier)).all(|specifier| specifier.contains(&wanted));
    let new = match with_floor(versions, floor) {
        Some(new) if is_range && admits_floor => new,
        None if is_range && admits_floor && parsed.is_empty() => format!(">={floor}"),
        None if is_range && admits_floor => format!(">={floor},{versions}"),
        _ => format!(">={floor},<{below}"),
    };
    Some(format!("{}{new}{gap}{marker}", name.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_keep_their_style() {
        let rows = [
            (Some("0.19"), "0.30.1", "0.30"),
            (Some("0.19.2"), "0.30.1", "0.30.1"),
            (Some("=0.22.2"), "0.30.1", "=0.30.1"),
            (Some("^0.13"), "0.30.0", "0.30"),
            (Some(">=0.20,<0.23"), "0.30.1", "0.30.1"),
            (Some("0.9"), "0.13.5", "0.13.5"),
            (None, "0.30.1", "0.30"),
        ];
        for (old, version, wanted) in rows {
            assert_eq!(raised(old, version, Release::new(30)), wanted, "{old:?} {version}");
        }
        assert!(admits(">=0.9", "0.13.5") && !admits("0.9", "0.13.5"));
    }

    #[test]
    fn build_requirements_keep_what_they_can() {
        let rows = [
            ("maturin>=1.0,<2.0", Some("maturin>=1.9.4,<2.0")),
            ("maturin>=0.14,<0.15", Some("maturin>=1.9.4,<2")),
            ("maturin<=1.3.2", Some("maturin>=1.9.4,<2")),
            ("maturin[zig]~=1.4 ; python_version > '3'", Some("maturin[zig]>=1.9.4,<2 ; python_version > '3'")),
            ("maturin==1.4.0", Some("maturin>=1.9.4,<2")),
            ("maturin", Some("maturin>=1.9.4")),
            ("maturin <2", Some("maturin>=1.9.4,<2")),
            ("maturin>=1.9.4", None),
            ("maturin>=1.10,<2", None),
            ("maturin @ git+https://example.org/m", None),
        ];
        for (old, wanted) in rows {
            assert_eq!(requirement_with_floor(old, "1.9.4", "2").as_deref(), wanted, "{old}");
        }
    }

    #[test]
    fn floors_of_python_requirements_go_up_only() {
        let rows = [
            (">=3.7", "3.9", Some(">=3.9")),
            (">= 3.6, < 4", "3.9", Some(">= 3.9, < 4")),
            (">=3.9", "3.9", None),
            (">=3.10,<3.13", "3.9", None),
            (">3.6", "3.9", Some(">=3.9")),
            ("~=3.7", "3.9", Some("~=3.9")),
            ("==3.8.*", "3.9", None),
            ("", "3.9", None),
            (">=0.14,<0.15", "1.9.4", Some(">=1.9.4,<0.15")),
        ];
        for (old, floor, wanted) in rows {
            assert_eq!(with_floor(old, floor).as_deref(), wanted, "{old}");
        }
    }
}
