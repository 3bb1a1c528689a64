//! The folder of a scenario's record, beside it: one small file for each run, made to be kept in git.
//!
//! ```text
//! launch.toml
//! launch.ledger/2026-03-06T140559Z-1f0c9a3e-run.json      an entry; it never changes once it is there
//! launch.ledger/inputs/1f0c9a3e5b7d2c48.toml              a file that runs were made of, by its own hash
//! launch.ledger/.gitattributes                            keeps git from changing line ends, which would break seals
//! ```
//!
//! Files are written beside their place and linked into it whole, never over another: runs at once and runs that are killed leave
//! whole files only. A lock keeps runs at once from recording the same twice; where there is none, nothing else depends on it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::analysis::{Entry, Input, LEDGER_VERSION};
use crate::diagnostic::{Fault, Source};
use crate::report;

/// What the name of a record's folder ends with.
pub(super) const FOLDER: &str = "ledger";
const INPUTS: &str = "inputs";
const ATTRIBUTES: (&str, &str) = (".gitattributes", "* -text\n");
/// What the names of files begin with that are not whole yet.
const UNFINISHED: &str = ".sim-unfinished-";
/// The key of an entry's last line.
const SEAL: &str = "  \"seal\": ";

/// The largest entry that is read.
const MOST_BYTES: u64 = 4 << 20;
/// The largest input that is kept: a record is not for data.
const MOST_BYTES_KEPT: usize = 4 << 20;
/// The longest name of a version that is repeated.
const MOST_BYTES_OF_VERSION: usize = 40;
/// Entries of a record that are read.
const MOST_ENTRIES: usize = 10_000;
/// Writing an entry takes a moment; who holds the lock for longer does something else.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// SHA-256 in hexadecimal.
pub(in crate::cli) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The folder of a record.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) folder: PathBuf,
    /// Records of the same scenario under a name that it had before.
    pub(super) earlier: Vec<PathBuf>,
}

/// What could be read of a record.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// By the names of their files: in the order in which they were recorded.
    pub(super) entries: Vec<Entry>,
    /// What is wrong with the others.
    pub(super) faults: Vec<Fault>,
}

impl Store {
    /// The record beside a scenario.
    pub(super) fn beside(scenario: &Path) -> Self {
        Self::at(scenario.with_extension(FOLDER))
    }

