#include "cphone.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstring>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

extern "C" int cphone_e164(const char *text, size_t length, const char *region, char *out, size_t capacity) {
  const PhoneNumberUtil &phones = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (phones.Parse(std::string(text, length), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return 1;
  if (!phones.IsValidNumber(number)) return 2;
  std::string formatted;
  phones.Format(number, PhoneNumberUtil::E164, &formatted);
  if (formatted.size() >= capacity) return 3;
  std::memcpy(out, formatted.c_str(), formatted.size() + 1);
  return 0;
}
