-- wrk walks a list of paths once (or `rounds` times) and stops: exact counts, every latency, every
-- status. One connection a thread; thread n of c takes the paths n, n + c, … Read by load.py.
local ffi = require("ffi")
ffi.cdef("typedef struct { long sec; long nsec; } moment; int clock_gettime(int, moment *);")

local started = 0
function setup(thread)
  thread:set("number", started)
  started = started + 1
end

local moment = ffi.new("moment")
local function now()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.sec) + tonumber(moment.nsec) / 1e9
end

local requests, latencies, statuses, bytes, first, sent = {}, {}, {}, 0, 0, 0

-- args: file of paths, connections, rounds
function init(args)
  local connections, rounds, line = tonumber(args[2]), tonumber(args[3]), 0
  local own = {}
  for path in io.lines(args[1]) do
    if line % connections == number then
      own[#own + 1] = wrk.format("GET", path)
    end
    line = line + 1
  end
  for _ = 1, rounds do
    for _, one in ipairs(own) do
      requests[#requests + 1] = one
    end
  end
end

-- By the answers, not by a counter: wrk calls this once more before it starts.
function request()
  sent = now()
  if #latencies == 0 then
    first = sent
  end
  return requests[#latencies + 1] or requests[#requests]
end

function response(status, _headers, body)
  local got = now()
  latencies[#latencies + 1] = string.format("%.0f", (got - sent) * 1e6)
  statuses[status] = (statuses[status] or 0) + 1
  bytes = bytes + #body
  if #latencies >= #requests then
    local told = {}
    for code, count in pairs(statuses) do
      told[#told + 1] = code .. "=" .. count
    end
    io.write(string.format("walked %.6f %.6f %.0f %s %s\n", first, got, bytes,
      table.concat(told, ","), table.concat(latencies, ",")))
    io.flush()
    wrk.thread:stop()
  end
end
