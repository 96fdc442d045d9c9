#include "store/rights.hpp"

namespace zhijia::store {

Result<void> check_rights(Reader& reader) {
  if (reader.database() != Database::postgresql) return {};
  auto rows = reader.query(
      "SELECT current_user, rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER') AND "
      "(rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls OR rolname IN "
      "('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')) "
      "ORDER BY rolname <> current_user, rolname");
  if (!rows.next()) return {};
  const std::string user(rows.text(0)), role(rows.text(1));
  const std::string by = user == role ? "" : "“" + role + "”";
  return fail("store.rights",
              "数据库用户“" + user + "”权限过大" + (by.empty() ? "" : "（可用角色" + by + "）") +
                  "：不得是超级用户，不得建角色、复制、绕过行级安全或读写服务器文件。请另建普通用户：CREATE ROLE "
                  "zhijia LOGIN PASSWORD '…'; "
                  "ALTER DATABASE 库名 OWNER TO zhijia，用它的地址启动；只在测试环境可用 --allow-database-superuser。",
              "The database user “" + user + "” may do too much" + (by.empty() ? "" : ", as " + by) +
                  ": it must not be a superuser, make roles, replicate, bypass row security, or reach the server's "
                  "files. Make an "
                  "ordinary one, CREATE ROLE zhijia LOGIN PASSWORD '…'; ALTER DATABASE NAME OWNER TO zhijia, and start "
                  "with its "
                  "address; for tests only, --allow-database-superuser lets it pass.");
}

}  // namespace zhijia::store
