#!lua flags=allow-oom
-- Turns what is due into marks.
--
-- KEYS  1 due  2 marks
-- ARGV  1 now  2 how many at most
-- Returns {time of the next one, or '', subjects that need a trigger...}
--@include mark
local result = { '' }
for _, subject in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])) do
  redis.call('ZREM', KEYS[1], subject)
  if redis.call('HEXISTS', KEYS[2], subject) == 0 then mark(KEYS[2], subject, ARGV[1]) end
  result[#result + 1] = subject
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if next[2] then result[1] = next[2] end
return result
