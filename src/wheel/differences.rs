//! How the wheel of a source distribution differs from the one that was built in the tree.

use std::collections::BTreeMap;

use super::Wheel;

/// What differs, each in words for people; compiled code may.
#[must_use]
pub fn differences(tree: &Wheel, sdist: &Wheel) -> Vec<String> {
    let (here, there) = (comparable(tree), comparable(sdist));
    let lost = here.keys().filter(|path| !there.contains_key(*path)).map(|path| format!("`{path}` is missing in the wheel of the sdist"));
    let new = there.keys().filter(|path| !here.contains_key(*path)).map(|path| format!("`{path}` is in the wheel of the sdist alone"));
    let other = here.iter().filter(|(path, sum)| there.get(*path).is_some_and(|other| other != *sum));
    let other = other.map(|(path, _)| format!("`{path}` has other contents in the wheel of the sdist"));
    lost.chain(new).chain(other).collect()
}

/// Files with their checksums, under names that do not depend on the version. What a build may write anew each time is left out.
fn comparable(wheel: &Wheel) -> BTreeMap<String, u32> {
    let entry = |(path, sum): (&String, &u32)| {
        if let Some((folder, file)) = path.split_once(".dist-info/") {
            let is_told = !file.starts_with("sboms/") && !matches!(file, "RECORD" | "WHEEL");
            return (is_told && !folder.contains('/')).then(|| (format!("dist-info/{file}"), if file == "METADATA" { 0 } else { *sum }));
        }
        let module = wheel.modules.iter().find(|module| module.path == *path);
        let is_library = path.split('/').any(|part| part.ends_with(".libs") || part.ends_with(".dylibs"));
        match module {
            // Another Python may have built it, and no two builds are the same.
            Some(module) => Some((format!("{} (compiled)", module.name), 0)),
            None => (!is_library).then(|| (path.clone(), *sum)),
        }
    };
    let mut files: BTreeMap<String, u32> = wheel.files.iter().filter_map(entry).collect();
    if let Some(sum) = files.get_mut("dist-info/METADATA") {
        *sum = metadata_sum(&wheel.metadata);
    }
    files
}

/// A sum of the metadata without the version, which may come from git.
fn metadata_sum(metadata: &str) -> u32 {
    let lines = metadata.lines().filter(|line| !line.starts_with("Version:"));
    lines.flat_map(str::bytes).fold(0, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wheel::Module;

    fn wheel(files: &[(&str, u32)], metadata: &str) -> Wheel {
        Wheel {
            files: files.iter().map(|(path, sum)| ((*path).to_owned(), *sum)).collect(),
            modules: files.iter().filter(|(path, _)| Module::is_at(path)).map(|(path, _)| Module::read(path, b"")).collect(),
            metadata: metadata.to_owned(),
            ..Wheel::default()
        }
    }

    #[test]
    fn what_was_built_may_differ_and_what_was_copied_may_not() {
        let files = [
            ("pkg/__init__.py", 1),
            ("pkg/data.txt", 2),
            ("pkg/_core.cpython-311-x86_64-linux-gnu.so", 3),
            ("pkg.libs/z.so", 4),
            ("pkg-1.0.dist-info/METADATA", 5),
            ("pkg-1.0.dist-info/RECORD", 6),
            ("pkg-1.0.dist-info/licenses/LICENSE", 7),
        ];
        let tree = wheel(&files, "Name: pkg\nVersion: 1.0\n");
        let same = wheel(
            &[
                ("pkg/__init__.py", 1),
                ("pkg/data.txt", 2),
                ("pkg/_core.abi3.so", 30),
                ("pkg-1.0.dev1.dist-info/METADATA", 50),
                ("pkg-1.0.dev1.dist-info/RECORD", 60),
                ("pkg-1.0.dev1.dist-info/licenses/LICENSE", 7),
            ],
            "Name: pkg\nVersion: 1.0.dev1\n",
        );
        assert_eq!(differences(&tree, &same), [""; 0]);
        let other = wheel(
            &[("pkg/__init__.py", 10), ("pkg/more.py", 1), ("pkg/_core.abi3.so", 3), ("pkg-1.0.dist-info/METADATA", 5)],
            "Name: pkg\nVersion: 1.0\nSummary: x\n",
        );
        assert_eq!(
            differences(&tree, &other),
            [
                "`dist-info/licenses/LICENSE` is missing in the wheel of the sdist",
                "`pkg/data.txt` is missing in the wheel of the sdist",
                "`pkg/more.py` is in the wheel of the sdist alone",
                "`dist-info/METADATA` has other contents in the wheel of the sdist",
                "`pkg/__init__.py` has other contents in the wheel of the sdist",
            ]
        );
    }
}
