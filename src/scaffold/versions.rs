//! The versions that generated projects and `verify` use: the one table to change for a new release of anything.

use serde::Serialize;

/// Versions as templates see them, under `versions`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Versions {
    /// PyO3 and pyo3-build-config.
    pub pyo3: &'static str,
    /// The bridge from tokio to asyncio; its release has to be the one for this PyO3.
    pub pyo3_async_runtimes: &'static str,
    /// The runtime for futures.
    pub tokio: &'static str,
    /// Work on all cores.
    pub rayon: &'static str,
    /// The crate for NumPy; its release has to be the one for this PyO3.
    pub numpy: &'static str,
    /// The oldest NumPy, as a Python package, that generated projects need: the first with `numpy.typing.NDArray`, for the oldest Python.
    pub numpy_floor: &'static str,
    /// The oldest Rust that this PyO3 compiles with.
    pub rust: &'static str,
    /// The newest Python that this PyO3 supports.
    pub python_newest: &'static str,
    /// The maturin that hognose installs when there is none, and that generated workflows use.
    pub maturin: &'static str,
    /// The oldest maturin that builds wheels for both stable ABIs from one package without a warning.
    pub maturin_floor: &'static str,
    /// The first maturin that may break generated projects.
    pub maturin_ceiling: &'static str,
    /// The oldest pytest that generated tests need; pytest 9 has dropped the oldest Python.
    pub pytest_floor: &'static str,
    /// The oldest mypy that checks generated code; mypy 2 has dropped the oldest Python.
    pub mypy_floor: &'static str,
    /// The first Python with a stable ABI for free threading.
    pub abi3t: &'static str,
    /// The same as in PyO3's features.
    pub abi3t_tag: &'static str,
    /// The tag of the hooks of pre-commit's authors.
    pub pre_commit_hooks: &'static str,
    /// The tag of the hooks of ruff.
    pub ruff_pre_commit: &'static str,
    /// The tag of the hook of zizmor.
    pub zizmor_pre_commit: &'static str,
}

/// Checked against the registries in November 2026.
pub const VERSIONS: Versions = Versions {
    pyo3: "0.30.1",
    pyo3_async_runtimes: "0.30.0",
    tokio: "1.54.1",
    rayon: "1.12.0",
    numpy: "0.30.0",
    numpy_floor: "1.21",
    rust: "1.85",
    python_newest: "3.15",
    maturin: "1.16.0",
    maturin_floor: "1.15",
    maturin_ceiling: "2",
    pytest_floor: "8.3",
    mypy_floor: "1.18",
    abi3t: "3.15",
    abi3t_tag: "py315",
    pre_commit_hooks: "v6.0.0",
    ruff_pre_commit: "v0.16.4",
    zizmor_pre_commit: "v1.29.0",
};

/// The actions of generated workflows: the name that templates use under `actions`, and what follows `uses:`. A commit cannot change under its
/// users as a tag can, and Dependabot moves it together with its comment.
#[rustfmt::skip]
pub const ACTIONS: &[(&str, &str)] = &[
    ("checkout", "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"),
    ("setup_python", "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"),
    ("setup_uv", "astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d # v10.0.1"),
    ("upload_artifact", "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1"),
    ("download_artifact", "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1"),
    ("maturin", "PyO3/maturin-action@e83996d129638aa358a18fbd1dfb82f0b0fb5d3b # v1.51.0"),
    ("pypi_publish", "pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2"),
];

/// The pip that hognose installs beside its maturin. It runs in every supported Python, which neither older nor newer ones do.
pub const PIP: &str = "25.3";

/// The series of [`PIP`].
pub const PIP_SERIES: (u16, u16) = (25, 3);

/// The oldest Python as a number, for searches.
pub const PYTHON_FLOOR: (u16, u16) = (3, 9);

/// The newest Python as a number.
pub const PYTHON_NEWEST: (u16, u16) = (3, 15);

/// The oldest Python whose free-threaded build PyO3 supports.
pub const PYTHON_FREE_THREADED: (u16, u16) = (3, 14);

/// The first maturin that tells PyO3 by itself to build an extension module, without PyO3's `extension-module` feature.
pub const MATURIN_WITHOUT_FEATURE: &str = "1.9.4";

/// The oldest maturin that `verify` runs: the series after [`MATURIN_WITHOUT_FEATURE`], because series are all that is told apart.
pub const MATURIN_FLOOR: (u16, u16) = (1, 10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Release;

    #[test]
    fn the_table_agrees_with_itself_and_with_the_newest_release() {
        assert_eq!(VERSIONS.pyo3.parse(), Ok(Release::NEWEST));
        let (major, minor) = PYTHON_NEWEST;
        assert_eq!(VERSIONS.python_newest, format!("{major}.{minor}"));
    }
}
