#!/usr/bin/env python3
"""Pages that the tool writes, opened and worked in headless Chromium: run.py TOOL [PAGE …].

A page's checks are a module with run(checks, browser, tool); add it to PAGES. Ends with "N passed, M failed"."""
import os
import sys
import time
import traceback

import playground
import reports
from checks import Checks, Tool
from chromium import Browser

PAGES = {"playground": playground.run, "reports": reports.run}


def main():
    if len(sys.argv) < 2 or any(name not in PAGES for name in sys.argv[2:]):
        raise SystemExit(f"usage: run.py TOOL [{'|'.join(PAGES)} …]")
    checks = Checks()
    began = time.monotonic()
    for name in sys.argv[2:] or PAGES:
        print(name, flush=True)
        with Browser() as browser:
            try:
                PAGES[name](checks, browser, Tool(os.path.abspath(sys.argv[1]), None))
            except Exception:
                checks.check(f"{name}: all checks ran", False, traceback.format_exc())
    print(f"in {time.monotonic() - began:.0f} s")
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


main()
