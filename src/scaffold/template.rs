//! The templates that are built into the program: the folders below `templates/`.

use include_dir::{Dir, DirEntry, include_dir};

static TREES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// A tree of files that becomes a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The name of its folder, and what the user calls it.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub summary: &'static str,
}

/// Every template; the first is the default.
pub const ALL: [Template; 1] =
    [Template { name: "function", summary: "functions with arguments, errors and a batch that lets other threads run" }];

/// One file of a template.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Its path below the template's folder, with `/`.
    pub path: &'static str,
    /// Its bytes.
    pub contents: &'static [u8],
}

impl Template {
    /// The template of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        ALL.into_iter().find(|template| template.name == name)
    }

    /// Its files, ordered by path.
    #[must_use]
    pub fn sources(self) -> Vec<Source> {
        let mut sources = Vec::new();
        let mut dirs: Vec<&'static Dir<'static>> = TREES.get_dir(self.name).into_iter().collect();
        while let Some(dir) = dirs.pop() {
            for entry in dir.entries() {
                match entry {
                    DirEntry::Dir(dir) => dirs.push(dir),
                    DirEntry::File(file) => {
                        let path = file.path().strip_prefix(self.name).ok().and_then(|path| path.to_str());
                        sources.extend(path.map(|path| Source { path, contents: file.contents() }));
                    }
                }
            }
        }
        sources.sort_by_key(|source| source.path);
        sources
    }
}
