#!lua
-- Writes what a reader read after a miss, unless anything in the key's bucket was touched since lease.lua.
--
-- KEYS[1]  the control record, e.g. v1:freshet
-- KEYS[2]  the key
-- KEYS[3]  only with a lease: KEYS[1] .. ':lease:' .. KEYS[2]
-- ARGV[1]  the token
-- ARGV[2]  the value, as read from PostgreSQL's primary after the token was taken
-- ARGV[3]  time to live in ms, 1 or more
-- ARGV[4]  with a lease: the caller's name
-- answers  1 written; 0 refused: the value may be old, don't cache it anywhere
local record, key, call = KEYS[1], KEYS[2], redis.call
-- Given back either way, so that after a refusal the next caller needn't wait. Only by whoever still holds it.
if KEYS[3] then
  if KEYS[3] ~= record .. ':lease:' .. key then
    return redis.error_reply('ERR fill: KEYS[3] is not the lease of KEYS[2]')
  end
  if call('GET', KEYS[3]) == ARGV[4] then call('UNLINK', KEYS[3]) end
end

local head = call('HMGET', record, 'incarnation', 'history', 'floor', 'touches', 'top')
local first, last = string.match(head[4] or '', '^(%d+) (%d+) ')
if not head[1] or not first or head[5] then return 0 end
local process = string.match(call('INFO', 'server'), 'run_id:(%x+)')
local known, place = string.match(ARGV[1], '^(.*) (%d+)$')
if known ~= table.concat({ process, head[1], head[2], head[3] }, ' ') then return 0 end
first, last, place = tonumber(first), tonumber(last), tonumber(place)
-- Of what has left the log nobody knows.
if place < first or place > last then return 0 end

-- As FreshetCore/Control/Bucket.swift does it; doubles hold each step exactly.
local h = 5381
for i = 1, #key do h = (h * 33 + string.byte(key, i)) % 4294967296 end
h = bit.bxor(h, bit.rshift(h, 15)) % 4294967296
h = h * 40503 % 4294967296
local bucket = bit.bxor(h, bit.rshift(h, 13)) % 65536
local high, low = math.floor(bucket / 256), bucket % 256
local name = string.char(high, low)
-- Whether a touch, as apply.lua describes it, holds the bucket; what isn't there may.
local function holds(entry)
  local at = string.match(entry or '', '^%d+ %d+ ()')
  if not at then return true end
  if #entry - at == 8191 then
    return bit.band(string.byte(entry, at + high * 32 + bit.rshift(low, 3)), bit.rshift(128, low % 8)) > 0
  end
  local found = string.find(entry, name, at, true)
  while found and (found - at) % 2 == 1 do found = string.find(entry, name, found + 1, true) end
  return found ~= nil
end
for from = place, last - 1, 64 do
  local names = {}
  for number = from, math.min(from + 63, last - 1) do names[#names + 1] = 'touch:' .. string.format('%.0f', number) end
  for _, entry in ipairs(call('HMGET', record, unpack(names))) do
    if holds(entry) then return 0 end
  end
end
call('SET', key, ARGV[2], 'PX', ARGV[3])
return 1
