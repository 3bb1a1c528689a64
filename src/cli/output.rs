//! The output folder: written whole or not at all; files that are not ours are never touched.
//!
//! The new folder is built beside the old one and swapped in by renaming. A hidden list of what we wrote lies in the folder, so
//! that the next run knows which files it may replace.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::diagnostic::Fault;

/// The list of our files, inside the folder.
const MANIFEST: &str = ".sim-files";

/// Where the outputs go.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    name: String,
    parent: PathBuf,
}

impl Folder {
    /// Checks, before anything is simulated, that the outputs can go to `path`.
    pub(super) fn at(path: PathBuf) -> Result<Self, Failure> {
        let shown = path.display();
        let refuse = |message: String, hint: &str| Failure::Input(vec![Fault::error("output-folder", message).hint(hint)]);
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            return Err(refuse(
                format!("`{shown}` cannot be an output folder"),
                "name a folder, such as out/plan",
            ));
        };
        if path.exists() && !path.is_dir() {
            return Err(refuse(
                format!("`{shown}` is a file, not a folder"),
                "choose another folder with --out",
            ));
        }
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .to_path_buf();
        fs::create_dir_all(&parent).map_err(|error| failed("create", &parent, &error))?;
        Ok(Self { path, name, parent })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts these files, and no others of ours, into the folder.
    pub(super) fn replace_with(&self, files: Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
        let ours = self.manifest();
        for (name, _) in &files {
            if self.path.join(name).exists() && !ours.contains(name) {
                return Err(Failure::Input(vec![
                    Fault::error(
                        "output-folder",
                        format!("`{}` is there already and was not written by sim", self.path.join(name).display()),
                    )
                    .hint("move it away, or choose another folder with --out"),
                ]));
            }
        }
        let fresh = self.beside("new");
        let written = self.build(&fresh, &files).and_then(|()| self.swap(&fresh, &ours));
        if written.is_err() {
            // What is left of the attempt is of no use; the old folder is as it was.
            let _ = fs::remove_dir_all(&fresh);
        }
        written
    }

    fn beside(&self, kind: &str) -> PathBuf {
        self.parent.join(format!(".{}.{kind}-{}", self.name, std::process::id()))
    }

    fn manifest(&self) -> BTreeSet<String> {
        let text = fs::read_to_string(self.path.join(MANIFEST)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn build(&self, fresh: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        let mut names = vec![MANIFEST];
        fs::create_dir(fresh).map_err(|error| failed("create", fresh, &error))?;
        for (name, bytes) in files {
            let path = fresh.join(name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))?;
            }
            fs::write(&path, bytes).map_err(|error| failed("write", &path, &error))?;
            names.push(name);
        }
        let manifest = fresh.join(MANIFEST);
        fs::write(&manifest, names.join("\n") + "\n").map_err(|error| failed("write", &manifest, &error))
    }

    fn swap(&self, fresh: &Path, ours: &BTreeSet<String>) -> Result<(), Failure> {
        if !self.path.exists() {
            return fs::rename(fresh, &self.path).map_err(|error| failed("rename", fresh, &error));
        }
        let old = self.beside("old");
        fs::rename(&self.path, &old).map_err(|error| failed("rename", &self.path, &error))?;
        if let Err(error) = fs::rename(fresh, &self.path) {
            let _ = fs::rename(&old, &self.path);
            return Err(failed("rename", fresh, &error));
        }
        for name in ours {
            let path = old.join(name);
            let _ = fs::remove_file(&path);
            // Goes only if it is empty: a folder that we made, with nothing of anybody else's in it.
            if let Some(folder) = path.parent().filter(|folder| **folder != *old) {
                let _ = fs::remove_dir(folder);
            }
        }
        move_into(&old, &self.path).map_err(|error| failed("move files of yours from", &old, &error))
    }
}

/// Moves what is left in `from` into `to`, folder by folder, and removes `from`.
fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() && target.is_dir() {
            move_into(&entry.path(), &target)?;
        } else if fs::symlink_metadata(&target).is_err() {
            fs::rename(entry.path(), &target)?;
        }
    }
    fs::remove_dir(from)
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Machine(format!("cannot {what} {}: {error}", path.display()))
}
