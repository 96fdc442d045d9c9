#include "support/database.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace zhijia::tests {

namespace {

namespace fs = std::filesystem;

const fs::path server_programs = "/usr/lib/postgresql/15/bin";
constexpr std::chrono::seconds start_time_max{30};

fs::path new_folder() {
  std::string name = (fs::temp_directory_path() / "zhijia-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  return name;
}

/// PostgreSQL refuses to run as root; Debian's package makes the user `postgres`.
const passwd* ordinary_user() {
  if (geteuid() != 0) return nullptr;
  const passwd* user = getpwnam("postgres");
  if (!user) user = getpwnam("nobody");
  if (!user) throw std::runtime_error("no ordinary user to run PostgreSQL as");
  return user;
}

pid_t start(const std::vector<std::string>& command, const passwd* user) {
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  // When the test program dies the server must not outlive it.
  prctl(PR_SET_PDEATHSIG, SIGINT);
  if (user && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGINT);  // setuid cleared it
  if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr) || chdir("/") != 0) _exit(126);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

void run(const std::vector<std::string>& command, const passwd* user) {
  int status = 0;
  waitpid(start(command, user), &status, 0);
  if (status != 0) throw std::runtime_error(command.front() + " failed");
}

class Server {
 public:
  Server() {
    const passwd* user = ordinary_user();
    if (user && chown(folder_.path.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot give the folder to an ordinary user");
    const std::string data = (folder_.path / "data").string();
    run({server_programs / "initdb", "-D", data, "-A", "trust", "-U", "zhijia", "-E", "UTF8", "--no-locale", "-N"},
        user);
    process_ =
        start({server_programs / "postgres", "-D", data, "-k", folder_.path.string(), "-c", "listen_addresses=", "-c",
               "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50", "-c", "shared_buffers=64MB"},
              user);
    const auto deadline = std::chrono::steady_clock::now() + start_time_max;
    while (PQping(url("postgres").c_str()) != PQPING_OK) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("PostgreSQL does not start");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    kill(process_, SIGQUIT);
    waitpid(process_, nullptr, 0);
  }

  std::string new_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    PGconn* connection = PQconnectdb(url("postgres").c_str());
    PGresult* result = PQexec(connection, ("CREATE DATABASE " + name).c_str());
    const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    PQfinish(connection);
    if (!done) throw std::runtime_error("no new PostgreSQL database");
    return url(name);
  }

 private:
  std::string url(const std::string& database) const {
    return "postgresql:///" + database + "?host=" + folder_.path.string() + "&user=zhijia";
  }

  TemporaryFolder folder_;
  pid_t process_ = 0;
  int databases_ = 0;
};

}  // namespace

TemporaryFolder::TemporaryFolder() : path(new_folder()) {}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

TestDatabase::TestDatabase(const std::string& kind) {
  if (kind == "sqlite") {
    url_ = "sqlite:" + (folder.path / "test.db").string();
  } else if (!fs::exists(server_programs / "postgres")) {
    missing_ = "PostgreSQL 15 is not installed: apt-get install postgresql-15";
  } else {
    static Server server;
    url_ = server.new_database();
  }
}

}  // namespace zhijia::tests
