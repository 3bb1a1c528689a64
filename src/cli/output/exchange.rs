//! A folder is built beside the old one and takes its place in one step, so that there is never none and never a mixture.
//!
//! ```text
//! .NAME.sim-work/build     being written: of no use to anybody until it is whole
//! .NAME.sim-work/swap      whole; after the exchange, the old folder
//! .NAME.sim-work/carried   the files of others that the new folder has too, by their identity
//! ```
//!
//! Files of others are in the new folder before the exchange, under a second name of the same file (a hard link): nothing has to
//! be moved afterwards, and a kill at any moment neither loses nor hides one. What is then cleared away is only what is known to be
//! ours or to have been carried; what came into the old folder in between is moved.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::tree::{Content, MANIFEST, Names, below, failed, identity, is_folder, is_free, manifest, sync, write, write_file};
use crate::cli::failure::Failure;

/// Files of others beyond which carrying them would cost more than writing in place.
const MOST_CARRIED: usize = 10_000;

/// What was carried over: the path inside the folder and the identity of the file or folder.
type Carried = BTreeMap<Vec<u8>, u64>;

/// The place beside a folder where its successor is built.
pub(super) struct Beside {
    work: PathBuf,
    build: PathBuf,
    swap: PathBuf,
    carried: PathBuf,
}

impl Beside {
    pub(super) fn new(work: PathBuf) -> Self {
        Self {
            build: work.join("build"),
            swap: work.join("swap"),
            carried: work.join("carried"),
            work,
        }
    }

    /// Creates `folder`, which is not there yet, with these files.
    pub(super) fn create<C: Content>(&self, folder: &Path, files: &[(String, C)]) -> Result<(), Failure> {
        fs::create_dir(&self.work).map_err(|error| failed("create", &self.work, &error))?;
        let written =
            write(&self.build, files).and_then(|()| fs::rename(&self.build, folder).map_err(|error| failed("create", folder, &error)));
        self.discard();
        written
    }

    /// Puts a folder with these files, and the files of others from `folder`, in the place of `folder`. `false` where that
    /// cannot be had here: no such step on this system, a file of others that can have no second name, a mount point.
    pub(super) fn replace<C: Content>(&self, folder: &Path, files: &[(String, C)]) -> Result<bool, Failure> {
        if !cfg!(any(target_os = "linux", target_os = "macos")) || fs::create_dir(&self.work).is_err() {
            return Ok(false);
        }
        let exchanged = write(&self.build, files).map(|()| self.carry_and_exchange(folder).is_ok());
        match exchanged {
            Ok(true) => {
                if let Some(parent) = folder.parent() {
                    sync(parent);
                }
                self.clear_old(folder, Originals::GiveBack)
                    .map_err(|error| failed("clear away the old outputs in", &self.work, &error))?;
            }
            Ok(false) | Err(_) => self.discard(),
        }
        exchanged
    }

    /// Clears what a killed run left: throws away what it was building, and gives back what is not known to be ours.
    pub(super) fn recover(&self, folder: &Path) -> io::Result<()> {
        if is_free(&self.work) {
            return Ok(());
        }
        if !is_folder(&self.work) {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "it is in the way, and not a folder of sim",
            ));
        }
        if !is_free(&self.build) {
            fs::remove_dir_all(&self.build)?;
        }
        self.clear_old(folder, Originals::Leave)
    }

    /// Removes an attempt that has not been exchanged: our files, and second names of others' files.
    fn discard(&self) {
        // Under its first name again, so that a kill in between leaves nothing that would have to be told apart.
        let _ = fs::rename(&self.swap, &self.build);
        let _ = fs::remove_dir_all(&self.build);
        let _ = fs::remove_file(&self.carried);
        let _ = fs::remove_dir(&self.work);
    }

    fn carry_and_exchange(&self, folder: &Path) -> io::Result<()> {
        let old = fs::symlink_metadata(folder)?;
        if !same_owner(&old, &fs::symlink_metadata(&self.build)?) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut carried = Carried::new();
        carry(folder, &self.build, b"", &manifest(folder), &mut carried)?;
        write_file(&self.carried, &encoded(&carried))?;
        fs::set_permissions(&self.build, old.permissions())?;
        sync(&self.build);
        // From here on what lies in `swap` is whole, whichever of the two it is.
        fs::rename(&self.build, &self.swap)?;
        sync(&self.work);
        exchange(&self.swap, folder)
    }

    /// Clears `swap`, which is the old folder, or the new one if the run was killed before the exchange: the same rule serves both.
    fn clear_old(&self, folder: &Path, originals: Originals) -> io::Result<()> {
        if is_folder(&self.swap) {
            let known = Known {
                ours: manifest(&self.swap),
                carried: decoded(&fs::read(&self.carried).unwrap_or_default()),
            };
            clear(&self.swap, folder, b"", &known, originals)?;
            // The list of what is ours goes last, so that a kill in between leaves a folder that can still be told apart.
            let list = self.swap.join(MANIFEST);
            if !is_free(&list) {
                fs::remove_file(list)?;
            }
            fs::remove_dir(&self.swap)?;
        }
        if !is_free(&self.carried) {
            fs::remove_file(&self.carried)?;
        }
        fs::remove_dir(&self.work)
    }
}

