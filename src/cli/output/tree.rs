//! Files of a folder: which of them are ours, writing them so that a power cut leaves them whole, and telling files apart.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Component, Path};

use rayon::prelude::*;

use crate::cli::failure::Failure;

/// The list of our files, inside the folder: the next run may replace these and no others.
pub(super) const MANIFEST: &str = ".sim-files";

/// Paths inside a folder, with `/` between the parts. Bytes, since files of others may have names that are no text.
pub(super) type Names = BTreeSet<Vec<u8>>;

/// What a file is to hold.
pub(in crate::cli) trait Content: Sync {
    /// Writes it to a new file; piece by piece where it is too large to be held.
    fn write_to(&self, file: &mut File) -> io::Result<()>;
}

impl Content for Vec<u8> {
    fn write_to(&self, file: &mut File) -> io::Result<()> {
        file.write_all(self)
    }
}

impl Content for Box<dyn Content + '_> {
    fn write_to(&self, file: &mut File) -> io::Result<()> {
        self.as_ref().write_to(file)
    }
}

/// The files of `folder` that are ours; none where there is no list.
pub(super) fn manifest(folder: &Path) -> Names {
    let bytes = fs::read(folder.join(MANIFEST)).unwrap_or_default();
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|name| !name.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

/// The path of an entry of the folder `inside`, as [`Names`] has it.
pub(super) fn below(inside: &[u8], entry: &OsStr) -> Vec<u8> {
    let mut name = inside.to_vec();
    if !name.is_empty() {
        name.push(b'/');
    }
    name.extend_from_slice(entry.as_encoded_bytes());
    name
}

/// Creates `folder` with the files and the list of them. Everything is on the disk when this returns.
///
/// # Errors
/// [`Failure::Machine`] that says which file could not be written.
pub(super) fn write<C: Content>(folder: &Path, files: &[(String, C)]) -> Result<(), Failure> {
    let unwritten = |name: &str, error: &io::Error| Failure::Machine(format!("cannot write {name}: {error}; nothing was changed"));
    fs::create_dir(folder).map_err(|error| failed("create", folder, &error))?;
    let mut list = format!("{MANIFEST}\n");
    let mut folders = BTreeSet::new();
    for (name, _) in files {
        if let Some(parent) = folder.join(name).parent() {
            fs::create_dir_all(parent).map_err(|error| unwritten(name, &error))?;
            folders.insert(parent.to_path_buf());
        }
        list.push_str(name);
        list.push('\n');
    }
    // What takes the time is to wait for the disk, and it serves several at once.
    let written: Vec<io::Result<()>> = files
        .par_iter()
        .map(|(name, content)| write_file(&folder.join(name), content))
        .collect();
    for ((name, _), written) in files.iter().zip(written) {
        written.map_err(|error| unwritten(name, &error))?;
    }
    write_file(&folder.join(MANIFEST), &list.into_bytes()).map_err(|error| unwritten(MANIFEST, &error))?;
    folders.iter().for_each(|folder| sync(folder));
    sync(folder);
    Ok(())
}

/// Without the last step a power cut soon after would leave a file of the right name and no content.
pub(super) fn write_file(path: &Path, content: &impl Content) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    content.write_to(&mut file)?;
    file.sync_all()
}

/// Puts the entries of a folder on the disk. Not every system can; without it they are there a moment later.
pub(super) fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Whether `path` is a folder and no link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Whether nothing has this name, not even a link that leads nowhere.
pub(super) fn is_free(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Whether a listed name stays inside its folder: the list can come from someone else too.
pub(super) fn stays_inside(name: &Path) -> bool {
    name.components().all(|part| matches!(part, Component::Normal(_)))
}

/// The number that two names of one file share.
#[cfg(unix)]
pub(super) fn identity(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Elsewhere files are not told apart, and nothing that needs it is tried.
#[cfg(not(unix))]
pub(super) const fn identity(_: &Metadata) -> u64 {
    0
}

/// What could not be done to `path`, and why.
pub(super) fn failed(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Machine(format!("cannot {what} {}: {error}", path.display()))
}
