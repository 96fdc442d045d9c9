-- One thread's requests: reads records at random, or makes new ones, as the environment says.
-- MODE read|write, BASE path of the records, IDS file of ids, AUTH header, BODY with %s for a code.
local mode, base, body = os.getenv("MODE"), os.getenv("BASE"), os.getenv("BODY")
local headers = { ["Authorization"] = os.getenv("AUTH"), ["Content-Type"] = "application/json" }
local ids, thread, made = {}, 0, 0
local threads = 0

function setup(each)
  each:set("number", threads)
  threads = threads + 1
end

function init()
  math.randomseed(number + 1)
  if mode == "read" then for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end end
end

function request()
  if mode == "read" then
    return wrk.format("GET", base .. "/" .. ids[math.random(#ids)], headers)
  end
  made = made + 1
  return wrk.format("POST", base, headers, string.format(body, string.format("T%d-%d", number, made)))
end

function done(summary, latency)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write +
    summary.errors.timeout
  io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors))
end
