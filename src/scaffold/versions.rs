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
    /// The oldest maturin that builds wheels for both stable ABIs from one package.
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
    maturin_floor: "1.14.1",
    maturin_ceiling: "2",
    pytest_floor: "8.3",
    mypy_floor: "1.18",
    abi3t: "3.15",
    abi3t_tag: "py315",
};

/// The pip that hognose installs beside its maturin. It runs in every supported Python, which neither older nor newer ones do.
pub const PIP: &str = "25.3";

/// The series of [`PIP`].
pub const PIP_SERIES: (u16, u16) = (25, 3);

/// The oldest Python as a number, for searches.
pub const PYTHON_FLOOR: (u16, u16) = (3, 9);

/// The newest Python as a number.
pub const PYTHON_NEWEST: (u16, u16) = (3, 15);

/// The oldest maturin that `verify` runs: 1.9.4 was the first to build extension modules without PyO3's `extension-module` feature, and series
/// are all that is told apart.
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
