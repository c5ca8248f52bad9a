#!/usr/bin/env python3
"""Sums up the results that several test runners wrote as JUnit XML: count_tests.py FOLDER ANY_RUNNER_FAILED(0|1).

Its last line is "N passed, N failed", its exit status 0 only when nothing failed and something passed. A runner that failed
without naming a test (it crashed) counts as one failure.
"""
import sys
import xml.etree.ElementTree as xml
from pathlib import Path


def outcomes(folder):
    passed, failed = 0, []
    for file in Path(folder).glob("*.xml"):
        for case in xml.parse(file).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed.append(f"{case.get('classname')}: {case.get('name')}")
            elif case.find("skipped") is None:
                passed += 1
    return passed, failed


def main(folder, any_runner_failed):
    passed, failed = outcomes(folder)
    if any_runner_failed != "0" and not failed:
        failed.append("a test runner ended without saying which test failed")
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
