#!lua flags=allow-oom
-- Marks a pull request that is to be fetched, unless it is known, or GitHub was asked for it in vain not long ago.
--
-- KEYS  1 pull  2 no-pull  3 marks
-- ARGV  1 now  2 subject: fetchPull
-- Returns whether the subject needs a trigger (1 | 0)
--@include mark
local known = redis.call('HMGET', KEYS[1], 'facts', 'doubt')
if (known[1] and not known[2]) or redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
-- A mark that stands already may have lost its trigger.
mark(KEYS[3], ARGV[2], ARGV[1])
return 1
