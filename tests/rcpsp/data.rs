//! Where the instances are, and how they are read out of their archives.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::instance::Instance;

/// The folder of the instances: below the one that `SIM_DATA` names, or below `shared/data` beside the package or any folder
/// around it. `None`, with a word about it, where there is none.
pub fn folder() -> Option<PathBuf> {
    let found = match std::env::var_os("SIM_DATA") {
        Some(named) => {
            let folder = PathBuf::from(named).join("rcpsp");
            assert!(folder.is_dir(), "SIM_DATA names a folder without `rcpsp`");
            Some(folder)
        }
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("shared/data/rcpsp"))
            .find(|folder| folder.is_dir()),
    };
    if found.is_none() {
        println!("skipped: no data");
    }
    found
}

/// A set of instances by name (`j301_1.sm`, `pat1`), in the order of the archive.
pub fn instances(folder: &Path, set: &str) -> Vec<(String, Instance)> {
    let file = folder.join(format!("{set}.tar.gz"));
    let packed = std::fs::File::open(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut archive = vec![];
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut archive)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let read = |(path, text): (String, String)| {
        let name = path.rsplit('/').next().unwrap_or_default();
        match name.strip_suffix(".rcp") {
            Some(stem) => (stem.to_owned(), Instance::from_patterson(&text)),
            None => (name.to_owned(), Instance::from_psplib(&text)),
        }
    };
    files(&archive).into_iter().map(read).collect()
}

/// Path and text of every file in a tar archive. Blocks of 512 bytes: a header, with the path at 0, the size in octal at 124 and
/// the kind at 156, then the content.
fn files(archive: &[u8]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_matches(['\0', ' ']).to_owned();
    let mut found = vec![];
    let mut at = 0;
    while let Some(header) = archive.get(at..at + 512).filter(|header| header[0] != 0) {
        let size = usize::from_str_radix(&text(&header[124..136]), 8).expect("a size in octal");
        let content = &archive[at + 512..at + 512 + size];
        if matches!(header[156], 0 | b'0') {
            found.push((text(&header[..100]), text(content)));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    found
}

/// The rows of a table of comma-separated values without its header.
pub fn rows(folder: &Path, file: &str) -> Vec<Vec<String>> {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cells = |line: &str| line.split(',').map(|cell| cell.trim().to_owned()).collect();
    text.lines().skip(1).map(cells).collect()
}
