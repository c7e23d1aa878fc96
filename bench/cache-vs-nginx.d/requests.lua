-- wrk script. Arguments: the method; the file with the body, or "-"; a number unique to this run; headers as name: value.
-- @UNREPEATED in a body becomes a number unique to the request; other bodies are sent unchanged, without running Lua.

local PLACE = "@UNREPEATED"
local threads = 0

function setup(thread)
   threads = threads + 1
   thread:set("id", threads)
end

function init(args)
   wrk.method = args[1]
   if args[2] ~= "-" then
      local file = assert(io.open(args[2], "rb"))
      wrk.body = file:read("*a")
      file:close()
   end
   for i = 4, #args do
      local name, value = args[i]:match("^([^:]+): (.*)$")
      wrk.headers[name] = value
   end
   if wrk.body and wrk.body:find(PLACE, 1, true) then
      local number = string.rep("0", 18)
      wrk.body = wrk.body:gsub(PLACE, number)
      local whole = wrk.format()
      local from, to = whole:find(number, 1, true)
      local before, after = whole:sub(1, from - 1), whole:sub(to + 1)
      local first = args[3] .. string.format("%02d", id)
      local sent = 0
      request = function()
         sent = sent + 1
         return before .. first .. string.format("%0" .. 18 - #first .. "d", sent) .. after
      end
   end
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format("RESULT %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
      e.connect + e.read + e.write + e.status + e.timeout,
      latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9), latency.max))
end
