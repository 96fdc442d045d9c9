#pragma once

#include <boost/json.hpp>

#include "http/site.hpp"

namespace zhijia::http {

/// The books, read: vouchers, accounts and their statements, income and expenditure, what was spent for a programme.
void add_money(Router& router, const Services& services);
void describe_money(boost::json::object& paths);

/// The account of the bank in the books.
constexpr const char* bank_account = "银行存款";

}  // namespace zhijia::http
