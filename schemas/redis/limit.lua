-- Workers that share a rate ask before they read: reserves what one is about to do, and says how long it waits.
--
-- KEYS[1]  the control record's name .. ':limit:' .. the class of work; a string, no part of the record
-- ARGV[1]  queries that are about to be asked
-- ARGV[2]  queries per second, '0' for any number
-- ARGV[3]  rows that were read since the last call
-- ARGV[4]  rows per second, '0' for any number
-- ARGV[5]  microseconds' worth of the rate that may go at once after a pause
-- answers  microseconds to wait
--
-- Kept are two moments of this server's clock: when everything reserved so far would be through at its rate.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local kept = redis.call('GET', KEYS[1]) or ''
local through = { tonumber(string.match(kept, '^(%d+) ')) or 0, tonumber(string.match(kept, ' (%d+)$')) or 0 }
local burst, wait, last = tonumber(ARGV[5]), 0, now
for index = 1, 2 do
  local count, rate = tonumber(ARGV[2 * index - 1]), tonumber(ARGV[2 * index])
  if rate > 0 then
    through[index] = math.max(through[index], now) + math.floor(count * 1000000 / rate)
    wait = math.max(wait, through[index] - now - burst)
    last = math.max(last, through[index])
  end
end
local life = math.ceil((last - now) / 1000) + 10000
redis.call('SET', KEYS[1], string.format('%.0f %.0f', through[1], through[2]), 'PX', life)
return math.ceil(wait)
