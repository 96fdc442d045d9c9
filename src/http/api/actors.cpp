#include "api/actors.hpp"

#include "asked.hpp"

namespace zhijia::http {

using registers::Title;

namespace {

Title title_of(store::Reader& reader, const std::string& actor) {
  if (actor == registers::system_role) return {"系统", "The program"};
  if (actor == "public") return {"公众", "The public"};
  auto rows = reader.query("SELECT title, name, claim_hash FROM user_account WHERE id = ?", parse_id(actor));
  if (!rows.next()) return {actor, actor};
  if (!rows.is_null(2)) return {"职工本人", "The worker"};
  const std::string title(rows.text(0).empty() ? rows.text(1) : rows.text(0));
  return {title, title};
}

}  // namespace

const Title& Actors::title(const std::string& actor) {
  const auto found = known_.find(actor);
  return found != known_.end() ? found->second : known_.emplace(actor, title_of(reader_, actor)).first->second;
}

}  // namespace zhijia::http
