#!/bin/bash
# A coverage-guided fuzzer (libFuzzer) over the readers of submissions and events: fuzz.sh [SECONDS]   (600)
# What it builds and learns is kept under .local/fuzz. An input that breaks something is left there as crash-…; once the
# fault is mended it belongs into Tests/LeadsTests/BadInputTests.swift.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
root=$PWD seconds=${1:-600} work=$PWD/.local/fuzz
mkdir -p "$work/build" "$work/corpus"

# The readers need neither database nor broker, so a few files of Leads are enough.
leads=(Channels/Channel Identity/EmailAddress Identity/Person Intake/Enquiry Intake/EnquiryReader Intake/ReceivedSubmission
  Intake/SubmissionReader)

# Without the package: the fuzzer's instrumentation has to be in every part, and nowhere else.
compile() {   # MODULE ARGUMENT…
  local module=$1; shift
  swiftc -swift-version 6 -O -wmo -parse-as-library -sanitize=fuzzer -module-name "$module" -I . -Xcc -fmodule-map-file=CPhone.modulemap \
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility \
    -enable-upcoming-feature ExistentialAny "$@"
}

cd "$work/build"
echo "module CPhone { header \"$root/Shared/CPhone/include/cphone.h\" export * }" >CPhone.modulemap
clang++ -std=c++17 -O1 -c "$root/Shared/CPhone/cphone.cpp" -I "$root/Shared/CPhone/include" -o CPhone.o
for module in Failures Contracts Phone; do
  mapfile -t sources < <(find "$root/Shared/$module" -name '*.swift' | sort)
  compile "$module" -emit-module -emit-module-path "$module.swiftmodule" -emit-object "${sources[@]}" -o "$module.o"
done
sources=("$root/Tests/Fuzz/FuzzReaders.swift")
for file in "${leads[@]}"; do sources+=("$root/Services/Leads/$file.swift"); done
compile FuzzReaders "${sources[@]}" Failures.o Contracts.o Phone.o CPhone.o -lphonenumber -lstdc++ -o fuzz

# It begins with what is right: the samples of all messages, bare and in their envelopes.
cp "$root"/Tests/ContractsTests/Samples/*.json "$work/corpus/"
for sample in "$root"/Tests/ContractsTests/Samples/*.json; do
  type=$(basename "$sample" .json)
  printf '{"specversion":"1.0","id":"1","source":"/x","type":"%s","subject":"s","time":"2026-11-22T03:04:05Z","data":%s}' \
    "$type" "$(cat "$sample")" >"$work/corpus/event-$type"
done
grep -ohE '"[A-Za-z]{2,20}"' "$root"/Tests/ContractsTests/Samples/*.json | sort -u | sed 's/"\(.*\)"/"\\"\1\\""/' >"$work/words"
printf '%s\n' '"\\u0000"' '"\\ud800"' '"\\ud83d\\ude00"' '"9007199254740993"' '"1e400000"' '"web"' '"13812345678"' >>"$work/words"

cd "$work"
exec build/fuzz corpus -dict=words -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
