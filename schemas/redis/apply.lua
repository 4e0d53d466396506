#!lua
-- Applies one chunk of a batch: writes and invalidates keys behind their fences, moves checkpoints, keeps pending
-- entries. Where Redis is full, the same runs with 'flags=allow-oom' in its first line: for invalidations only.
--
-- KEYS[1]        the control record, e.g. v1:freshet
-- KEYS[2 …]      W keys to write, then the keys to invalidate; each key once. K = all of them
-- ARGV[1 … 4]    process (run_id), incarnation and number of the ticket; history of the read, SYSTEM/TIMELINE or
--                SYSTEM/TIMELINE+SETBACKS
-- ARGV[5]        W
-- ARGV[6 … 8]    chain:TOPIC:PARTITION or '' for none; index of this chunk from 0; 1 for the last chunk, else 0
-- ARGV[9 … 12]   M checkpoint moves; A pending entries to add; R to remove; the most entries there may be
-- ARGV[13]       number of the chain's first ticket, which all its chunks give: a large batch takes more than one
-- ARGV[14 … 15]  the most touches that the log may hold, and the most bytes of their sets
-- ARGV[16]       the set of the buckets that are touched: those of all keys but the memory's, and of keys that are
--                unlinked outside the script behind this call; '' for none
-- ARGV[17]       the W buckets of the writes in their order, two bytes each, big end first
-- ARGV[18 …]     W values; W times to live in ms (1 or more; 0: an entry of
--                the memory, which has no end and is never refused, only added to: its key is
--                v1:freshet:memory:EDGE:CHILD for the field CHILD of the hash v1:freshet:memory:EDGE, its value
--                'ENTRY\nSEEN\nBOTH': what to write, instead of what was seen there ('' for none), and what to write
--                as long as newer tickets are out; an ENTRY of '' removes it);
--                M × (cp:GROUP:TOPIC:PARTITION, from, countedFrom, to, timestamp, hash,
--                     applied, superseded, ignored, dead-lettered, deferred);
--                A × (id, due, body); R × id
-- answers        { 'applied', { index … } }                   all done; the indices (from 0) are those of writes that
--                                                             a fence refused: invalidated instead, read them again
--                { 'overlap', { index … }, { field, offset … } }  the same, but these checkpoints stand elsewhere
--                { 'refused', reason [, field] }              nothing was done. Reasons: process, incarnation, floor,
--                                                             older-history, newer-history, chain, gap, pending-full
--
-- The record's fields: incarnation, owner, ticket, floor, history, rebuilding, kinds, graph:KIND, chain:…,
-- cp:… = 'offset timestamp hash history applied superseded ignored dead-lettered deferred committed',
-- pending = n entries, slot:1 … slot:n = 'due id', pend:ID = 'slot body', and the log of recent touches:
-- touches = 'first next bytes newest common', touch:FIRST … touch:NEXT-1 = 'ticket newest SET'.
-- Each call that touches buckets adds a touch: its ticket, the newest ticket of all touches up to it, and the set of its
-- buckets: two bytes each, big end first, or 8,192 bytes with a bit for each of all, the highest bit first. Where the log
-- holds too much, touches leave at its old end, and common rises to the newest ticket of what left.
-- A write's fence is what the log says of its bucket: it is refused where a touch with a newer ticket holds the bucket, or
-- where the ticket is older than common. A call's keys are judged by the log before it.
-- A record from before the log has no touches: its fences stood by their buckets' number, which nobody looks at any more.
-- There common is the newest ticket that was handed out. The field common is for readers who still have the lease.lua and
-- fill.lua of that time: it changes with every touch, which refuses their fills. And where workers of that time write
-- again, they leave top: the log doesn't know what they touched, and nothing may be filled until the next touch here, which
-- removes it. (No write needs it: where workers change, the floor rises.)
--
-- Order. Redis rolls nothing back when a script dies half way, so each state in between must be safe by itself:
--   1. all checks; an error or a refusal up to here has done nothing;
--   2. the touch, in one step with what leaves the log: for nothing it only refuses old writes and fills, while data
--      ahead of its touch could be overwritten by an older batch;
--   3. data: invalidations, then writes;
--   4. checkpoints, counts, chain and pending entries: a checkpoint ahead of its effects would lose them for ever,
--      while one behind them only applies them again. A pending entry that is owed is added, and one that is
--      performed is removed, only when what it stands for is done.
-- Redis tests for OOM before a script with '#!lua' starts, so it can't come up between these steps.
local record, call, format = KEYS[1], redis.call, string.format
local ticket, history, writes = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local chain, index = ARGV[6], tonumber(ARGV[7])
local moves, adds, removes, limit = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local set, placed, keys = ARGV[16], ARGV[17], #KEYS - 1
local values = 17
local lives = values + writes
local moved = lives + writes
local added = moved + 11 * moves
local removed = added + 3 * adds
if #ARGV ~= removed + removes or writes > keys or #placed ~= 2 * writes or #set % 2 == 1 then
  return redis.error_reply('ERR apply: the counts and the number of arguments differ')
