//! Wordings with gaps: `{}` is read, `{..}` is whatever stands there; at the end of a wording anything may follow only after `{..}`.

/// What stands in the `{}` of a wording, if a text is worded like it.
pub(super) fn read<'t>(wording: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut wording = wording;
    let mut gap: Option<Gap> = None;
    loop {
        let (literal, next) = literal(wording);
        let at = match gap {
            None => rest.starts_with(literal).then_some(0)?,
            Some(_) if literal.is_empty() => rest.len(),
            Some(_) if next.is_none() => rest.len().checked_sub(literal.len()).filter(|at| rest.get(*at..) == Some(literal))?,
            Some(_) => rest.find(literal)?,
        };
        if gap == Some(Gap::Read) {
            // What is read is code in backticks or a number.
            found.push(rest.get(..at).filter(|read| !read.contains('`'))?);
        }
        rest = &rest[at + literal.len()..];
        let Some((which, after)) = next else { return rest.is_empty().then_some(found) };
        (gap, wording) = (Some(which), after);
    }
}

/// What stands between two texts of a wording.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Read,
    Skipped,
}

/// The text up to the next gap, and the gap with what follows it.
fn literal(wording: &str) -> (&str, Option<(Gap, &str)>) {
    let gaps = [("{}", Gap::Read), ("{..}", Gap::Skipped)];
    let next = gaps.into_iter().filter_map(|(mark, gap)| Some((wording.find(mark)?, mark, gap))).min_by_key(|(at, ..)| *at);
    match next {
        Some((at, mark, gap)) => (&wording[..at], Some((gap, &wording[at + mark.len()..]))),
        None => (wording, None),
    }
}
