//! The output folder whole or not at all: runs that are killed, that meet each other, that find the disk full or the way barred.

#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{UNSHARED, can_mount, fresh, skipped};

const FIRST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/first.toml");

/// Every file of a folder by its path, with its bytes; a link with where it leads.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("readable") {
            let path = entry.expect("readable").path();
            let name = path.strip_prefix(folder).expect("inside").to_path_buf();
            let kind = fs::symlink_metadata(&path).expect("there").file_type();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_symlink() {
                let to = fs::read_link(&path).expect("a link");
                found.insert(name, to.into_os_string().into_encoded_bytes());
            } else {
                found.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn command(here: &Path, out: &str, seed: u64) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
    command
        .args([
            "run",
            FIRST,
            "--no-ledger",
            "--trials",
            "20",
            "--threads",
            "1",
            "--out",
            out,
            "--seed",
            &seed.to_string(),
        ])
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

fn run(here: &Path, out: &str, seed: u64) -> Output {
    command(here, out, seed).output().expect("sim starts")
}

fn done(here: &Path, out: &str, seed: u64) {
    let output = run(here, out, seed);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a run with this seed writes where nothing disturbs it.
fn undisturbed(seed: u64, name: &str) -> Files {
    let here = fresh(name);
    done(&here, "plan", seed);
    files(&here.join("plan"))
}

/// Puts files of somebody else into a folder, among them some that are easily lost, and returns what is there of them.
fn add_foreign(folder: &Path, many: usize) -> Files {
    let before = files(folder);
    fs::write(folder.join("notes.md"), "mine").expect("writable");
    fs::write(folder.join("charts/sketch.svg"), "mine too").expect("writable");
    fs::create_dir_all(folder.join("drafts/older/empty")).expect("writable");
    fs::write(folder.join("drafts/older/a\nb.txt"), "deep").expect("writable");
    symlink("nowhere", folder.join("drafts/link")).expect("links");
    for index in 0..many {
        fs::write(folder.join(format!("drafts/{index}")), index.to_string()).expect("writable");
    }
    files(folder).into_iter().filter(|(name, _)| !before.contains_key(name)).collect()
}

fn without(all: Files, foreign: &Files) -> Files {
    all.into_iter().filter(|(name, _)| !foreign.contains_key(name)).collect()
}

fn kept(all: &Files, foreign: &Files) -> bool {
    foreign.iter().all(|(name, bytes)| all.get(name) == Some(bytes))
}

/// Numbers that are spread evenly and the same in every run: kills need no better chance.
struct Spread(u64);

impl Spread {
    fn below(&mut self, limit: Duration) -> Duration {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        limit.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// Waits until there is `path`, at most so long, and looks again after each pause.
fn await_path(path: &Path, at_most: Duration, pause: impl Fn()) {
    let began = Instant::now();
    while began.elapsed() < at_most && !path.exists() {
        pause();
    }
}

/// Ends a run at once. Whether it was still running.
fn killed(mut child: Child) -> bool {
    child.kill().expect("it can be killed");
    child.wait().expect("it ends").code().is_none()
}

/// What a series of kills came to.
#[derive(Debug, Default)]
struct Tally {
    landed: u32,
    while_writing: u32,
    old: u32,
    new: u32,
}

/// Kills runs of two seeds in turn: a third anywhere, a third once the first sign shows that a run has begun to write, and a third
/// once the second shows that the very next thing is the change. `check` is told the seed of each run and says whether its outputs
/// are the ones that are there now.
fn kill_runs(here: &Path, out: &str, signs: [&Path; 2], kills: u32, mut check: impl FnMut(u64) -> bool) -> Tally {
    let began = Instant::now();
    done(here, out, 1);
    let whole = began.elapsed();
    let mut spread = Spread(kills.into());
    let mut tally = Tally::default();
    let doze = || sleep(Duration::from_micros(100));
    for index in 0..kills {
        let seed = 1 + u64::from(index % 2);
        let child = command(here, out, seed).spawn().expect("sim starts");
        match index % 3 {
            0 => sleep(spread.below(whole.mul_f64(1.1))),
            1 => {
                await_path(signs[0], whole * 10, doze);
                sleep(spread.below(Duration::from_millis(12)));
            }
            _ => {
                await_path(signs[0], whole * 10, doze);
                // What is awaited lasts less than a pause would.
                await_path(signs[1], whole, std::hint::spin_loop);
                let (began, pause) = (Instant::now(), spread.below(Duration::from_micros(500)));
                while began.elapsed() < pause {
                    std::hint::spin_loop();
                }
            }
        }
        let landed = killed(child);
        tally.landed += u32::from(landed);
        tally.while_writing += u32::from(landed && signs[0].exists());
        if check(seed) {
            tally.new += 1;
        } else {
            tally.old += 1;
        }
    }
    tally
}

/// The promise of the house: at every moment the old outputs or the new ones, and nothing of anybody else's lost.
fn kill_exchanges(name: &str, kills: u32) -> Tally {
    let wanted = [undisturbed(1, &format!("{name}-one")), undisturbed(2, &format!("{name}-two"))];
    assert_ne!(wanted[0], wanted[1]);
    let here = fresh(name);
    done(&here, "plan", 1);
    let foreign = add_foreign(&here.join("plan"), 40);
    let work = here.join(".plan.sim-work");
    let tally = kill_runs(&here, "plan", [&work, &work.join("swap")], kills, |seed| {
        let all = files(&here.join("plan"));
        assert!(kept(&all, &foreign), "files of others are gone: {:?}", all.keys());
        let ours = without(all, &foreign);
        let which = wanted.iter().position(|wanted| *wanted == ours);
        which.unwrap_or_else(|| panic!("neither old nor new: {:?}", ours.keys())) as u64 + 1 == seed
    });
    done(&here, "plan", 2);
    let all = files(&here.join("plan"));
    assert!(kept(&all, &foreign));
    assert_eq!(without(all, &foreign), wanted[1]);
    assert!(here.join("plan/drafts/older/empty").is_dir());
    assert_eq!(names(&here), ["plan"], "nothing is left beside the folder");
    tally
}

#[test]
fn a_killed_run_leaves_the_old_outputs_or_the_new_ones() {
    // Two series at once, each in a folder of its own, since a run waits for the disk for part of its time.
    let other = std::thread::spawn(|| kill_exchanges("kill-b", 90));
    let tallies = [kill_exchanges("kill-a", 90), other.join().expect("the other series holds")];
    for tally in tallies {
        // Kills must have met what they are about, or this test would hold of any program.
        assert!(tally.landed > 30 && tally.while_writing > 10, "{tally:?}");
        assert!(tally.old > 5 && tally.new > 5, "{tally:?}");
        let _ = writeln!(std::io::stderr(), "{tally:?}");
    }
}

#[test]
fn a_run_killed_in_the_folder_where_it_was_started_is_completed_by_the_next() {
    let wanted = [undisturbed(1, "inside-one"), undisturbed(2, "inside-two")];
    let here = fresh("inside");
    done(&here, ".", 1);
    let foreign = add_foreign(&here, 3);
    let signs = [here.join(".sim-next"), here.join(".sim-commit")];
    let tally = kill_runs(&here, ".", [&signs[0], &signs[1]], 40, |seed| {
        let all = files(&here);
        assert!(kept(&all, &foreign));
        if here.join(".sim-commit").exists() {
            return true;
        }
        let ours: Files = without(all, &foreign)
            .into_iter()
            .filter(|(name, _)| !name.starts_with(".sim-next"))
            .collect();
        let which = wanted.iter().position(|wanted| *wanted == ours);
        which.unwrap_or_else(|| panic!("neither old nor new: {:?}", ours.keys())) as u64 + 1 == seed
    });
    assert!(tally.landed > 10, "{tally:?}");
    done(&here, ".", 2);
    assert_eq!(without(files(&here), &foreign), wanted[1]);
}

#[test]
fn a_broken_move_is_completed_before_anything_else_is_asked() {
    let here = fresh("commit");
    let (old, new) = (undisturbed(1, "commit-one"), undisturbed(2, "commit-two"));
    // As a kill leaves it: one file moved, a file that only the old outputs had not yet removed, and the list still the old one.
    for (name, bytes) in &old {
        fs::create_dir_all(here.join("plan/charts")).expect("writable");
        fs::write(here.join("plan").join(name), bytes).expect("writable");
    }
    let list = here.join("plan/.sim-files");
    let mut text = fs::read_to_string(&list).expect("the list");
    text.push_str("charts/s-curve-gone.svg\n../outside\ncharts/../../outside\nlink/outside\n");
    fs::write(&list, text).expect("writable");
    fs::write(here.join("plan/charts/s-curve-gone.svg"), "old").expect("writable");
    fs::write(here.join("outside"), "not in the folder, whatever the list says").expect("writable");
    symlink("..", here.join("plan/link")).expect("links");
    for (name, bytes) in &new {
        let place = if name == Path::new("summary.json") {
            "plan"
        } else {
            "plan/.sim-commit"
        };
        fs::create_dir_all(here.join("plan/.sim-commit/charts")).expect("writable");
        fs::write(here.join(place).join(name), bytes).expect("writable");
    }
    // The run itself is refused, for a file of somebody else; the move is completed nevertheless.
    fs::create_dir(here.join("plan/x")).expect("writable");
    let scenario = here.join("two.toml");
    fs::write(
        &scenario,
        "[scenario]\nstart = 2026-01-05\n[initiative.x]\nduration = \"2w\"\n[initiative.y]\nduration = \"2w\"\n",
    )
    .expect("writable");
    fs::write(here.join("plan/charts/s-curve-x.svg"), "mine").expect("writable");
    let output = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["run", "two.toml", "--trials", "20", "--out", "plan"])
        .current_dir(&here)
        .output()
        .expect("sim starts");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("plan/charts/s-curve-x.svg` is there already and was not written by sim"));
    let mut all = files(&here.join("plan"));
    assert_eq!(all.remove(Path::new("charts/s-curve-x.svg")), Some(b"mine".to_vec()));
    assert!(all.remove(Path::new("link")).is_some());
    assert_eq!(all, new);
    assert!(here.join("outside").exists());
}

#[test]
fn a_killed_exchange_gives_back_what_came_in_between() {
    let here = fresh("between");
    done(&here, "plan", 1);
    let foreign = add_foreign(&here.join("plan"), 3);
    // As a kill leaves it right after the exchange: `swap` is the old folder, and others have gone on working in both.
    let (plan, work) = (here.join("plan"), here.join(".plan.sim-work"));
    fs::create_dir(&work).expect("writable");
    fs::rename(&plan, work.join("swap")).expect("renamed");
    done(&here, "elsewhere", 2);
    fs::rename(here.join("elsewhere"), &plan).expect("renamed");
    let mut carried = Vec::new();
    fs::create_dir_all(plan.join("drafts/older/empty")).expect("writable");
    for folder in ["drafts", "drafts/older", "drafts/older/empty"] {
        let inode = fs::metadata(work.join("swap").join(folder)).expect("there").ino();
        carried.extend_from_slice(format!("{inode} {folder}\0").as_bytes());
    }
    for name in foreign.keys() {
        fs::hard_link(work.join("swap").join(name), plan.join(name)).expect("a second name");
        let inode = fs::symlink_metadata(plan.join(name)).expect("there").ino();
        carried.extend_from_slice(format!("{inode} {}\0", name.display()).as_bytes());
    }
    fs::write(work.join("carried"), carried).expect("writable");
    // Came too late to be carried: a new file, a new folder, and a file saved anew under its name.
    fs::write(work.join("swap/late.txt"), "late").expect("writable");
    fs::create_dir(work.join("swap/late")).expect("writable");
    fs::write(work.join("swap/late/file"), "late").expect("writable");
    fs::remove_file(work.join("swap/notes.md")).expect("removed");
    fs::write(work.join("swap/notes.md"), "newer").expect("writable");
    // After the kill: one removed, one saved anew, and one of the name of a late one.
    fs::remove_file(plan.join("drafts/0")).expect("removed");
    fs::remove_file(plan.join("drafts/1")).expect("removed");
    fs::write(plan.join("drafts/1"), "later still").expect("writable");
    fs::write(plan.join("late.txt"), "another").expect("writable");

    done(&here, "plan", 1);
    let read = |name: &str| fs::read_to_string(plan.join(name)).ok();
    assert_eq!(read("notes.md").as_deref(), Some("newer"));
    assert_eq!(read("late.txt").as_deref(), Some("another"));
    assert_eq!(read("late.txt.2").as_deref(), Some("late"));
    assert_eq!(read("late/file").as_deref(), Some("late"));
    assert_eq!(read("drafts/0"), None);
    assert_eq!(read("drafts/1").as_deref(), Some("later still"));
    assert_eq!(read("drafts/2").as_deref(), Some("2"));
    assert_eq!(read("charts/sketch.svg").as_deref(), Some("mine too"));
    assert_eq!(names(&here), ["plan"]);
}

#[test]
fn others_folders_and_files_stay_the_same_ones() {
    let here = fresh("same");
    done(&here, "plan", 1);
    add_foreign(&here.join("plan"), 0);
    let numbers = || {
        [
            "drafts",
            "drafts/older",
            "drafts/older/empty",
            "notes.md",
            "charts/sketch.svg",
            "drafts/link",
        ]
        .map(|name| fs::symlink_metadata(here.join("plan").join(name)).expect(name).ino())
    };
    let before = numbers();
    done(&here, "plan", 2);
    assert_eq!(numbers(), before);
    let links = fs::metadata(here.join("plan/notes.md")).expect("there").nlink();
    assert_eq!(links, 1, "no second name is left");
}

#[test]
fn runs_into_one_folder_at_once_do_not_mix() {
    let here = fresh("at-once");
    let wanted: Vec<Files> = (1..=5).map(|seed| undisturbed(seed, &format!("at-once-{seed}"))).collect();
    for round in 0..3 {
        // The first round finds no folder, the others find one with somebody's file in it.
        let children: Vec<Child> = (1..=5)
            .map(|seed| command(&here, "plan", seed).spawn().expect("sim starts"))
            .collect();
        for child in children {
            let output = child.wait_with_output().expect("sim ends");
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        }
        let mut all = files(&here.join("plan"));
        assert_eq!(all.remove(Path::new("notes.md")).is_some(), round > 0);
        assert!(wanted.contains(&all), "a mixture of {:?}", all.keys());
        assert_eq!(names(&here), ["plan"]);
        fs::write(here.join("plan/notes.md"), "mine").expect("writable");
    }
}

#[test]
fn every_way_of_naming_a_folder_leads_to_it_or_is_refused() {
    let here = fresh("naming");
    let wanted = undisturbed(1, "naming-wanted");
    fs::create_dir(here.join("real")).expect("writable");
    symlink("real", here.join("link")).expect("links");
    symlink("nowhere", here.join("dangling")).expect("links");
    fs::write(here.join("file"), "mine").expect("writable");
    let long = "long".repeat(50);
    for (out, leads_to) in [
        ("plain/", "plain"),
        ("link", "real"),
        ("link/below//", "real/below"),
        ("./dotted/.", "dotted"),
        ("not/there/yet", "not/there/yet"),
        ("two\nlines", "two\nlines"),
        (&long, &long),
        ("real/..", "."),
    ] {
        for _ in 0..2 {
            done(&here, out, 1);
            let all = files(&here.join(leads_to));
            let ours: Files = all.into_iter().filter(|(name, _)| wanted.contains_key(name)).collect();
            assert_eq!(ours, wanted, "{out}");
        }
    }
    assert!(fs::symlink_metadata(here.join("link")).expect("there").is_symlink());
    let before = files(&here);
    for (out, code, message) in [
        ("/", 2, "`/` is the root of the file system"),
        ("file", 2, "`file` is a file, not a folder"),
        ("file/below/it", 1, "cannot create file/below/it"),
        ("dangling", 2, "`dangling` is a link that leads nowhere"),
        ("nowhere/../else", 2, "leads back out of a folder that is not there"),
        ("bad\u{1b}[31m\n/../x", 2, "`bad"),
    ] {
        let output = run(&here, out, 1);
        assert_eq!(output.status.code(), Some(code), "{out}: {}", said(&output));
        assert!(said(&output).contains(message), "{out}: {}", said(&output));
        assert!(!said(&output).contains('\u{1b}'));
    }
    assert_eq!(files(&here), before);
    // The folder where one stands, and the one above it: nothing is pulled away from under anybody.
    fs::write(here.join("real/scenario.toml"), fs::read(FIRST).expect("readable")).expect("writable");
    let number = fs::metadata(here.join("real")).expect("there").ino();
    done(&here.join("real"), ".", 1);
    done(&here.join("real"), "..", 2);
    assert_eq!(fs::metadata(here.join("real")).expect("there").ino(), number);
    assert_eq!(fs::read(here.join("real/scenario.toml")).ok(), fs::read(FIRST).ok());
    assert_eq!(fs::read(here.join("file")).ok(), Some(b"mine".to_vec()));
}

#[test]
fn somebody_elses_file_is_never_overwritten_whatever_it_is() {
    let here = fresh("conflict");
    for (name, make) in [
        ("summary.json", (|path| fs::create_dir(path)) as fn(&Path) -> std::io::Result<()>),
        ("timelines.csv", |path| symlink("nowhere", path)),
        ("charts", |path| fs::write(path, "mine")),
        ("charts", |path| symlink("/", path)),
    ] {
        let out = here.join("plan");
        fs::create_dir(&out).expect("writable");
        make(&out.join(name)).expect("made");
        let output = run(&here, "plan", 1);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(
            said(&output).contains(&format!("`plan/{name}` is there already")),
            "{}",
            said(&output)
        );
        assert_eq!(names(&out), [name]);
        assert_eq!(names(&here), ["plan"]);
        fs::remove_dir_all(&out).expect("removed");
    }
}

/// Runs a shell script with the program, the scenario and a folder as `$1`, `$2`, `$3`.
fn script(shell: &[&str], text: &str, folder: &Path) -> Output {
    let (first, rest) = shell.split_first().expect("a shell");
    Command::new(first)
        .args(rest)
        .args(["-c", text, "sh", env!("CARGO_BIN_EXE_sim"), FIRST])
        .arg(folder)
        .output()
        .expect("the shell starts")
}

#[test]
fn a_full_disk_is_said_so_and_changes_nothing() {
    let folder = fresh("full");
    if !can_mount(&folder) {
        return skipped("a_full_disk_is_said_so_and_changes_nothing", "no file system can be mounted here");
    }
    let output = script(
        &UNSHARED,
        "set -e
        mount -t tmpfs -o size=12m tmpfs \"$3\"; cd \"$3\"
        \"$1\" run \"$2\" --no-ledger --trials 20 --seed 1 --out plan > /dev/null 2>&1
        echo mine > plan/notes
        before=$(find plan -type f | sort | xargs cat | cksum)
        head -c 24000000 /dev/zero > filler 2> /dev/null || true
        code=0; \"$1\" run \"$2\" --no-ledger --trials 20 --seed 2 --out plan || code=$?
        [ \"$before\" = \"$(find plan -type f | sort | xargs cat | cksum)\" ] || echo CHANGED
        new=0; \"$1\" run \"$2\" --no-ledger --trials 20 --seed 2 --out a/b/c || new=$?
        echo \"codes $code $new\"; ls -A
        rm filler; \"$1\" run \"$2\" --no-ledger --trials 20 --seed 2 --out plan > /dev/null 2>&1; cat plan/notes; ls -A",
        &folder,
    );
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "codes 1 1\nfiller\nplan\nmine\nplan\n", "{}", said(&output));
    let message = "No space left on device (os error 28); nothing was changed\n";
    assert_eq!(said(&output).matches(message).count(), 2, "{}", said(&output));
}

#[test]
fn a_read_only_disk_is_refused_before_anything_is_simulated() {
    let folder = fresh("read-only");
    if !can_mount(&folder) {
        return skipped(
            "a_read_only_disk_is_refused_before_anything_is_simulated",
            "no file system can be mounted here",
        );
    }
    let output = script(
        &UNSHARED,
        "mount -t tmpfs tmpfs \"$3\"; cd \"$3\"; mkdir plan; mount -o remount,ro \"$3\"
        for out in plan new/folder; do
            timeout 20 \"$1\" run \"$2\" --no-ledger --trials 10000000 --out \"$out\"; echo $?
        done",
        &folder,
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1\n1\n", "{}", said(&output));
    assert_eq!(said(&output).matches("error: cannot write to ").count(), 2, "{}", said(&output));
    assert_eq!(said(&output).matches("Read-only file system").count(), 2, "{}", said(&output));
}

#[test]
fn a_mount_point_is_written_in_place() {
    let folder = fresh("mounted");
    if !can_mount(&folder) {
        return skipped("a_mount_point_is_written_in_place", "no file system can be mounted here");
    }
    let wanted = undisturbed(2, "mounted-wanted");
    let output = script(
        &UNSHARED,
        "set -e
        mkdir \"$3/plan\" \"$3/copy\"; mount -t tmpfs tmpfs \"$3/plan\"; cd \"$3\"; echo mine > plan/notes
        for seed in 1 2; do \"$1\" run \"$2\" --no-ledger --trials 20 --threads 1 --seed $seed --out plan > /dev/null 2>&1; done
        ls -A; cp -a plan/. copy",
        &folder,
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "copy\nplan\n", "{}", said(&output));
    let mut all = files(&folder.join("copy"));
    assert_eq!(all.remove(Path::new("notes")), Some(b"mine\n".to_vec()));
    assert_eq!(all, wanted);
}

#[test]
fn a_folder_that_may_not_be_written_to_is_refused() {
    // Root may write everywhere and has to become somebody else, who may reach neither the program nor the folder.
    let nobody = ["setpriv", "--reuid", "65534", "--clear-groups", "sh"];
    let is_root = Command::new("id").arg("-u").output().expect("id starts").stdout == b"0\n";
    let (folder, shell) = if is_root {
        (std::env::temp_dir(), &nobody[..])
    } else {
        (fresh("barred"), &["sh"][..])
    };
    if !script(shell, "test -x \"$1\" && test -r \"$2\" && test -w \"$3\"", &folder)
        .status
        .success()
    {
        return skipped("a_folder_that_may_not_be_written_to_is_refused", "root may write everywhere");
    }
    let output = script(
        shell,
        "here=$(mktemp -d \"$3/sim-XXXXXX\"); cd \"$here\"; mkdir plan above; mkdir above/plan; chmod a-w plan above
        for out in plan above/new above/plan; do
            timeout 20 \"$1\" run \"$2\" --no-ledger --trials 20 --out \"$out\" > /dev/null; echo $?
        done
        chmod u+w plan above; ls -A above above/plan; rm -r \"$here\"",
        &folder,
    );
    // The folder itself may be written to in the last case, so its files are replaced one by one.
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        stdout.starts_with("1\n1\n0\nabove:\nplan\n\nabove/plan:\n.sim-files\n"),
        "{stdout}{}",
        said(&output)
    );
    assert_eq!(said(&output).matches("Permission denied").count(), 2, "{}", said(&output));
}

#[test]
fn a_file_that_may_not_grow_is_said_so_and_changes_nothing() {
    let folder = fresh("limit");
    let wanted = undisturbed(1, "limit-wanted");
    done(&folder, "plan", 1);
    // A limit on the size of files, once as an error and once as the signal that ends the program.
    for (before, codes) in [("trap '' XFSZ;", "1 1\n"), ("", "153 153\n")] {
        let output = script(
            &["sh"],
            &format!(
                "cd \"$3\"; {before} ulimit -c 0; ulimit -f 8; plan=0; new=0
                \"$1\" run \"$2\" --no-ledger --trials 20 --seed 2 --out plan > /dev/null || plan=$?
                \"$1\" run \"$2\" --no-ledger --trials 20 --seed 2 --out new/plan > /dev/null || new=$?
                echo $plan $new"
            ),
            &folder,
        );
        assert_eq!(String::from_utf8_lossy(&output.stdout), codes, "{}", said(&output));
        assert_eq!(files(&folder.join("plan")), wanted);
        if !before.is_empty() {
            assert_eq!(said(&output).matches("; nothing was changed\n").count(), 2, "{}", said(&output));
            assert_eq!(names(&folder), ["plan"]);
        }
    }
    done(&folder, "plan", 1);
    done(&folder, "new/plan", 1);
    assert_eq!(
        (names(&folder), names(&folder.join("new"))),
        (vec!["new".into(), "plan".into()], vec!["plan".into()])
    );
}

#[test]
fn standard_output_that_is_full_is_an_error() {
    let folder = fresh("stdout");
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        return skipped("standard_output_that_is_full_is_an_error", "there is no /dev/full");
    };
    let output = command(&folder, "plan", 1).stdout(full).output().expect("sim starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("cannot write to standard output: No space left"),
        "{}",
        said(&output)
    );
}
