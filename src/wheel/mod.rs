//! What a wheel holds: its files, its tags, its compiled modules; what is wrong with it; how two of them differ.

mod differences;
mod faults;
mod module;
mod tags;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;

pub use differences::differences;
pub use faults::{Fault, Promise, Stub, faults};
pub use module::{Module, ModuleAbi, Needs};
pub use tags::Tags;

/// Bytes of a file of a wheel that are read at most: no compiled module is larger.
const LIMIT: u64 = 1 << 30;

/// A wheel, as far as it is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wheel {
    /// What its file name says.
    pub tags: Tags,
    /// The paths of its files, with their checksums.
    pub files: BTreeMap<String, u32>,
    /// The text of its METADATA.
    pub metadata: String,
    /// The compiled modules that Python can import.
    pub modules: Vec<Module>,
}

impl Wheel {
    /// Reads a wheel.
    ///
    /// # Errors
    /// Why it cannot be read, in words for people.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wrong = |why: &dyn std::fmt::Display| format!("`{name}` is no wheel that can be read: {why}");
        let tags = Tags::read(&name).ok_or_else(|| wrong(&"its name is not that of a wheel"))?;
        let file = File::open(path).map_err(|error| wrong(&error))?;
        let mut archive = ZipArchive::new(file).map_err(|error| wrong(&error))?;
        let mut wheel = Self { tags, ..Self::default() };
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(|error| wrong(&error))?;
            if entry.is_file() {
                wheel.add(&mut entry).map_err(|error| wrong(&error))?;
            }
        }
        Ok(wheel)
    }

    /// The extras that the distribution offers.
    pub fn extras(&self) -> impl Iterator<Item = &str> {
        self.header("Provides-Extra")
    }

    fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.metadata.lines().take_while(|line| !line.is_empty());
        lines.filter_map(move |line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
    }

    fn add<R: Read>(&mut self, entry: &mut ZipFile<'_, R>) -> Result<(), String> {
        let path = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if path.ends_with(".dist-info/METADATA") {
            self.metadata = String::from_utf8_lossy(&contents(entry)?).into_owned();
        } else if Module::is_at(&path) {
            self.modules.push(Module::read(&path, &contents(entry)?));
        }
        self.files.insert(path, entry.crc32());
        Ok(())
    }
}

fn contents(entry: &mut impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    entry.take(LIMIT).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    #[test]
    fn a_wheel_is_read_from_its_file() {
        let dir = tempfile::tempdir().expect("folder");
        let path = dir.path().join("Demo_x-1.0-cp39-abi3-linux_x86_64.whl");
        let mut zip = ZipWriter::new(File::create(&path).expect("file"));
        for (name, text) in [
            ("demo/__init__.py", "x"),
            ("demo/_core.abi3.so", "no object"),
            ("demo_x.libs/libz.so", "another library"),
            ("Demo_x-1.0.dist-info/METADATA", "Name: Demo-x\nProvides-Extra: test\n\nProvides-Extra: none\n"),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).expect("a file");
            zip.write_all(text.as_bytes()).expect("written");
        }
        zip.finish().expect("written");
        let wheel = Wheel::read(&path).expect("a wheel");
        assert_eq!(wheel.files.len(), 4);
        assert_eq!(wheel.extras().collect::<Vec<_>>(), ["test"]);
        assert_eq!(wheel.modules.iter().map(|module| module.name.as_str()).collect::<Vec<_>>(), ["demo._core"]);
        let broken = dir.path().join("x-1.0-py3-none-any.whl");
        File::create(&broken).expect("file");
        let error = Wheel::read(&broken).expect_err("empty");
        assert!(error.starts_with("`x-1.0-py3-none-any.whl` is no wheel that can be read: "), "{error}");
    }
}
