#!lua
-- Merges what one event says of a build, and of at most one of its jobs, into the facts. Every rule is a maximum, a
-- minimum or a union, so any order and any repetition of the same events ends in the same facts. The cost does not
-- depend on the number of jobs.
--
-- KEYS  1 build   hash: merged fields, rev, count:<class>
--       2 jobs    hash: <id> = "<rank>:<class>:<at>:<json>", >id = the attempt after it, <id = the attempt before it
--       3 causes, 4 retrying, 5 canceled, 6 recovered   zsets of job ids by time
--       7 flakes  hash of the pipeline: job key -> how often it passed on retry
--       8 marks
-- ARGV  1 now  2 ttl of the build (s)  3 ttl of the flakes (s)  4 subject to mark
--       5 number of fields, then for each: rule (max | min | text), field, value
--       then either nothing, or: job id, its value as above, retried (1 | 0), id of its retry or '', id it retries or ''
-- Returns {changed (1 | 0), subject needs a trigger (1 | 0)}
--@include mark
local build, jobs, flakes, marks = KEYS[1], KEYS[2], KEYS[7], KEYS[8]
local byClass = { cause = KEYS[3], retrying = KEYS[4], canceled = KEYS[5] }
local now, ttl, flakesTtl, subject = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local last = 5 + 3 * tonumber(ARGV[5])
local changed, matters = false, false

local names = {}
for i = 6, last, 3 do names[#names + 1] = ARGV[i + 1] end
local stored = redis.call('HMGET', build, unpack(names))
local writes = {}
for i = 6, last, 3 do
  local rule, field, value = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local old = stored[(i - 6) / 3 + 1]
  local wins
  if not old then wins = true
  elseif rule == 'max' then wins = tonumber(value) > tonumber(old)
  elseif rule == 'min' then wins = tonumber(value) < tonumber(old)
  else wins = value > old end
  if wins then
    writes[#writes + 1] = field
    writes[#writes + 1] = value
  end
end
if #writes > 0 then
  redis.call('HSET', build, unpack(writes))
  changed, matters = true, true
end

-- All keys of a build end together: a list must not name jobs that are forgotten, nor a count outlive them.
local function lifetime()
  local left = redis.call('TTL', build)
  return left > 0 and left or ttl
end
local function read(id)
  local value = redis.call('HGET', jobs, id)
  if not value then return nil end
  local rank, class, at = string.match(value, '^(%d):(%a+):(%d+):')
  return { id = id, value = value, rank = rank, class = class, at = at }
end
-- What a job counts as now: once another attempt follows, it is history; a failure only when that attempt has ended.
local function effective(job)
  if job == nil then return nil end
  local next = redis.call('HGET', jobs, '>' .. job.id)
  if not next then return job.class end
  local after = next ~= '' and read(next) or nil
  if job.class == 'cause' and (after == nil or after.rank ~= '5') then return 'retrying' end
  return 'superseded'
end
-- Moves a job between the counters and the lists; `matters` is whether the verdict may change by it.
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

if #ARGV > last then
  local id, value, retried, next, previous = ARGV[last + 1], ARGV[last + 2], ARGV[last + 3], ARGV[last + 4], ARGV[last + 5]
  local old = read(id)
  local was = effective(old)
  local previousId = previous ~= '' and previous or redis.call('HGET', jobs, '<' .. id)
  local before = previousId and read(previousId) or nil
  local beforeWas = effective(before)

  -- The first digit is the rank. Two snapshots of one rank differ only when somebody lied: any fixed choice will do.
  if old == nil or value > old.value then
    redis.call('HSET', jobs, id, value)
    changed = true
  end
  local function link(field, to)
    local known = redis.call('HGET', jobs, field)
    if not known or to > known then
      redis.call('HSET', jobs, field, to)
      changed = true
    end
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
  local knownPrevious = redis.call('HGET', jobs, '<' .. id)
  if knownPrevious then sample(read(knownPrevious), job) end
  local knownNext = redis.call('HGET', jobs, '>' .. id)
  if knownNext and knownNext ~= '' then sample(job, read(knownNext)) end
  if changed then redis.call('EXPIRE', jobs, lifetime()) end
end

if not changed then
  -- A repetition marks nothing; but a mark that still stands may have lost its trigger, so it is fired again.
  return { 0, redis.call('HEXISTS', marks, subject) }
end
redis.call('HINCRBY', build, 'rev', 1)
redis.call('EXPIRE', build, ttl, 'NX')
-- Jobs of a build that nobody has called failing or finished change nothing that anybody is told, unless they failed.
if not matters and redis.call('HEXISTS', build, 'decided') == 0 then return { 1, 0 } end
return { 1, mark(marks, subject, now) }
