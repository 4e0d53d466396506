#!lua flags=no-writes
-- Lists pending entries that are due: oldest first, those of the same age by id.
--
-- KEYS[1]  the control record, e.g. v1:freshet
-- ARGV     now in ms, by the clock of whoever wrote the dues; how many at most
-- answers  { id, due, body, id, due, body, … }
local record, call = KEYS[1], redis.call
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local count = tonumber(call('HGET', record, 'pending') or 0)
local due = {}
for from = 1, count, 1000 do
  local names = {}
  for slot = from, math.min(from + 999, count) do names[#names + 1] = 'slot:' .. string.format('%.0f', slot) end
  for _, stored in ipairs(call('HMGET', record, unpack(names))) do
    local time, id = string.match(stored or '', '^(%S+) (.*)$')
    if id and tonumber(time) <= now then due[#due + 1] = { tonumber(time), time, id } end
  end
end
table.sort(due, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[3] < b[3]) end)
local answer = {}
for i = 1, math.min(limit, #due) do
  local stored = call('HGET', record, 'pend:' .. due[i][3])
  answer[#answer + 1] = due[i][3]
  answer[#answer + 1] = due[i][2]
  answer[#answer + 1] = string.match(stored or '', '^%d+ (.*)$') or ''
end
return answer
