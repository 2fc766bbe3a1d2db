//! Names that a package must not have, because something else would be found under them.

use std::collections::HashSet;
use std::sync::LazyLock;

use Reserved::{Artifact, Device, Pypi, PythonKeyword, RustCrate, RustKeyword, StandardLibrary, Tool};

/// Whose name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    PythonKeyword,
    StandardLibrary,
    RustKeyword,
    RustCrate,
    Artifact,
    Device,
    Tool,
    Pypi,
}

impl Reserved {
    /// Whose name this module name is, if anybody's.
    pub(super) fn of(module: &str) -> Option<Self> {
        let tables: [(&[&str], Self); 7] = [
            (PYTHON_KEYWORDS, PythonKeyword),
            (STDLIB, StandardLibrary),
            (RUST_KEYWORDS, RustKeyword),
            (RUST_CRATES, RustCrate),
            (ARTIFACTS, Artifact),
            (DEVICES, Device),
            (TOOLS, Tool),
        ];
        tables.into_iter().find(|(names, _)| names.contains(&module)).map(|(_, reserved)| reserved)
    }

    /// Whether PyPI keeps this name, in lower case with single separators, from everybody.
    pub(super) fn on_pypi(name: &str) -> Option<Self> {
        static PROHIBITED: LazyLock<HashSet<&str>> = LazyLock::new(|| PYPI_PROHIBITED.lines().collect());
        PROHIBITED.contains(name.replace('_', "-").as_str()).then_some(Pypi)
    }

    /// What follows the name in a message.
    pub(super) const fn why(self) -> &'static str {
        match self {
            PythonKeyword => "is a keyword of Python and cannot be imported",
            StandardLibrary => "is a module of Python's standard library, which would hide it or be hidden",
            RustKeyword => "is a keyword of Rust and cannot name a crate",
            RustCrate => "is the name of a crate that templates build on",
            Artifact => "is a folder that cargo keeps for itself among what it builds",
            Device => "is a device on Windows and cannot name a file there",
            Tool => "is a package or a file that builds or tests the project",
            Pypi => "is refused by PyPI, because a module of some Python's standard library is called so",
        }
    }
}

/// What PyPI refuses: the modules of every standard library since Python 2.6, sub-modules included, normalized as PyPI does
/// (`warehouse/packaging/services.py`, from the lists of stdlib-list 0.12.0).
const PYPI_PROHIBITED: &str = include_str!("data/pypi_prohibited.txt");

/// Keywords of Python, in lower case as names are. Soft keywords such as `case` can be imported, so they are no keywords here.
#[rustfmt::skip]
const PYTHON_KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "false",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "none", "nonlocal", "not", "or", "pass", "raise",
    "return", "true", "try", "while", "with", "yield",
];

/// Modules of Python's standard library, of every version from 3.9 on.
#[rustfmt::skip]
const STDLIB: &[&str] = &[
    "abc", "aifc", "annotationlib", "antigravity", "argparse", "array", "ast", "asynchat", "asyncio", "asyncore", "atexit",
    "audioop", "base64", "bdb", "binascii", "binhex", "bisect", "builtins", "bz2", "calendar", "cgi", "cgitb", "chunk",
    "cmath", "cmd", "code", "codecs", "codeop", "collections", "colorsys", "compileall", "compression", "concurrent",
    "configparser", "contextlib", "contextvars", "copy", "copyreg", "cprofile", "crypt", "csv", "ctypes", "curses",
    "dataclasses", "datetime", "dbm", "decimal", "difflib", "dis", "distutils", "doctest", "email", "encodings", "ensurepip",
    "enum", "errno", "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch", "formatter", "fractions", "ftplib",
    "functools", "gc", "genericpath", "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq",
    "hmac", "html", "http", "idlelib", "imaplib", "imghdr", "imp", "importlib", "inspect", "io", "ipaddress", "itertools",
    "json", "keyword", "lib2to3", "linecache", "locale", "logging", "lzma", "macpath", "mailbox", "mailcap", "marshal", "math",
    "mimetypes", "mmap", "modulefinder", "msilib", "msvcrt", "multiprocessing", "netrc", "nis", "nntplib", "nt", "ntpath",
    "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "ossaudiodev", "parser", "pathlib", "pdb", "pickle",
    "pickletools", "pipes", "pkgutil", "platform", "plistlib", "poplib", "posix", "posixpath", "pprint", "profile",
    "profiling", "pstats", "pty", "pwd", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue", "quopri", "random",
    "re", "readline", "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets", "select", "selectors", "shelve",
    "shlex", "shutil", "signal", "site", "smtpd", "smtplib", "sndhdr", "socket", "socketserver", "spwd", "sqlite3",
    "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics", "string", "stringprep", "struct", "subprocess",
    "sunau", "symbol", "symtable", "sys", "sysconfig", "syslog", "tabnanny", "tarfile", "telnetlib", "tempfile", "termios",
    "test", "textwrap", "this", "threading", "time", "timeit", "tkinter", "token", "tokenize", "tomllib", "trace", "traceback",
    "tracemalloc", "tty", "turtle", "turtledemo", "types", "typing", "unicodedata", "unittest", "urllib", "uu", "uuid", "venv",
    "warnings", "wave", "weakref", "webbrowser", "winreg", "winsound", "wsgiref", "xdrlib", "xml", "xmlrpc", "zipapp",
    "zipfile", "zipimport", "zlib", "zoneinfo",
];

/// Keywords of Rust, the reserved ones included.
#[rustfmt::skip]
const RUST_KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
    "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates that every Rust program sees, and those that the templates depend on; a test compares these with the templates.
#[rustfmt::skip]
const RUST_CRATES: &[&str] = &[
    "alloc", "core", "ndarray", "numpy", "proc_macro", "pyo3", "pyo3_async_runtimes", "pyo3_build_config", "pyo3_ffi",
    "pyo3_macros", "rayon", "std", "tokio",
];

/// Names that `cargo new` warns of or refuses: `target/debug/` has folders that are called so.
const ARTIFACTS: &[&str] = &["build", "deps", "examples", "incremental"];

/// Names that Windows keeps for devices.
#[rustfmt::skip]
const DEVICES: &[&str] = &[
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1", "lpt2", "lpt3", "lpt4",
    "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// Python packages that build and test the extension, and names that tests take.
#[rustfmt::skip]
const TOOLS: &[&str] = &[
    "conftest", "hognose", "iniconfig", "maturin", "packaging", "pip", "pluggy", "py", "pytest", "setuptools", "tests",
    "wheel",
];
