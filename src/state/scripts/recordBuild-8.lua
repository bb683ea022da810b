-- Merges what one event says of a build, and of at most one of its jobs, into the facts. Every rule is a maximum, a
-- minimum or a union, so any order and any repetition of the same events ends in the same facts. The cost does not
-- depend on the number of jobs. No `#!lua` line: without one Redis starts a script faster, and refuses it all the same
-- before its first write when memory is short.
--
-- KEYS  1 build   hash: merged fields, rev, count:<class>, seen = digest of the fields merged last
--       2 jobs    hash: <id> = "<rank>:<class>:<at>:<json>", >id = the attempt after it, <id = the attempt before it
--       3 causes, 4 retrying, 5 canceled, 6 recovered   zsets of job ids by time
--       7 flakes  hash of the pipeline: job key -> how often it passed on retry
--       8 marks
-- ARGV  1 now  2 ttl of the build (s)  3 ttl of the flakes (s)  4 subject to mark
--       5 the fields as a JSON array: rule (max | min | text), field, value, rule, field, value, …
--       then either nothing, or: job id, its value as above, retried (1 | 0), id of its retry or '', id it retries or ''
-- Returns {changed (1 | 0), subject needs a trigger (1 | 0)}
--@include mark
local build, jobs, flakes, marks = KEYS[1], KEYS[2], KEYS[7], KEYS[8]
local byClass = { cause = KEYS[3], retrying = KEYS[4], canceled = KEYS[5] }
local now, ttl, flakesTtl, subject = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local changed, matters = false, false

