#!lua flags=allow-oom
-- Gives a subject up after its last attempt: its mark moves to the dead ones, where an operator finds it. A mark that
-- came in the meantime stays: new facts are a new chance.
--
-- KEYS  1 marks  2 attempts  3 due  4 dead: hash, subject -> JSON of when and why
-- ARGV  1 subject  2 mark as taken  3 JSON
-- Returns 1 when it must run once more, else 0
redis.call('HDEL', KEYS[2], ARGV[1], '!' .. ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[3])
local mark = redis.call('HGET', KEYS[1], ARGV[1])
if mark and mark ~= ARGV[2] then return 1 end
redis.call('HDEL', KEYS[1], ARGV[1])
return 0
