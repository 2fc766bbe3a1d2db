//! The workspace of a package as cargo sees it: members, their targets, who depends on whom, the target folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};

use crate::toolchain::command::Invocation;
use crate::toolchain::platform::same_file;
use crate::toolchain::rustup::with_any_toolchain;

/// What `cargo metadata --no-deps` says of a workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its folder: rustc runs there for members.
    pub root: PathBuf,
    /// Where cargo puts what it builds.
    pub target: PathBuf,
    /// Its members.
    pub members: Vec<Member>,
}

/// A member of a workspace.
#[derive(Clone, Debug)]
pub struct Member {
    /// As cargo's messages name it.
    pub id: String,
    /// `[package] name`.
    pub name: String,
    /// Its Cargo.toml.
    pub manifest: PathBuf,
    /// What is compiled of it, but for its build script.
    pub targets: Vec<MemberTarget>,
    /// The folders of the packages that it depends on by path.
    folders: Vec<PathBuf>,
}

/// A target of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberTarget {
    /// Its name.
    pub name: String,
    /// The kind of it.
    pub kind: MemberTargetKind,
    /// The root file.
    pub root: PathBuf,
    /// The features without which cargo passes over it.
    pub required_features: Vec<String>,
}

/// What a target is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberTargetKind {
    /// The library, of whatever crate type.
    Library,
    /// A program.
    Binary,
    /// An example.
    Example,
    /// A test of `tests/`.
    Test,
    /// A benchmark.
    Bench,
}

impl MemberTargetKind {
    /// The word for it in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Binary => "program",
            Self::Example => "example",
            Self::Test => "test",
            Self::Bench => "benchmark",
        }
    }

    /// Whether cargo checks it only when it is asked to.
    #[must_use]
    pub const fn is_extra(self) -> bool {
        matches!(self, Self::Example | Self::Test | Self::Bench)
    }

    /// The kind of a target in cargo's words; `None` for a build script.
    #[must_use]
    pub fn of(kinds: &[TargetKind]) -> Option<Self> {
        kinds.first().and_then(|kind| match kind {
            TargetKind::CustomBuild => None,
            TargetKind::Bin => Some(Self::Binary),
            TargetKind::Example => Some(Self::Example),
            TargetKind::Test => Some(Self::Test),
            TargetKind::Bench => Some(Self::Bench),
            _ => Some(Self::Library),
        })
    }
}

impl Workspace {
    /// Asks cargo about the workspace of the package with this Cargo.toml. Nothing is resolved, so it needs neither a lock file nor the network.
    ///
    /// # Errors
    /// What cargo says.
    pub fn of(cargo: &Path, manifest: &Path) -> Result<Self, String> {
        let question = Invocation::new(cargo)
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
            .arg(manifest)
            .in_dir(manifest.parent().unwrap_or(Path::new(".")));
        let answer = with_any_toolchain(question, Invocation::capture).map_err(|error| format!("cannot run cargo: {error}"))?;
        if !answer.success {
            return Err(answer.stderr.trim().to_owned());
        }
        let metadata = MetadataCommand::parse(answer.stdout.trim()).map_err(|error| format!("cargo is not understood: {error}"))?;
        Ok(Self::from_metadata(&metadata))
    }

    fn from_metadata(metadata: &Metadata) -> Self {
        Self {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            target: metadata.target_directory.clone().into_std_path_buf(),
            members: metadata.workspace_packages().into_iter().map(Member::from_package).collect(),
        }
    }

    /// The member with this Cargo.toml.
    #[must_use]
    pub fn member(&self, manifest: &Path) -> Option<&Member> {
        self.members.iter().find(|member| member.manifest == manifest || same_file(&member.manifest, manifest))
    }

    /// These members and all that depend on them by path, in cargo's order: what a change of them can break.
    #[must_use]
    pub fn with_dependents(&self, changed: &[&Member]) -> Vec<&Member> {
        let mut reached: BTreeSet<&str> = changed.iter().map(|member| member.id.as_str()).collect();
        loop {
            let is_new = |member: &&Member| !reached.contains(member.id.as_str()) && member.depends_on_any(&self.members, &reached);
            let new: Vec<&str> = self.members.iter().filter(is_new).map(|member| member.id.as_str()).collect();
            if new.is_empty() {
                return self.members.iter().filter(|member| reached.contains(member.id.as_str())).collect();
            }
            reached.extend(new);
        }
    }
}

impl Member {
    fn from_package(package: &Package) -> Self {
        let target = |target: &cargo_metadata::Target| {
            Some(MemberTarget {
                name: target.name.clone(),
                kind: MemberTargetKind::of(&target.kind)?,
                root: target.src_path.clone().into_std_path_buf(),
                required_features: target.required_features.clone(),
            })
        };
        Self {
            id: package.id.repr.clone(),
            name: package.name.to_string(),
            manifest: package.manifest_path.clone().into_std_path_buf(),
            targets: package.targets.iter().filter_map(target).collect(),
            folders: package.dependencies.iter().filter_map(|dependency| Some(dependency.path.clone()?.into_std_path_buf())).collect(),
        }
    }

    /// As `cargo -p` takes it: an id, or before cargo 1.77, which prints ids that it does not take, the name.
    pub(super) fn spec(&self) -> &str {
        if self.id.contains(' ') { &self.name } else { &self.id }
    }

    /// Whether it has a library.
    #[must_use]
    pub fn has_library(&self) -> bool {
        self.targets.iter().any(|target| target.kind == MemberTargetKind::Library)
    }

    fn depends_on_any(&self, members: &[Self], ids: &BTreeSet<&str>) -> bool {
        let mut others = members.iter().filter(|member| ids.contains(member.id.as_str()));
        others.any(|member| self.folders.iter().any(|folder| member.manifest.parent().is_some_and(|dir| dir == folder)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, folders: &[&str]) -> Member {
        Member {
            id: name.to_owned(),
            name: name.to_owned(),
            manifest: Path::new("/w").join(name).join("Cargo.toml"),
            targets: Vec::new(),
            folders: folders.iter().map(|folder| Path::new("/w").join(folder)).collect(),
        }
    }

    #[test]
    fn what_depends_on_a_change_is_looked_at_too() {
        let members = vec![member("base", &[]), member("middle", &["base"]), member("top", &["middle"]), member("other", &["/else"])];
        let workspace = Workspace { root: PathBuf::from("/w"), target: PathBuf::from("/w/target"), members };
        let names = |changed: usize| -> Vec<&str> {
            workspace.with_dependents(&[&workspace.members[changed]]).iter().map(|member| member.name.as_str()).collect()
        };
        assert_eq!(names(0), ["base", "middle", "top"]);
        assert_eq!(names(1), ["middle", "top"]);
        assert_eq!(names(3), ["other"]);
    }
}
