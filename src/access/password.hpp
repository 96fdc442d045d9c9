#pragma once

#include <string>
#include <string_view>

#include "access/digest.hpp"

namespace zhijia::access {

/// Whether little is left of it without what everybody tries first: the words and runs of keys that lists of common
/// passwords are made of, this program's and the unions' names, digits, and repeated characters.
bool is_guessable(std::string_view password);

/// `count` characters of the alphabet, drawn at random: without bias where its size divides 2^64, else with one below
/// 1 in 10^17.
std::string random_text(std::string_view alphabet, std::size_t count);

/// Letters and digits that nobody confuses when they are read aloud (Crockford's base 32).
constexpr std::string_view clear_letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The encoded Argon2id hash, with its salt and parameters. Waits while two others are being made.
std::string hash_password(std::string_view password);
bool is_password(std::string_view password, const std::string& hash);

/// Takes as long as is_password: for names that nobody has.
void pretend_to_check(std::string_view password);

/// In time that does not depend on where they differ.
bool is_same(std::string_view left, std::string_view right);

}  // namespace zhijia::access
