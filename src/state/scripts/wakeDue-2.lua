#!lua flags=allow-oom
-- Marks what is due. It stays in the due set until its job begins (takeMark), so that a trigger that gets lost on the
-- way is fired again by the next wake.
--
-- KEYS  1 due  2 marks
-- ARGV  1 now
-- Returns {time of the next one that is not due yet, or '', subjects that need a trigger...}
--@include mark
local result = { '' }
for _, subject in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])) do
  if redis.call('HEXISTS', KEYS[2], subject) == 0 then mark(KEYS[2], subject, ARGV[1]) end
  result[#result + 1] = subject
end
local next = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if next[2] then result[1] = next[2] end
return result
