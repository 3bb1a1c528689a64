//! Where a folder cannot be exchanged as a whole, its files are: first all are written into a hidden folder inside it, then that
//! folder gets its second name, which is the promise that they will be moved, then they are moved.
//!
//! A kill before the promise changes nothing that is seen. A kill after it, in the few milliseconds of moving, leaves a mixture
//! with `.sim-commit` beside it, and the next run moves the rest. Files of others are not touched at all.

use std::fs;
use std::io;
use std::path::Path;

use super::tree::{Content, MANIFEST, below, failed, is_folder, is_free, manifest, stays_inside, sync, write};
use crate::cli::failure::Failure;

/// Being written: of no use to anybody.
const NEXT: &str = ".sim-next";
/// Whole, and about to be moved.
const COMMIT: &str = ".sim-commit";

/// Puts these files into `folder`, which is there.
pub(super) fn replace<C: Content>(folder: &Path, files: &[(String, C)]) -> Result<(), Failure> {
    let next = folder.join(NEXT);
    let promised =
        write(&next, files).and_then(|()| fs::rename(&next, folder.join(COMMIT)).map_err(|error| failed("rename", &next, &error)));
    if promised.is_err() {
        let _ = fs::remove_dir_all(&next);
        return promised;
    }
    sync(folder);
    finish(folder).map_err(|error| {
        Failure::Machine(format!(
            "cannot move all outputs into {}: {error}; the next run will try again",
            folder.display()
        ))
    })
}

/// Clears what a killed run left: keeps its promise, or throws away what it was writing.
pub(super) fn recover(folder: &Path) -> io::Result<()> {
    if is_folder(&folder.join(COMMIT)) {
        finish(folder)?;
    }
    let next = folder.join(NEXT);
    if is_folder(&next) { fs::remove_dir_all(next) } else { Ok(()) }
}

/// Moves what is still to be moved. Doing it twice, or the rest of it, gives the same.
fn finish(folder: &Path) -> io::Result<()> {
    let commit = folder.join(COMMIT);
    let list = commit.join(MANIFEST);
    // Without the list, all was moved before: it goes last.
    if !is_free(&list) {
        let new = manifest(&commit);
        for name in manifest(folder).difference(&new) {
            remove(folder, name)?;
        }
        move_files(&commit, folder, b"")?;
        fs::rename(&list, folder.join(MANIFEST))?;
        sync(folder);
    }
    fs::remove_dir_all(&commit)
}

/// Moves all files but the list, folder by folder.
fn move_files(from: &Path, to: &Path, inside: &[u8]) -> io::Result<()> {
    for entry in fs::read_dir(from)?.collect::<io::Result<Vec<_>>>()? {
        let name = below(inside, &entry.file_name());
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            move_files(&entry.path(), &target, &name)?;
            sync(&target);
        } else if name != MANIFEST.as_bytes() {
            fs::rename(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Removes one file of ours that the new outputs do not have, and its folder if that is empty then.
fn remove(folder: &Path, name: &[u8]) -> io::Result<()> {
    let Ok(name) = std::str::from_utf8(name) else { return Ok(()) };
    let name = Path::new(name);
    let parent = name.parent().unwrap_or(Path::new(""));
    // Our folders are no links: what lies behind one is not ours, whatever the list says.
    if !stays_inside(name) || parent.ancestors().any(|part| !is_folder(&folder.join(part))) {
        return Ok(());
    }
    match fs::remove_file(folder.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if !parent.as_os_str().is_empty() {
        // Goes only if it is empty.
        let _ = fs::remove_dir(folder.join(parent));
    }
    Ok(())
}
