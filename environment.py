"""Prepare this machine for one of the project's tasks; the Makefile calls it.

    python3 environment.py runtime       .venv with what the running system needs
    python3 environment.py docs          .venv with what builds the documentation site
    python3 environment.py development   both, plus the tools for tests and checks
    python3 environment.py benchmark     the same, plus the libraries that benchmarks compare with
    python3 environment.py browser       a Chromium for the browser tests

Uses only the standard library of the machine's Python, and also runs on versions too old for the project, so
that it can say so. Does nothing if nothing is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed-requirements")
LOG = os.path.join(VENV, "install.log")
OLDEST_PYTHON = (3, 11)
REQUIREMENTS = {
    "runtime": "requirements.txt",
    "docs": os.path.join("requirements", "documentation.txt"),
    "development": os.path.join("requirements", "development.txt"),
    "benchmark": os.path.join("requirements", "benchmark.txt"),
}
HOLDS = {
    "runtime": ("runtime",),
    "docs": ("docs",),
    "development": ("runtime", "docs", "development"),
    "benchmark": ("runtime", "docs", "development", "benchmark"),
}
HEADLESS = "chromium-headless-shell"
BROWSERS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NETWORK_SIGNS = (
    "Could not find a version",
    "No matching distribution",
    "Connection",
    "Temporary failure in name resolution",
    "Max retries exceeded",
    "ProxyError",
    "SSLError",
)


def main():
    """Run the task named on the command line."""
    tasks = dict.fromkeys(REQUIREMENTS, install)
    tasks["browser"] = install_browser
    if len(sys.argv) != 2 or sys.argv[1] not in tasks:
        stop("usage: python3 environment.py " + "|".join(tasks))
    check_python()
    tasks[sys.argv[1]](sys.argv[1])


def check_python():
    """Stop with a message if this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        stop(
            "Python %d.%d is too old: install Python 3.11 or newer and name it, as in "
            "`make up PYTHON=python3.11`." % sys.version_info[:2]
        )


def install(task):
    """Install the task's requirements into .venv, unless they are there."""
    done = installed()
    if any(task in HOLDS[kind] for kind in done):
        return
    if not os.path.exists(VENV_PYTHON):
        create_venv()
    command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    run_with_clock(
        command + ["-r", os.path.join(ROOT, REQUIREMENTS[task])],
        "Installing packages into .venv (a few minutes the first time)",
    )
    with open(STAMP, "w", encoding="utf-8") as stamp:
        stamp.write(" ".join(done + [task, fingerprint()]) + "\n")


def installed():
    """Return the tasks whose current requirements are installed in .venv."""
    try:
        with open(STAMP, encoding="utf-8") as stamp:
            words = stamp.read().split()
    except (IOError, OSError):
        return []
    return words[:-1] if words[-1:] == [fingerprint()] else []


def fingerprint():
    """Return a checksum of all requirement files and the Python version."""
    digest = hashlib.sha256(sys.version.encode())
    folder = os.path.join(ROOT, "requirements")
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    for name in [os.path.join(ROOT, "requirements.txt")] + names:
        with open(name, "rb") as content:
            digest.update(content.read())
    return digest.hexdigest()


def create_venv():
    """Create a new .venv."""
    shutil.rmtree(VENV, ignore_errors=True)
    result = subprocess.run(
        [sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if result.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "This Python cannot create environments; install its venv package "
            "(on Debian: `apt-get install python3-venv`), then try again."
        )


def run_with_clock(command, title):
    """Run a long command with its output in a log and a clock on screen; stop with a message if it fails."""
    started = time.time()
    show_clock(title, 0)
    with open(LOG, "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                show_clock(title, time.time() - started)
                time.sleep(0.5)
        except KeyboardInterrupt:
            process.wait()
            stop("\nInterrupted; run the command again to continue.")
    if process.returncode:
        stop("\n" + explain_failure())
    print("\r%s: done in %d s." % (title, time.time() - started))


def show_clock(title, seconds):
    """Show how long the command has been running; in a log file, only that it started."""
    if sys.stdout.isatty():
        sys.stdout.write("\r%s … %d s" % (title, seconds))
    elif not seconds:
        sys.stdout.write("%s …\n" % title)
    sys.stdout.flush()


def explain_failure():
    """Return one sentence on why the installation failed."""
    with open(LOG, "rb") as log:
        text = log.read().decode(errors="replace")
    if any(sign in text for sign in NETWORK_SIGNS):
        return (
            "The packages could not be downloaded: check the network and pip's index setting, "
            "then try again (details: .venv/install.log)."
        )
    return "The packages could not be installed; see the end of .venv/install.log."


def install_browser(_task):
    """Make sure that Chromium is installed, if possible Debian's package of it without windows."""
    if shutil.which(HEADLESS):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        install_headless()
    if not any(shutil.which(name) for name in BROWSERS):
        stop(
            "The browser tests need Chromium: install it with `sudo apt-get install chromium` "
            "(or your system's equivalent), then try again."
        )


def install_headless():
    """Install Debian's Chromium without windows; where it cannot be, another Chromium will do."""
    command = "apt-get update -qq && apt-get install -y -qq " + HEADLESS
    if any(shutil.which(name) for name in BROWSERS):
        command += " || true"
    run_with_clock(["sh", "-c", command], "Installing Chromium")


def stop(sentence):
    """Exit with a message and without a traceback."""
    sys.exit(sentence)


if __name__ == "__main__":
    main()
