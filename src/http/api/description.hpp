#pragma once

#include <boost/json.hpp>

#include "registers/pack.hpp"

/// Parts of the description of the interface, each beside what it describes.
namespace zhijia::http {

boost::json::object exchange_schemas();
void describe_exchange(const registers::Catalogue& catalogue, boost::json::object& paths);

}  // namespace zhijia::http
