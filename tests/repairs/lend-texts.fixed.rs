fn count(texts: Vec<&str>) -> usize {
    texts.len()
}

fn count_owned(texts: Vec<String>) -> usize {
    count(texts.iter().map(String::as_str).collect())
}
