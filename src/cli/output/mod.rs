//! The output folder: written whole or not at all; files that are not ours are never touched.
//!
//! All files are written, to the disk, before anything of the old folder changes. Then, on Linux and macOS, the new folder takes
//! the place of the old one in one step ([`exchange`]): whoever looks, and whenever the run is killed, finds the old outputs or
//! the new ones. Where that cannot be had, file after file takes its place ([`in_place`]): other systems, some network file
//! systems, mount points, and the folder in which the program was started, which would otherwise be pulled away from under its
//! user. A run that is killed at that leaves a mixture, which the next run completes.
//!
//! Two runs into one folder do not mix: each waits for the other to finish writing ([`lock`]), and the last one's outputs stay.
//! A hidden list of what we wrote lies in the folder, so that the next run knows which files it may replace.

mod exchange;
mod in_place;
mod lock;
mod tree;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::exchange::Beside;
pub(super) use self::tree::Content;
use self::tree::{failed, is_folder, is_free, manifest};
use super::failure::Failure;
use crate::diagnostic::Fault;

/// Where the outputs go.
#[derive(Debug)]
pub(super) struct Folder {
    /// As the user named it.
    given: PathBuf,
    /// Where that leads: no links, no `.` and `..`.
    path: PathBuf,
    parent: PathBuf,
    name: OsString,
}

impl Folder {
    /// Checks, before anything is simulated, that outputs of these names can go to the folder `given`, and clears what a killed
    /// run left there.
    ///
    /// # Errors
    /// [`Failure::Input`] where it cannot be an output folder, [`Failure::Machine`] where it cannot be written to.
    pub(super) fn at(given: PathBuf, names: &[String]) -> Result<Self, Failure> {
        let path = resolved(&given)?;
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(refused(
                format!(
                    "`{}` is the root of the file system and cannot be an output folder",
                    given.display()
                ),
                "name a folder, such as out/plan",
            ));
        };
        let folder = Self {
            parent: parent.to_path_buf(),
            name: name.to_owned(),
            given,
            path,
        };
        folder.check_access()?;
        if is_folder(&folder.parent) {
            let _held = folder.lock()?;
            folder.recover()?;
            folder.check_conflicts(names)?;
        }
        Ok(folder)
    }

    /// As the user named it.
    pub(super) fn given(&self) -> &Path {
        &self.given
    }

    /// Puts these files, and no others of ours, into the folder.
    ///
    /// # Errors
    /// [`Failure::Machine`] that says what could not be written; the old outputs are as they were.
    pub(super) fn replace_with<C: Content>(&self, files: &[(String, C)]) -> Result<(), Failure> {
        let missing: Vec<&Path> = self.parent.ancestors().take_while(|folder| is_free(folder)).collect();
        let written = fs::create_dir_all(&self.parent)
            .map_err(|error| failed("create", &self.parent, &error))
            .and_then(|()| self.write(files));
        if written.is_err() {
            // From the inside out, and only while empty.
            for folder in missing {
                let _ = fs::remove_dir(folder);
            }
        }
        written
    }

    fn write<C: Content>(&self, files: &[(String, C)]) -> Result<(), Failure> {
        let _held = self.lock()?;
        self.recover()?;
        self.check_conflicts(&files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())?;
        let beside = self.beside();
        if !self.path.exists() {
            return beside.create(&self.path, files);
        }
        if !self.is_stood_in() && beside.replace(&self.path, files)? {
            return Ok(());
        }
        in_place::replace(&self.path, files)
    }

    fn beside(&self) -> Beside {
        Beside::new(self.hidden("work"))
    }

    fn hidden(&self, kind: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(format!(".sim-{kind}"));
        self.parent.join(name)
    }

    fn lock(&self) -> Result<lock::Held, Failure> {
        lock::wait(&self.parent, &self.hidden("lock"), &self.given)
    }

    fn recover(&self) -> Result<(), Failure> {
        let what = "clear away what an earlier run left of";
        self.beside()
            .recover(&self.path)
            .and_then(|()| in_place::recover(&self.path))
            .map_err(|error| failed(what, &self.path, &error))
    }

    /// Whether the program was started in the folder or below it.
    fn is_stood_in(&self) -> bool {
        std::env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .is_ok_and(|folder| folder.starts_with(&self.path))
    }

    /// That none of our files would take the place of somebody else's.
    fn check_conflicts(&self, names: &[String]) -> Result<(), Failure> {
        let ours = manifest(&self.path);
        for name in names.iter().filter(|name| !ours.contains(name.as_bytes())) {
            let path = self.path.join(name);
            // From the inside out, so the last one found is the outermost.
            let in_the_way = path
                .ancestors()
                .take_while(|above| *above != self.path)
                .filter(|above| !is_free(above) && (*above == path || !is_folder(above)))
                .last();
            if let Some(path) = in_the_way.and_then(|path| path.strip_prefix(&self.path).ok()) {
                return Err(refused(
                    format!("`{}` is there already and was not written by sim", self.given.join(path).display()),
                    "move it away, or choose another folder with --out",
                ));
            }
        }
        Ok(())
    }

    /// That the system would let us write, as far as it says so beforehand.
    fn check_access(&self) -> Result<(), Failure> {
        let existing = self.path.ancestors().find(|folder| !is_free(folder)).unwrap_or(&self.path);
        writable(existing).map_err(|error| failed("write to", existing, &error))
    }
}

/// Where a folder is, or will be: links followed, as far as there is something to follow.
fn resolved(given: &Path) -> Result<PathBuf, Failure> {
    let shown = given.display();
    if let Ok(path) = given.canonicalize() {
        if !path.is_dir() {
            return Err(refused(
                format!("`{shown}` is a file, not a folder"),
                "choose another folder with --out",
            ));
        }
        return Ok(path);
    }
    let here = Path::new(".");
    let existing = given
        .ancestors()
        .find(|folder| fs::symlink_metadata(folder).is_ok())
        .unwrap_or(here);
    let rest = given.strip_prefix(existing).unwrap_or(given);
    if rest.as_os_str().is_empty() {
        return Err(refused(
            format!("`{shown}` is a link that leads nowhere"),
            "remove it, or choose another folder with --out",
        ));
    }
    if !tree::stays_inside(rest) {
        return Err(refused(
            format!("`{shown}` leads back out of a folder that is not there"),
            "write the path without `..`",
        ));
    }
    let existing = existing.canonicalize().map_err(|error| failed("find", existing, &error))?;
    if !existing.is_dir() {
        return Err(Failure::Machine(format!(
            "cannot create {shown}: {} is a file, not a folder",
            existing.display()
        )));
    }
    Ok(existing.join(rest.components().collect::<PathBuf>()))
}

fn refused(message: String, hint: &str) -> Failure {
    Failure::Input(vec![Fault::error("output-folder", message).hint(hint)])
}

/// Asks the system whether entries of `folder` may be made and removed.
#[cfg(unix)]
fn writable(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// Elsewhere this is known when it is tried.
#[cfg(not(unix))]
const fn writable(_: &Path) -> io::Result<()> {
    Ok(())
}