/// Gives each file of others in `from` a second name in `to`, folder by folder.
fn carry(from: &Path, to: &Path, inside: &[u8], ours: &Names, carried: &mut Carried) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = below(inside, &entry.file_name());
        if ours.contains(&name) {
            continue;
        }
        let metadata = entry.metadata()?;
        let target = to.join(entry.file_name());
        if metadata.is_dir() {
            if is_free(&target) {
                // A folder that held nothing but files of ours has no business in the new one.
                if is_parent(&name, ours) && !holds_others(&entry.path(), &name, ours)? {
                    continue;
                }
                fs::create_dir(&target)?;
                if !same_owner(&metadata, &fs::symlink_metadata(&target)?) {
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
                carried.insert(name.clone(), identity(&metadata));
            }
            carry(&entry.path(), &target, &name, ours, carried)?;
            fs::set_permissions(&target, metadata.permissions())?;
            sync(&target);
        } else {
            fs::hard_link(entry.path(), &target)?;
            carried.insert(name, identity(&metadata));
        }
        if carried.len() > MOST_CARRIED {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
    }
    Ok(())
}

/// Whether a folder holds anything that is not ours.
fn holds_others(folder: &Path, inside: &[u8], ours: &Names) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = below(inside, &entry.file_name());
        let others = if entry.file_type()?.is_dir() {
            holds_others(&entry.path(), &name, ours)?
        } else {
            !ours.contains(&name)
        };
        if others {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What to do with the folders of others, which the new folder holds as copies with the same files in them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Originals {
    /// They take the place of the copies: whoever works in one does not notice anything.
    GiveBack,
    /// The copies may have been worked in since: they stay.
    Leave,
}

/// What is known of the entries of an old folder.
struct Known {
    ours: Names,
    carried: Carried,
}

/// Removes from `old` what is ours and what was carried, and moves the rest to `new`, where nothing is ever overwritten that is
/// not the very file that was carried.
fn clear(old: &Path, new: &Path, inside: &[u8], known: &Known, originals: Originals) -> io::Result<()> {
    // Read as a whole: entries change while they are gone through.
    for entry in fs::read_dir(old)?.collect::<io::Result<Vec<_>>>()? {
        let name = below(inside, &entry.file_name());
        if name == MANIFEST.as_bytes() {
            continue;
        }
        let (path, target) = (entry.path(), new.join(entry.file_name()));
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            let (is_carried, holds_ours) = (known.carried.contains_key(&name), is_parent(&name, &known.ours));
            let gives_back = originals == Originals::GiveBack && is_carried && !holds_ours && is_folder(&target);
            // Where it cannot be had, the copy does: it has the same files.
            let given_back = gives_back && exchange(&path, &target).is_ok();
            if is_folder(&target) || ((is_carried || holds_ours) && is_free(&target)) {
                // What was given back has its own folders in it already.
                let below = if given_back { Originals::Leave } else { originals };
                clear(&path, &target, &name, known, below)?;
                fs::remove_dir(&path)?;
            } else {
                move_to(&path, &target)?;
            }
            continue;
        }
        let carried = known.carried.get(&name).copied();
        let own = identity(&metadata);
        let there = fs::symlink_metadata(&target).ok().map(|metadata| identity(&metadata));
        if known.ours.contains(&name) || carried == Some(own) || there == Some(own) {
            fs::remove_file(&path)?;
        } else if there.is_some() && there == carried {
            // Saved anew between carrying and the exchange: what was carried is the version before.
            fs::rename(&path, &target)?;
        } else {
            move_to(&path, &target)?;
        }
    }
    Ok(())
}

/// Whether one of these files lies in the folder `name`.
fn is_parent(name: &[u8], files: &Names) -> bool {
    let prefix = below(name, "".as_ref());
    files.range(prefix.clone()..).next().is_some_and(|file| file.starts_with(&prefix))
}

/// Moves to a name that is free, `target` if it is.
fn move_to(path: &Path, target: &Path) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut free = target.to_path_buf();
    let mut count = 1;
    while !is_free(&free) {
        count += 1;
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{count}"));
        free = target.with_file_name(name);
    }
    fs::rename(path, free)
}

/// Lets two folders change places in one step.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the new folder belongs to whom the old one belonged to.
#[cfg(unix)]
fn same_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.uid(), one.gid()) == (other.uid(), other.gid())
}

#[cfg(not(unix))]
const fn same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// One entry after the other, each ended by a zero byte, which no name can hold: the identity, a blank, the path.
fn encoded(carried: &Carried) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, identity) in carried {
        bytes.extend_from_slice(format!("{identity} ").as_bytes());
        bytes.extend_from_slice(name);
        bytes.push(0);
    }
    bytes
}

fn decoded(bytes: &[u8]) -> Carried {
    bytes
        .split(|byte| *byte == 0)
        .filter_map(|entry| {
            let blank = entry.iter().position(|byte| *byte == b' ')?;
            let (identity, name) = entry.split_at(blank);
            Some((name.get(1..)?.to_vec(), std::str::from_utf8(identity).ok()?.parse().ok()?))
        })
        .collect()
}
