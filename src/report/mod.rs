//! Turns findings into bytes: text for people, one line a finding, or a JSON document.
