-- mark(marks, subject, now): says that somebody must look at the subject.
-- A mark is "<sequence>@<first marked>": the sequence is new each time, so that whoever took an older mark can tell.
-- Returns 1 when the subject was not marked before: then it needs a trigger; else 0.
local function mark(marks, subject, now)
  local known = redis.call('HMGET', marks, subject, '#')
  local old, sequence = known[1], tonumber(known[2] or '0') + 1
  local since = old and string.match(old, '@(%d+)$') or now
  redis.call('HSET', marks, subject, sequence .. '@' .. since, '#', sequence)
  return old and 0 or 1
end