    pub(super) const fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            earlier: Vec::new(),
        }
    }

    /// With the records beside it of scenarios that are no longer there, where they are of the same scenario: by its name, or by the hash
    /// of its file as it is or as the record has it.
    pub(super) fn with_earlier(mut self, name: &str, hash: &str) -> Self {
        let parent = match self.folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let own = self.read().entries;
        let mut found: Vec<PathBuf> = folders_in(parent)
            .into_iter()
            .filter(|folder| folder.file_name() != self.folder.file_name() && !has_scenario(parent, folder))
            .filter(|folder| {
                let is_of_it = |entry: &Entry| {
                    entry.name == name
                        || entry.scenario.sha256 == hash
                        || own.iter().any(|own| own.scenario.sha256 == entry.scenario.sha256)
                };
                Self::at(folder.clone()).read().entries.iter().any(is_of_it)
            })
            .collect();
        found.sort();
        self.earlier = found;
        self
    }

    /// Where it lies, for people.
    pub(super) fn shown(&self) -> String {
        let own = self.folder.is_dir().then_some(&self.folder);
        let all = own.into_iter().chain(&self.earlier).map(|folder| folder.display().to_string());
        all.collect::<Vec<_>>().join(" and, from before it was renamed, ")
    }

    /// Whether there is anything to read.
    pub(super) fn exists(&self) -> bool {
        self.folder.is_dir() || !self.earlier.is_empty()
    }

    /// Every entry, each read strictly.
    pub(super) fn read(&self) -> Read {
        let mut read = Read::default();
        let mut files: Vec<PathBuf> = vec![];
        for folder in self.earlier.iter().chain([&self.folder]) {
            let Ok(inside) = fs::read_dir(folder) else { continue };
            let entries = inside.flatten().map(|file| file.path());
            files.extend(entries.filter(|path| path.extension().is_some_and(|end| end == "json")));
        }
        files.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        if files.len() > MOST_ENTRIES {
            let message = format!("`{}` holds {} entries", self.folder.display(), files.len());
            read.faults
                .push(Fault::error("too-many", message).allowed(format!("at most {MOST_ENTRIES}")));
            return read;
        }
        for file in files {
            match entry_at(&file) {
                Ok(entry) => read.entries.push(entry),
                Err(fault) => read.faults.push(*fault),
            }
        }
        read
    }

    /// The bytes of a file that a run was made of.
    ///
    /// # Errors
    /// A sentence that says why they cannot be had.
    pub(super) fn input(&self, input: &Input) -> Result<Vec<u8>, String> {
        let name = input_name(input);
        let found = self.earlier.iter().chain([&self.folder]).find_map(|folder| {
            let path = folder.join(INPUTS).join(&name);
            let metadata = fs::metadata(&path).ok()?;
            (metadata.is_file() && metadata.len() <= MOST_BYTES_KEPT as u64).then(|| fs::read(path).ok())?
        });
        let bytes = found.ok_or_else(|| format!("the ledger has no copy of {} as it was (inputs/{name})", input.file))?;
        if sha256(&bytes) == input.sha256 {
            Ok(bytes)
        } else {
            Err(format!("the ledger's copy of {} was edited since (inputs/{name})", input.file))
        }
    }

    /// Adds an entry, with the files that it was made of, unless the last one like it says the same. Whether it was added.
    ///
    /// # Errors
    /// Where the folder cannot be written to; it holds whole files even then.
    pub(super) fn record(&self, entry: &Entry, inputs: &[(&Input, &[u8])]) -> io::Result<bool> {
        let inside = self.folder.join(INPUTS);
        fs::create_dir_all(&inside)?;
        let held = lock(&self.folder);
        if held.is_some() {
            clear_unfinished(&self.folder);
            clear_unfinished(&inside);
        }
        let known = self.read().entries;
        if entry.repeats_the_last(&known) {
            return Ok(false);
        }
        let (name, text) = ATTRIBUTES;
        put(&self.folder, name, text.as_bytes())?;
        for (input, bytes) in inputs.iter().filter(|(_, bytes)| bytes.len() <= MOST_BYTES_KEPT) {
            let name = input_name(input);
            if !put(&inside, &name, bytes)? && fs::read(inside.join(&name)).is_ok_and(|there| sha256(&there) != input.sha256) {
                // Its name says what it has to hold.
                fs::rename(unfinished(&inside, bytes)?, inside.join(&name))?;
            }
        }
        let text = sealed(entry).map_err(io::Error::other)?;
        let hash: String = entry.scenario.sha256.chars().take(8).collect();
        let stem = format!("{}-{hash}-{}", entry.recorded.in_file_name(), entry.kind.name());
        let mut name = format!("{stem}.json");
        let mut count = 1;
        while !put(&self.folder, &name, text.as_bytes())? {
            count += 1;
            name = format!("{stem}-{count}.json");
        }
        Ok(true)
    }
}

/// The records in a folder, by name.
pub(super) fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = inside
        .filter(|path| path.extension().is_some_and(|end| end == FOLDER) && path.is_dir())
        .collect();
    found.sort();
    found
}

/// Whether the scenario is there whose record this is: a file of its name, whatever the end of it.
fn has_scenario(parent: &Path, record: &Path) -> bool {
    let mut inside = fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path());
    inside.any(|path| path != record && path.file_stem() == record.file_stem() && path.is_file())
}

/// By its own hash, with the end of its name, which says how it is read.
fn input_name(input: &Input) -> String {
    let hash: String = input.sha256.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    let end = Path::new(&input.file).extension().and_then(|end| end.to_str()).unwrap_or_default();
    let is_plain = !end.is_empty() && end.len() <= 8 && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    format!("{hash}.{}", if is_plain { end } else { "txt" })
}

/// Puts a whole file in its place, unless there is one; whether it did.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<bool> {
    let target = folder.join(name);
    if fs::symlink_metadata(&target).is_ok() {
        return Ok(false);
    }
    let unfinished = unfinished(folder, bytes)?;
    let linked = match fs::hard_link(&unfinished, &target) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // A file system without second names: nobody else may put one there in between.
        Err(_) => return fs::rename(&unfinished, &target).map(|()| true),
    };
    let _ = fs::remove_file(&unfinished);
    linked
}

