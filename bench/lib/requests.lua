-- wrk script. Arguments: the file with the body, or "-" for a GET without a body; a number unique to this run; headers as
-- name: value. In each request, @ID becomes a random user id and @UNREPEATED a number that is never repeated.

local FIRST_ID, IDS = 1000, 5000
local threads = 0

function setup(thread)
   threads = threads + 1
   thread:set("id", threads)
end

-- Replacement values have the length of these stand-ins, so that all requests have the same Content-Length.
local STAND_IN = {["@ID"] = "1000", ["@UNREPEATED"] = "000000000000000000"}

function init(args)
   for i = 3, #args do
      local name, value = args[i]:match("^([^:]+): (.*)$")
      wrk.headers[name] = value
   end
   if args[1] == "-" then return end
   local file = assert(io.open(args[1], "rb"))
   local body = file:read("*a")
   file:close()
   wrk.method = "POST"
   wrk.body = body:gsub("@%u+", STAND_IN)
   local head = wrk.format()
   head = head:sub(1, #head - #wrk.body)
   local parts, ids, numbers = {head}, {}, {}
   local rest = body
   while true do
      local from, to = rest:find("@%u+")
      if not from then break end
      parts[#parts] = parts[#parts] .. rest:sub(1, from - 1)
      local places = rest:sub(from, to) == "@ID" and ids or numbers
      places[#places + 1] = #parts + 1
      parts[#parts + 1] = ""
      parts[#parts + 1] = ""
      rest = rest:sub(to + 1)
   end
   parts[#parts] = parts[#parts] .. rest
   -- Without placeholders, wrk sends the same bytes repeatedly, without running Lua.
   if #parts == 1 then return end
   math.randomseed(tonumber(args[2]) * 64 + id)
   local first = string.format("1%05d%02d", args[2], id)
   local sent = 0
   request = function()
      sent = sent + 1
      local user = math.random(FIRST_ID, FIRST_ID + IDS - 20)
      for i = 1, #ids do parts[ids[i]] = user end
      if #numbers > 0 then
         local number = first .. string.format("%010d", sent)
         for i = 1, #numbers do parts[numbers[i]] = number end
      end
      return table.concat(parts)
   end
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
      e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
