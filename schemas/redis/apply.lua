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
-- ARGV[13]       1 to touch all buckets with one fence, else 0: many keys are unlinked outside the script behind this
--                call
-- ARGV[14]       number of the chain's first ticket, which all its chunks give: a large batch takes more than one
-- ARGV[15 …]     K bucket numbers; W values; W times to live in ms (1 or more; 0: an entry of
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
-- pending = n entries, slot:1 … slot:n = 'due id', pend:ID = 'slot body', fences by their bucket's number, and common,
-- the fence of all buckets. A bucket is guarded by both: the larger one refuses. No fence is above top, which goes up in
-- the same step.
-- A fence is one number, ticket * 4096 + count, and every touch raises it: with the newest ticket to top + 1, with an
-- older one to the larger of fence + 1 and ticket * 4096 + 1. A count that runs over spills into the next ticket's space:
-- it refuses a little more.
--
-- Order. Redis rolls nothing back when a script dies half way, so each state in between must be safe by itself:
--   1. all checks; an error or a refusal up to here has done nothing;
--   2. fences: raised for nothing they only refuse old writes and fills, while data ahead of its fence could be
--      overwritten by an older batch;
--   3. data: invalidations, then writes;
--   4. checkpoints, counts, chain and pending entries: a checkpoint ahead of its effects would lose them for ever,
--      while one behind them only applies them again. A pending entry that is owed is added, and one that is
--      performed is removed, only when what it stands for is done.
-- Redis tests for OOM before a script with '#!lua' starts, so it can't come up between these steps.
local record, call, format = KEYS[1], redis.call, string.format
local ticket, history, writes = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local chain, index = ARGV[6], tonumber(ARGV[7])
local moves, adds, removes, limit = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local touchesAll, keys = ARGV[13] == '1', #KEYS - 1
local buckets = 14
local values = buckets + keys
local lives = values + writes
local moved = lives + writes
local added = moved + 11 * moves
local removed = added + 3 * adds
if #ARGV ~= removed + removes or writes > keys then
  return redis.error_reply('ERR apply: the counts and the number of arguments differ')
end
-- unpack puts everything on Lua's stack, which holds 8,000 values.
local step = 1000

-- 1. Checks.
if string.match(call('INFO', 'server'), 'run_id:(%x+)') ~= ARGV[1] then return { 'refused', 'process' } end
local head = call(
  'HMGET', record, 'incarnation', 'floor', 'history', 'pending', chain == '' and 'chain' or chain, 'common', 'top',
  'ticket')
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

if chain ~= '' and index > 0 and head[5] ~= ARGV[14] .. ' ' .. (index - 1) then return { 'refused', 'chain' } end

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

-- Pending entries fill the slots 1 … n without holes, so that they can be listed without walking over all fences.
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
    fields[#fields + 1] = ARGV[14] .. ' ' .. index
  end
end

-- 2. Fences.
local lowest = ticket * 4096
local highest, first = lowest + 4095, format('%.0f', lowest + 1)
local refused, isRefused = {}, {}
local common = tonumber(head[6] or 0)
-- No fence is above top. Without it: none is above what the newest ticket may have made of it.
local top = tonumber(head[7]) or tonumber(head[8]) * 4096 + 4095
local newest = math.max(top, lowest) + 1
if newest <= highest then
  -- As mostly: nothing was touched with a newer ticket, so nothing is refused, and no fence needs to be looked at.
  local value = format('%.0f', newest)
  if touchesAll then call('HSET', record, 'top', value, 'common', value) end
  for from = 1, keys, step do
    local to = math.min(from + step - 1, keys)
    local raised, n = { 'top', value }, 2
    for i = from, to do
      raised[n + 1], raised[n + 2] = ARGV[buckets + i], value
      n = n + 2
    end
    call('HSET', record, unpack(raised))
  end
else
  if touchesAll then
    local value = math.max(common, lowest) + 1
    top = math.max(top, value)
    call('HSET', record, 'top', format('%.0f', top), 'common', format('%.0f', value))
  end
  for from = 1, keys, step do
    local to = math.min(from + step - 1, keys)
    local fences = call('HMGET', record, unpack(ARGV, buckets + from, buckets + to))
    local raised, n = {}, 0
    for i = from, to do
      local fence, value = tonumber(fences[i - from + 1] or 0), first
      if fence > lowest then
        value = format('%.0f', fence + 1)
        top = math.max(top, fence + 1)
      end
      if i <= writes and (fence > highest or common > highest) then
        isRefused[i] = true
        if ARGV[lives + i] ~= '0' then refused[#refused + 1] = i - 1 end
      end
      raised[n + 1], raised[n + 2] = ARGV[buckets + i], value
      n = n + 2
    end
    raised[n + 1], raised[n + 2] = 'top', format('%.0f', math.max(top, lowest + 1))
    call('HSET', record, unpack(raised))
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
    -- whoever has it may have seen it and count on it. So too many parents are named rather than too few. (The fence
    -- doesn't tell: the batch itself has raised it.)
    local edge, child = string.match(KEYS[1 + i], '^(.*):([^:]*)$')
    local entry, seen, both = string.match(ARGV[values + i], '^([^\n]*)\n([^\n]*)\n([^\n]*)$')
    local known = call('HGET', edge, child) or ''
    local adds, tokens = known ~= seen, {}
    for token, incarnation, number in string.gmatch(known, '(([^%s/]+)/(%d+)/%S*)') do
      -- What another incarnation left says nothing any more.
      if incarnation == ARGV[2] then
        adds = adds or tonumber(number) > ticket
        if token ~= entry then tokens[#tokens + 1] = token end
      end
    end
    if not adds and ticket < tonumber(head[8]) then entry = both end
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