/// A file that has its content but not its name yet.
fn unfinished(folder: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let nanos = since_epoch.map_or(0, |since| since.as_nanos());
    let path = folder.join(format!("{UNFINISHED}{}-{nanos}", std::process::id()));
    let mut file = File::options().write(true).create_new(true).open(&path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&path);
    }
    written.map(|()| path)
}

/// Removes what killed runs left. Only while no other run can be writing.
fn clear_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The system's lock on the folder, which ends with the process; `None` where it cannot be had.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) if began.elapsed() < LONGEST_WAIT => sleep(Duration::from_millis(5)),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// An entry as it is written: its last line is the hash of what it would be without it.
fn sealed(entry: &Entry) -> Result<String, String> {
    let text = report::json::pretty(&Entry {
        seal: None,
        ..entry.clone()
    })
    .map_err(|error| error.to_string())?;
    let body = text.strip_suffix("\n}\n").ok_or("an entry is an object")?;
    Ok(format!("{body},\n{SEAL}\"{}\"\n}}\n", sha256(text.as_bytes())))
}

fn entry_at(path: &Path) -> Result<Entry, Box<Fault>> {
    let shown = path.display().to_string();
    let refuse = |message: String| {
        let fault = Fault::error("ledger-entry", message);
        Box::new(fault.hint("restore it from git, or delete it"))
    };
    let metadata = fs::metadata(path).map_err(|error| refuse(format!("cannot read `{shown}`: {error}")))?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Err(refuse(format!(
            "`{shown}` is no entry of a ledger: entries are files of at most {MOST_BYTES} bytes"
        )));
    }
    let bytes = fs::read(path).map_err(|error| refuse(format!("cannot read `{shown}`: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| refuse(format!("`{shown}` is not UTF-8")))?;
    // An editor or git may have changed the line ends and nothing else.
    parsed(&shown, text.replace("\r\n", "\n"))
}

/// Reads an entry strictly: as it was written, or not at all.
fn parsed(path: &str, text: String) -> Result<Entry, Box<Fault>> {
    let source = Arc::new(Source {
        path: path.to_owned(),
        text,
    });
    let text = &source.text;
    let fault = |code, message: String, at: usize| {
        let at = at.min(text.len());
        let fault = Fault::error(code, message).of(&source).at(&(at..at));
        Box::new(fault.hint("an entry is never edited: restore it from git, or delete it"))
    };
    let at = |error: &serde_json::Error| {
        let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        before + error.column().saturating_sub(1)
    };
    let wrong = |error: serde_json::Error| {
        let message = error.to_string();
        // The place is shown by itself.
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        fault("ledger-entry", format!("this is no entry of a ledger: {message}"), at(&error))
    };
    let value: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
    let version = value.get("ledger_version").and_then(serde_json::Value::as_u64);
    if let Some(version) = version.filter(|version| *version != u64::from(LEDGER_VERSION)) {
        let is_newer = version > u64::from(LEDGER_VERSION);
        let by = value.get("engine_version").and_then(serde_json::Value::as_str);
        let by = by.filter(|by| by.len() <= MOST_BYTES_OF_VERSION);
        let message = format!(
            "{} version of sim{} has written this entry, in layout {version}; this one reads layout {LEDGER_VERSION}",
            if is_newer { "a newer" } else { "an older" },
            by.map_or_else(String::new, |by| format!(" ({by})")),
        );
        let place = text.find("\"ledger_version\"").unwrap_or(0);
        let fault = Fault::error("ledger-version", message).of(&source).at(&(place..place));
        return Err(Box::new(fault.hint(if is_newer {
            "read it with that version, or a newer one"
        } else {
            "read it with that version; nothing is wrong with the entry, so keep it"
        })));
    }
    let entry: Entry = serde_json::from_str(text).map_err(wrong)?;
    let seal_at = text.rfind(SEAL);
    let (Some(seal), Some(place)) = (&entry.seal, seal_at) else {
        return Err(fault("ledger-edited", "this entry has no seal".to_owned(), text.len()));
    };
    let whole = text
        .get(..place)
        .and_then(|before| before.strip_suffix(",\n"))
        .map(|body| format!("{body}\n}}\n"));
    if whole.is_none_or(|whole| sha256(whole.as_bytes()) != *seal) {
        return Err(fault(
            "ledger-edited",
            "this entry was edited after it was written: its seal does not fit what stands above it".to_owned(),
            place + 2,
        ));
    }
    Ok(entry)
}
