#pragma once

#include <filesystem>
#include <string_view>

#include "base/problem.hpp"

/// The program's own log, for who runs it: faults, and who was refused. It is no record of what was done; that is the
/// change log.
namespace zhijia {

/// As syslog numbers them (RFC 5424, 6.2.1).
enum class Severity { error = 3, warning = 4, notice = 5 };

/// A line on standard error, and to the machine's syslog where send_log_to named it. Control characters become blanks.
/// Any thread may write; nobody waits for a syslog that does not keep up: what it did not take is counted and told once
/// it does.
void log_line(Severity severity, std::string_view text);

/// From now on every line goes to this socket too, as syslog(3) sends it: /dev/log, where rsyslog or journald listens
/// and sends it on to another machine. It may stop and listen again meanwhile. An empty path ends it. Problems:
/// log.syslog.
Result<void> send_log_to(const std::filesystem::path& socket);

}  // namespace zhijia
