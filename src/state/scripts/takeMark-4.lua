#!lua flags=allow-oom
-- Begins a run: reads the mark, and counts the attempt before anything is done, so that a run that kills its process
-- counts as well.
--
-- KEYS  1 marks  2 attempts: hash, subject -> attempts since it last succeeded; !subject -> runs that did not end since
--       3 due  4 dead
-- ARGV  1 subject
-- Returns {mark, attempt, runs before that did not end}, or nothing when nobody marked the subject
local mark = redis.call('HGET', KEYS[1], ARGV[1])
if not mark then return nil end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
local begun = redis.call('HINCRBY', KEYS[2], '!' .. ARGV[1], 1)
return { mark, redis.call('HINCRBY', KEYS[2], ARGV[1], 1), begun - 1 }
