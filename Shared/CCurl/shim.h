// libcurl's options and answers are variadic, which Swift cannot call: one function per type of value.
#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef size_t (*lintel_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode lintel_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lintel_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lintel_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lintel_curl_set_sink(CURL *handle, CURLoption option, lintel_curl_sink value) {
    return curl_easy_setopt(handle, option, value);
}

static inline long lintel_curl_get_long(CURL *handle, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}
