//! The versions that generated projects and `verify` use: the one table to change for a new release of anything.

/// Versions as templates see them, under `versions`.
#[derive(Clone, Copy, Debug)]
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
    /// The oldest maturin that builds extension modules without PyO3's `extension-module` feature.
    pub maturin_floor: &'static str,
    /// The first maturin that may break generated projects.
    pub maturin_ceiling: &'static str,
    /// The oldest pytest that generated tests need; pytest 9 has dropped the oldest Python.
    pub pytest_floor: &'static str,
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
    maturin_floor: "1.9.4",
    maturin_ceiling: "2",
    pytest_floor: "8.3",
};

/// The pip that hognose installs beside its maturin. It runs in every supported Python, which neither older nor newer ones do.
pub const PIP: &str = "25.3";

/// The series of [`PIP`].
pub const PIP_SERIES: (u16, u16) = (25, 3);

/// The oldest Python as a number, for searches.
pub const PYTHON_FLOOR: (u16, u16) = (3, 9);

/// The newest Python as a number.
pub const PYTHON_NEWEST: (u16, u16) = (3, 15);

/// The oldest maturin that `verify` runs; series only, so it is the one after the series of [`Versions::maturin_floor`].
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