end
-- unpack puts everything on Lua's stack, which holds 8,000 values.
local step = 1000

-- 1. Checks.
if string.match(call('INFO', 'server'), 'run_id:(%x+)') ~= ARGV[1] then return { 'refused', 'process' } end
local head = call(
  'HMGET', record, 'incarnation', 'floor', 'history', 'pending', chain == '' and 'chain' or chain, 'touches',
  'ticket', 'top')
if head[1] ~= ARGV[2] then return { 'refused', 'incarnation' } end
-- The floor is there for values: to invalidate with an old ticket is safe, and an entry of the memory is as old as it
-- says.
if ticket < tonumber(head[2]) then
  local isHarmless = moves == 0
  for i = 1, isHarmless and writes or 0 do isHarmless = isHarmless and ARGV[lives + i] == '0' end
  if not isHarmless then return { 'refused', 'floor' } end
end

-- nil where the batch was read in the same history. Another system is unknown here, and so is newer until recovery
-- has declared it.
local function differs(known)
  if known == history then return nil end
  local system, timeline, times = string.match(known, '^(%d+)/(%d+)%+?(%d*)$')
  local ours, line, count = string.match(history, '^(%d+)/(%d+)%+?(%d*)$')
  local lead = tonumber(line) - tonumber(timeline)
  if lead == 0 then lead = tonumber('0' .. count) - tonumber('0' .. times) end
  if ours == system and lead < 0 then return { 'refused', 'older-history' } end
  return { 'refused', 'newer-history' }
end
local refusal = differs(head[3])
if refusal then return refusal end

if chain ~= '' and index > 0 and head[5] ~= ARGV[13] .. ' ' .. (index - 1) then return { 'refused', 'chain' } end

