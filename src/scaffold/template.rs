//! The templates that are built into the program: the folders below `templates/`.

use std::collections::BTreeMap;

use include_dir::{Dir, DirEntry, include_dir};

static TREES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The folder of the files that every project gets, unless its template has its own.
const SHARED: &str = "shared";

/// A tree of files that becomes a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The name of its folder, and what the user calls it.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub summary: &'static str,
    /// How the project describes itself until its author does.
    pub description: &'static str,
}

/// Every template; the first is the default.
pub const ALL: &[Template] = &[
    Template {
        name: "function",
        summary: "functions with arguments, errors and a batch that lets other threads run",
        description: "Parse and write durations such as `1h 30m`",
    },
    Template {
        name: "class",
        summary: "an immutable value and a container of Python objects, with pickling, threads and the garbage collector",
        description: "Book intervals of whole numbers without overlaps",
    },
    Template {
        name: "async",
        summary: "coroutines for asyncio that run in tokio and stop when they are cancelled",
        description: "WHOIS lookups for asyncio",
    },
    Template {
        name: "free-threaded",
        summary: "a class that threads share and work on all cores, with the GIL and without",
        description: "Latencies recorded by many threads",
    },
    Template {
        name: "numpy",
        summary: "functions that read, write and return NumPy arrays without copying them",
        description: "Mix, smooth and trim audio in NumPy arrays",
    },
    Template {
        name: "workspace",
        summary: "a crate of plain Rust, and a thin one that binds it to Python",
        description: "Find the words that a misspelt one may stand for",
    },
];

/// What a project that exists already gets: the smallest module that Python can import, and nothing to delete again.
pub const INIT: Template = Template {
    name: "init",
    summary: "the parts that a crate or a Python package lacks",
    description: "A Python package with a part in Rust",
};

/// One file of a template.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Its path below `templates/`, with `/`: what other files include it by.
    pub name: &'static str,
    /// Its path below the template's folder.
    pub path: &'static str,
    /// Its bytes.
    pub contents: &'static [u8],
}

impl Template {
    /// The template of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|template| template.name == name)
    }

    /// Its files and the shared ones, ordered by the path that they are written to.
    #[must_use]
    pub fn sources(self) -> Vec<Source> {
        let files = [SHARED, self.name].into_iter().flat_map(files_of);
        // A template's own file takes the place of the shared one, whether either is rendered or not.
        let by_path: BTreeMap<_, _> = files.map(|source| (source.path.strip_suffix(".jinja").unwrap_or(source.path), source)).collect();
        by_path.into_values().collect()
    }
}

/// The text of the file below `templates/` with this name.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    TREES.get_file(name)?.contents_utf8()
}

fn files_of(folder: &'static str) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut dirs: Vec<&'static Dir<'static>> = TREES.get_dir(folder).into_iter().collect();
    while let Some(dir) = dirs.pop() {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(dir) => dirs.push(dir),
                DirEntry::File(file) => {
                    let name = file.path().to_str();
                    let path = file.path().strip_prefix(folder).ok().and_then(|path| path.to_str());
                    sources.extend(name.zip(path).map(|(name, path)| Source { name, path, contents: file.contents() }));
                }
            }
        }
    }
    sources
}
