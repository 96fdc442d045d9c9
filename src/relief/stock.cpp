#include "relief/stock.hpp"

namespace zhijia::relief {

std::vector<Stock> stock_and_flow(store::Reader& reader, Date first, Date last) {
  // A period counts at the end of a day when it was opened by then and not closed by then.
  auto rows = reader.query(
      "SELECT p.region, p.cause, "
      "SUM(CASE WHEN p.opened_on < ?1 AND (p.closed_on IS NULL OR p.closed_on >= ?1) THEN 1 ELSE 0 END), "
      "SUM(CASE WHEN p.opened_on >= ?1 AND p.opened_on <= ?2 THEN 1 ELSE 0 END), "
      "SUM(CASE WHEN p.closed_on >= ?1 AND p.closed_on <= ?2 THEN 1 ELSE 0 END), "
      "SUM(CASE WHEN p.opened_on <= ?2 AND (p.closed_on IS NULL OR p.closed_on > ?2) THEN 1 ELSE 0 END) "
      "FROM difficulty_period p WHERE p.opened_on IS NOT NULL GROUP BY p.region, p.cause ORDER BY p.region, p.cause",
      to_string(first), to_string(last));
  std::vector<Stock> stocks;
  while (rows.next()) {
    Stock stock{.region = std::string(rows.text(0)),
                .cause = std::string(rows.text(1)),
                .opening = rows.integer(2),
                .opened = rows.integer(3),
                .closed = rows.integer(4),
                .open = rows.integer(5)};
    if (stock.opening + stock.opened + stock.closed + stock.open > 0) stocks.push_back(std::move(stock));
  }
  return stocks;
}

}  // namespace zhijia::relief