local known = redis.call('HMGET', build, 'seen', 'rev', 'decided', 'count:retrying')
local rev, decided, retrying = tonumber(known[2] or '0'), known[3], tonumber(known[4] or '0')
local writes = {}
-- Most events of a build repeat the fields of the one before, and what was merged once changes nothing.
local seen = redis.sha1hex(ARGV[5])
if known[1] ~= seen then
  local fields = cjson.decode(ARGV[5])
  local names = {}
  for i = 1, #fields, 3 do names[#names + 1] = fields[i + 1] end
  local stored = redis.call('HMGET', build, unpack(names))
  for i = 1, #fields, 3 do
    local rule, field, value = fields[i], fields[i + 1], fields[i + 2]
    local old = stored[(i + 2) / 3]
    local wins
    if not old then wins = true
    elseif rule == 'max' then wins = tonumber(value) > tonumber(old)
    elseif rule == 'min' then wins = tonumber(value) < tonumber(old)
    else wins = value > old end
    if wins then
      writes[#writes + 1] = field
      writes[#writes + 1] = value
      if field == 'decided' then decided = value end
    end
  end
  changed = #writes > 0
  matters = changed
  writes[#writes + 1] = 'seen'
  writes[#writes + 1] = seen
end

-- Cells of the jobs hash: each is read once at most, and all are written at the end.
local cells, jobWrites = {}, {}
local function load(...)
  local values = redis.call('HMGET', jobs, ...)
  for i, field in ipairs({ ... }) do cells[field] = values[i] end
end
local function get(field)
  if cells[field] == nil then load(field) end
  return cells[field]
end
local function set(field, value)
  cells[field] = value
  jobWrites[#jobWrites + 1] = field
  jobWrites[#jobWrites + 1] = value
  changed = true
end

-- All keys of a build end together: a list must not name jobs that are forgotten, nor a count outlive them.
local left
local function lifetime()
  left = left or redis.call('TTL', build)
  return left > 0 and left or ttl
end
local function read(id)
  local value = get(id)
  if not value then return nil end
  local rank, class, at = string.match(value, '^(%d):(%a+):(%d+):')
  return { id = id, value = value, rank = rank, class = class, at = at }
end
-- What a job counts as now: once another attempt follows, it is history; a failure only when that attempt has ended.
local function effective(job)
  if job == nil then return nil end
  local next = get('>' .. job.id)
  if not next then return job.class end
  local after = next ~= '' and read(next) or nil
  if job.class == 'cause' and (after == nil or after.rank ~= '5') then return 'retrying' end
  return 'superseded'
end
-- As what a verdict counts a job that is in no list: it makes no difference whether it runs or has passed.
local tally = { active = 'job', passed = 'job', softFailed = 'job', casualty = 'casualty' }
-- Moves a job between the counters and the lists; `matters` is whether the verdict may change by it. Until somebody has
-- called the build failing or finished, it changes only by jobs that failed.
local function move(id, from, to, at)
  if to ~= nil and byClass[to] then
    redis.call('ZADD', byClass[to], at, id)
    redis.call('EXPIRE', byClass[to], lifetime())
    matters = matters or changed
  end
  if from == to then return end
  if from ~= nil then
    redis.call('HINCRBY', build, 'count:' .. from, -1)
    if byClass[from] then redis.call('ZREM', byClass[from], id) end
  end
  if to ~= nil then redis.call('HINCRBY', build, 'count:' .. to, 1) end
  if byClass[from] or byClass[to] or from == 'superseded' or to == 'superseded' then matters = true end
  if decided and (tally[from] ~= tally[to] or retrying > 0) then matters = true end
end
-- A failed attempt whose next attempt passed is a sample of flakiness, counted once.
local function sample(before, after)
  if before == nil or after == nil then return end
  if before.class ~= 'cause' or before.rank ~= '5' or after.class ~= 'passed' then return end
  if redis.call('ZADD', KEYS[6], 'NX', after.at, after.id) == 1 then
    redis.call('EXPIRE', KEYS[6], lifetime())
    local key = cjson.decode(string.match(after.value, '^%d:%a+:%d+:(.*)$')).key
    redis.call('HINCRBY', flakes, key, 1)
    redis.call('EXPIRE', flakes, flakesTtl)
    changed, matters = true, true
  end
end

if #ARGV > 5 then
  local id, value, retried, next, previous = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
  load(id, '>' .. id, '<' .. id)
  local old = read(id)
  local was = effective(old)
  local previousId = previous ~= '' and previous or get('<' .. id)
  local before = previousId and read(previousId) or nil
  local beforeWas = effective(before)

  -- The first digit is the rank. Two snapshots of one rank differ only when somebody lied: any fixed choice will do.
  if old == nil or value > old.value then set(id, value) end
  local function link(field, to)
    local linked = get(field)
    if not linked or to > linked then set(field, to) end
  end
  if next ~= '' then
    link('>' .. id, next)
    link('<' .. next, id)
  elseif retried == '1' then
    link('>' .. id, '')
  end
  if previous ~= '' then
    link('>' .. previous, id)
    link('<' .. id, previous)
  end

  local job = read(id)
  move(id, was, effective(job), job.at)
  if before ~= nil then move(before.id, beforeWas, effective(before), before.at) end
  local attemptBefore, attemptAfter = get('<' .. id), get('>' .. id)
  if attemptBefore then sample(read(attemptBefore), job) end
  if attemptAfter and attemptAfter ~= '' then sample(job, read(attemptAfter)) end
  if #jobWrites > 0 then redis.call('HSET', jobs, unpack(jobWrites)) end
  if old == nil then redis.call('EXPIRE', jobs, lifetime()) end
end

if changed then
  writes[#writes + 1] = 'rev'
  writes[#writes + 1] = rev + 1
end
if #writes > 0 then redis.call('HSET', build, unpack(writes)) end
if rev == 0 then redis.call('EXPIRE', build, ttl, 'NX') end
-- A repetition marks nothing; but a mark that still stands may have lost its trigger, so it is fired again.
if not changed then return { 0, redis.call('HEXISTS', marks, subject) } end
if not matters then return { 1, 0 } end
return { 1, mark(marks, subject, now) }
