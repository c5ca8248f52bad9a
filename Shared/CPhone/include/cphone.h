#pragma once
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

/// Writes the E.164 form of `text` (read in `region`, e.g. "CN") into `out` and returns 0; 1: not a phone number,
/// 2: parses, but no such number can exist, 3: `out` is too small.
int cphone_e164(const char *text, size_t length, const char *region, char *out, size_t capacity);

#ifdef __cplusplus
}
#endif