-- What goes into the record last: pairs of field and value, and fields to delete.
local fields, gone = {}, {}
local elsewhere = {}
for m = 0, moves - 1 do
  local at = moved + 11 * m
  local field = ARGV[at + 1]
  local stored = call('HGET', record, field)
  if not stored then return { 'refused', 'gap', field } end
  local word = {}
  for w in string.gmatch(stored, '%S+') do word[#word + 1] = w end
  local offset, to = tonumber(word[1]), tonumber(ARGV[at + 4])
  if offset < tonumber(ARGV[at + 2]) then return { 'refused', 'gap', field } end
  refusal = differs(word[4])
  if refusal then return refusal end
  if offset < to then
    if offset == tonumber(ARGV[at + 3]) then
      for c = 1, 5 do word[4 + c] = format('%.0f', tonumber(word[4 + c]) + tonumber(ARGV[at + 6 + c])) end
      word[1], word[2], word[3] = ARGV[at + 4], ARGV[at + 5], ARGV[at + 6]
      fields[#fields + 1] = field
      fields[#fields + 1] = table.concat(word, ' ')
    else
      elsewhere[#elsewhere + 1] = field
      elsewhere[#elsewhere + 1] = word[1]
    end
  end
end

-- Pending entries fill the slots 1 … n without holes, so that they can be listed without walking over all fields.
if adds + removes > 0 then
  local count = tonumber(head[4] or 0)
  local slots, order, entry = {}, {}, {}
  for a = 0, adds - 1 do
    local id = ARGV[added + 3 * a + 1]
    if not entry[id] then order[#order + 1] = id end
    entry[id] = added + 3 * a
  end
  -- slots[id]: where it stands now.
  local function find(id)
    local stored = call('HGET', record, 'pend:' .. id)
    if stored then slots[id] = tonumber(string.match(stored, '^%d+')) end
    return slots[id]
  end
  local new, free = 0, {}
  for _, id in ipairs(order) do
    if not find(id) then new = new + 1 end
  end
  local dropped = {}
  for r = 1, removes do
    local id = ARGV[removed + r]
    if not entry[id] and not dropped[id] and find(id) then
      dropped[id] = true
      free[#free + 1] = slots[id]
      gone[#gone + 1] = 'pend:' .. id
    end
  end
  local last = count + new - #free
  if last > limit and last > count then return { 'refused', 'pending-full' } end
  table.sort(free, function(a, b) return a > b end) -- the lowest is taken from the end
  local function put(id, slot, due, body)
    fields[#fields + 1] = 'pend:' .. id
    fields[#fields + 1] = format('%.0f', slot) .. ' ' .. body
    fields[#fields + 1] = 'slot:' .. format('%.0f', slot)
    fields[#fields + 1] = due .. ' ' .. id
  end
  local top = count
  for _, id in ipairs(order) do
    local slot = slots[id]
    if not slot then
      slot = table.remove(free)
      if not slot then
        top = top + 1
        slot = top
      end
    end
    -- Above the new end it is moved below.
    if slot <= last then put(id, slot, ARGV[entry[id] + 2], ARGV[entry[id] + 3]) end
  end
  -- More was removed than added: what stands above the new end moves into the holes below it.
  for slot = last + 1, count do
    local field = 'slot:' .. format('%.0f', slot)
    gone[#gone + 1] = field
    local due, id = string.match(call('HGET', record, field) or '', '^(%S+) (.*)$')
    if id and not dropped[id] then
      local body
      if entry[id] then
        due, body = ARGV[entry[id] + 2], ARGV[entry[id] + 3]
      else
        body = string.match(call('HGET', record, 'pend:' .. id), '^%d+ (.*)$')
      end
      put(id, table.remove(free), due, body)
    end
  end
  fields[#fields + 1] = 'pending'
  fields[#fields + 1] = format('%.0f', last)
end

if chain ~= '' then
  if ARGV[8] == '1' then
    gone[#gone + 1] = chain
  else
    fields[#fields + 1] = chain
    fields[#fields + 1] = ARGV[13] .. ' ' .. index
  end
end

-- 2. Fences and the touch.
local first, last, bytes, newest, common = string.match(head[6] or '', '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
first, last, bytes = tonumber(first or 0), tonumber(last or 0), tonumber(bytes or 0)
newest, common = tonumber(newest or head[7]), tonumber(common or head[7])
local function touch(number) return 'touch:' .. format('%.0f', number) end

local refused, isRefused = {}, {}
-- Mostly nothing was touched with a newer ticket, and nothing needs to be looked at.
if writes > 0 and ticket < newest then
  -- The writes' buckets, and which of them newer tickets touched. Bits are looked at where they are.
  local wanted, touched, bitmaps = {}, {}, {}
  for i = 1, writes do
    local high, low = string.byte(placed, 2 * i - 1, 2 * i)
    if ARGV[lives + i] ~= '0' then wanted[high * 256 + low] = true end
  end
  local from, piece = last, 4
  if ticket < common or not next(wanted) then from = first end
  while from > first do
    local names = {}
    for number = from - 1, math.max(first, from - piece), -1 do names[#names + 1] = touch(number) end
    from, piece = math.max(first, from - piece), math.min(2 * piece, 128)
    for _, entry in ipairs(call('HMGET', record, unpack(names))) do
      local by, most, at = string.match(entry or '', '^(%d+) (%d+) ()')
      if not by then
        common = newest -- as if it had left
      elseif tonumber(most) <= ticket then
        from = first -- and so is what is older
        break
      elseif tonumber(by) > ticket and #entry - at == 8191 then
        bitmaps[#bitmaps + 1] = string.sub(entry, at)
      elseif tonumber(by) > ticket then
        -- Four at a time take half as long; the last one comes again until they are.
        entry = entry .. string.rep(string.sub(entry, -2), 3)
        for place = at, #entry - 7, 8 do
          local a, b, c, d, e, f, g, h = string.byte(entry, place, place + 7)
          if wanted[a * 256 + b] then touched[a * 256 + b] = true end
          if wanted[c * 256 + d] then touched[c * 256 + d] = true end
          if wanted[e * 256 + f] then touched[e * 256 + f] = true end
          if wanted[g * 256 + h] then touched[g * 256 + h] = true end
        end
      end
    end
  end
  for i = 1, writes do
    local high, low = string.byte(placed, 2 * i - 1, 2 * i)
    local isTouched = ticket < common or touched[high * 256 + low]
    for b = 1, isTouched and 0 or #bitmaps do
      local bits = string.byte(bitmaps[b], high * 32 + bit.rshift(low, 3) + 1)
      isTouched = isTouched or bit.band(bits, bit.rshift(128, low % 8)) > 0
    end
    if isTouched and ARGV[lives + i] ~= '0' then
      isRefused[i] = true
      refused[#refused + 1] = i - 1
    end
  end
end
if #set > 0 then
  local left = {}
  bytes = bytes + #set
  while first < last and (last - first >= tonumber(ARGV[14]) or bytes > tonumber(ARGV[15])) do
    left[#left + 1] = touch(first)
    local entry = call('HGET', record, touch(first)) or ''
    local most, at = string.match(entry, '^%d+ (%d+) ()')
    common = math.max(common, tonumber(most or newest))
    bytes = bytes - (at and #entry - at + 1 or 0)
    first = first + 1
  end
  newest = math.max(newest, ticket)
  call(
    'HSET', record, 'touches', format('%.0f %.0f %.0f %.0f %.0f', first, last + 1, bytes, newest, common),
    touch(last), format('%.0f %.0f ', ticket, newest) .. set, 'common', format('%.0f', newest * 4096 + last % 4096))
  if head[8] then left[#left + 1] = 'top' end
  for from = 1, #left, step do
    call('HDEL', record, unpack(left, from, math.min(from + step - 1, #left)))
  end
end

-- 3. Data.
for from = writes + 2, keys + 1, step do
  call('UNLINK', unpack(KEYS, from, math.min(from + step - 1, keys + 1)))
end
for i = 1, writes do
  if ARGV[lives + i] == '0' then
    -- An entry of the memory: a field of its edge's hash. What others wrote since it was seen stays, and what a newer
    -- ticket wrote: it is added to them. And as long as a newer ticket is out, nothing that is there is taken away, as
    -- whoever has it may have seen it and count on it. So too many parents are named rather than too few. (No touch
    -- tells of it: nobody fills an entry.)
    local edge, child = string.match(KEYS[1 + i], '^(.*):([^:]*)$')
    local entry, seen, both = string.match(ARGV[values + i], '^([^\n]*)\n([^\n]*)\n([^\n]*)$')
    local known = call('HGET', edge, child) or ''
    local own, parents = string.match(entry, '^[^/]*/(%d+)/(.*)$')
    local adds, tokens = known ~= seen, {}
    for token, incarnation, number, names in string.gmatch(known, '(([^%s/]+)/(%d+)/(%S*))') do
      -- What another incarnation left says nothing any more, and what is older and names the same nothing more.
      if incarnation == ARGV[2] then
        adds = adds or tonumber(number) > ticket
        if names ~= parents or tonumber(number) > tonumber(own) then tokens[#tokens + 1] = token end
      end
    end
    if not adds and ticket < tonumber(head[7]) then entry = both end
    if adds and entry ~= '' then
      tokens[#tokens + 1] = entry
      call('HSET', edge, child, table.concat(tokens, ' '))
    elseif not adds and entry ~= '' then
      call('HSET', edge, child, entry)
    elseif not adds and known ~= '' then
      call('HDEL', edge, child)
    end
  elseif isRefused[i] then
    call('UNLINK', KEYS[1 + i])
  else
    call('SET', KEYS[1 + i], ARGV[values + i], 'PX', ARGV[lives + i])
  end
end

-- 4. Checkpoints, counts, chain and pending entries. Deleted first: a slot that moved is written again.
for from = 1, #gone, step do
  call('HDEL', record, unpack(gone, from, math.min(from + step - 1, #gone)))
end
for from = 1, #fields, step do
  call('HSET', record, unpack(fields, from, math.min(from + step - 1, #fields)))
end
if #elsewhere > 0 then return { 'overlap', refused, elsewhere } end
return { 'applied', refused }
