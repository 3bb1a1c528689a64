"""Looks at preread.html as its readers do: in Chromium, on paper, on a phone, in the dark, without scripts.

    python3 tests/preread/check.py OUT_FOLDER... --screenshots out/preread

Each folder is one that `sim run` wrote. Needs Chromium and nothing beyond Python's standard library: the browser is spoken
to over a pipe (--remote-debugging-pipe). Every failure is listed; the exit status is 1 where there is any.
"""

import argparse, base64, json, os, re, shutil, subprocess, sys, tempfile
from datetime import date
from pathlib import Path

PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11.0)}  # inches
SECONDS = 60
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe""".split()


class Browser:
    """One Chromium, one page."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp()
        (r3, self.to), (self.of, w4) = os.pipe(), os.pipe()

        def descriptors():  # the browser reads from 3 and writes to 4
            a, b = os.dup(r3), os.dup(w4)
            os.dup2(a, 3), os.dup2(b, 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=descriptors, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(r3), os.close(w4)
        self.left, self.number, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def message(self):
        import select
        while b"\0" not in self.left:
            if not select.select([self.of], [], [], SECONDS)[0]:
                raise TimeoutError("the browser does not answer")
            more = os.read(self.of, 1 << 20)
            if not more:
                raise EOFError("the browser ended")
            self.left += more
        text, self.left = self.left.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.number += 1
        said = {"id": self.number, "method": method, "params": params}
        if self.session:
            said["sessionId"] = self.session
        os.write(self.to, json.dumps(said).encode() + b"\0")
        while True:
            heard = self.message()
            if heard.get("id") == self.number:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                return heard["result"]
            self.events.append(heard)

    def open(self, path, scripts=True, width=1200, dark=False):
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def run(self, script):
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["exception"].get("description"))
        return found["result"].get("value")

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


# What is read on the page: not what the script alone fills or what belongs to it.
TEXT = """[...document.querySelectorAll('header, main, .alert')].map(part => {
  const copy = part.cloneNode(true); copy.querySelectorAll('#sure').forEach(one => one.remove()); return copy.textContent }).join('\\n')"""

# WCAG 2.1, 1.4.3: contrast of 4.5, or 3 for text of 24 px, or 18.66 px and bold.
CONTRAST = """(() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => { for (; element; element = element.parentElement) {
    const c = rgb(getComputedStyle(element).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } return [255, 255, 255] };
  const poor = []; let seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walk.nextNode();) {
    const element = node.parentElement;
    if (!node.textContent.trim() || ['SCRIPT', 'STYLE'].includes(element.tagName) || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const inks = element.closest('svg') ? rgb(style.fill) : rgb(style.color);
    const [a, b] = [light(inks), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen++;
    if (ratio < (size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5))
      poor.push(`${ratio.toFixed(2)}: ${node.textContent.trim().slice(0, 40)}`);
  }
  return { seen, poor };
})()"""

SLIDE = """(() => { const marks = JSON.parse(document.getElementById('confidences').textContent);
  const slider = document.getElementById('how-sure'), at = marks.findIndex(one => one[0] === %d);
  if (document.getElementById('sure').hidden || at < 0) return null;
  slider.value = String(at); slider.dispatchEvent(new Event('input', { bubbles: true }));
  return document.getElementById('sure-says').textContent })()"""


def long(text):
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B} {day.year}"


def numbers(summary):
    """What the page has to say of the promise that leads it, in the words of summary.json; nothing where nothing is promised."""
    promised = [(one, promise) for one in summary["initiatives"] for promise in one["commitments"]]
    # The first promise that fewer than 16 of 20 futures make, else the first.
    at_risk = [both for both in promised if both[1]["p_on_time"]["p"] < 0.8]
    lead, promise = next(iter(at_risk + promised), (None, None))
    if lead is None:
        return None, {}, []
    lines = lead["timelines"]
    said = [lead["title"], long(promise["at"]["date"])]
    said += [long(lines[path]["date"]) for path in ("best", "expected", "worst") if lines[path]["date"]]
    said.append(f"{summary['trials']:,} simulated futures")
    promises = {int(one["percentile"][1:]): one["date"] for one in lead["commitments"][0]["promises"]}
    return lead, promises, said


