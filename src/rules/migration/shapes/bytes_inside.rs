//! Bytes inside of what a function returns: in a tuple, a list, a dict. The lists that Python got before are made part by part.

use crate::rust::{TypeRef, parse_type, takes_suffix};

/// How a type that holds bytes is returned.
pub(super) struct Returned {
    /// The value's type, `PyResult` left out.
    value: TypeRef,
    /// The type that is returned instead, `PyResult` left out.
    pub(super) written: String,
    /// Whether the function can fail already.
    pub(super) result: bool,
}

/// The names that the new code binds.
pub(super) const NAMES: [&str; 11] = ["first", "second", "third", "fourth", "fifth", "sixth", "inner", "item", "key", "value", "bytes"];

/// How many of them members of a tuple are called by.
const MEMBERS: usize = 6;

impl Returned {
    /// Reads the type that a function returns; `None` for what is not made of tuples, options, lists and maps.
    pub(super) fn of(written: &str) -> Option<Self> {
        let inside = written.trim().strip_prefix("PyResult").and_then(|rest| rest.trim().strip_prefix('<')?.strip_suffix('>'));
        let text = inside.unwrap_or(written).trim();
        let value = parse_type(text);
        let (new, replaced) = with_lists(text);
        let returned = Self { written: new, result: inside.is_some(), value };
        let is_known = replaced == count(&returned.value)? && replaced > 0;
        is_known.then_some(returned)
    }

    /// What is put before and behind a value of the type, to make lists of its bytes; `py` is a token.
    pub(super) fn around(&self, value: &str, py: &str) -> Option<(String, String)> {
        const VALUE: &str = "\0";
        let made = made(&self.value, VALUE, py)?;
        let (before, behind) = made.split_once(VALUE)?;
        let needs_parentheses = behind.starts_with('.') && takes_suffix(value) != Some(true);
        let (open, close) = if needs_parentheses { ("(", ")") } else { ("", "") };
        Some((format!("{before}{open}"), format!("{close}{behind}")))
    }
}

/// The expression that makes lists of the bytes in `value`, which it names once; it is in a function that can fail.
fn made(ty: &TypeRef, value: &str, py: &str) -> Option<String> {
    if count(ty)? == 0 {
        return Some(value.to_owned());
    }
    if is_bytes(ty) {
        return Some(format!("PyList::new({py}, {value})?.unbind()"));
    }
    let each = |inner: &TypeRef, name: &str| {
        if is_bytes(inner) {
            return Some(format!("|{name}| PyList::new({py}, {name}).map(Bound::unbind)"));
        }
        Some(format!("|{name}| PyResult::Ok({})", made(inner, name, py)?))
    };
    match ty {
        TypeRef::Tuple(members) => {
            let names = NAMES[..MEMBERS].get(..members.len())?;
            let members: Option<Vec<String>> = members.iter().zip(names).map(|(member, name)| made(member, name, py)).collect();
            Some(format!("{{ let ({}) = {value}; ({}) }}", names.join(", "), members?.join(", ")))
        }
        TypeRef::Path { segments, arguments } => {
            let name = segments.join("::");
            match (segments.last()?.as_str(), arguments.as_slice()) {
                ("Option", [inner]) => Some(format!("{value}.map({}).transpose()?", each(inner, "inner")?)),
                ("Vec", [inner]) => Some(format!("{value}.into_iter().map({}).collect::<PyResult<Vec<_>>>()?", each(inner, "item")?)),
                (_, [_, inner]) => {
                    let inner = made(inner, "value", py)?;
                    Some(format!("{value}.into_iter().map(|(key, value)| Ok((key, {inner}))).collect::<PyResult<{name}<_, _>>>()?"))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_byte(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Path { segments, arguments } if arguments.is_empty() && *segments == ["u8"])
}

fn is_bytes(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Slice(element) => is_byte(element),
        TypeRef::Path { arguments, .. } => ty.name() == Some("Vec") && matches!(arguments.as_slice(), [element] if is_byte(element)),
        _ => false,
    }
}

/// How often a type holds bytes in places that can be rewritten; `None` where it holds them in others.
fn count(ty: &TypeRef) -> Option<usize> {
    if is_bytes(ty) {
        return Some(1);
    }
    match ty {
        TypeRef::Tuple(members) => members.iter().map(count).sum(),
        TypeRef::Path { arguments, .. } => {
            let inside: usize = arguments.iter().map(count).sum::<Option<usize>>()?;
            let is_known = match (ty.name(), arguments.as_slice()) {
                (Some("Option" | "Vec"), [_]) => true,
                (Some("HashMap" | "BTreeMap"), [key, _]) => count(key)? == 0,
                _ => inside == 0,
            };
            is_known.then_some(inside)
        }
        TypeRef::Slice(element) | TypeRef::Reference(element) => count(element).filter(|inside| *inside == 0),
        TypeRef::Traits(_) | TypeRef::Other => Some(0),
    }
}

/// The text of a type with lists for bytes, and how many there are.
fn with_lists(written: &str) -> (String, usize) {
    let (mut new, mut rest, mut replaced) = (String::new(), written, 0);
    while let Some(first) = rest.chars().next() {
        let is_new_word = !new.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let array = || Some(rest.strip_prefix("[u8;")?.find(']')? + "[u8;]".len());
        let bytes = if is_new_word && rest.starts_with("Vec<u8>") { Some("Vec<u8>".len()) } else { array() };
        match bytes {
            Some(length) => {
                new.push_str("Py<PyList>");
                rest = &rest[length..];
                replaced += 1;
            }
            None => {
                new.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    (new, replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(written: &str, value: &str) -> Option<String> {
        let returned = Returned::of(written)?;
        let (before, behind) = returned.around(value, "py")?;
        Some(format!("{} {before}{value}{behind}", returned.written))
    }

    #[test]
    fn every_part_becomes_a_list() {
        for (written, value, new) in [
            (
                "PyResult<(Vec<u8>, usize)>",
                "f()",
                "(Py<PyList>, usize) { let (first, second) = f(); (PyList::new(py, first)?.unbind(), second) }",
            ),
            (
                "Vec<[u8; 4]>",
                "a",
                "Vec<Py<PyList>> a.into_iter().map(|item| PyList::new(py, item).map(Bound::unbind)).collect::<PyResult<Vec<_>>>()?",
            ),
            (
                "HashMap<String, Vec<u8>>",
                "a",
                "HashMap<String, Py<PyList>> a.into_iter().map(|(key, value)| Ok((key, PyList::new(py, value)?.unbind()))).collect::<PyResult<HashMap<_, _>>>()?",
            ),
            (
                "Option<(u8, Vec<u8>)>",
                "*a",
                "Option<(u8, Py<PyList>)> (*a).map(|inner| PyResult::Ok({ let (first, second) = inner; (first, PyList::new(py, second)?.unbind()) })).transpose()?",
            ),
        ] {
            assert_eq!(rewritten(written, value).as_deref(), Some(new));
        }
    }

    #[test]
    fn other_types_are_left() {
        for written in ["HashMap<Vec<u8>, u8>", "Wrapper<Vec<u8>>", "MyVec<u8>", "Vec<u16>", "[[u8; 4]; 2]", "Vec<&[u8]>"] {
            assert_eq!(rewritten(written, "a"), None, "{written}");
        }
    }
}
