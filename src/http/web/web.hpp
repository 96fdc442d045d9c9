#pragma once

#include "http/router.hpp"

namespace zhijia::http {

/// The console and the phone pages, from inside the program: "/assets/…" as built, and for any other address that a
/// browser opens the page that then shows it ("/m…" the phone's). They hold no data, so anybody may have them; what
/// they show they ask of the interface.
void add_web(Router& router);

/// Whether a reading of this path is of the pages, which are public.
bool is_of_web(const std::vector<std::string>& path);

}  // namespace zhijia::http