def look(browser, folder, shots, wrong):
    page = folder / "preread.html"
    summary = json.loads((folder / "summary.json").read_text())
    name = folder.name

    def expect(right, message):
        if not right:
            wrong.append(f"{name}: {message}")

    def quiet(when):
        for event in browser.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown" or method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                expect(False, f"{when}: {json.dumps(params)[:300]}")
            if method == "Runtime.consoleAPICalled":
                expect(False, f"{when}: the console says {json.dumps(params)[:200]}")
            if method == "Page.javascriptDialogOpening":
                expect(False, f"{when}: an injected script ran")
            if method == "Network.requestWillBeSent" and params["request"]["url"] != page.resolve().as_uri() and not params["request"]["url"].startswith("data:"):
                expect(False, f"{when}: asks for {params['request']['url'][:100]}")

    def shoot(what):
        shot = browser.call("Page.captureScreenshot", captureBeyondViewport=True)
        (shots / f"{name}-{what}.png").write_bytes(base64.b64decode(shot["data"]))

    if not page.is_file():
        return expect(False, "there is no preread.html")
    browser.open(page)
    with_script = browser.run(TEXT)
    flat = re.sub(r"\s+", " ", with_script)
    lead, promises, said = numbers(summary)
    for fact in said:
        # A name from the scenario may be cut or escaped; the hostile one is looked at by the program's own tests.
        expect(fact in flat or fact == lead["title"] and not fact.isprintable(), f"the page does not say {fact!r}")
    levels = browser.run("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => Number(one.tagName[1]))")
    expect(levels[:1] == [1] and levels.count(1) == 1, f"one h1, first: {levels}")
    expect(all(b - a <= 1 for a, b in zip(levels, levels[1:])), f"a level of heading is left out: {levels}")
    ids = browser.run("[...document.querySelectorAll('[id]')].map(one => one.id)")
    expect(len(ids) == len(set(ids)), "an id stands twice")
    if promises and browser.run("!!document.getElementById('confidences')"):
        for percent, day in promises.items():
            if day:
                shows = browser.run(SLIDE % percent)
                expect(shows and long(day) in shows and f"{percent} %" in shows, f"at {percent} % the page shows {shows!r}, not {long(day)}")
    elif any(promises.values()):
        expect(False, "there is no control for how sure one wants to be")
    scripts = browser.run("document.scripts.length")
    expect(scripts in (0, 2) and not browser.run("!!document.querySelector('main script, header script, [onload], [onerror]')"), f"{scripts} scripts")
    for dark in (False, True):
        browser.open(page, dark=dark)
        found, mode = browser.run(CONTRAST), "dark" if dark else "light"
        expect(found["seen"] > 10, f"{mode}: only {found['seen']} texts are seen")
        for poor in found["poor"]:
            expect(False, f"{mode}: contrast {poor}")
        shade = sum(map(float, re.findall(r"[\d.]+", browser.run("getComputedStyle(document.body).backgroundColor"))[:3]))
        expect((shade < 200) == dark, f"{mode}: the background is not")
        shoot(mode)
        quiet(mode)
    browser.open(page, width=390)
    wide = browser.run("document.documentElement.scrollWidth")
    expect(wide <= 390, f"at 390 px the page is {wide} px wide")
    shoot("phone")
    quiet("phone")
    for paper, (width, height) in PAPERS.items():
        browser.open(page)
        pdf = browser.call("Page.printToPDF", paperWidth=width, paperHeight=height, preferCSSPageSize=False, printBackground=True)
        data = base64.b64decode(pdf["data"])
        (shots / f"{name}-{paper}.pdf").write_bytes(data)
        pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", data))
        expect(pages == 1, f"{pages} pages on {paper}")
    browser.open(page, scripts=False)
    # The text is read by the debugger, which scripts switched off do not switch off.
    expect(browser.run(TEXT) == with_script, "without scripts the page says something else")
    expect(browser.run("!document.getElementById('sure') || document.getElementById('sure').hidden"), "without scripts the control is shown")
    quiet("without scripts")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--screenshots", type=Path, default=Path("out/preread"))
    arguments = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.exit("there is no Chromium to look at the page with")
    arguments.screenshots.mkdir(parents=True, exist_ok=True)
    browser, wrong = Browser(program), []
    try:
        for folder in arguments.folders:
            before = len(wrong)
            look(browser, folder, arguments.screenshots, wrong)
            print(f"{folder.name}: {'as it should be' if len(wrong) == before else f'{len(wrong) - before} wrong'}")
    finally:
        browser.close()
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
