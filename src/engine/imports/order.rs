//! The order in which rustfmt puts names of a `use` group.

use std::cmp::Ordering;

/// Where `new` goes among `names`: in order if they are in one of rustfmt's orders, else at the end.
pub(super) fn place_for(new: &str, names: &[&str]) -> usize {
    let orders = [modules_first, by_character];
    let order = orders.into_iter().find(|order| names.is_sorted_by(|a, b| order(a, b) != Ordering::Greater));
    order.map_or(names.len(), |order| names.partition_point(|name| order(name, new) != Ordering::Greater))
}

/// The order of style editions before 2024: `self`, then snake case, then camel case, then constants.
pub(super) fn modules_first(a: &str, b: &str) -> Ordering {
    (class(a), a).cmp(&(class(b), b))
}

/// The order of style edition 2024: capitals before small letters.
fn by_character(a: &str, b: &str) -> Ordering {
    (class(a) > 0, a).cmp(&(class(b) > 0, b))
}

fn class(name: &str) -> u8 {
    let first = name.split([':', ' ', ',']).next().unwrap_or(name);
    if first == "self" {
        return 0;
    }
    if !first.starts_with(char::is_uppercase) {
        return 1;
    }
    if first.len() > 1 && !first.contains(char::is_lowercase) { 3 } else { 2 }
}
