#pragma once

#include <optional>
#include <vector>

#include "finance/reconcile.hpp"

/// The own book's account of the bank, entry by entry, as the bank should have it too.
namespace zhijia::finance {

constexpr Id own_book = 0;

/// Of postings `p` and their lines `l`, as movement_of_posting reads them first in a row.
constexpr const char* posting_columns = "p.id, p.posted_on, l.debit - l.credit, p.register, p.record, p.voucher_number";
Movement movement_of_posting(const store::Rows& rows);

/// Entries of the days, oldest first, without names: a batch that was paid is one. A posting that was reversed as
/// wrong, and its reversal, never went through the bank and are nothing; a payment that the bank sent back went out and
/// came in, and is two.
std::vector<Movement> book_entries(store::Reader& reader, const registers::Catalogue& catalogue, Date from, Date to);

/// Received is positive. Nothing for what the book does not have, or what is nothing to the bank; see book_entries.
std::optional<Money> amount_in_book(store::Reader& reader, const registers::Catalogue& catalogue, bool is_batch,
                                    Id entry);

/// Whether a batch paid it, which is at the bank as one movement.
bool is_of_batch(store::Reader& reader, Id posting);

/// Whom entries of the book went to.
void name_payees(store::Reader& reader, const registers::Registers& registers, std::vector<Movement>& entries);

/// A bank cuts long names off; spaces do not count.
bool names_agree(const std::string& name, const std::string& other);

}  // namespace zhijia::finance
