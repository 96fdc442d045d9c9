#pragma once

#include <boost/json/fwd.hpp>

#include "base/problem.hpp"

namespace zhijia {

/// {"code", "zh", "en"}, and of the place ("file", "sheet", "cell", "record", "field") what is known: as programs are
/// told of it, and as it is kept.
boost::json::object problem_json(const Problem& problem);
/// The same read back; what is missing stays empty.
Problem problem_from(const boost::json::object& object);

boost::json::array problems_json(const Problems& problems);
/// Throws when it is no list of objects.
Problems problems_from(const boost::json::value& list);

}  // namespace zhijia
