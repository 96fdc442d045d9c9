#include <algorithm>
#include <set>
#include <string>

#include "base/text.hpp"
#include "password.hpp"

namespace zhijia::access {
namespace {

/// Of what lists of breached passwords hold with twelve characters and more, nearly all is made of these, of digits,
/// and of a few characters again and again. Longer ones first, for they hold the shorter.
constexpr std::string_view common[] = {
    "administrator", "qwertyuiop", "asdfghjkl", "1qaz2wsx3edc", "1q2w3e4r5t", "q1w2e3r4t5", "qazwsxedc", "password",
    "passw0rd", "p@ssw0rd", "p@ssword", "iloveyou", "woaini", "woaizuguo", "sunshine", "princess", "football",
    "baseball", "superman", "trustno1", "welcome", "letmein", "zxcvbnm", "1qaz2wsx", "1q2w3e4r", "qwerty", "asdfgh",
    "zxcvbn", "monkey", "dragon", "master", "shadow", "abcdefgh", "abc123", "a1b2c3", "abcd", "admin", "root", "test",
    "user", "login", "hello", "love", "china", "zhongguo", "hanzhong", "shaanxi",
    // what an office would think of first
    "zhijia", "gonghui", "zonggonghui", "zgh", "union", "职家", "总工会", "工会", "密码", "管理员", "汉中"};

constexpr std::size_t characters_left_min = 6;
constexpr std::size_t characters_unlike_min = 5;

}  // namespace

bool is_guessable(std::string_view password) {
  std::string left(password);
  std::ranges::transform(left, left.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  const std::set<char> unlike(left.begin(), left.end());
  if (unlike.size() < characters_unlike_min) return true;
  for (const std::string_view word : common)
    for (std::size_t at = left.find(word); at != std::string::npos; at = left.find(word)) left.erase(at, word.size());
  std::erase_if(left, [](char c) { return (c >= '0' && c <= '9') || c == ' ' || c == '.' || c == '!' || c == '@'; });
  return code_points(left) < characters_left_min;
}

}  // namespace zhijia::access
