#pragma once

#include <boost/json.hpp>

#include "http/site.hpp"

namespace zhijia::http {

/// The books, read: vouchers, accounts and their statements, income and expenditure, what was spent for a programme.
void add_money(Router& router, const Services& services);
void describe_money(boost::json::object& paths);

/// Payment batches, and the bank's lines beside the book.
void add_batches(Router& router, const Services& services);
void add_reconciliation(Router& router, const Services& services);
void describe_payments(boost::json::object& paths);

}  // namespace zhijia::http
