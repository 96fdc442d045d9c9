#pragma once

#include <boost/json.hpp>

#include "http/site.hpp"
#include "registers/texts.hpp"

/// The JSON interface, by theme: each adds its routes.
namespace zhijia::http {

void add_catalogue(Router& router, const Services& services);
void add_records(Router& router, const Services& services);
void add_figures(Router& router, const Services& services);
void add_description(Router& router, const Services& services);

/// {"zh": …, "en": …}
boost::json::object titled(const registers::Title& title);

/// "money", "yes_no" … as packs write them.
std::string_view type_name(registers::FieldType type);

}  // namespace zhijia::http
